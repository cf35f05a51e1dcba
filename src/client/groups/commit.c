/* SPDX-License-Identifier: MIT */
/*
 * Our own commits.  One is stored with all that merging it takes before the
 * hub hears of it, so that a crash at any moment leaves a member that can go
 * on: the same bytes are submitted again, and the hub says the same.
 */
#include <string.h>

#include "client/home/client.h"
#include "crypto/hash.h"

#define PENDING "grp.pending"

struct pending {
	struct cs_buf plain; /* what the views point into */
	struct cs_view commit, welcome, group_info, staged;
};

static enum cs_err
pending_store(struct cs_client *c, struct client_group *g,
    struct cs_view commit, struct cs_view welcome,
    const struct cs_mls_staged *staged)
{
	struct cs_buf plain = { 0 }, info = { 0 }, saved = { 0 };
	struct cs_buf sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	if ((err = cs_mls_staged_group_info(&info, staged, g->mls, false)) ||
	    (err = cs_mls_staged_save(staged, &saved)))
		goto out;
	cs_write_vec(&w, commit);
	cs_write_vec(&w, welcome);
	cs_write_vec(&w, cs_buf_view(&info));
	cs_write_vec(&w, cs_buf_view(&saved));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, PENDING, client_group_id(g),
		 cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db, "UPDATE grp SET pending=? WHERE id=?",
		    cs_blob(cs_buf_view(&sealed)), cs_blob(client_group_id(g)));
out:
	cs_buf_free(&plain);
	cs_buf_free(&info);
	cs_buf_free(&saved);
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
client_commit_forget(struct cs_client *c, const struct client_group *g)
{
	return cs_db_exec(c->db, "UPDATE grp SET pending=NULL WHERE id=?",
	    cs_blob(client_group_id(g)));
}

/* CS_ERR_NOT_FOUND: nothing is pending. */
static enum cs_err
pending_load(
    struct pending *out, struct cs_client *c, const struct client_group *g)
{
	struct cs_rows rows;
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_query(&rows, c->db, "SELECT pending FROM grp WHERE id=?",
	    cs_blob(client_group_id(g)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows) && !cs_col_null(&rows, 0))
			err = cs_vault_open(&out->plain, &c->key, PENDING,
			    client_group_id(g), cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	r = cs_reader(cs_buf_view(&out->plain));
	out->commit = cs_read_vec(&r);
	out->welcome = cs_read_vec(&r);
	out->group_info = cs_read_vec(&r);
	out->staged = cs_read_vec(&r);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

/* ---- what a commit did, in words ---------------------------------------- */

struct change {
	char name[CS_HANDLE_MAX + 1]; /* whose device it is */
	uint32_t leaf;
	bool external; /* removed, by the operator's proposal */
};

static bool
removal(struct change *out, const struct cs_mls_staged *staged, size_t i)
{
	struct cs_mls_member m;

	if (!cs_mls_staged_removed_member(staged, i, &m, &out->external))
		return false;
	client_handle_of(out->name, m.credential);
	out->leaf = m.leaf;
	return true;
}

static bool
addition(struct change *out, const struct cs_mls_staged *staged, size_t i)
{
	struct cs_mls_member m;

	if (!cs_mls_staged_added_member(staged, i, &m))
		return false;
	client_handle_of(out->name, m.credential);
	out->leaf = m.leaf;
	return true;
}

/* Is an earlier change about the same person?  Then it is told. */
static bool
told(const struct cs_mls_staged *staged, size_t i, const char *name,
    bool (*change)(
	struct change *out, const struct cs_mls_staged *staged, size_t i))
{
	struct change other;

	while (i-- > 0)
		if (change(&other, staged, i) && strcmp(other.name, name) == 0)
			return true;
	return false;
}

/* Does a device of the person stay? */
static bool
stays(const struct client_group *g, const struct cs_mls_staged *staged,
    const char *name)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	size_t n = client_group_leaves_of(g, name, leaves), gone = 0;
	struct change c;

	for (size_t i = 0; i < cs_mls_staged_removed(staged); i++)
		gone += removal(&c, staged, i) && strcmp(c.name, name) == 0;
	return n > gone;
}

static bool
is_leaver(const struct client_group *g, uint32_t leaf)
{
	for (size_t i = 0; i < g->n_leavers; i++)
		if (g->leavers[i] == leaf)
			return true;
	return false;
}

static enum cs_err
taken_out(struct cs_client *c, struct client_group *g, const char *name)
{
	enum cs_err err;

	err = client_notice(c, g, g->last_ms,
	    "%s was removed by the operator of %s.", name, c->hub);
	return err ? err : client_away_add(c, g, name);
}

static enum cs_err
notice_removed(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *committer)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < cs_mls_staged_removed(staged);
	     i++) {
		struct change r;

		if (!removal(&r, staged, i) || told(staged, i, r.name, removal))
			continue;
		if (stays(g, staged, r.name))
			err = client_notice(c, g, g->last_ms,
			    "A device of %s was removed.", r.name);
		else if (is_leaver(g, r.leaf))
			err =
			    client_notice(c, g, g->last_ms, "%s left.", r.name);
		else if (r.external)
			err = taken_out(c, g, r.name);
		else
			err = client_notice(c, g, g->last_ms, "%s removed %s.",
			    committer, r.name);
	}
	return err;
}

/* Somebody has a first device here: was it here before? */
static enum cs_err
notice_came(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *name, const char *committer)
{
	enum cs_err err;

	if ((err = client_away_end(c, g, name)))
		return err;
	/* Nobody else may come by itself: check_external(). */
	return cs_mls_staged_external(staged)
	    ? client_notice(c, g, g->last_ms, "%s is back.", name)
	    : client_notice(c, g, g->last_ms, "%s added %s.", committer, name);
}

static enum cs_err
notice_added(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged, const char *committer)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < cs_mls_staged_added(staged);
	     i++) {
		struct cs_mls_member m;
		struct change a;

		if (!cs_mls_staged_added_member(staged, i, &m))
			continue;
		if ((err = client_contact_learn(c, m.credential)))
			return err;
		/* Of two, the second is no news. */
		if (!addition(&a, staged, i) ||
		    told(staged, i, a.name, addition) ||
		    (g->direct && client_group_people(g) == 1 &&
			!cs_mls_staged_external(staged)))
			continue;
		if (client_group_leaves_of(g, a.name, leaves) != 0)
			err = client_notice(
			    c, g, g->last_ms, "%s added a device.", a.name);
		else
			err = notice_came(c, g, staged, a.name, committer);
	}
	return err;
}

/* Who comes by an external commit has to be a device of somebody who is here,
 * or was here until the operator took him out: nobody asked it in. */
static enum cs_err
check_external(struct cs_client *c, const struct client_group *g,
    const struct cs_mls_staged *staged)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct change a;

	if (!cs_mls_staged_external(staged))
		return CS_OK;
	/* A name has one account key with all of us (contact.c). */
	for (size_t i = 0; i < cs_mls_staged_added(staged); i++) {
		bool away = false;
		enum cs_err err;

		if (!addition(&a, staged, i))
			return CS_ERR_MEMBER;
		if (client_group_leaves_of(g, a.name, leaves) != 0)
			continue;
		if ((err = client_away_find(&away, c, g, a.name)))
			return err;
		if (!away)
			return CS_ERR_MEMBER;
	}
	return CS_OK;
}

/* Was it the operator who took this device out? */
static bool
own_by_operator(
    const struct client_group *g, const struct cs_mls_staged *staged)
{
	struct change r;

	for (size_t i = 0; i < cs_mls_staged_removed(staged); i++)
		if (removal(&r, staged, i) &&
		    r.leaf == cs_mls_group_own_leaf(g->mls))
			return r.external;
	return false;
}

/* Out of it.  What the operator did may be taken back: then this device enters
 * again by itself. */
static enum cs_err
be_gone(struct cs_client *c, struct client_group *g,
    const struct cs_mls_staged *staged)
{
	enum cs_err err = CS_OK;

	if (g->state != CS_CLIENT_LEAVING && own_by_operator(g, staged))
		err = client_joining_add(c, g);
	g->state = CS_CLIENT_LEFT;
	return err;
}

enum cs_err
client_commit_merge(
    struct cs_client *c, struct client_group *g, struct cs_mls_staged *staged)
{
	char committer[CS_HANDLE_MAX + 1] = "?";
	struct cs_mls_member m;
	bool gone = cs_mls_staged_self_removed(staged);
	bool ours =
	    cs_mls_staged_committer(staged) == cs_mls_group_own_leaf(g->mls);
	enum cs_err err;

	if (cs_mls_group_member(g->mls, cs_mls_staged_committer(staged), &m))
		client_handle_of(committer, m.credential);
	if ((err = client_group_check_staged(g, staged)) ||
	    (err = check_external(c, g, staged)) ||
	    (err = notice_removed(c, g, staged, committer)) ||
	    (err = notice_added(c, g, staged, committer))) {
		cs_mls_staged_free(staged);
		return err;
	}
	if (gone) {
		err = be_gone(c, g, staged);
		cs_mls_staged_free(staged);
		if (err)
			return err;
	} else if ((err = cs_mls_group_merge(g->mls, staged))) {
		return err;
	}
	/* Proposals of the epoch that is over are over, too. */
	g->n_leavers = 0;
	if (ours) {
		g->committed_ms = cs_clock_ms();
		g->sent = 0;
	}
	/* Whatever we had staged was for the epoch that is over. */
	return client_commit_forget(c, g);
}

/* ---- submitting --------------------------------------------------------- */

static enum cs_err
merge_pending(
    struct cs_client *c, struct client_group *g, const struct pending *p)
{
	struct cs_mls_staged *staged = NULL;
	enum cs_err err;

	if ((err = cs_mls_staged_load(&staged, g->mls, p->staged)) ||
	    (err = client_commit_merge(c, g, staged)))
		return err;
	return client_group_store(c, g);
}

static enum cs_err
merge_in_transaction(
    struct cs_client *c, struct client_group *g, const struct pending *p)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = merge_pending(c, g, p)) == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

enum cs_err
client_commit_seen(struct cs_client *c, struct client_group *g,
    const uint8_t msg_hash[static 32])
{
	uint8_t hash[32];
	struct pending p;
	enum cs_err err = pending_load(&p, c, g);

	if (err == CS_OK && (err = cs_sha256(hash, p.commit)) == CS_OK)
		err = memcmp(hash, msg_hash, sizeof hash) == 0
		    ? merge_pending(c, g, &p)
		    : CS_ERR_NOT_FOUND;
	cs_buf_free(&p.plain);
	return err;
}

enum cs_err
client_commit_resume(struct cs_client *c, struct client_group *g)
{
	struct cs_wire_submit submit = { 0 };
	struct cs_wire_submit_answer answer;
	struct pending p;
	enum cs_err err = pending_load(&p, c, g);

	if (err == CS_ERR_NOT_FOUND) {
		cs_buf_free(&p.plain);
		return CS_OK;
	}
	if (err)
		goto out;
	if ((err = client_group_register(c, g)))
		goto out;
	submit.group_id = client_group_id(g);
	submit.message = p.commit;
	submit.welcome = p.welcome;
	submit.group_info = p.group_info;
	err = client_call(c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &submit,
	    &cs_wire_submit_answer_shape, &answer);
	if (err == CS_OK) {
		err = merge_in_transaction(c, g, &p);
	} else if (err == CS_ERR_DENIED) {
		bool stale = c->hub_code == CS_WIRE_E_STALE_EPOCH;

		/* Refused for good: the group stays as it was. */
		if ((err = client_commit_forget(c, g)) == CS_OK)
			err = stale ? client_sync_group(c, g) : CS_ERR_DENIED;
		if (err == CS_OK)
			err = CS_ERR_EPOCH;
	}
out:
	cs_buf_free(&p.plain);
	return err;
}

enum cs_err
client_commit(struct cs_client *c, struct client_group *g,
    const struct cs_mls_commit_options *opt)
{
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_staged *staged = NULL;
	enum cs_err err;

	if ((err = client_commit_resume(c, g)))
		return err;
	err = cs_mls_commit_new(&staged, &commit, &welcome, g->mls, opt);
	if (err == CS_OK)
		err = pending_store(
		    c, g, cs_buf_view(&commit), cs_buf_view(&welcome), staged);
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	return err ? err : client_commit_resume(c, g);
}
