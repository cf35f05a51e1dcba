/* SPDX-License-Identifier: MIT */
/* Reports: sealed to the desk, kept until the hub has them, and followed up. */
#include "client/reports/report.h"

#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/home/client.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "client/reports/evidence.h"
#include "client/reports/letter.h"
#include "client/reports/sent.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "store/file.h"
#include "store/file_out.h"

/* ---- preparing ---------------------------------------------------------- */

struct cs_client_prepared_report {
	struct client_evidence evidence;
	struct cs_buf note;   /* what evidence.in.note points into */
	struct cs_buf bundle; /* what leaves, sealed */
	struct cs_buf blobs;  /* the files that it names */
	uint32_t n_blobs;
};

static enum cs_err
list_blobs(struct cs_client_prepared_report *p)
{
	const struct client_evidence *e = &p->evidence;
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < e->in.n_items; i++) {
		const struct cs_mimi_content *content = &e->items[i].content;

		for (size_t k = 0; err == CS_OK && k < content->n_external;
		     k++) {
			struct cs_wire_blob_get blob;

			if (p->n_blobs == CS_WIRE_REPORT_BLOBS_MAX ||
			    cs_mimi_blob(blob.blob, &content->external[k]) !=
				CS_OK)
				continue;
			err = cs_wire_list_add(&p->blobs, &p->n_blobs,
			    &cs_wire_blob_get_shape, &blob);
		}
	}
	return err;
}

/* FRANKING, rule 17: a file's key and hash are sent; the file itself stays at
 * the hub, which pins it. */
static enum cs_err
prepare(struct cs_client_prepared_report *p, struct cs_client *c,
    const struct cs_client_report *r)
{
	struct cs_client_report copy = *r;
	enum cs_err err;

	if ((err = cs_buf_set(&p->note, r->note)))
		return err;
	copy.note = cs_buf_view(&p->note);
	if ((err = client_evidence_gather(&p->evidence, c, &copy)) ||
	    (err = cs_evidence_write(&p->bundle, &p->evidence.in)))
		return err;
	return list_blobs(p);
}

enum cs_err
cs_client_report_prepare(struct cs_client_prepared_report **out,
    struct cs_client *c, const struct cs_client_report *r)
{
	struct cs_client_prepared_report *p = cs_calloc(1, sizeof *p);
	enum cs_err err;

	*out = NULL;
	if (p == NULL)
		return CS_ERR_NOMEM;
	if ((err = prepare(p, c, r))) {
		cs_client_prepared_report_free(p);
		return err;
	}
	*out = p;
	return CS_OK;
}

void
cs_client_prepared_report_free(struct cs_client_prepared_report *p)
{
	if (p == NULL)
		return;
	client_evidence_clear(&p->evidence);
	cs_buf_free(&p->note);
	cs_buf_free(&p->bundle);
	cs_buf_free(&p->blobs);
	cs_free(p, sizeof *p);
}

void
cs_client_report_describe(const struct cs_client_prepared_report *p,
    const struct cs_client *c, void (*line)(void *arg, const char *text),
    void *arg)
{
	client_evidence_describe(&p->evidence, c, line, arg);
}

/* ---- sending ------------------------------------------------------------ */

static enum cs_err
submit(struct cs_client *c, const uint8_t id[static CS_ID_LEN],
    const struct client_sent *r, uint64_t created_ms)
{
	struct cs_wire_report m = {
		.named = r->named ? CS_WIRE_REPORTER_NAMED
				  : CS_WIRE_REPORTER_UNNAMED,
		.blobs = r->blobs,
		.sealed = r->sealed,
	};
	struct client_sent sent = *r;
	enum cs_err err;

	memcpy(m.report, id, sizeof m.report);
	sent.sealed = cs_view("", 0);
	if ((err = client_call_empty(
		 c, CS_WIRE_REPORT, &cs_wire_report_shape, &m)) == CS_OK)
		err = client_sent_store(c, id, &sent, created_ms);
	cs_wipe(&sent, sizeof sent);
	return err;
}

enum cs_err
cs_client_report_send(struct cs_client *c,
    const struct cs_client_prepared_report *p, char id_hex[static 33])
{
	const struct cs_evidence_input *in = &p->evidence.in;
	struct client_sent report = {
		.reason = in->reason,
		.n_messages = (uint32_t)in->n_items,
		.named = in->mode == CS_CSEV_NAMED,
		.blobs = { .n = p->n_blobs, .raw = cs_buf_view(&p->blobs) },
	};
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if (!c->link.desk.known)
		return (err = client_need_hub(c)) ? err : client_no_desk(c);
	if ((err = cs_evidence_seal_reply(&sealed, report.reply,
		 cs_buf_view(&p->bundle), CS_VIEW_OF(c->link.desk.hpke))))
		goto out;
	report.sealed = cs_buf_view(&sealed);
	cs_hex(id_hex, CS_VIEW_OF(in->report_id));
	/* It is stored first, so that a report which the user agreed to is not
	 * lost. */
	if ((err = client_sent_store(
		 c, in->report_id, &report, in->created_ms)) == CS_OK)
		err = submit(c, in->report_id, &report, in->created_ms);
out:
	cs_buf_free(&sealed);
	cs_wipe(report.reply, sizeof report.reply);
	return err;
}

/* CS_ERR_NOT_FOUND: none waits. */
static enum cs_err
flush_one(struct cs_client *c)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	struct client_sent r = { 0 };
	uint8_t id[CS_ID_LEN];
	uint64_t created = 0;
	enum cs_err err;

	err = cs_db_row(&rows, c->db,
	    "SELECT id,created,sealed FROM report WHERE sent=0 LIMIT 1");
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, id, sizeof id);
		created = cs_col_int(&rows, 1);
		err = client_sent_open(&r, &plain, c, cs_col_blob(&rows, 0),
		    cs_col_blob(&rows, 2));
	}
	if ((err = cs_rows_end(&rows, err)) == CS_OK)
		err = submit(c, id, &r, created);
	cs_buf_free(&plain);
	cs_wipe(&r, sizeof r);
	return err;
}

enum cs_err
client_reports_flush(struct cs_client *c)
{
	enum cs_err err;

	do
		err = flush_one(c);
	while (err == CS_OK);
	/* If the daily limit is reached, the rest goes out tomorrow. */
	return err == CS_ERR_NOT_FOUND || err == CS_ERR_DENIED ? CS_OK : err;
}

/* ---- what became of them ------------------------------------------------ */

/* Open the desk's question; ${hold} keeps it. */
static enum cs_err
take_question(struct cs_client_report_state *s, struct cs_buf *hold,
    const struct client_sent *r, struct cs_view sealed)
{
	enum cs_err err;

	if (sealed.len == 0)
		return CS_OK;
	cs_buf_reset(hold);
	err = cs_reply_open(hold, r->reply, s->id, sealed);
	if (err == CS_OK)
		s->question = cs_buf_view(hold);
	else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		s->unreadable = true;
	else
		return err;
	return CS_OK;
}

/* Open the desk's answer; ${hold} keeps it. */
static enum cs_err
take_reply(struct cs_client_report_state *s, struct cs_buf *hold,
    struct cs_client *c, struct cs_view sealed)
{
	enum cs_err err;

	if (sealed.len == 0)
		return CS_OK;
	err = client_letter_answer(
	    hold, c, CS_WIRE_LETTER_SECOND_LOOK, s->id, sealed);
	if (err == CS_OK)
		s->reply = cs_buf_view(hold);
	else if (err == CS_ERR_NOT_FOUND ||
	    cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		s->reply_elsewhere = true;
	else
		return err;
	return CS_OK;
}

/* What the views of a state point into. */
struct held {
	struct cs_buf question, reply;
};

static enum cs_err
take_status(struct cs_client_report_state *s, struct held *hold,
    struct cs_client *c, const struct client_sent *r, struct cs_view states)
{
	struct cs_wire_report_status item;
	enum cs_err err;

	while (cs_wire_next(&item, &cs_wire_report_status_shape, &states)) {
		size_t n = item.answer.len < sizeof s->answer - 1
		    ? item.answer.len
		    : sizeof s->answer - 1;

		if (memcmp(item.report, s->id, sizeof s->id) != 0)
			continue;
		s->state = item.state;
		s->updated_ms = item.updated_ms;
		memcpy(s->answer, item.answer.data, n);
		s->answer[n] = '\0';
		s->second_look = item.second_look;
		s->can_ask_again = item.state >= CS_WIRE_REPORT_REJECTED &&
		    item.second_look == CS_WIRE_SECOND_LOOK_NONE;
		err = take_question(s, &hold->question, r, item.question);
		return err ? err : take_reply(s, &hold->reply, c, item.reply);
	}
	return CS_OK;
}

enum cs_err
cs_client_reports(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_report_state *s), void *arg)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_report_states_answer answer = { 0 };
	struct cs_buf plain = { 0 }, states = { 0 };
	struct held hold = { 0 };
	struct cs_rows rows;
	enum cs_err err = CS_OK;

	if (c->link.online &&
	    (err = client_call(c, CS_WIRE_REPORT_STATES, &cs_wire_empty_shape,
		 &empty, &cs_wire_report_states_answer_shape, &answer)) ==
		CS_OK)
		err = cs_buf_set(&states, answer.reports.raw);
	if (err)
		return err;
	err = cs_db_query(&rows, c->db,
	    "SELECT id,created,sent,sealed FROM report ORDER BY created");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_client_report_state s = { 0 };
		struct client_sent r;

		cs_col_copy(&rows, 0, s.id, sizeof s.id);
		s.created_ms = s.updated_ms = cs_col_int(&rows, 1);
		s.state = cs_col_int(&rows, 2) ? CS_WIRE_REPORT_SENT : -1;
		if ((err = client_sent_open(&r, &plain, c,
			 cs_col_blob(&rows, 0), cs_col_blob(&rows, 3))))
			break;
		s.reason = r.reason;
		s.named = r.named;
		s.n_messages = r.n_messages;
		err = take_status(&s, &hold, c, &r, cs_buf_view(&states));
		cs_wipe(&r, sizeof r);
		if (err == CS_OK)
			each(arg, &s);
	}
	err = cs_rows_end(&rows, err);
	cs_buf_free(&plain);
	cs_buf_free(&states);
	cs_buf_free(&hold.question);
	cs_buf_free(&hold.reply);
	return err;
}

enum cs_err
cs_client_report_find(
    struct cs_client *c, const char *prefix, uint8_t id[static CS_ID_LEN])
{
	struct cs_rows rows;
	unsigned n = 0;
	enum cs_err err;

	err = cs_db_query(&rows, c->db, "SELECT id FROM report ORDER BY id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t one[CS_ID_LEN];
		char hex[33];

		cs_col_copy(&rows, 0, one, sizeof one);
		cs_hex(hex, CS_VIEW_OF(one));
		if (strncmp(hex, prefix, strlen(prefix)) != 0)
			continue;
		memcpy(id, one, sizeof one);
		n++;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (n == 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "There is no report of yours whose number begins with "
		    "%.40s.",
		    prefix);
	if (n > 1)
		return client_problem(c, CS_ERR_EXISTS,
		    "More than one report's number begins with %.40s: give "
		    "more of it.",
		    prefix);
	return CS_OK;
}

enum cs_err
cs_client_report_reply(struct cs_client *c, const uint8_t id[static CS_ID_LEN],
    struct cs_view text, struct cs_view language)
{
	const struct cs_letter letter = { language, text };

	return client_letter_send(c, CS_WIRE_LETTER_REPLY, id, &letter);
}

enum cs_err
cs_client_second_look(struct cs_client *c, const uint8_t id[static CS_ID_LEN],
    struct cs_view text, struct cs_view language)
{
	const struct cs_letter letter = { language, text };

	return client_letter_send(c, CS_WIRE_LETTER_SECOND_LOOK, id, &letter);
}

/* ---- evidence for somebody else ----------------------------------------- */

static enum cs_err
write_out(const char *path, struct cs_view bytes)
{
	struct cs_file_out file;
	enum cs_err err = cs_file_out_open(&file, path);

	return err ? err
		   : cs_file_out_end(&file, cs_file_write_fd(file.fd, bytes));
}

enum cs_err
cs_client_export(struct cs_client *c, const struct cs_client_report *r,
    const uint8_t *to_key, const char *path)
{
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct client_evidence e;
	enum cs_err err;

	if ((err = client_evidence_gather(&e, c, r)))
		return err;
	if ((!c->link.online ||
		(err = client_evidence_fetch_files(&e, c)) == CS_OK) &&
	    (err = cs_evidence_write(&bundle, &e.in)) == CS_OK &&
	    to_key != NULL)
		err = cs_evidence_seal(
		    &sealed, cs_buf_view(&bundle), cs_view(to_key, CS_KEY_LEN));
	if (err == CS_OK &&
	    (err = write_out(path,
		 to_key != NULL ? cs_buf_view(&sealed)
				: cs_buf_view(&bundle))) != CS_OK)
		err = client_problem(c, err, "%.300s cannot be written: %s.",
		    path, cs_err_text(err));
	cs_buf_free(&bundle);
	cs_buf_free(&sealed);
	client_evidence_clear(&e);
	return err;
}
