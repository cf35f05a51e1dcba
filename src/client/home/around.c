/* SPDX-License-Identifier: MIT */
#include "client/home/around.h"

#include <string.h>

#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/message.h"

/* Rows with reactions that are looked at: more are somebody's mischief. */
#define LOOKED_AT 1000

enum cs_err
client_current(uint64_t *out, struct cs_client *c, uint64_t id)
{
	/* What the hub does not have yet is later than what it has. */
	enum cs_err err = cs_db_get_int(out, c->db,
	    "SELECT id FROM message WHERE about=? AND about<>0 AND part=?"
	    " AND gone=0 ORDER BY seq=0 DESC,seq DESC,id DESC LIMIT 1",
	    cs_int(id), cs_int(CLIENT_PART_EDIT));

	if (err == CS_ERR_NOT_FOUND)
		*out = id;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Add what the row ${id} says, unless it was said before. */
static enum cs_err
add_reaction(struct cs_client_reaction *out, size_t *n, size_t *more,
    struct cs_client *c, uint64_t id)
{
	struct cs_client_reaction one = { 0 };
	struct cs_mimi_content content;
	struct client_record r;
	struct cs_buf plain = { 0 };
	enum cs_err err;

	if ((err = client_message_load(&r, &plain, c, id)) ||
	    (err = client_message_content(&content, &r)))
		goto out;
	memcpy(one.text, content.text.data, content.text.len);
	memcpy(one.from, r.from, sizeof r.from);
	for (size_t i = 0; i < *n; i++)
		if (strcmp(out[i].text, one.text) == 0 &&
		    strcmp(out[i].from, one.from) == 0)
			goto out;
	if (*n < CS_CLIENT_REACTIONS_MAX)
		out[(*n)++] = one;
	else
		(*more)++;
out:
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_reactions(struct cs_client_reaction out[static CS_CLIENT_REACTIONS_MAX],
    size_t *n, size_t *more, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	*n = *more = 0;
	err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE about=? AND about<>0 AND part=?"
	    " AND gone=0 ORDER BY id LIMIT ?",
	    cs_int(id), cs_int(CLIENT_PART_REACTION), cs_int(LOOKED_AT));
	while (err == CS_OK && cs_rows_next(&rows))
		err = add_reaction(out, n, more, c, cs_col_int(&rows, 0));
	return cs_rows_end(&rows, err);
}

enum cs_err
client_receipts_of(struct cs_client_receipt out[static CS_CLIENT_RECEIPTS_MOST],
    size_t *n, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	*n = 0;
	err = cs_db_query(&rows, c->db,
	    "SELECT account,status FROM receipt WHERE message=? LIMIT ?",
	    cs_int(id), cs_int(CS_CLIENT_RECEIPTS_MOST));
	while (err == CS_OK && cs_rows_next(&rows)) {
		const struct client_contact *contact;
		uint8_t account[CS_ID_LEN];

		cs_col_copy(&rows, 0, account, sizeof account);
		contact = client_contact_find(c, account);
		if (contact == NULL)
			continue;
		memcpy(out[*n].from, contact->handle, sizeof contact->handle);
		out[(*n)++].read = cs_col_int(&rows, 1) == CS_MIMI_READ;
	}
	return cs_rows_end(&rows, err);
}
