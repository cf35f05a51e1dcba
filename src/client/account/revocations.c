/* SPDX-License-Identifier: MIT */
/* Learning which devices others have ended. */
#include "client/account/revocations.h"

#include "client/home/client.h"
#include "client/home/revoked.h"
#include "client/hub/call.h"

#define CURSOR "revocations"

/* The number of the last one that was fetched; 0: none was. */
static enum cs_err
load(uint64_t *out, struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	enum cs_err err = cs_vault_config_get(&bytes, c->db, &c->key, CURSOR);

	*out = 0;
	if (err == CS_OK) {
		struct cs_reader r = cs_reader(cs_buf_view(&bytes));

		*out = cs_read_u64(&r);
		err = cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
	}
	cs_buf_free(&bytes);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

static enum cs_err
store(struct cs_client *c, uint64_t cursor)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u64(&w, cursor);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, CURSOR, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

/* Fetch some, and move ${*cursor} behind them. */
static enum cs_err
fetch(struct cs_client *c, uint64_t *cursor)
{
	const struct cs_wire_revocations ask = { .after = *cursor };
	struct cs_wire_revocations_answer answer;
	struct cs_wire_revocation item;
	struct cs_view rest;
	enum cs_err err;

	if ((err = client_call(c, CS_WIRE_REVOCATIONS,
		 &cs_wire_revocations_shape, &ask,
		 &cs_wire_revocations_answer_shape, &answer)) ||
	    (err = cs_db_begin(c->db)))
		return err;
	rest = answer.revocations.raw;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_revocation_shape, &rest))
		err = client_revoked_learn(c, item.revocation);
	if (err == CS_OK)
		err = store(c, answer.last);
	*cursor = answer.last;
	return cs_db_end(c->db, err);
}

enum cs_err
client_revocations_fetch(struct cs_client *c)
{
	uint64_t cursor, before;
	enum cs_err err = load(&cursor, c);

	if (err ||
	    (!c->link.revocations_due && cursor >= c->link.login.revocations))
		return err;
	do {
		before = cursor;
		err = fetch(c, &cursor);
	} while (err == CS_OK && cursor > before);
	if (err == CS_OK)
		c->link.revocations_due = false;
	return err;
}

enum cs_err
client_revocations_again(struct cs_client *c)
{
	c->link.revocations_due = true;
	return store(c, 0);
}
