/* SPDX-License-Identifier: MIT */
/*
 * Letters to the desk: appeals, requests for a second look, answers to its
 * questions.  Each is sealed and stored, with the key that opens its answer,
 * before it is sent, so that what breaks off is continued with the same bytes.
 */
#include "client/reports/letter.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "client/reports/sent.h"
#include "content/letter.h"
#include "crypto/random.h"

#define TABLE "letter"
#define LETTER_VERSION 1

/* ---- stored ------------------------------------------------------------- */

struct letter {
	uint8_t reply[CS_REPLY_KEY_LEN];
	struct cs_view text;   /* as it was written */
	struct cs_view sealed; /* to the desk; empty once it is sent */
};

static enum cs_err
store(
    struct cs_client *c, const struct cs_wire_letter *m, const struct letter *l)
{
	struct cs_buf plain = { 0 }, row = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, LETTER_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(l->reply));
	cs_write_vec(&w, l->text);
	cs_write_vec(&w, l->sealed);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&row, &c->key, TABLE, CS_VIEW_OF(m->id),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO letter(id,kind,subject,created,sent,sealed)"
		    " VALUES(?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET"
		    " sent=excluded.sent,sealed=excluded.sealed",
		    cs_blob(CS_VIEW_OF(m->id)), cs_int(m->kind),
		    cs_blob(CS_VIEW_OF(m->subject)), cs_int(cs_clock_ms()),
		    cs_int(l->sealed.len == 0), cs_blob(cs_buf_view(&row)));
	cs_buf_free(&plain);
	cs_buf_free(&row);
	return err;
}

/* Views point into ${plain}. */
static enum cs_err
open_row(struct letter *out, struct cs_buf *plain, struct cs_client *c,
    struct cs_view id, struct cs_view sealed)
{
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_vault_open(plain, &c->key, TABLE, id, sealed)))
		return err;
	r = cs_reader(cs_buf_view(plain));
	if (cs_read_u8(&r) != LETTER_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_copy(&r, out->reply, sizeof out->reply);
	out->text = cs_read_vec(&r);
	out->sealed = cs_read_vec(&r);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

/* ---- sending ------------------------------------------------------------ */

/* Is it refused only for now? */
static bool
may_wait(uint16_t code)
{
	return code == CS_WIRE_E_LIMIT || code == CS_WIRE_E_DESK_BUSY ||
	    code == CS_WIRE_E_UNAVAILABLE || code == CS_WIRE_E_DISABLED ||
	    code == CS_WIRE_E_REMOVED;
}

/* Send one letter.  ${*over}: it was refused for good, and is forgotten. */
static enum cs_err
submit(struct cs_client *c, const struct cs_wire_letter *m,
    const struct letter *l, bool *over)
{
	enum cs_err err, again;

	*over = false;
	err = client_call_empty(c, CS_WIRE_LETTER, &cs_wire_letter_shape, m);
	if (err == CS_OK) {
		struct letter sent = *l;

		sent.sealed = cs_view("", 0);
		err = store(c, m, &sent);
		cs_wipe(&sent, sizeof sent);
		return err;
	}
	if (err != CS_ERR_DENIED || may_wait(c->link.hub_code))
		return err;
	*over = true;
	again = cs_db_exec(
	    c->db, "DELETE FROM letter WHERE id=?", cs_blob(CS_VIEW_OF(m->id)));
	return again ? again : err;
}

/* Load the oldest letter that waits.  CS_ERR_NOT_FOUND: none does. */
static enum cs_err
next(struct cs_wire_letter *m, struct letter *l, struct cs_buf *plain,
    struct cs_client *c)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(m, 0, sizeof *m);
	err = cs_db_row(&rows, c->db,
	    "SELECT id,kind,subject,sealed FROM letter WHERE sent=0"
	    " ORDER BY created,id LIMIT 1");
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, m->id, sizeof m->id);
		m->kind = (uint8_t)cs_col_int(&rows, 1);
		cs_col_copy(&rows, 2, m->subject, sizeof m->subject);
		err = open_row(
		    l, plain, c, cs_col_blob(&rows, 0), cs_col_blob(&rows, 3));
		m->sealed = l->sealed;
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
client_letters_flush(struct cs_client *c)
{
	struct cs_buf plain = { 0 };
	struct cs_wire_letter m;
	struct letter l = { 0 };
	bool over = true;
	enum cs_err err;

	while ((err = next(&m, &l, &plain, c)) == CS_OK) {
		err = submit(c, &m, &l, &over);
		if (err == CS_ERR_DENIED && over)
			err = client_warning(c, NULL,
			    "The hub does not take a letter of yours to the "
			    "report desk (%s).",
			    cs_wire_code_name(c->link.hub_code));
		if (err)
			break;
	}
	cs_buf_free(&plain);
	cs_wipe(&l, sizeof l);
	/* The rest goes out tomorrow, or once the desk has read the others. */
	return err == CS_ERR_NOT_FOUND || err == CS_ERR_DENIED ? CS_OK : err;
}

/* Refuse a second letter about the same thing while the first has not left. */
static enum cs_err
check_waiting(
    struct cs_client *c, uint8_t kind, const uint8_t subject[CS_ID_LEN])
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, c->db,
	    "SELECT COUNT(*) FROM letter WHERE kind=? AND subject=?"
	    " AND sent=0",
	    cs_int(kind), cs_blob(cs_view(subject, CS_ID_LEN)));
	if (err || n == 0)
		return err;
	return client_problem(c, CS_ERR_EXISTS,
	    "What you wrote about it earlier waits for the hub, and "
	    "goes out with the next command.");
}

static enum cs_err
refused(struct cs_client *c)
{
	switch (c->link.hub_code) {
	case CS_WIRE_E_EXISTS:
		return client_problem(c, CS_ERR_DENIED,
		    "The desk has a letter of yours about it already.");
	case CS_WIRE_E_DENIED:
		return client_problem(c, CS_ERR_DENIED,
		    "There is nothing left to write about: the desk has "
		    "taken its decision back, or has asked nothing.");
	case CS_WIRE_E_LIMIT:
	case CS_WIRE_E_DESK_BUSY:
		return client_problem(c, CS_ERR_DENIED,
		    "It is kept and goes out later: the hub takes no more "
		    "letters of yours for now.");
	default:
		return CS_ERR_DENIED;
	}
}

/* Seal a letter as the writer that the desk knows: who reported without a name
 * does not give it now. */
static enum cs_err
seal(struct cs_buf *out, uint8_t reply[static CS_REPLY_KEY_LEN],
    struct cs_client *c, const struct cs_wire_letter *m,
    const struct cs_letter *letter)
{
	struct cs_letter_author author = {
		.credential = cs_buf_view(&c->self.credential),
		.device_key = &c->self.device_key,
	};
	struct cs_letter_about about = { .kind = m->kind };
	uint8_t report_key[CS_REPLY_KEY_LEN];
	bool named = true;
	enum cs_err err = CS_OK;

	memcpy(about.id, m->id, sizeof about.id);
	memcpy(about.subject, m->subject, sizeof about.subject);
	memcpy(about.account, c->self.account, sizeof about.account);
	if (m->kind != CS_WIRE_LETTER_APPEAL)
		err = client_report_author(&named, report_key, c, m->subject);
	if (err == CS_OK && !named)
		author.report_key = report_key;
	if (err == CS_OK)
		err = cs_letter_seal(out, reply, letter, &about, &author,
		    CS_VIEW_OF(c->link.desk.hpke));
	cs_wipe(report_key, sizeof report_key);
	return err;
}

enum cs_err
client_letter_send(struct cs_client *c, uint8_t kind,
    const uint8_t subject[static CS_ID_LEN], const struct cs_letter *letter)
{
	struct cs_wire_letter m = { .kind = kind };
	struct letter l = { .text = letter->text };
	struct cs_buf sealed = { 0 };
	bool over;
	enum cs_err err;

	if (!c->link.desk.known)
		return (err = client_need_hub(c)) ? err : client_no_desk(c);
	if ((err = check_waiting(c, kind, subject)))
		return err;
	cs_random(m.id, sizeof m.id);
	memcpy(m.subject, subject, sizeof m.subject);
	if ((err = seal(&sealed, l.reply, c, &m, letter)))
		goto out;
	m.sealed = l.sealed = cs_buf_view(&sealed);
	if ((err = store(c, &m, &l)) == CS_OK &&
	    (err = submit(c, &m, &l, &over)) == CS_ERR_DENIED)
		err = refused(c);
out:
	cs_buf_free(&sealed);
	cs_wipe(l.reply, sizeof l.reply);
	if (err == CS_ERR_LIMIT || err == CS_ERR_FORMAT)
		err = client_problem(c, CS_ERR_MISUSE,
		    "A letter to the desk is text: 1 to %d bytes of UTF-8.",
		    CS_LETTER_TEXT_MAX);
	return err;
}

/* ---- answers ------------------------------------------------------------ */

enum cs_err
client_letter_answer(struct cs_buf *out, struct cs_client *c, uint8_t kind,
    const uint8_t subject[static CS_ID_LEN], struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct letter l = { 0 };
	struct cs_rows rows;
	enum cs_err err, opened = CS_ERR_NOT_FOUND;

	cs_buf_reset(out);
	err = cs_db_query(&rows, c->db,
	    "SELECT id,sealed FROM letter WHERE kind=? AND subject=?"
	    " ORDER BY created DESC",
	    cs_int(kind), cs_blob(cs_view(subject, CS_ID_LEN)));
	/* The desk answers one of them; the key that opens the answer shows
	 * which. */
	while (err == CS_OK && opened != CS_OK && cs_rows_next(&rows))
		if ((err = open_row(&l, &plain, c, cs_col_blob(&rows, 0),
			 cs_col_blob(&rows, 1))) == CS_OK)
			opened = cs_reply_open(out, l.reply, subject, sealed);
	err = cs_rows_end(&rows, err);
	cs_buf_free(&plain);
	cs_wipe(&l, sizeof l);
	return err ? err : opened;
}

/* ---- for people --------------------------------------------------------- */

enum cs_err
cs_client_letters(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_letter *l), void *arg)
{
	struct cs_buf plain = { 0 };
	struct letter l = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT id,kind,subject,created,sent,sealed FROM letter"
	    " ORDER BY created,id");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_client_letter shown = {
			.kind = (uint8_t)cs_col_int(&rows, 1),
			.created_ms = cs_col_int(&rows, 3),
			.sent = cs_col_int(&rows, 4) != 0,
		};

		cs_col_copy(&rows, 2, shown.subject, sizeof shown.subject);
		if ((err = open_row(&l, &plain, c, cs_col_blob(&rows, 0),
			 cs_col_blob(&rows, 5))))
			break;
		shown.text = l.text;
		each(arg, &shown);
	}
	err = cs_rows_end(&rows, err);
	cs_buf_free(&plain);
	cs_wipe(&l, sizeof l);
	return err;
}
