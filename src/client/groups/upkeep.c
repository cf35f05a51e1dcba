/* SPDX-License-Identifier: MIT */
/*
 * Regular commits.  A member who never commits keeps old keys alive for
 * everybody: whoever once took them from its device can read on for ever (RFC
 * 9420, section 16.6).  So each member commits now and then, even with nothing
 * to change.
 */
#include "client/groups/upkeep.h"

#include "client/groups/commit.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/todo.h"

static enum cs_err
is_due(bool *due, const struct cs_client *c, const struct client_group *g)
{
	uint64_t at;
	enum cs_err err = client_todo_due(&at, c, g);

	*due = err == CS_OK && cs_clock_ms() >= at;
	return err;
}

static bool
is_alone(const struct client_group *g)
{
	struct cs_mls_member m;
	unsigned n = 0;

	for (uint32_t i = 0; i < cs_mls_group_leaves(g->mls) && n < 2; i++)
		n += cs_mls_group_member(g->mls, i, &m);
	return n < 2;
}

static enum cs_err
renew(struct cs_client *c, struct cs_view id)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct client_group g;
	bool due = true;
	enum cs_err err = client_group_load(&g, c, id);

	/* What is damaged stops no other. */
	if (client_group_damaged(err)) {
		err = CS_OK;
		due = false;
	}
	/* Whoever comes is added by a commit, and then all is as usual. */
	else if (err == CS_OK && is_alone(&g)) {
		err = client_todo_postpone(
		    c, id, cs_clock_ms() + CLIENT_COMMIT_JITTER_MS);
		due = false;
	}
	for (unsigned i = 0; err == CS_OK && due && i < CLIENT_TRIES; i++) {
		err = client_commit(c, &g, &opt);
		/* Somebody else's commit does not renew our leaf. */
		if (err == CS_ERR_EPOCH)
			err = is_due(&due, c, &g);
		else
			due = false;
	}
	client_group_clear(&g);
	/* What the hub refuses now is tried again next time. */
	return err == CS_ERR_DENIED ? CS_OK : err;
}

enum cs_err
client_upkeep(struct cs_client *c)
{
	uint64_t now = cs_clock_ms();
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	enum cs_err err;

	if (now - c->upkept_ms < CLIENT_UPKEEP_MS)
		return CS_OK;
	c->upkept_ms = now;
	err = client_todo_list_due(&ids, c, now);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = renew(c, cs_read_vec(&r));
	cs_buf_free(&ids);
	return err;
}
