/* SPDX-License-Identifier: MIT */
/* countersign-desk: lists of hashes, and tokens, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/units.h"
#include "cli/print.h"
#include "desk/core/text.h"
#include "desk/people/token.h"
#include "desk/photos/lists.h"
#include "desk/show/photos.h"
#include "programs/desk/place.h"
#include "store/file.h"

#define LIST_FILE_MAX ((size_t)CS_GIB)

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
show_list(void *arg, const struct desk_list *l)
{
	(void)arg;
	printf("%4llu  %-24s %llu hashes, of %s: %s\n",
	    (unsigned long long)l->id, l->name, (unsigned long long)l->hashes,
	    l->owner, l->purpose);
	return CS_OK;
}

static enum cs_err
show_lists(struct desk_job *j)
{
	json_t *items, *o;
	size_t i;
	enum cs_err err;

	if (!cli_flag(j->args, "json"))
		return desk_lists(j->d, show_list, NULL);
	items = json_array();
	err = cs_desk_lists(items, j->d);
	json_array_foreach (items, i, o)
		desk_print_line(o);
	json_decref(items);
	return err;
}

static enum cs_err
add_list(struct desk_job *j, const char *name)
{
	uint64_t id;
	enum cs_err err = cs_desk_list_add(j->d, &j->actor, name,
	    desk_option(j, "owner"), desk_option(j, "purpose"), &id);

	if (err == CS_OK)
		printf("List %llu.\n", (unsigned long long)id);
	return err;
}

static enum cs_err
read_format(enum cs_desk_list_format *out, struct desk_job *j)
{
	const char *said = desk_option(j, "format");
	int format = cs_desk_list_format_find(*said != '\0' ? said : "csv");

	*out = (enum cs_desk_list_format)format;
	return format >= 0 ? CS_OK
			   : desk_job_problem(j, CS_ERR_FORMAT,
				 "A format is \"csv\" or \"hma\".");
}

static void
show_import(const struct cs_desk_import *done)
{
	printf("%llu added, %llu were there already, %llu lines left out.\n",
	    (unsigned long long)done->added, (unsigned long long)done->skipped,
	    (unsigned long long)done->n_bad);
	for (size_t i = 0; i < done->n_bad && i < CS_DESK_IMPORT_BAD_MAX; i++)
		printf("  line %llu: %s\n",
		    (unsigned long long)done->bad[i].line, done->bad[i].why);
}

static enum cs_err
import_list(struct desk_job *j, uint64_t id, const char *path)
{
	struct cs_buf text = { .max = LIST_FILE_MAX };
	struct cs_desk_import done;
	enum cs_desk_list_format format;
	enum cs_err err;

	if ((err = read_format(&format, j)))
		return err;
	if ((err = cs_file_read(&text, path, LIST_FILE_MAX)))
		err =
		    desk_job_problem(j, err, "%s: %s.", path, cs_err_text(err));
	else if ((err = cs_desk_list_import(&done, j->d, &j->actor, id, format,
		      cs_buf_view(&text))) == CS_OK)
		show_import(&done);
	cs_buf_free(&text);
	return err;
}

static enum cs_err
export_list(struct desk_job *j, uint64_t id, int *status)
{
	enum cs_desk_list_format format;
	struct cs_buf text = { 0 };
	enum cs_err err;

	if ((err = read_format(&format, j)) == CS_OK &&
	    (err = cs_desk_list_export(&text, j->d, &j->actor, id, format)) ==
		CS_OK)
		*status = desk_write_out(j->args, cs_buf_view(&text));
	cs_buf_free(&text);
	return err;
}

int
run_lists(const struct cli_args *args)
{
	struct desk_job j;
	const char *verb, *what;
	int status = desk_job_begin(&j, args, 0, 3);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	verb = j.p.n > 0 ? j.p.rest[0] : "";
	what = j.p.n > 1 ? j.p.rest[1] : "";
	if (j.p.n == 0)
		err = show_lists(&j);
	else if (strcmp(verb, "add") == 0 && j.p.n == 2)
		err = add_list(&j, what);
	else if (strcmp(verb, "remove") == 0 && j.p.n == 2)
		err = cs_desk_list_remove(j.d, &j.actor, desk_id_parse(what));
	else if (strcmp(verb, "import") == 0 && j.p.n == 3)
		err = import_list(&j, desk_id_parse(what), j.p.rest[2]);
	else if (strcmp(verb, "export") == 0 && j.p.n == 2)
		err = export_list(&j, desk_id_parse(what), &status);
	else
		status = cli_fail(CLI_USAGE,
		    "It is lists, lists add NAME, lists import LIST FILE, "
		    "lists export LIST or lists remove LIST.");
	return desk_job_end(&j, status, err);
}

/* ---- tokens ------------------------------------------------------------- */

static enum cs_err
show_token(void *arg, const struct desk_token *t)
{
	(void)arg;
	printf("%4llu  %-24s", (unsigned long long)t->id, t->name);
	for (unsigned i = 0; i < CS_DESK_SCOPES; i++)
		if ((t->scopes & 1u << i) != 0)
			printf(" %s", cs_desk_scopes[i]);
	printf(", made by %s ", t->by);
	cli_print_time(stdout, t->made_ms);
	printf("\n");
	return CS_OK;
}

int
run_tokens(const struct cli_args *args)
{
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 2);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	if (j.p.n == 0)
		err = desk_tokens_of(j.d, &j.actor, show_token, NULL);
	else if (strcmp(j.p.rest[0], "remove") == 0 && j.p.n == 2)
		err = cs_desk_token_remove(
		    j.d, &j.actor, desk_id_parse(j.p.rest[1]));
	else
		status = cli_fail(CLI_USAGE,
		    "It is tokens, or tokens remove TOKEN. Whoever wants one "
		    "makes "
		    "it in the console, which shows it once.");
	return desk_job_end(&j, status, err);
}
