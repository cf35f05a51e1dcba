/* SPDX-License-Identifier: MIT */
/* Leaving a group: the proposals by which the user does. */
#include "client/home/leavers.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/group.h"
#include "crypto/random.h"

#define LEAVING "grp.leaving"

void
client_leave_seen(const struct cs_client *c, struct client_group *g)
{
	const struct cs_mls_public *view = cs_mls_group_view(g->mls);
	size_t n = cs_mls_view_proposals(view);
	char from[CS_HANDLE_MAX + 1];
	struct cs_mls_proposal_view p;
	struct cs_mls_member m;

	/* Another device of the user left the group on behalf of all. */
	if (n == 0 || !cs_mls_view_proposal(view, n - 1, &p) ||
	    p.sender.type != CS_MLS_SENDER_MEMBER ||
	    p.target != cs_mls_group_own_leaf(g->mls) ||
	    !cs_mls_group_member(g->mls, p.sender.index, &m))
		return;
	client_handle_of(from, m.credential);
	if (strcmp(from, c->self.handle) == 0)
		g->state = CS_CLIENT_LEAVING;
}

enum cs_err
client_leaving_store(
    struct cs_client *c, const struct client_group *g, struct cs_view messages)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u64(&w, cs_mls_group_epoch(g->mls));
	cs_write_vec(&w, messages);
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, LEAVING, client_group_id(g),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db, "UPDATE grp SET leaving=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(client_group_id(g)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_leaving_load(
    struct cs_buf *messages, struct cs_client *c, const struct client_group *g)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	cs_buf_reset(messages);
	err = cs_db_row(&rows, c->db,
	    "SELECT leaving FROM grp WHERE id=? AND leaving IS NOT NULL",
	    cs_blob(client_group_id(g)));
	if (err == CS_OK)
		err = cs_vault_open(&plain, &c->key, LEAVING,
		    client_group_id(g), cs_col_blob(&rows, 0));
	err = cs_rows_end(&rows, err);
	if (err == CS_ERR_NOT_FOUND)
		err = CS_OK;
	else if (err == CS_OK) {
		r = cs_reader(cs_buf_view(&plain));
		if (cs_read_u64(&r) == cs_mls_group_epoch(g->mls))
			err = cs_buf_set(messages, cs_read_vec(&r));
	}
	cs_buf_free(&plain);
	return err;
}
