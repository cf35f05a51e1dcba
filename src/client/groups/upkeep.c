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
#include "crypto/hash.h"

/* The part of the jitter that this device has in this group, so that members
 * who came together do not commit together. */
static enum cs_err
jitter(uint64_t *out, const struct cs_client *c, const struct client_group *g)
{
	const struct cs_view parts[] = { CS_VIEW_OF(c->self.device),
		client_group_id(g) };
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_hash_parts(hash, CS_SHA256, parts, 2);

	*out =
	    (uint64_t)(hash[0] << 8 | hash[1]) * CLIENT_COMMIT_JITTER_MS >> 16;
	return err;
}

static enum cs_err
is_due(bool *due, const struct cs_client *c, const struct client_group *g)
{
	uint64_t now = cs_clock_ms(), early;
	enum cs_err err = jitter(&early, c, g);

	*due = err == CS_OK && g->registered && !client_group_over(g) &&
	    !g->lost &&
	    (g->sent >= CLIENT_COMMIT_MESSAGES ||
		now >= g->committed_ms + CLIENT_COMMIT_MS - early);
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

	for (unsigned i = 0;
	     err == CS_OK && due && !is_alone(&g) && i < CLIENT_TRIES; i++) {
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

static enum cs_err
list_due(struct cs_buf *ids, struct cs_client *c)
{
	struct cs_buf all = { 0 };
	struct cs_writer w = cs_writer(ids);
	struct cs_reader r;
	enum cs_err err = client_group_list(&all, c);

	r = cs_reader(cs_buf_view(&all));
	while (err == CS_OK && cs_reader_more(&r)) {
		struct cs_view id = cs_read_vec(&r);
		struct client_group g;
		bool due = false;

		err = client_group_load_meta(&g, c, id);
		if (err == CS_OK && (err = is_due(&due, c, &g)) == CS_OK && due)
			cs_write_vec(&w, id);
		else if (client_group_damaged(err))
			err = CS_OK;
		client_group_clear(&g);
	}
	cs_buf_free(&all);
	return err ? err : cs_writer_end(&w);
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
	err = list_due(&ids, c);
	r = cs_reader(cs_buf_view(&ids));
	while (err == CS_OK && cs_reader_more(&r))
		err = renew(c, cs_read_vec(&r));
	cs_buf_free(&ids);
	return err;
}
