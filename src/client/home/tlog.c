/* SPDX-License-Identifier: MIT */
#include "client/home/tlog.h"

#include <stdio.h>
#include <string.h>

#include "base/reader.h"
#include "base/text.h"
#include "base/writer.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/group.h"
#include "client/home/problem.h"

/* Settings of the home. */
#define KEPT "tlog-kept"       /* certificate<V> | note<V> */
#define CHECKED "tlog-checked" /* when */
#define TRIED "tlog-tried"     /* when */
#define DROPPED "tlog-dropped" /* how many promises were never shown */
#define CAUGHT "tlog-caught"   /* u8 enum cs_client_log_fault | evidence */
#define CAUGHT_AT "tlog-caught-at"
#define ACCEPTED "tlog-accepted" /* 1: the user goes on */

#define ORIGIN "/log"

/* ---- promises ----------------------------------------------------------- */

enum cs_err
client_tlog_due_add(struct cs_client *c, const struct cs_stamp *s)
{
	struct cs_stamp_promise promise;
	struct cs_buf bytes = { 0 };
	enum cs_err err = cs_stamp_promise(&promise, s);

	if (err == CS_ERR_NOT_FOUND ||
	    (err == CS_OK &&
		s->accepted_ms + CLIENT_TLOG_DUE_MS < client_now_ms(c)))
		return CS_OK;
	if (err == CS_OK)
		err = cs_stamp_promise_write(&bytes, &promise);
	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO tlog_due(entry,number,promise,stamped)"
		    " VALUES(?,?,?,?) ON CONFLICT DO NOTHING",
		    cs_int(promise.entry & INT64_MAX), cs_int(promise.number),
		    cs_blob(cs_buf_view(&bytes)), cs_int(s->accepted_ms));
	cs_buf_free(&bytes);
	return err;
}

/* ---- the checkpoint ----------------------------------------------------- */

static enum cs_err
read_kept(struct client_tlog_kept *out)
{
	struct cs_reader r = cs_reader(cs_buf_view(&out->bytes));
	struct cs_view text, lines;
	enum cs_err err;

	out->as.cert = cs_read_vec(&r);
	out->as.note = cs_read_vec(&r);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_note_split(&text, &lines, out->as.note)))
		return err;
	return cs_tlog_checkpoint_parse(&out->checkpoint, text);
}

enum cs_err
client_tlog_kept_load(struct client_tlog_kept *out, struct cs_client *c)
{
	enum cs_err err =
	    cs_vault_config_get(&out->bytes, c->db, &c->key, KEPT);

	if (err == CS_OK && out->bytes.len == 0)
		return CS_ERR_NOT_FOUND;
	return err ? err : read_kept(out);
}

enum cs_err
client_tlog_keep(struct cs_client *c, const struct cs_tlog_signed *s)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_vec(&w, s->cert);
	cs_write_vec(&w, s->note);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, KEPT, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

void
client_tlog_kept_clear(struct client_tlog_kept *k)
{
	cs_buf_free(&k->bytes);
}

enum cs_err
client_tlog_key(struct cs_note_key *out, struct cs_client *c)
{
	const struct cs_buf *cert = &c->link.session.info.tlog_cert;
	struct cs_role_key_cert role;
	char name[sizeof c->self.hub + sizeof ORIGIN];
	enum cs_err err;

	if (!c->link.online || cert->len == 0)
		return CS_ERR_NOT_FOUND;
	err = cs_role_key_cert_verify(&role, cs_buf_view(cert),
	    CS_VIEW_OF(c->self.root), CS_ROLE_TLOG, client_now_s(c));
	snprintf(name, sizeof name, "%s" ORIGIN, c->self.hub);
	if (err == CS_OK)
		err = cs_note_key(out, name, role.public);
	return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_ERR_NOT_FOUND
							: err;
}

/* ---- what members tell one another -------------------------------------- */

static enum cs_err
write_text(struct cs_buf *out, const struct cs_tlog_told *told,
    const struct cs_note_key *key)
{
	struct cs_tlog_checkpoint c = {
		.origin = cs_view_str(key->name),
		.size = told->size,
	};

	memcpy(c.root.bytes, told->root, sizeof c.root.bytes);
	return cs_tlog_checkpoint_write(out, &c);
}

enum cs_err
client_tlog_told_note(struct cs_buf *out, const struct cs_tlog_told *told,
    const struct cs_note_key *key)
{
	uint8_t what[CS_NOTE_ID_LEN + CS_SIGNATURE_LEN];
	char line[CS_NOTE_LINE_SIZE], base64[93]; /* of 68 bytes */
	struct cs_view text;
	enum cs_err err;

	memcpy(what, key->id, CS_NOTE_ID_LEN);
	memcpy(what + CS_NOTE_ID_LEN, told->sig, CS_SIGNATURE_LEN);
	cs_base64(base64, CS_VIEW_OF(what));
	snprintf(line, sizeof line, CS_NOTE_DASH "%s %s\n", key->name, base64);
	if ((err = write_text(out, told, key)) ||
	    (err = cs_buf_add(out, cs_view_str("\n"))) ||
	    (err = cs_buf_add(out, cs_view_str(line))))
		return err;
	return cs_note_verify(&text, cs_buf_view(out), key);
}

/* The signature of ${key} in ${note}. */
static enum cs_err
take_signature(uint8_t sig[static CS_SIGNATURE_LEN], struct cs_view note,
    const struct cs_note_key *key)
{
	uint8_t what[CS_NOTE_ID_LEN + CS_SIGNATURE_LEN];
	struct cs_view text, lines;
	enum cs_err err = cs_note_split(&text, &lines, note);

	do
		if (err == CS_OK || err == CS_ERR_NOT_FOUND)
			err = lines.len == 0
			    ? CS_ERR_FORMAT
			    : cs_note_line_next(what, sizeof what, &lines, key);
	while (err == CS_ERR_NOT_FOUND);
	if (err == CS_OK)
		memcpy(sig, what + CS_NOTE_ID_LEN, CS_SIGNATURE_LEN);
	return err == CS_ERR_FORMAT ? CS_ERR_NOT_FOUND : err;
}

static enum cs_err
make_told(struct cs_tlog_told *out, struct cs_client *c)
{
	struct client_tlog_kept kept = { 0 };
	struct cs_note_key key;
	enum cs_err err;

	if ((err = client_tlog_key(&key, c)) == CS_OK &&
	    (err = client_tlog_kept_load(&kept, c)) == CS_OK)
		err = take_signature(out->sig, kept.as.note, &key);
	/* With more in its text, others could not make it out of this. */
	if (err == CS_OK && kept.checkpoint.extensions.len != 0)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK) {
		out->size = kept.checkpoint.size;
		memcpy(out->root, kept.checkpoint.root.bytes, sizeof out->root);
	}
	client_tlog_kept_clear(&kept);
	return err;
}

enum cs_err
client_tlog_tell(
    struct cs_tlog_told *out, struct cs_client *c, const struct client_group *g)
{
	struct cs_view id = client_group_id(g);
	uint64_t at = 0, now = cs_clock_ms();
	enum cs_err err = cs_db_get_int(
	    &at, c->db, "SELECT at FROM tlog_told WHERE grp=?", cs_blob(id));

	/* A clock that was set back keeps nobody silent. */
	if (err == CS_OK && at <= now && now - at < CLIENT_TLOG_TELL_MS)
		return CS_ERR_NOT_FOUND;
	if ((err && err != CS_ERR_NOT_FOUND) || (err = make_told(out, c)))
		return err;
	return cs_db_exec(c->db,
	    "INSERT INTO tlog_told(grp,at) VALUES(?,?)"
	    " ON CONFLICT(grp) DO UPDATE SET at=excluded.at",
	    cs_blob(id), cs_int(now));
}

/* Of those that are too many, any one goes: nobody can choose which. */
static enum cs_err
make_room(struct cs_client *c)
{
	uint64_t n;
	enum cs_err err =
	    cs_db_get_int(&n, c->db, "SELECT COUNT(*) FROM tlog_heard");

	if (err || n < CLIENT_TLOG_HEARD_MAX)
		return err;
	return cs_db_exec(c->db,
	    "DELETE FROM tlog_heard WHERE (size,root) IN"
	    " (SELECT size,root FROM tlog_heard ORDER BY random() LIMIT 1)");
}

static enum cs_err
store_heard(struct cs_client *c, const struct cs_tlog_told *told)
{
	enum cs_err err = make_room(c);

	return err ? err
		   : cs_db_exec(c->db,
			 "INSERT INTO tlog_heard(size,root,sig) VALUES(?,?,?)"
			 " ON CONFLICT DO NOTHING",
			 cs_int(told->size), cs_blob(CS_VIEW_OF(told->root)),
			 cs_blob(CS_VIEW_OF(told->sig)));
}

enum cs_err
client_tlog_heard(struct cs_client *c, const struct cs_tlog_told *told)
{
	struct client_tlog_kept kept = { 0 };
	struct cs_buf note = { 0 };
	struct cs_note_key key;
	bool known;
	enum cs_err err;

	if (told->size > CS_TLOG_SIZE_MAX)
		return CS_OK;
	err = client_tlog_kept_load(&kept, c);
	known = err == CS_OK && kept.checkpoint.size == told->size &&
	    memcmp(kept.checkpoint.root.bytes, told->root, CS_HASH_LEN) == 0;
	client_tlog_kept_clear(&kept);
	if (known)
		return CS_OK;
	if ((err == CS_OK || err == CS_ERR_NOT_FOUND) &&
	    (err = client_tlog_key(&key, c)) == CS_OK &&
	    (err = client_tlog_told_note(&note, told, &key)) == CS_OK)
		err = store_heard(c, told);
	cs_buf_free(&note);
	return err == CS_ERR_NOT_FOUND ||
		cs_err_class(err) == CS_ERR_CLASS_THEIRS
	    ? CS_OK
	    : err;
}

/* ---- caught ------------------------------------------------------------- */

static enum cs_err
get_number(uint64_t *out, struct cs_client *c, const char *name)
{
	enum cs_err err = cs_vault_config_get_num(out, c->db, &c->key, name);

	if (err == CS_ERR_NOT_FOUND)
		*out = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Empty: it was not caught. */
static enum cs_err
get_caught(struct cs_buf *out, bool *accepted, struct cs_client *c)
{
	uint64_t yes = 0;
	enum cs_err err = cs_vault_config_get(out, c->db, &c->key, CAUGHT);

	if (err == CS_OK)
		err = get_number(&yes, c, ACCEPTED);
	*accepted = yes != 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
caught(struct cs_client *c, enum cs_client_log_fault what, struct cs_view how)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	bool accepted;
	enum cs_err err = get_caught(&bytes, &accepted, c);

	/* The first one stays until somebody has seen it. */
	if (err || (bytes.len != 0 && !accepted))
		goto out;
	cs_buf_reset(&bytes);
	cs_write_u8(&w, (uint8_t)what);
	cs_write_bytes(&w, how);
	if ((err = cs_writer_end(&w)) ||
	    (err = cs_vault_config_set(
		 c->db, &c->key, CAUGHT, cs_buf_view(&bytes))) ||
	    (err = cs_vault_config_set_num(
		 c->db, &c->key, CAUGHT_AT, client_now_ms(c))))
		goto out;
	err = cs_vault_config_set_num(c->db, &c->key, ACCEPTED, 0);
out:
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
client_tlog_caught(struct cs_client *c, const struct cs_tlog_fault *fault)
{
	struct cs_buf bytes = { 0 };
	enum cs_err err = cs_tlog_fault_write(&bytes, fault);

	if (err == CS_OK)
		err = caught(c,
		    fault->kind == CS_TLOG_FAULT_FORK ? CS_CLIENT_LOG_FORK
						      : CS_CLIENT_LOG_ENTRY,
		    cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
client_tlog_unsigned(struct cs_client *c, struct cs_view note)
{
	return caught(c, CS_CLIENT_LOG_UNSIGNED, note);
}

enum cs_err
client_tlog_may_send(struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	bool accepted;
	enum cs_err err = get_caught(&bytes, &accepted, c);
	bool stops = err == CS_OK && bytes.len != 0 && !accepted;

	cs_buf_free(&bytes);
	if (!stops)
		return err;
	return client_problem(c, CS_ERR_DENIED,
	    "The hub was caught: its log is not the one that it was (see: "
	    "countersign log show). Nothing was sent; \"countersign log "
	    "accept\" goes on all the same.");
}

/* ---- shown -------------------------------------------------------------- */

static void
say(struct cs_client_log *out)
{
	const char *text = "";

	switch (out->fault) {
	case CS_CLIENT_LOG_FINE:
		break;
	case CS_CLIENT_LOG_FORK:
		text = "The hub signed two states of its log that cannot both "
		       "be true: it shows different ones to different people, "
		       "or has changed what was in it.";
		break;
	case CS_CLIENT_LOG_ENTRY:
		text = "The hub stamped messages and put something else into "
		       "its log than the stamp promised.";
		break;
	case CS_CLIENT_LOG_UNSIGNED:
		text = "The hub shows a log under its name whose signature is "
		       "wrong.";
		break;
	}
	snprintf(out->sentence, sizeof out->sentence, "%s", text);
}

static enum cs_err
show_fault(struct cs_client_log *out, struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	enum cs_err err = get_caught(&bytes, &out->accepted, c);

	if (err == CS_OK && bytes.len != 0 &&
	    (bytes.data[0] == 0 || bytes.data[0] > CS_CLIENT_LOG_UNSIGNED))
		err = CS_ERR_CORRUPT;
	if (err == CS_OK && bytes.len != 0) {
		out->fault = (enum cs_client_log_fault)bytes.data[0];
		err = get_number(&out->fault_ms, c, CAUGHT_AT);
	}
	cs_buf_free(&bytes);
	say(out);
	return err;
}

static enum cs_err
count_due(struct cs_client_log *out, struct cs_client *c)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_row(&rows, c->db,
	    "SELECT COUNT(*),COALESCE(MIN(stamped),0),"
	    "COALESCE(SUM(asked<>0),0) FROM tlog_due");

	if (err == CS_OK) {
		out->due = cs_col_int(&rows, 0);
		out->due_ms = cs_col_int(&rows, 1);
		out->refused = cs_col_int(&rows, 2);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	return cs_db_get_int(
	    &out->heard, c->db, "SELECT COUNT(*) FROM tlog_heard");
}

enum cs_err
cs_client_log(struct cs_client_log *out, struct cs_client *c)
{
	struct client_tlog_kept kept = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = client_tlog_kept_load(&kept, c);
	if (err == CS_OK)
		out->size = kept.checkpoint.size;
	client_tlog_kept_clear(&kept);
	if ((err && err != CS_ERR_NOT_FOUND) ||
	    (err = get_number(&out->checked_ms, c, CHECKED)) ||
	    (err = get_number(&out->tried_ms, c, TRIED)) ||
	    (err = get_number(&out->dropped, c, DROPPED)) ||
	    (err = count_due(out, c)) ||
	    (err = cs_db_get_int(&out->names_shown, c->db,
		 "SELECT COUNT(*) FROM name_check WHERE shown<>0")))
		return err;
	return show_fault(out, c);
}

enum cs_err
client_tlog_note_try(struct cs_client *c, bool done)
{
	uint64_t now = client_now_ms(c);
	enum cs_err err = cs_vault_config_set_num(c->db, &c->key, TRIED, now);

	return err || !done
	    ? err
	    : cs_vault_config_set_num(c->db, &c->key, CHECKED, now);
}

enum cs_err
client_tlog_note_dropped(struct cs_client *c, uint64_t n)
{
	uint64_t before;
	enum cs_err err = get_number(&before, c, DROPPED);

	return err || n == 0
	    ? err
	    : cs_vault_config_set_num(c->db, &c->key, DROPPED, before + n);
}

enum cs_err
cs_client_log_proof(struct cs_buf *out, struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	bool accepted;
	enum cs_err err = get_caught(&bytes, &accepted, c);

	if (err == CS_OK && bytes.len == 0)
		err = client_problem(c, CS_ERR_NOT_FOUND,
		    "The hub was not caught at anything: there is nothing to "
		    "show.");
	else if (err == CS_OK && bytes.data[0] == CS_CLIENT_LOG_UNSIGNED)
		err = client_problem(c, CS_ERR_NOT_FOUND,
		    "A wrong signature shows nothing to others: anybody could "
		    "have made it.");
	else if (err == CS_OK)
		err = cs_buf_set(out, cs_view(bytes.data + 1, bytes.len - 1));
	cs_buf_free(&bytes);
	return err;
}

enum cs_err
cs_client_log_accept(struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	bool accepted;
	enum cs_err err = get_caught(&bytes, &accepted, c);
	bool there = bytes.len != 0;

	cs_buf_free(&bytes);
	if (err == CS_OK && !there)
		err = client_problem(
		    c, CS_ERR_NOT_FOUND, "The hub was not caught at anything.");
	if (err || (err = cs_db_begin(c->db)))
		return err;
	/* What it showed before would not go with it ever again. */
	if ((err = cs_vault_config_set_num(c->db, &c->key, ACCEPTED, 1)) ==
		CS_OK &&
	    (err = cs_vault_config_set(
		 c->db, &c->key, KEPT, cs_view(NULL, 0))) == CS_OK)
		err = cs_db_exec(c->db, "DELETE FROM tlog_heard");
	return cs_db_end(c->db, err);
}
