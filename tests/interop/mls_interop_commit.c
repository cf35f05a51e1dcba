/* SPDX-License-Identifier: MIT */
/* mls-interop: commits, by members and by who joins. */

#include "interop/mls_interop.h"
#include "mls/group.h"
#include "mls/group_info.h"

/* By value; arrays belong to the call. */
struct by_value {
	struct cs_view *add;
	uint32_t *remove;
	struct cs_mls_psk_id *psk;
	struct cs_mls_extensions exts;
	struct cs_mls_reinit reinit;
};

static void
take_value(struct interop_call *c, struct cs_mls_commit_options *opt,
    struct by_value *v, const struct interop_description *d,
    const struct cs_mls_group *g)
{
	switch (d->type) {
	case INTEROP_ADD:
		v->add[opt->n_add++] = d->key_package;
		break;
	case INTEROP_REMOVE:
		c->err = interop_find_leaf(
		    &v->remove[opt->n_remove++], g, d->removed);
		break;
	case INTEROP_RESUMPTION_PSK:
		v->psk[opt->n_psk] = d->psk;
		v->psk[opt->n_psk++].id = cs_mls_group_id(g);
		break;
	case INTEROP_EXTERNAL_PSK:
		v->psk[opt->n_psk++] = d->psk;
		break;
	case INTEROP_EXTENSIONS:
		v->exts = d->extensions;
		opt->context_exts = &v->exts;
		break;
	case INTEROP_REINIT_PROPOSAL:
		v->reinit = d->reinit;
		opt->reinit = &v->reinit;
		break;
	}
}

static void
read_values(struct interop_call *c, struct cs_mls_commit_options *opt,
    struct by_value *v, const struct cs_mls_group *g)
{
	const json_t *list = interop_list(c, c->in, "by_value");
	size_t n = json_array_size(list);
	struct interop_description d;

	opt->add = v->add = interop_room(c, n, sizeof *v->add);
	opt->remove = v->remove = interop_room(c, n, sizeof *v->remove);
	opt->psk = v->psk = interop_room(c, n, sizeof *v->psk);
	for (size_t i = 0; i < n && !c->err; i++) {
		interop_describe(&d, c, json_array_get(list, i));
		if (!c->err)
			take_value(c, opt, v, &d, g);
	}
}

/* Stored are exactly those that the call lists. */
static enum cs_err
arrange_references(struct interop_call *c, struct interop_thing *t)
{
	size_t n, i = 0;
	struct cs_view *refs = interop_bytes_list(c, &n, "by_reference");
	enum cs_err err = c->err;

	for (size_t k = 0; k < n && !err; k++)
		err = interop_take_proposal(t, refs[k]);
	while (!err && i < t->n_proposals) {
		bool listed = false;

		for (size_t k = 0; k < n; k++)
			listed = listed ||
			    cs_view_equal(
				refs[k], cs_buf_view(&t->proposals[i]));
		if (listed) {
			i++;
			continue;
		}
		cs_mls_group_drop_proposal(t->group, i);
		cs_buf_free(&t->proposals[i]);
		t->n_proposals--;
		for (size_t k = i; k < t->n_proposals; k++)
			cs_buf_move(&t->proposals[k], &t->proposals[k + 1]);
	}
	if (!err && cs_mls_group_proposals(t->group) != t->n_proposals)
		err = CS_ERR_PROPOSAL;
	return err;
}

enum cs_err
interop_inner_tree(struct cs_view *out, const struct cs_buf *group_info)
{
	struct cs_mls_group_info gi;
	enum cs_err err;

	err = cs_mls_group_info_parse_message(&gi, cs_buf_view(group_info));
	if (err == CS_OK &&
	    !cs_mls_ext_find(&gi.extensions, CS_MLS_EXT_RATCHET_TREE, out))
		err = CS_ERR_NOT_FOUND;
	return err;
}

enum cs_err
interop_commit(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	bool apart = interop_flag(c, "external_tree");
	struct cs_mls_commit_options opt = {
		.force_path = interop_flag(c, "force_path"),
		.without_tree = apart,
	};
	struct cs_buf commit = { 0 }, welcome = { 0 }, info = { 0 };
	struct by_value v = { 0 };
	struct cs_mls_staged *staged = NULL;
	struct cs_view tree = { NULL, 0 };
	enum cs_err err = c->err;

	if (err || (err = arrange_references(c, t)))
		goto out;
	read_values(c, &opt, &v, t->group);
	if ((err = c->err) ||
	    (err = cs_mls_commit_new(
		 &staged, &commit, &welcome, t->group, &opt)))
		goto out;
	if (apart &&
	    ((err = cs_mls_staged_group_info(
		  &info, staged, t->group, CS_MLS_WITH_TREE)) ||
		(err = interop_inner_tree(&tree, &info))))
		goto out;
	cs_mls_staged_free(t->pending);
	t->pending = staged;
	staged = NULL;
	interop_put_bytes(c, "commit", cs_buf_view(&commit));
	interop_put_bytes(c, "welcome", cs_buf_view(&welcome));
	interop_put_bytes(c, "ratchet_tree", tree);
out:
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&info);
	return err;
}

enum cs_err
interop_merge_pending(struct interop_thing *t)
{
	struct cs_mls_staged *staged = t->pending;

	if (staged == NULL)
		return CS_ERR_NOT_FOUND;
	t->pending = NULL;
	interop_forget_proposals(t);
	return cs_mls_group_merge(t->group, staged);
}

enum cs_err
interop_merge_commit(struct interop_call *c, struct interop_thing *t)
{
	struct cs_view commit = interop_bytes(c, c->in, "commit");
	struct cs_mls_received got;
	size_t n;
	struct cs_view *proposals = interop_bytes_list(c, &n, "proposal");
	enum cs_err err = c->err;

	for (size_t i = 0; i < n && !err; i++)
		err = interop_take_proposal(t, proposals[i]);
	if (err || (err = cs_mls_process(&got, t->group, commit)))
		return err;
	if (got.event == CS_MLS_EVENT_COMMIT) {
		/* One of ours has lost. */
		cs_mls_staged_free(t->pending);
		t->pending = got.staged;
		got.staged = NULL;
		err = interop_merge_pending(t);
	} else {
		err = CS_ERR_MISMATCH;
	}
	cs_mls_received_clear(&got);
	return err;
}

enum cs_err
interop_handle_commit(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	enum cs_err err = c->err;

	if (err || (err = interop_merge_commit(c, t)))
		return err;
	return interop_put_state(c, t);
}

enum cs_err
interop_handle_pending(struct interop_call *c)
{
	struct interop_thing *t = interop_find(c, "state_id", INTEROP_STATE);
	enum cs_err err = c->err;

	if (err || (err = interop_merge_pending(t)))
		return err;
	return interop_put_state(c, t);
}

/* PSKs that come with the call are known from now on. */
static enum cs_err
read_psks(struct interop_call *c, struct cs_mls_external_options *ext)
{
	const json_t *list = interop_list(c, c->in, "psks");
	size_t n = json_array_size(list);
	struct cs_mls_psk_id *out = interop_room(c, n, sizeof *out);

	for (size_t i = 0; i < n && !c->err; i++) {
		const json_t *psk = json_array_get(list, i);
		struct cs_view secret = interop_bytes(c, psk, "psk_secret");

		out[i].type = CS_MLS_PSK_EXTERNAL;
		out[i].id = interop_bytes(c, psk, "psk_id");
		if (!c->err)
			c->err = interop_psk_add(out[i].id, secret);
	}
	ext->psk = out;
	ext->n_psk = n;
	return c->err;
}

enum cs_err
interop_external_join(struct interop_call *c)
{
	struct cs_view info = interop_bytes(c, c->in, "group_info");
	struct cs_view name = interop_bytes(c, c->in, "identity");
	struct cs_mls_external_options ext = {
		.ratchet_tree = interop_bytes(c, c->in, "ratchet_tree"),
		.resync = interop_flag(c, "remove_prior"),
	};
	bool encrypt = interop_flag(c, "encrypt_handshake");
	struct cs_mls_options opt = interop_options(encrypt);
	struct cs_buf commit = { 0 };
	struct interop_thing *t = NULL;
	struct cs_mls_group_info gi;
	struct cs_mls_identity id;
	enum cs_err err;

	if ((err = read_psks(c, &ext)) ||
	    (err = cs_mls_group_info_parse_message(&gi, info)) ||
	    (err = interop_thing_new(
		 &t, INTEROP_STATE, gi.context.suite_id, name)))
		return err;
	id = interop_identity(t);
	t->encrypt = encrypt;
	if ((err = cs_mls_external_commit(
		 &t->group, &commit, info, &id, &opt, &ext)) == CS_OK) {
		interop_put_bytes(c, "commit", cs_buf_view(&commit));
		interop_keep(t);
		err = interop_put_state(c, t);
	} else {
		interop_thing_free(t);
	}
	cs_buf_free(&commit);
	return err;
}
