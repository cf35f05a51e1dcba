/* SPDX-License-Identifier: MIT */
/*
 * desk_act DESK act KIND ACCOUNT [FIELD=VALUE]...
 * desk_act DESK letter INDEX STATE [ANSWER [REPLY]]
 * desk_act DESK ask REPORT QUESTION
 * desk_act DESK decide REPORT STATE [SECOND-LOOK]
 * desk_act DESK filings
 * desk_act DESK reply NUMBER OUTCOME TEXT [bad]
 *
 * The desk's side of one request to the hub, signed with the keys of its
 * folder; ids are hex.  Fields of an action: target, reason, until, reverses,
 * facts, and sign=bad for a signature that does not verify.  What the hub has
 * to be answered with is printed.  Letters are counted in the order in which
 * the hub shows them, from 0, and stay with the hub until they have a state.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "content/filing_body.h"
#include "content/letter.h"
#include "content/reply_key.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "crypto/suite.h"
#include "desk/core/desk.h"
#include "desk/core/link.h"
#include "desk/core/problem.h"
#include "desk/desk.h"
#include "store/clock.h"
#include "wire/codec.h"
#include "wire/filings.h"
#include "wire/messages.h"

struct act {
	struct cs_desk *d;
	struct cs_wire_action a;
	const char *facts;
	bool bad;
};

static enum cs_err
take_field(struct act *act, const char *field)
{
	const char *value = strchr(field, '=');
	size_t n;

	if (value == NULL)
		return CS_ERR_FORMAT;
	n = (size_t)(value++ - field);
	if (strncmp(field, "target", n) == 0)
		return cs_unhex(act->a.target, strlen(value) / 2, value);
	if (strncmp(field, "reverses", n) == 0)
		return cs_unhex(act->a.reverses, 16, value);
	if (strncmp(field, "reason", n) == 0)
		act->a.reason = cs_reason_find(value);
	else if (strncmp(field, "until", n) == 0)
		act->a.until_ms = strtoull(value, NULL, 10);
	else if (strncmp(field, "facts", n) == 0)
		act->facts = value;
	else if (strncmp(field, "sign", n) == 0)
		act->bad = true;
	else
		return CS_ERR_FORMAT;
	return CS_OK;
}

static enum cs_err
send_action(struct act *act)
{
	const struct cs_wire_statement statement = {
		.version = CS_WIRE_STATEMENT_VERSION,
		.language = cs_view_str("en"),
		.what = cs_view_str("This is what was done."),
		.facts = cs_view_str(act->facts != NULL ? act->facts : ""),
		.automated_detection = 1,
		.ground_kind = CS_WIRE_GROUND_TERMS,
		.ground = cs_view_str("Rule 3: no selling of people"),
		.explanation = cs_view_str("The rule covers what was seen."),
		.territory = cs_view_str("everywhere"),
		.redress = cs_view_str("You can appeal for six months."),
		.reviewer = cs_view_str("reviewer-7"),
		.case_number = cs_view_str("C-2026-1"),
	};
	struct cs_wire_desk_action m = { 0 };
	struct cs_wire_action_result result;
	struct cs_buf s = { 0 }, action = { 0 }, tbs = { 0 };
	char id[33];
	enum cs_err err;

	cs_random(act->a.id, sizeof act->a.id);
	act->a.decided_ms = cs_clock_ms();
	if (act->facts != NULL &&
	    (err = cs_wire_write(&s, &cs_wire_statement_shape, &statement)))
		goto out;
	act->a.statement = cs_buf_view(&s);
	if ((err = cs_wire_write(&action, &cs_wire_action_shape, &act->a)) ||
	    (err = cs_wire_action_tbs(&tbs, cs_buf_view(&action))) ||
	    (err = cs_sign(m.signature, &act->d->sign_key, cs_buf_view(&tbs))))
		goto out;
	m.action = cs_buf_view(&action);
	m.signature[0] ^= act->bad;
	err = desk_call(act->d, CS_WIRE_DESK_ACTION, &cs_wire_desk_action_shape,
	    &m, &cs_wire_action_result_shape, &result);
	cs_hex(id, CS_VIEW_OF(act->a.id));
	if (err == CS_OK)
		printf("%s %u\n", id, (unsigned)result.groups);
out:
	cs_buf_free(&s);
	cs_buf_free(&action);
	cs_buf_free(&tbs);
	return err;
}

static enum cs_err
do_act(struct cs_desk *d, int argc, char **argv)
{
	static const char *const kinds[] = { "", "disable", "reverse", "warn",
		"quarantine", "dissolve" };
	struct act act = { .d = d };
	enum cs_err err = CS_OK;

	if (argc < 2)
		return CS_ERR_FORMAT;
	for (uint8_t i = 1; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(argv[0], kinds[i]) == 0)
			act.a.kind = i;
	if (strcmp(argv[1], "-") != 0)
		err = cs_unhex(act.a.account, 16, argv[1]);
	for (int i = 2; err == CS_OK && i < argc; i++)
		err = take_field(&act, argv[i]);
	return err ? err : send_action(&act);
}

/* The desk's answer to ${item}, a letter that it can read. */
static enum cs_err
answer(struct cs_desk *d, const struct cs_wire_desk_letter *item, int argc,
    char **argv)
{
	struct cs_wire_desk_letter_set set = { 0 };
	struct cs_buf plain = { 0 }, reply = { 0 };
	struct cs_wire_empty none;
	struct cs_letter letter;
	uint8_t key[CS_REPLY_KEY_LEN];
	enum cs_err err;

	memcpy(set.id, item->id, sizeof set.id);
	set.state = (uint8_t)strtoul(argv[1], NULL, 10);
	set.answer = cs_view_str(argc > 2 ? argv[2] : "");
	if ((err = cs_letter_open(
		 &letter, &plain, key, item->sealed, &d->seal_key)))
		goto out;
	printf("%u %.*s %.*s\n", item->kind, (int)letter.language.len,
	    (const char *)letter.language.data, (int)letter.text.len,
	    (const char *)letter.text.data);
	if (argc > 3 &&
	    (err = cs_reply_seal(
		 &reply, key, item->subject, cs_view_str(argv[3]))))
		goto out;
	set.reply = cs_buf_view(&reply);
	err = desk_call(d, CS_WIRE_DESK_LETTER_SET,
	    &cs_wire_desk_letter_set_shape, &set, &cs_wire_empty_shape, &none);
out:
	cs_buf_free(&plain);
	cs_buf_free(&reply);
	return err;
}

static enum cs_err
do_letter(struct cs_desk *d, int argc, char **argv)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_letters_answer letters;
	struct cs_wire_desk_letter item;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	unsigned long i;
	enum cs_err err;

	if (argc < 2)
		return CS_ERR_FORMAT;
	i = strtoul(argv[0], NULL, 10);
	if ((err = desk_call(d, CS_WIRE_DESK_LETTERS, &cs_wire_empty_shape,
		 &empty, &cs_wire_desk_letters_answer_shape, &letters)) ||
	    (err = cs_buf_set(&raw, letters.letters.raw)))
		goto out;
	err = CS_ERR_NOT_FOUND;
	rest = cs_buf_view(&raw);
	while (cs_wire_next(&item, &cs_wire_desk_letter_shape, &rest))
		if (i-- == 0) {
			err = answer(d, &item, argc, argv);
			break;
		}
out:
	cs_buf_free(&raw);
	return err;
}

/* ---- reports ------------------------------------------------------------ */

/* The key of the answer, from the sealed report that the hub still has. */
static enum cs_err
report_key(
    uint8_t key[static 32], struct cs_desk *d, const uint8_t id[static 16])
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_reports_answer reports;
	struct cs_wire_desk_report item;
	struct cs_buf bundle = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = desk_call(d, CS_WIRE_DESK_REPORTS, &cs_wire_empty_shape,
		 &empty, &cs_wire_desk_reports_answer_shape, &reports)))
		return err;
	err = CS_ERR_NOT_FOUND;
	rest = reports.reports.raw;
	while (cs_wire_next(&item, &cs_wire_desk_report_shape, &rest))
		if (memcmp(item.report, id, 16) == 0)
			err = cs_evidence_open_reply(
			    &bundle, key, item.sealed, &d->seal_key);
	cs_buf_free(&bundle);
	return err;
}

static enum cs_err
set_report(struct cs_desk *d, struct cs_wire_report_status *status)
{
	struct cs_wire_empty none;

	status->answer = cs_view_str("A word of the desk.");
	return desk_call(d, CS_WIRE_DESK_REPORT_SET,
	    &cs_wire_report_status_shape, status, &cs_wire_empty_shape, &none);
}

static enum cs_err
do_ask(struct cs_desk *d, int argc, char **argv)
{
	struct cs_wire_report_status status = {
		.state = CS_WIRE_REPORT_RECEIVED,
	};
	struct cs_buf question = { 0 };
	uint8_t key[32];
	enum cs_err err;

	if (argc != 2)
		return CS_ERR_FORMAT;
	if ((err = cs_unhex(status.report, 16, argv[0])) == CS_OK &&
	    (err = report_key(key, d, status.report)) == CS_OK &&
	    (err = cs_reply_seal(&question, key, status.report,
		 cs_view_str(argv[1]))) == CS_OK) {
		status.question = cs_buf_view(&question);
		err = set_report(d, &status);
	}
	cs_buf_free(&question);
	return err;
}

static enum cs_err
do_decide(struct cs_desk *d, int argc, char **argv)
{
	struct cs_wire_report_status status = { 0 };
	enum cs_err err;

	if (argc < 2)
		return CS_ERR_FORMAT;
	status.state = (uint8_t)strtoul(argv[1], NULL, 10);
	if (argc > 2)
		status.second_look = (uint8_t)strtoul(argv[2], NULL, 10);
	err = cs_unhex(status.report, 16, argv[0]);
	return err ? err : set_report(d, &status);
}

/* ---- what was filed from outside ------------------------------------------
 */

/* All pieces of a filing, opened. */
static enum cs_err
open_filing(struct cs_filing_body *body, struct cs_buf *plain,
    struct cs_desk *d, const struct cs_wire_desk_filing *f)
{
	struct cs_buf sealed = { .max = CS_FILING_SEALED_MAX };
	enum cs_err err = CS_OK;

	plain->max = CS_FILING_BODY_MAX;
	for (uint32_t i = 0; err == CS_OK && i < f->pieces; i++) {
		const struct cs_wire_desk_filing_piece m = { f->number, i };
		struct cs_wire_filing_bytes got;

		err = desk_call(d, CS_WIRE_DESK_FILING_PIECE,
		    &cs_wire_desk_filing_piece_shape, &m,
		    &cs_wire_filing_bytes_shape, &got);
		if (err == CS_OK)
			err = cs_buf_add(&sealed, got.bytes);
	}
	if (err == CS_OK)
		err = cs_filing_body_open(
		    body, plain, cs_buf_view(&sealed), &d->seal_key);
	cs_buf_free(&sealed);
	return err;
}

/* Call ${each} for those that wait, of which the hub's words are copied. */
static enum cs_err
each_filing(struct cs_desk *d, uint64_t wanted,
    enum cs_err (*each)(struct cs_desk *d, const struct cs_wire_desk_filing *f,
	int argc, char **argv),
    int argc, char **argv)
{
	struct cs_wire_desk_filings list;
	struct cs_wire_desk_filing f;
	struct cs_wire_empty m = { 0 };
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err = desk_call(d, CS_WIRE_DESK_FILINGS,
	    &cs_wire_empty_shape, &m, &cs_wire_desk_filings_shape, &list);
	bool found = wanted == 0;

	if (err == CS_OK)
		err = cs_buf_set(&raw, list.filings.raw);
	rest = cs_buf_view(&raw);
	while (
	    err == CS_OK && cs_wire_next(&f, &cs_wire_desk_filing_shape, &rest))
		if (wanted == 0 || f.number == wanted) {
			found = true;
			err = each(d, &f, argc, argv);
		}
	cs_buf_free(&raw);
	return err == CS_OK && !found ? CS_ERR_NOT_FOUND : err;
}

static enum cs_err
print_filing(struct cs_desk *d, const struct cs_wire_desk_filing *f, int argc,
    char **argv)
{
	static struct cs_filing_body body;
	struct cs_buf plain = { 0 };
	uint8_t commitment[CS_HASH_LEN];
	enum cs_err err = open_filing(&body, &plain, d, f);

	(void)argc;
	(void)argv;
	if (err == CS_OK)
		err = cs_filing_commit(commitment, cs_buf_view(&plain));
	if (err == CS_OK)
		printf("%llu %s %s about=%llu by=%.*s trusted=%d places=%zu "
		       "hashes=%zu files=%zu committed=%d: %.*s\n",
		    (unsigned long long)f->number, cs_filing_what_name(f->what),
		    cs_filing_term(f->category)->name,
		    (unsigned long long)f->about, (int)f->name.len,
		    (const char *)f->name.data, f->trusted, body.n_places,
		    body.n_hashes, body.n_files,
		    memcmp(commitment, f->commitment, CS_HASH_LEN) == 0,
		    (int)body.text.len, (const char *)body.text.data);
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
do_filings(struct cs_desk *d, int argc, char **argv)
{
	return each_filing(d, 0, print_filing, argc, argv);
}

/* OUTCOME TEXT [bad] */
static enum cs_err
reply_to(struct cs_desk *d, const struct cs_wire_desk_filing *f, int argc,
    char **argv)
{
	static struct cs_filing_body body;
	struct cs_filing_answer a = { .number = f->number,
		.answered_ms = cs_clock_ms(),
		.hub = cs_view_str(d->hub.name) };
	struct cs_wire_desk_filing_answer m;
	struct cs_wire_empty none;
	struct cs_buf plain = { 0 }, text = { 0 }, signed_answer = { 0 };
	uint8_t subject[CS_ID_LEN];
	enum cs_err err;

	if (argc < 2)
		return CS_ERR_FORMAT;
	a.outcome = cs_filing_outcome_named(cs_view_str(argv[0]));
	cs_filing_subject(subject, f->number);
	if ((err = open_filing(&body, &plain, d, f)) == CS_OK &&
	    (err = cs_reply_seal(&text, body.reply_key, subject,
		 cs_view_str(argv[1]))) == CS_OK) {
		a.text = cs_buf_view(&text);
		err = cs_filing_answer_make(&signed_answer, &a, &d->sign_key);
	}
	if (err == CS_OK) {
		if (argc > 2)
			signed_answer.data[signed_answer.len - 1] ^= 1;
		m.answer = cs_buf_view(&signed_answer);
		err = desk_call(d, CS_WIRE_DESK_FILING_ANSWER,
		    &cs_wire_desk_filing_answer_shape, &m, &cs_wire_empty_shape,
		    &none);
	}
	cs_buf_free(&plain);
	cs_buf_free(&text);
	cs_buf_free(&signed_answer);
	return err;
}

static enum cs_err
do_reply(struct cs_desk *d, int argc, char **argv)
{
	return argc < 3 ? CS_ERR_FORMAT
			: each_filing(d, strtoull(argv[0], NULL, 10), reply_to,
			      argc - 1, argv + 1);
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *name;
		enum cs_err (*run)(struct cs_desk *d, int argc, char **argv);
	} kinds[] = {
		{ "act", do_act },
		{ "letter", do_letter },
		{ "ask", do_ask },
		{ "decide", do_decide },
		{ "filings", do_filings },
		{ "reply", do_reply },
	};
	struct cs_desk *d = NULL;
	enum cs_err err;

	if (argc < 3)
		return 64;
	if ((err = cs_crypto_init()) == CS_OK)
		err = cs_desk_open(&d, argv[1], cs_view("", 0));
	for (size_t i = 0; err == CS_OK && i < sizeof kinds / sizeof *kinds;
	     i++)
		if (strcmp(argv[2], kinds[i].name) == 0)
			err = kinds[i].run(d, argc - 3, argv + 3);
	if (err)
		fprintf(stderr, "desk_act: %s: %s\n", cs_err_text(err),
		    d != NULL ? cs_desk_problem(d) : "");
	cs_desk_close(d);
	return err != CS_OK;
}
