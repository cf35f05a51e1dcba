/* SPDX-License-Identifier: MIT */
/* countersign-desk: what was filed from outside, by command line. */
#include "programs/desk/main.h"

#include <stdio.h>
#include <string.h>

#include "cli/print.h"
#include "cli/report_error.h"
#include "desk/cases/case.h"
#include "desk/cases/work.h"
#include "desk/core/json.h"
#include "desk/core/text.h"
#include "desk/daemon/deliver.h"
#include "desk/decisions/notice.h"
#include "desk/reports/filing.h"
#include "desk/show/notice.h"
#include "franking/filing.h"
#include "programs/desk/place.h"
#include "store/file.h"
#include "store/folder.h"

/* ---- the list ------------------------------------------------------------ */

static void
notice_line(const json_t *o)
{
	const json_t *by = json_object_get(o, "organisation");
	const char *case_id = json_get_str(o, "case");
	const char *outcome = json_get_str(o, "outcome");

	printf("%6s  %-7s %-22s ", json_get_str(o, "id"),
	    json_get_str(o, "what"), json_get_str(o, "category"));
	cli_print_time(stdout, json_get_num(o, "received_ms"));
	if (*case_id != '\0')
		printf("  case %s", case_id);
	if (json_is_object(by)) {
		printf("  by ");
		cli_print_name(stdout, json_get_str(by, "name"));
		if (strncmp(json_get_str(by, "known"), "other", 5) == 0)
			printf("  CHECK ITS KEY");
	} else if (*json_get_str(o, "claimed") != '\0')
		printf("  NOT SIGNED");
	if (strcmp(json_get_str(o, "state"), "open") == 0) {
		printf("  answer by ");
		cli_print_time(stdout, json_get_num(o, "due_ms"));
	}
	if (json_get_bool(o, "overdue"))
		printf("  OVERDUE");
	if (*outcome != '\0')
		printf("  %s", outcome);
	printf("\n");
}

int
run_notices(const struct cli_args *args)
{
	bool json = cli_flag(args, "json");
	json_t *items = json_array(), *o;
	struct desk_job j;
	int status = desk_job_begin(&j, args, 0, 0);
	enum cs_err err = CS_OK;
	size_t i;

	if (status == CLI_OK)
		err = cs_desk_notices(items, j.d,
		    cli_flag(args, "answered") ? DESK_FILING_OVER
					       : DESK_FILING_OPEN);
	if (status == CLI_OK && err == CS_OK)
		json_array_foreach (items, i, o)
			json ? desk_print_line(o) : notice_line(o);
	json_decref(items);
	return desk_job_end(&j, status, err);
}

/* ---- one of them --------------------------------------------------------- */

static void
text_of(const json_t *o, const char *key, const char *label)
{
	const char *text = json_get_str(o, key);

	if (*text == '\0')
		return;
	cli_print_text(stdout, label, cs_view_str(text), 4);
	printf("\n");
}

/* Is the key the one that the name has? */
static void
show_known(const json_t *by)
{
	const char *known = json_get_str(by, "known");

	printf("  its key: %s\n", json_get_str(by, "key"));
	if (strcmp(known, "first") == 0)
		printf("  That key came for the first time: compare it with "
		       "what they tell you.\n");
	if (strcmp(known, "other-key") == 0)
		printf(
		    "  ANOTHER KEY THAN BEFORE, which was %s\n"
		    "  Ask them, and say \"notice accept\" if it is theirs.\n",
		    json_get_str(by, "key_before"));
	if (strcmp(known, "other-name") == 0) {
		printf("  ANOTHER NAME THAN BEFORE, which was ");
		cli_print_name(stdout, json_get_str(by, "name_before"));
		printf("\n");
	}
}

static void
show_by(const json_t *o)
{
	const json_t *by = json_object_get(o, "organisation");
	unsigned long long acted = json_get_num(by, "acted"),
			   all = acted + json_get_num(by, "refused") +
	    json_get_num(by, "not_ours");

	if (!json_is_object(by)) {
		printf("  filed by nobody's key\n");
		if (*json_get_str(o, "claimed") != '\0') {
			printf("  THE HUB NAMES SOMEBODY WHO HAS NOT SIGNED "
			       "IT: ");
			cli_print_name(stdout, json_get_str(o, "claimed"));
			printf("\n");
		}
		return;
	}
	printf("  filed by ");
	cli_print_name(stdout, json_get_str(by, "name"));
	printf("%s, for: ",
	    json_get_bool(by, "trusted") ? ", a trusted flagger" : "");
	cli_print_name(stdout, json_get_str(by, "scope"));
	printf("; %llu of %llu led to action\n", acted, all);
	show_known(by);
}

static void
show_lists(const json_t *o)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(o, "places"), i, one) {
		printf("  %s: ", json_get_str(one, "kind"));
		cli_print_name(stdout, json_get_str(one, "value"));
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "files"), i, one) {
		printf("  file %s, %llu bytes, %s: ", json_get_str(one, "id"),
		    (unsigned long long)json_get_num(one, "size"),
		    json_get_bool(one, "proved") ? "PROVED" : "not proved");
		cli_print_name(stdout, json_get_str(one, "name"));
		if (*json_get_str(one, "problem") != '\0')
			printf(" (%s)", json_get_str(one, "problem"));
		printf("\n");
	}
	json_array_foreach (json_object_get(o, "answers"), i, one) {
		const char *by = json_get_str(one, "by");

		printf("  answered %s by %s", json_get_str(one, "outcome"),
		    *by != '\0' ? by : "the desk itself");
		if (*json_get_str(one, "decision") != '\0')
			printf(", decision %s", json_get_str(one, "decision"));
		printf(", %s\n",
		    json_get_bool(one, "told") ? "the hub has it"
			: *json_get_str(one, "refused") != '\0'
			? "the hub refused it"
			: "on its way to the hub");
		text_of(one, "text", "    ");
	}
}

static void
show_notice(const json_t *o)
{
	notice_line(o);
	if (*json_get_str(o, "about") != '\0')
		printf("  about notice %s\n", json_get_str(o, "about"));
	show_by(o);
	text_of(o, "problem", "  unreadable: ");
	text_of(o, "law", "  law: ");
	text_of(o, "text", "    ");
	if (json_get_num(o, "hashes") != 0)
		printf("  %llu hashes of photos\n",
		    (unsigned long long)json_get_num(o, "hashes"));
	show_lists(o);
	if (json_get_bool(o, "has_contact"))
		printf("  Whoever filed it can be reached: --contact.\n");
}

static enum cs_err
show_contact(struct desk_job *j, uint64_t number)
{
	json_t *o = json_object();
	enum cs_err err = cs_desk_notice_contact(o, j->d, &j->actor, number);

	if (err == CS_OK && cli_flag(j->args, "json"))
		desk_print_line(o);
	else if (err == CS_OK) {
		text_of(o, "name", "  name: ");
		text_of(o, "contact", "  contact: ");
	}
	json_decref(o);
	return err;
}

/* Save one file under a name that we choose. */
static enum cs_err
save_file(struct desk_job *j, const char *folder, uint64_t id)
{
	struct desk_filing_file f;
	struct cs_buf bytes = { 0 };
	char path[4096];
	enum cs_err err = cs_desk_filing_file(&bytes, &f, j->d, &j->actor, id);

	if (err == CS_OK) {
		snprintf(path, sizeof path, "%s/notice-%llu-%llu", folder,
		    (unsigned long long)f.filing,
		    (unsigned long long)f.place + 1);
		err = cs_file_create(path, cs_buf_view(&bytes), 0600);
		if (err == CS_ERR_EXISTS)
			err = desk_job_problem(j, err,
			    "%s was there already, and stays as it was.", path);
	}
	if (err == CS_OK)
		printf("  File %llu: %s\n", (unsigned long long)id, path);
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
save_files(struct desk_job *j, const json_t *o)
{
	const char *folder = desk_option(j, "files");
	json_t *one;
	size_t i;
	enum cs_err err = CS_OK;

	if (*folder == '\0')
		return CS_OK;
	if ((err = cs_file_mkdir(folder)))
		return err;
	json_array_foreach (json_object_get(o, "files"), i, one)
		if (err == CS_OK)
			err = save_file(
			    j, folder, desk_id_parse(json_get_str(one, "id")));
	return err;
}

static enum cs_err
show_one(struct desk_job *j, uint64_t number)
{
	json_t *o = NULL;
	enum cs_err err = cs_desk_notice_show(&o, j->d, &j->actor, number);

	if (err == CS_OK && cli_flag(j->args, "json"))
		desk_print_line(o);
	else if (err == CS_OK)
		show_notice(o);
	if (err == CS_OK && cli_flag(j->args, "contact"))
		err = show_contact(j, number);
	if (err == CS_OK)
		err = save_files(j, o);
	json_decref(o);
	return err;
}

/* ---- answering ----------------------------------------------------------- */

/* The text of --text, or what is in --file; "" if there is neither. */
static int
read_text(struct cs_buf *out, struct desk_job *j)
{
	const char *path = desk_option(j, "file");
	enum cs_err err;

	if (*path == '\0')
		err = cs_buf_add(out, cs_view_str(desk_option(j, "text")));
	else
		err = cs_file_read(out, path, CS_DESK_NOTICE_TEXT_MAX);
	while (err == CS_OK && out->len != 0 && out->data[out->len - 1] == '\n')
		out->len--;
	if (err == CS_OK)
		err = cs_buf_add(out, cs_view("", 1));
	return err ? report_error(err, "%s", path) : CLI_OK;
}

/* The case of the notice, as it is now or was when it was read. */
static enum cs_err
edit_of(struct cs_desk_edit *e, struct desk_job *j, uint64_t number)
{
	const char *seen = desk_option(j, "seen");
	struct desk_filing f;
	struct desk_case c = { 0 };
	enum cs_err err = desk_filing_load(&f, j->d, number);

	*e = (struct cs_desk_edit){
		.d = j->d, .actor = &j->actor, .case_id = f.case_id
	};
	if (err == CS_OK && f.case_id == 0)
		err = desk_job_problem(j, CS_ERR_DENIED,
		    "It is in no case; the desk has answered it by itself.");
	if (err == CS_OK)
		err = desk_case_load(&c, j->d, f.case_id);
	e->version = *seen != '\0' ? desk_id_parse(seen) : c.version;
	desk_case_clear(&c);
	desk_filing_clear(&f);
	return err;
}

static enum cs_err
answer(struct desk_job *j, uint64_t number, const char *text)
{
	struct cs_desk_notice_answer a = { .number = number, .text = text };
	struct cs_desk_edit e;
	enum cs_err err;

	a.outcome =
	    cs_filing_outcome_named(cs_view_str(desk_option(j, "outcome")));
	if (a.outcome == 0)
		return desk_job_problem(j, CS_ERR_MISUSE,
		    "Say how: --outcome acted, refused, needs-more or "
		    "not-ours.");
	if ((err = edit_of(&e, j, number)) ||
	    (err = cs_desk_notice_answer(&e, &a)))
		return err;
	if (cs_desk_deliver(j->d) == CS_OK)
		printf("Answered, signed, and told to the hub.\n");
	else
		printf("Answered and signed. The hub cannot be reached; "
		       "\"run\" delivers it as soon as it can.\n");
	return CS_OK;
}

/* From now on, the key has the name. */
static enum cs_err
accept_key(struct desk_job *j, uint64_t number)
{
	enum cs_err err = cs_desk_organisation_accept(j->d, &j->actor, number);

	if (err == CS_OK)
		printf("From now on, this key is one of theirs.\n");
	return err;
}

int
run_notice(const struct cli_args *args)
{
	struct desk_job j;
	struct cs_buf text = { 0 };
	int status = desk_job_begin(&j, args, 1, 2);
	enum cs_err err = CS_OK;

	if (status != CLI_OK)
		return desk_job_end(&j, status, err);
	if (j.p.n == 1)
		err = show_one(&j, desk_id_parse(j.p.rest[0]));
	else if (strcmp(j.p.rest[0], "accept") == 0)
		err = accept_key(&j, desk_id_parse(j.p.rest[1]));
	else if (strcmp(j.p.rest[0], "answer") != 0)
		status = cli_fail(CLI_USAGE,
		    "It is notice NUMBER, notice answer NUMBER or notice "
		    "accept NUMBER.");
	else if ((status = read_text(&text, &j)) == CLI_OK)
		err = answer(
		    &j, desk_id_parse(j.p.rest[1]), (const char *)text.data);
	cs_buf_free(&text);
	return desk_job_end(&j, status, err);
}
