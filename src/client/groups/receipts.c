/* SPDX-License-Identifier: MIT */
/* Sending receipts: who may know what has come and what was read. */
#include "client/groups/receipts.h"

#include <string.h>

#include "client/groups/send.h"
#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "client/home/roles.h"

/* Is everybody in it accepted, are they few, and may the user write there? */
static bool
may_know(struct cs_client *c, const struct client_group *g)
{
	char names[CS_CLIENT_RECEIPTS_MOST][CS_HANDLE_MAX + 1];
	struct cs_room_policy policy;
	struct cs_mls_member m;
	size_t n = 0;

	if (g->state != CS_CLIENT_ACTIVE || g->lost ||
	    client_policy_of(&policy, g) != CS_OK ||
	    !cs_room_may(&policy, c->self.account, CS_ROOM_WRITE))
		return false;
	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls); i++) {
		const struct client_contact *contact;
		char name[CS_HANDLE_MAX + 1];
		size_t k = 0;

		if (!cs_mls_group_member(g->mls, i, &m))
			continue;
		client_handle_of(name, m.credential);
		contact = client_contact_by_handle(c, name);
		if (strcmp(name, c->self.handle) != 0 &&
		    (contact == NULL || contact->state != CONTACT_ACCEPTED))
			return false;
		while (k < n && strcmp(names[k], name) != 0)
			k++;
		if (k == CS_CLIENT_RECEIPTS_MOST)
			return false;
		if (k == n)
			memcpy(names[n++], name, sizeof name);
	}
	return true;
}

/* Fill ${content} with what is due in ${g}; ${last} gets the last row of it. */
static enum cs_err
collect(struct cs_mimi_content *content, uint64_t *last, struct cs_client *c,
    const struct client_group *g)
{
	struct cs_rows rows;
	enum cs_err err;

	content->kind = CS_MIMI_STATUS;
	err = cs_db_query(&rows, c->db,
	    "SELECT m.id,m.mid,d.status FROM receipt_due AS d"
	    " JOIN message AS m ON m.id=d.message WHERE m.grp=?"
	    " ORDER BY m.id LIMIT ?",
	    cs_blob(client_group_id(g)), cs_int(CS_MIMI_STATUSES_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_mimi_status *s =
		    &content->statuses[content->n_statuses++];

		*last = cs_col_int(&rows, 0);
		cs_col_copy(&rows, 1, s->id, sizeof s->id);
		s->status = (uint8_t)cs_col_int(&rows, 2);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
forget(struct cs_client *c, const struct client_group *g, uint64_t last)
{
	enum cs_err err = cs_db_begin(c->db);

	if (err)
		return err;
	err = cs_db_exec(c->db,
	    "DELETE FROM receipt_due WHERE message<=? AND message IN"
	    " (SELECT id FROM message WHERE grp=?)",
	    cs_int(last), cs_blob(client_group_id(g)));
	return cs_db_end_as(c->db, err, CS_DB_SOON);
}

/* A receipt that is lost is no loss, so it is forgotten first. */
static enum cs_err
send_due(struct cs_client *c, struct client_group *g)
{
	struct cs_mimi_content content = { 0 };
	char mid[65];
	uint64_t last = 0;
	enum cs_err err;

	if (!may_know(c, g))
		return forget(c, g, INT64_MAX);
	if ((err = collect(&content, &last, c, g)) ||
	    (err = forget(c, g, last)) || content.n_statuses == 0)
		return err;
	err = client_send_content(c, g, &content, mid);
	return err == CS_ERR_DENIED || err == CS_ERR_CLOSED ? CS_OK : err;
}

/* One conversation with something due; CS_ERR_NOT_FOUND: there is none. */
static enum cs_err
send_next(struct cs_client *c)
{
	struct client_group g = { 0 };
	struct cs_buf id = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, c->db,
	    "SELECT m.grp FROM receipt_due AS d"
	    " JOIN message AS m ON m.id=d.message LIMIT 1");
	if (err == CS_OK)
		err = cs_buf_set(&id, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)))
		return err;
	err = client_group_load(&g, c, cs_buf_view(&id));
	if (client_group_damaged(err))
		g.lost = true;
	if (err == CS_OK || g.lost)
		err = send_due(c, &g);
	client_group_clear(&g);
	cs_buf_free(&id);
	return err;
}

enum cs_err
client_receipts_flush(struct cs_client *c)
{
	enum cs_err err;

	do
		err = send_next(c);
	while (err == CS_OK);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
cs_client_receipts_send(struct cs_client *c)
{
	return c->link.online ? client_receipts_flush(c) : CS_OK;
}
