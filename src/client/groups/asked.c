/* SPDX-License-Identifier: MIT */
#include "client/groups/asked.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/hub/call.h"
#include "crypto/hash.h"

#define PLACE "countersign/group-ask-note/v1"
#define NOTE_VERSION 1
/* What is older is over, whatever the hub says; a day for clocks. */
#define ASKED_MS (15 * CS_DAY_MS)

/* ---- notes -------------------------------------------------------------- */

enum cs_err
client_asked_write(struct cs_buf *out, const struct cs_client *c,
    const struct client_asked *asked)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, NOTE_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(asked->ref));
	cs_write_u64(&w, asked->at_ms);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = client_account_seal(out, c, PLACE, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_asked_read(
    struct client_asked *out, const struct cs_client *c, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err = client_account_open(&plain, c, PLACE, sealed);

	if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&plain));
		if (cs_read_u8(&r) != NOTE_VERSION)
			cs_reader_fail(&r, CS_ERR_VERSION);
		cs_read_copy(&r, out->ref, sizeof out->ref);
		out->at_ms = cs_read_u64(&r);
		err = cs_reader_end(&r);
	}
	cs_buf_free(&plain);
	return err;
}

/* ---- what they are good for --------------------------------------------- */

/* Keep what counts of a note in ${c->asked}. */
static enum cs_err
keep(struct cs_client *c, const struct cs_wire_own_ask *item)
{
	struct cs_writer w = cs_writer(&c->asked);
	struct client_asked asked;
	enum cs_err err;

	if (item->state == CS_WIRE_ASK_OVER)
		return CS_OK;
	err = client_asked_read(&asked, c, item->note);
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
	if (asked.at_ms + ASKED_MS < client_now_ms(c))
		return CS_OK;
	cs_write_bytes(&w, CS_VIEW_OF(asked.ref));
	cs_write_u64(&w, asked.at_ms);
	return cs_writer_end(&w);
}

enum cs_err
client_asked_fetch(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_own_asks_answer answer;
	struct cs_wire_own_ask item;
	struct cs_view rest;
	enum cs_err err = client_call(c, CS_WIRE_OWN_ASKS, &cs_wire_empty_shape,
	    &empty, &cs_wire_own_asks_answer_shape, &answer);

	cs_buf_reset(&c->asked);
	/* Without them a group is a request, and nothing is lost. */
	if (err == CS_ERR_DENIED)
		return CS_OK;
	rest = answer.asks.raw;
	while (
	    err == CS_OK && cs_wire_next(&item, &cs_wire_own_ask_shape, &rest))
		err = keep(c, &item);
	return err;
}

/* Note that an ask was used.  Was it before? */
static enum cs_err
use_once(bool *fresh, struct cs_client *c, const struct client_asked *asked)
{
	static const char label[] = "asked";
	uint8_t at[8], hash[CS_HASH_LEN];
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		CS_VIEW_OF(asked->ref), CS_VIEW_OF(at) };
	enum cs_err err;

	cs_put_u64(at, asked->at_ms);
	if ((err = cs_hash_parts(hash, CS_SHA256, parts, 3)) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO told(hash) VALUES(?) ON CONFLICT DO NOTHING",
		    cs_blob(CS_VIEW_OF(hash)));
	*fresh = err == CS_OK && cs_db_changes(c->db) != 0;
	return err;
}

enum cs_err
client_asked_use(
    bool *out, struct cs_client *c, const uint8_t ref[static CS_HASH_LEN])
{
	struct cs_reader r = cs_reader(cs_buf_view(&c->asked));
	struct client_asked asked;
	enum cs_err err = CS_OK;

	*out = false;
	while (err == CS_OK && !*out && cs_reader_more(&r)) {
		cs_read_copy(&r, asked.ref, sizeof asked.ref);
		asked.at_ms = cs_read_u64(&r);
		if (memcmp(asked.ref, ref, sizeof asked.ref) == 0)
			err = use_once(out, c, &asked);
	}
	return err;
}
