/* SPDX-License-Identifier: MIT */
/*
 * This device's own commits.  A commit is stored, with everything needed to
 * merge it, before the hub hears of it.  So a crash at any moment leaves a
 * member that can go on: the same bytes are submitted again, and the hub gives
 * the same answer.
 */
#include "client/groups/commit.h"

#include "client/groups/log.h"
#include "client/groups/merge.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/pending.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "mls/group.h"

static enum cs_err
merge_in_transaction(
    struct cs_client *c, struct client_group *g, const struct client_pending *p)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	err = client_merge_pending(c, g, p);
	return cs_db_end(c->db, err);
}

enum cs_err
client_commit_resume(struct cs_client *c, struct client_group *g)
{
	struct cs_wire_submit submit = { 0 };
	struct cs_wire_submit_answer answer;
	struct client_pending p;
	enum cs_err err = client_pending_load(&p, c, g);

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
		bool stale = c->link.hub_code == CS_WIRE_E_STALE_EPOCH;

		/* It was refused for good, and the group stays as it was. */
		if ((err = client_pending_forget(c, g)) == CS_OK)
			err = stale ? client_log_read(c, g) : CS_ERR_DENIED;
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

	if (g->lost)
		return client_problem(c, CS_ERR_MISMATCH,
		    "This device lost track of %.255s and cannot change it. "
		    "See: countersign group repair.",
		    g->name);
	if ((err = client_commit_resume(c, g)))
		return err;
	err = cs_mls_commit_new(&staged, &commit, &welcome, g->mls, opt);
	if (err == CS_OK)
		err = client_pending_store(
		    c, g, cs_buf_view(&commit), cs_buf_view(&welcome), staged);
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	return err ? err : client_commit_resume(c, g);
}

enum cs_err
client_group_register(struct cs_client *c, struct client_group *g)
{
	struct cs_buf info = { 0 };
	struct cs_wire_group_new m;
	enum cs_err err;

	if (g->registered)
		return CS_OK;
	if ((err = cs_mls_group_info(g->mls, &info, CS_MLS_WITH_TREE)) ==
	    CS_OK) {
		m.group_info = cs_buf_view(&info);
		err = client_call_empty(
		    c, CS_WIRE_GROUP_NEW, &cs_wire_group_new_shape, &m);
	}
	cs_buf_free(&info);
	if (err)
		return err;
	g->registered = true;
	return client_group_store(c, g);
}
