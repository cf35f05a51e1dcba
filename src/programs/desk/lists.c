/* SPDX-License-Identifier: MIT */
/* countersign-desk: lists of hashes, and tokens, by command line. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "desk/core/json.h"
#include "desk/people/sign_in.h"
#include "desk/photos/lists.h"
#include "programs/desk/desk.h"
#include "store/file.h"

#define LIST_FILE_MAX ((size_t)1 << 30)

/* ---- lists -------------------------------------------------------------- */

static enum cs_err
show_lists(struct desk_job *j)
{
	json_t *items = json_array(), *o;
	size_t i;
	enum cs_err err = cs_desk_lists(items, j->d);

	json_array_foreach (items, i, o) {
		if (cli_flag(j->args, "json")) {
			desk_print_line(o);
			continue;
		}
		printf("%4s  %-24s %llu hashes, of %s: %s\n",
		    json_get_str(o, "id"), json_get_str(o, "name"),
		    (unsigned long long)json_get_num(o, "hashes"),
		    json_get_str(o, "owner"), json_get_str(o, "purpose"));
	}
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

static const char *
format(const struct desk_job *j)
{
	const char *said = desk_option(j, "format");

	return *said != '\0' ? said : "csv";
}

static enum cs_err
import_list(struct desk_job *j, uint64_t id, const char *path)
{
	json_t *done = json_object(), *o;
	struct cs_buf text = { .max = LIST_FILE_MAX };
	size_t i;
	enum cs_err err;

	if ((err = cs_file_read(&text, path, LIST_FILE_MAX)))
		err =
		    desk_job_problem(j, err, "%s: %s.", path, cs_err_text(err));
	else
		err = cs_desk_list_import(
		    done, j->d, &j->actor, id, format(j), cs_buf_view(&text));
	if (err == CS_OK) {
		printf("%llu added, %llu were there already, %llu lines left "
		       "out.\n",
		    (unsigned long long)json_get_num(done, "added"),
		    (unsigned long long)json_get_num(done, "skipped"),
		    (unsigned long long)json_get_num(done, "n_bad"));
		json_array_foreach (json_object_get(done, "bad"), i, o)
			printf("  line %llu: %s\n",
			    (unsigned long long)json_get_num(o, "line"),
			    json_get_str(o, "why"));
	}
	json_decref(done);
	cs_buf_free(&text);
	return err;
}

static enum cs_err
export_list(struct desk_job *j, uint64_t id, int *status)
{
	struct cs_buf text = { 0 };
	enum cs_err err =
	    cs_desk_list_export(&text, j->d, &j->actor, id, format(j));

	if (err == CS_OK)
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
		err = cs_desk_list_remove(j.d, &j.actor, json_id_parse(what));
	else if (strcmp(verb, "import") == 0 && j.p.n == 3)
		err = import_list(&j, json_id_parse(what), j.p.rest[2]);
	else if (strcmp(verb, "export") == 0 && j.p.n == 2)
		err = export_list(&j, json_id_parse(what), &status);
	else
		status = cli_fail(CLI_USAGE,
		    "It is lists, lists add NAME, lists import LIST FILE, "
		    "lists export LIST or lists remove LIST.");
	return desk_job_end(&j, status, err);
}

/* ---- tokens ------------------------------------------------------------- */

static enum cs_err
show_tokens(struct desk_job *j)
{
	json_t *items = json_array(), *o, *scope;
	size_t i, k;
	enum cs_err err = cs_desk_tokens(j->d, items);

	json_array_foreach (items, i, o) {
		printf("%4s  %-24s", json_get_str(o, "id"),
		    json_get_str(o, "name"));
		json_array_foreach (json_object_get(o, "scopes"), k, scope)
			printf(" %s", json_string_value(scope));
		printf(", made ");
		cli_print_time(stdout, json_get_num(o, "made_ms"));
		printf("\n");
	}
	json_decref(items);
	return err;
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
		err = show_tokens(&j);
	else if (strcmp(j.p.rest[0], "remove") == 0 && j.p.n == 2)
		err = cs_desk_token_remove(
		    j.d, &j.actor, json_id_parse(j.p.rest[1]));
	else
		status = cli_fail(CLI_USAGE,
		    "It is tokens, or tokens remove TOKEN. Who wants one makes "
		    "it in the console, which shows it once.");
	return desk_job_end(&j, status, err);
}
