/* SPDX-License-Identifier: MIT */
/* Messages, events and refusals, as rows. */
#include "client/home/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/expiry.h"
#include "client/home/group.h"

#define TABLE "message"
#define RECORD_VERSION 1

static enum cs_err
seal(struct cs_buf *out, struct cs_client *c, uint64_t id,
    const struct client_record *r)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	cs_write_u8(&w, RECORD_VERSION);
	cs_write_u8(&w, (uint8_t)r->kind);
	cs_write_u8(&w,
	    (uint8_t)(r->late | r->failed << 1 | r->bare << 2 |
		r->warning << 3));
	cs_write_u64(&w, r->time_ms);
	cs_write_u64(&w, r->seq);
	cs_write_vec(&w, cs_view_str(r->from));
	cs_write_vec(&w, cs_view_str(r->reason));
	cs_write_vec(&w, r->body);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_seal(
		    out, &c->key, TABLE, CS_VIEW_OF(row), cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
parse(struct client_record *out, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	uint8_t flags;

	memset(out, 0, sizeof *out);
	if (cs_read_u8(&r) != RECORD_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	out->kind = cs_read_u8(&r);
	flags = cs_read_u8(&r);
	out->late = flags & 1;
	out->failed = flags & 2;
	out->bare = flags & 4;
	out->warning = flags & 8;
	out->time_ms = cs_read_u64(&r);
	out->seq = cs_read_u64(&r);
	cs_read_string(&r, out->from, sizeof out->from);
	cs_read_string(&r, out->reason, sizeof out->reason);
	out->body = cs_read_vec(&r);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

enum cs_err
client_message_insert(struct cs_client *c, const struct client_group *g,
    const struct client_record *r, const uint8_t mid[static CS_CLIENT_MID_LEN],
    uint64_t *out)
{
	struct cs_buf sealed = { 0 };
	uint64_t id;
	enum cs_err err;

	/* The seal is bound to the row's number, which only the insert
	 * determines. */
	err = cs_db_exec(c->db,
	    "INSERT INTO message(mid,grp,kind,seen,seq,forget,sealed)"
	    " VALUES(?,?,?,?,?,?,'')",
	    cs_blob(cs_view(mid, CS_CLIENT_MID_LEN)),
	    cs_blob(g != NULL ? client_group_id(g) : cs_view("", 0)),
	    cs_int(r->kind), cs_int(r->kind == CS_CLIENT_SENT), cs_int(r->seq),
	    cs_int(r->time_ms + CLIENT_PROOF_MS));
	if (err)
		return err;
	id = cs_db_last_id(c->db);
	if ((err = seal(&sealed, c, id, r)) == CS_OK)
		err =
		    cs_db_exec(c->db, "UPDATE message SET sealed=? WHERE id=?",
			cs_blob(cs_buf_view(&sealed)), cs_int(id));
	cs_buf_free(&sealed);
	if (out != NULL)
		*out = id;
	return err;
}

enum cs_err
client_message_update(
    struct cs_client *c, uint64_t id, const struct client_record *r)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err = seal(&sealed, c, id, r);

	if (err == CS_OK)
		err = cs_db_exec(c->db,
		    "UPDATE message SET kind=?,seq=?,forget=?,sealed=?"
		    " WHERE id=?",
		    cs_int(r->kind), cs_int(r->seq),
		    cs_int(r->time_ms + CLIENT_PROOF_MS),
		    cs_blob(cs_buf_view(&sealed)), cs_int(id));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_message_load(struct client_record *out, struct cs_buf *plain,
    struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	uint8_t row[8];
	enum cs_err err;

	cs_vault_row(row, id);
	err = cs_db_row(
	    &rows, c->db, "SELECT sealed FROM message WHERE id=?", cs_int(id));
	if (err == CS_OK)
		err = cs_vault_open(plain, &c->key, TABLE, CS_VIEW_OF(row),
		    cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)))
		return err;
	return parse(out, cs_buf_view(plain));
}

enum cs_err
client_message_content(
    struct cs_mimi_content *out, const struct client_record *r)
{
	struct cs_capsule capsule;
	enum cs_err err;

	if (r->kind != CS_CLIENT_RECEIVED && r->kind != CS_CLIENT_SENT)
		return CS_ERR_NOT_FOUND;
	if (r->bare)
		return cs_mimi_parse(out, r->body);
	if ((err = cs_capsule_parse(&capsule, r->body)))
		return err;
	return cs_mimi_parse(out, capsule.application_data);
}

enum cs_err
client_message_by_mid(uint64_t *id, struct cs_buf *group_id,
    struct cs_client *c, const uint8_t mid[static CS_CLIENT_MID_LEN])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, c->db,
	    "SELECT id,grp FROM message WHERE mid=? AND kind IN (?,?)",
	    cs_blob(cs_view(mid, CS_CLIENT_MID_LEN)),
	    cs_int(CS_CLIENT_RECEIVED), cs_int(CS_CLIENT_SENT));
	if (err == CS_OK) {
		*id = cs_col_int(&rows, 0);
		if (group_id != NULL)
			err = cs_buf_set(group_id, cs_col_blob(&rows, 1));
	}
	return cs_rows_end(&rows, err);
}

/* Insert a sentence about ${g}; ${r} says what kind of sentence it is. */
static enum cs_err __attribute__((format(printf, 4, 0)))
say(struct cs_client *c, const struct client_group *g, struct client_record *r,
    const char *format, va_list ap)
{
	static const uint8_t no_mid[CS_CLIENT_MID_LEN];
	char sentence[512];

	vsnprintf(sentence, sizeof sentence, format, ap);
	r->kind = CS_CLIENT_EVENT;
	r->seq = g != NULL ? g->seq : 0;
	r->body = cs_view_str(sentence);
	return client_message_insert(c, g, r, no_mid, NULL);
}

const char *
client_subject(const struct cs_client *c, const char *handle)
{
	return strcmp(handle, c->self.handle) == 0 ? "You" : handle;
}

const char *
client_object(const struct cs_client *c, const char *handle)
{
	return strcmp(handle, c->self.handle) == 0 ? "you" : handle;
}

enum cs_err
client_event(struct cs_client *c, const struct client_group *g,
    uint64_t time_ms, const char *format, ...)
{
	/* A group's first commit precedes its first stamp, so there is no time
	 * yet. */
	struct client_record r = {
		.time_ms = time_ms != 0 ? time_ms : client_now_ms(c),
	};
	enum cs_err err;
	va_list ap;

	va_start(ap, format);
	err = say(c, g, &r, format, ap);
	va_end(ap);
	return err;
}

enum cs_err
client_warning(
    struct cs_client *c, const struct client_group *g, const char *format, ...)
{
	struct client_record r = { .time_ms = client_now_ms(c),
		.warning = true };
	enum cs_err err;
	va_list ap;

	va_start(ap, format);
	err = say(c, g, &r, format, ap);
	va_end(ap);
	return err;
}
