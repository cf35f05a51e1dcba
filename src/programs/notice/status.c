/* SPDX-License-Identifier: MIT */
#include "programs/notice/status.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "content/letter.h"
#include "programs/notice/far.h"
#include "programs/notice/json.h"
#include "programs/notice/proof.h"
#include "store/file.h"

#define RECEIPT_TEXT_MAX ((size_t)8192)

struct look {
	struct notice_place p;
	struct notice_log *log; /* NULL: the hub shows none */
	uint8_t desk[CS_KEY_LEN];
	bool has_desk, json, wrong, late;
};

/* ---- what is checked ----------------------------------------------------- */

/* What the log says of it, in words and for programs. */
enum logged { LOGGED_NOT_YET, LOGGED, LOGGED_WRONG, LOGGED_UNKNOWN };
static const char *const logged_words[] = { "not yet in the public log",
	"in the public log", "NOT as the public log says",
	"the public log cannot be read" };

static enum logged
in_log(struct look *l, const json_t *state, const char *name,
    const struct cs_buf *entry)
{
	const json_t *number = json_object_get(state, name);
	enum cs_err err;

	if (number == NULL)
		return LOGGED_NOT_YET;
	if (l->log == NULL)
		return LOGGED_UNKNOWN;
	err = notice_log_has(
	    l->log, notice_number(state, name), cs_buf_view(entry));
	switch (err) {
	case CS_OK:
		return LOGGED;
	case CS_ERR_NOT_FOUND:
		return LOGGED_NOT_YET;
	case CS_ERR_MISMATCH:
		return LOGGED_WRONG;
	default:
		return LOGGED_UNKNOWN;
	}
}

static enum logged
receipt_in_log(
    struct look *l, const json_t *state, const struct cs_receipt *receipt)
{
	struct cs_buf entry = { 0 };
	enum logged logged = LOGGED_UNKNOWN;

	if (cs_filing_entry_write(&entry, receipt) == CS_OK)
		logged = in_log(l, state, "entry", &entry);
	cs_buf_free(&entry);
	return logged;
}

static enum logged
answer_in_log(struct look *l, const json_t *state, struct cs_view answer,
    const struct cs_filing_answer *a)
{
	struct cs_filing_answered answered = {
		.number = a->number,
		.outcome = a->outcome,
		.answered_ms = notice_number(state, "answered_ms"),
	};
	struct cs_buf entry = { 0 };
	enum logged logged = LOGGED_UNKNOWN;

	if (a->outcome == CS_FILING_NEEDS_MORE)
		answered.until_ms = notice_number(state, "deadline_ms");
	if (cs_filing_answer_commit(answered.commitment, answer) == CS_OK &&
	    cs_filing_answered_write(&entry, &answered) == CS_OK)
		logged = in_log(l, state, "answer_entry", &entry);
	cs_buf_free(&entry);
	return logged;
}

/* ---- one filing ---------------------------------------------------------- */

static void
open_text(struct cs_buf *out, const struct cs_filing_answer *a,
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	uint8_t key[CS_HASH_LEN], subject[CS_ID_LEN];

	cs_filing_subject(subject, a->number);
	if (cs_filing_reply_key(key, secret) != CS_OK ||
	    cs_reply_open(out, key, subject, a->text) != CS_OK)
		cs_buf_reset(out);
	cs_wipe(key, sizeof key);
}

/* What is known of an answer. */
struct answered {
	bool is, signed_by_desk;
	struct cs_filing_answer a;
	struct cs_buf bytes, text;
	enum logged logged;
};

static void
read_answer(struct answered *out, struct look *l, const json_t *state,
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	memset(out, 0, sizeof *out);
	if (json_object_get(state, "answer") == NULL ||
	    notice_bytes(&out->bytes, state, "answer") != CS_OK ||
	    cs_filing_answer_parse(&out->a, cs_buf_view(&out->bytes)) !=
		CS_OK ||
	    out->a.number != notice_number(state, "number"))
		return;
	out->is = true;
	out->signed_by_desk = l->has_desk &&
	    cs_filing_answer_verify(
		&out->a, cs_buf_view(&out->bytes), l->desk) == CS_OK;
	open_text(&out->text, &out->a, secret);
	out->logged =
	    answer_in_log(l, state, cs_buf_view(&out->bytes), &out->a);
	l->wrong |= out->logged == LOGGED_WRONG || !out->signed_by_desk;
}

static void
answered_clear(struct answered *a)
{
	cs_buf_free(&a->bytes);
	cs_buf_free(&a->text);
}

static void
print_state(const json_t *state, const struct cs_receipt *receipt,
    enum logged logged, const struct answered *a)
{
	bool late = json_is_true(json_object_get(state, "overdue"));
	uint64_t deadline_ms = notice_number(state, "deadline_ms");

	printf("%llu  %s, %s, filed ", (unsigned long long)receipt->number,
	    cs_filing_what_name(receipt->what),
	    cs_filing_term(receipt->category)->name);
	cli_print_time(stdout, receipt->received_ms);
	printf(", %s\n", logged_words[logged]);
	if (!a->is && deadline_ms != 0) {
		printf("    %s ", late ? "OVERDUE since" : "to be answered by");
		cli_print_time(stdout, deadline_ms);
		printf("\n");
	}
	if (!a->is)
		return;
	printf("    %s, ", cs_filing_outcome_name(a->a.outcome));
	cli_print_time(stdout, notice_number(state, "answered_ms"));
	printf("%s, %s%s\n", late ? ", late" : "", logged_words[a->logged],
	    a->signed_by_desk ? "" : "; NOT signed by the desk");
	if (a->text.len != 0)
		cli_print_text(stdout, "    ", cs_buf_view(&a->text), 4);
	else
		printf("    Its text cannot be opened.\n");
}

static void
put_state(json_t *list, const json_t *state, enum logged logged,
    const struct answered *a)
{
	static const char *const codes[] = { "not-yet", "yes", "wrong",
		"unknown" };
	json_t *o = json_deep_copy(state);

	json_object_del(o, "receipt");
	json_object_del(o, "answer");
	json_object_set_new(o, "logged", json_string(codes[logged]));
	if (a->is) {
		json_object_set_new(
		    o, "signed_by_desk", json_boolean(a->signed_by_desk));
		json_object_set_new(
		    o, "answer_logged", json_string(codes[a->logged]));
		json_object_set_new(o, "text",
		    json_stringn((const char *)a->text.data, a->text.len));
	}
	json_array_append_new(list, o);
}

static int
look_at(struct look *l, json_t *list, const json_t *state,
    const uint8_t secret[static CS_FILING_SECRET_LEN])
{
	struct notice_receipt bytes;
	struct cs_receipt receipt;
	struct answered answered;
	enum logged logged;
	enum cs_err err = notice_receipt_read(
	    &receipt, &bytes, notice_text(state, "receipt"), l->p.root);

	if (err) {
		notice_receipt_clear(&bytes);
		return cli_fail(CLI_NOT_VERIFIED,
		    "The hub shows a receipt that is none (%s).",
		    cs_err_text(err));
	}
	logged = receipt_in_log(l, state, &receipt);
	l->wrong |= logged == LOGGED_WRONG;
	l->late |= json_is_true(json_object_get(state, "overdue"));
	read_answer(&answered, l, state, secret);
	if (l->json)
		put_state(list, state, logged, &answered);
	else
		print_state(state, &receipt, logged, &answered);
	answered_clear(&answered);
	notice_receipt_clear(&bytes);
	return CLI_OK;
}

/* ---- a notice and all about it --------------------------------------------
 */

static int
look_at_notice(struct look *l, json_t *list, const json_t *kept)
{
	uint8_t secret[CS_FILING_SECRET_LEN], hash[CS_HASH_LEN];
	char hex[2 * CS_HASH_LEN + 1];
	json_t *ask, *answer = NULL, *state;
	int status = CLI_OK;
	size_t i;

	if (cs_filing_secret_parse(
		secret, cs_view_str(notice_text(kept, "secret"))) != CS_OK ||
	    cs_filing_secret_hash(hash, secret) != CS_OK)
		return cli_fail(CLI_STATE, "What was kept is damaged.");
	cs_hex(hex, CS_VIEW_OF(hash));
	ask = json_pack("{s:I,s:s}", "number",
	    (json_int_t)notice_number(kept, "number"), "secret_hash", hex);
	status = notice_far_post(&answer, &l->p, "/notices/api/v1/status", ask);
	json_decref(ask);
	if (status == CLI_OK)
		json_array_foreach (
		    json_object_get(answer, "filings"), i, state)
			if (status == CLI_OK)
				status = look_at(l, list, state, secret);
	json_decref(answer);
	cs_wipe(secret, sizeof secret);
	return status;
}

static int
look_at_all(struct look *l, json_t *list, const struct cli_args *args)
{
	json_t *names = NULL, *name, *kept;
	int status = CLI_OK;
	size_t i;
	enum cs_err err = CS_OK;

	if (cli_count(args) != 0) {
		names = json_array();
		for (int k = 0; k < cli_count(args); k++)
			json_array_append_new(
			    names, json_string(cli_arg(args, k)));
	} else {
		err = notice_place_list(&names, &l->p, "notices");
	}
	if (err)
		status = report_error(err, "The folder");
	json_array_foreach (names, i, name) {
		if (status != CLI_OK)
			break;
		err = notice_place_read(
		    &kept, &l->p, "notices", json_string_value(name));
		if (err)
			status = err == CS_ERR_NOT_FOUND
			    ? cli_fail(CLI_NOT_DONE,
				  "No notice %s was filed from here.",
				  json_string_value(name))
			    : report_error(err, "notices/%s.json",
				  json_string_value(name));
		/* What is about another is shown with it. */
		else if (cli_count(args) != 0 ||
		    notice_number(kept, "about") == 0)
			status = look_at_notice(l, list, kept);
		json_decref(kept);
	}
	json_decref(names);
	return status;
}

static int
print_json(json_t *list)
{
	json_t *all = json_pack("{s:O}", "filings", list);
	int status = notice_json_print(all);

	json_decref(all);
	return status;
}

int
notice_run_status(const struct cli_args *args)
{
	struct look l = { .json = cli_flag(args, "json") };
	json_t *list = json_array();
	int status = notice_place_open(&l.p, args);

	if (status == CLI_OK) {
		l.has_desk = notice_desk_key(l.desk, &l.p) == CS_OK;
		if (notice_log_open(&l.log, &l.p) != CS_OK)
			l.log = NULL;
		status = look_at_all(&l, list, args);
	}
	if (status == CLI_OK && l.json)
		status = print_json(list);
	if (status == CLI_OK && l.wrong)
		status = cli_fail(CLI_NOT_VERIFIED,
		    "What the hub shows does not hold: keep the receipts, and "
		    "tell others.");
	if (status == CLI_OK && l.late)
		status = CLI_NOT_DONE;
	notice_log_close(l.log);
	json_decref(list);
	notice_place_close(&l.p);
	return status;
}

/* ---- a receipt ----------------------------------------------------------- */

static int
show_receipt(const struct cs_receipt *r, bool as_json)
{
	char hex[2 * CS_HASH_LEN + 1];
	json_t *o;
	int status;

	cs_hex(hex, CS_VIEW_OF(r->commitment));
	if (as_json) {
		o = json_pack("{s:s%,s:I,s:s,s:s,s:I,s:I,s:I,s:s}", "hub",
		    (const char *)r->hub.data, r->hub.len, "number",
		    (json_int_t)r->number, "what", cs_filing_what_name(r->what),
		    "category", cs_filing_term(r->category)->name, "about",
		    (json_int_t)r->about, "received_ms",
		    (json_int_t)r->received_ms, "deadline_ms",
		    (json_int_t)r->deadline_ms, "commitment", hex);
		status = notice_json_print(o);
		json_decref(o);
		return status;
	}
	printf("The operator of this hub signed it:\n"
	       "Hub:        %.*s\nNumber:     %llu (%s, %s)\nReceived:   ",
	    (int)r->hub.len, (const char *)r->hub.data,
	    (unsigned long long)r->number, cs_filing_what_name(r->what),
	    cs_filing_term(r->category)->title);
	cli_print_time(stdout, r->received_ms);
	if (r->deadline_ms != 0) {
		printf("\nDeadline:   ");
		cli_print_time(stdout, r->deadline_ms);
	}
	printf("\nHash:       %s\n", hex);
	return CLI_OK;
}

int
notice_run_verify(const struct cli_args *args)
{
	const char *path = cli_arg(args, 0);
	struct notice_place p;
	struct cs_buf text = { .max = RECEIPT_TEXT_MAX };
	struct notice_receipt bytes = { 0 };
	struct cs_receipt receipt;
	int status = notice_place_open(&p, args);
	enum cs_err err = CS_OK;

	if (status == CLI_OK &&
	    (err = cs_file_read(&text, path, RECEIPT_TEXT_MAX - 1)))
		status = report_error(err, "%s", path);
	if (status == CLI_OK) {
		while (text.len != 0 && text.data[text.len - 1] <= ' ')
			text.len--;
		if ((err = cs_buf_add(&text, cs_view("", 1))) == CS_OK)
			err = notice_receipt_read(
			    &receipt, &bytes, (const char *)text.data, p.root);
		if (err)
			status = cli_fail(CLI_NOT_VERIFIED,
			    "%s is no receipt of %s (%s).", path, p.name,
			    cs_err_text(err));
		else
			status = show_receipt(&receipt, cli_flag(args, "json"));
		notice_receipt_clear(&bytes);
	}
	cs_buf_free(&text);
	notice_place_close(&p);
	return status;
}
