/* SPDX-License-Identifier: MIT */
#include "mls/change.h"

#include <string.h>

#include "base/alloc.h"

void
cs_mls_change_clear(struct cs_mls_change *c)
{
	for (size_t i = 0; i < c->n_removed; i++)
		cs_mls_leaf_node_release(c->removed[i].node);
	cs_free_plain(c->removed);
	cs_free_plain(c->added);
	cs_buf_free(&c->provisional);
	cs_mls_public_clear(&c->next);
	*c = (struct cs_mls_change){ 0 };
}

static enum cs_err
copy_state(struct cs_mls_public *out, const struct cs_mls_public *from)
{
	enum cs_err err;

	out->suite = from->suite;
	out->opt = from->opt;
	out->epoch = from->epoch + 1;
	out->confirmed = from->confirmed;
	out->interim = from->interim;
	if (from->epoch == UINT64_MAX)
		return CS_ERR_LIMIT;
	if ((err = cs_buf_set(&out->group_id, cs_buf_view(&from->group_id))) ||
	    (err = cs_buf_set(
		 &out->extensions, cs_buf_view(&from->extensions))))
		return err;
	return cs_mls_tree_copy(&out->tree, &from->tree);
}

static enum cs_err
apply_updates(struct cs_mls_change *c, const struct cs_mls_proposal_list *list)
{
	enum cs_err err;

	for (size_t i = 0; i < list->n; i++) {
		const struct cs_mls_valid_proposal *v = &list->v[i].valid;

		if (v->p.type == CS_MLS_PROPOSAL_UPDATE &&
		    (err = cs_mls_tree_update(
			 &c->next.tree, v->sender.index, &v->leaf)))
			return err;
	}
	return CS_OK;
}

static enum cs_err
apply_removes(struct cs_mls_change *c, const struct cs_mls_public *from,
    const struct cs_mls_proposal_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct cs_mls_valid_proposal *v = &list->v[i].valid;
		struct cs_mls_removed *to = &c->removed[c->n_removed];

		if (v->p.type != CS_MLS_PROPOSAL_REMOVE)
			continue;
		to->leaf = v->p.remove;
		to->external = v->sender.type == CS_MLS_SENDER_EXTERNAL;
		to->node = cs_mls_tree_leaf_ref(&from->tree, v->p.remove);
		if (to->node == NULL)
			return CS_ERR_MEMBER;
		c->n_removed++;
		cs_mls_tree_remove(&c->next.tree, v->p.remove);
	}
	return CS_OK;
}

static enum cs_err
apply_adds(struct cs_mls_change *c, const struct cs_mls_proposal_list *list)
{
	enum cs_err err;

	for (size_t i = 0; i < list->n; i++) {
		const struct cs_mls_valid_proposal *v = &list->v[i].valid;

		if (v->p.type != CS_MLS_PROPOSAL_ADD)
			continue;
		if ((err = cs_mls_tree_add(
			 &c->next.tree, &v->leaf, &c->added[c->n_added])))
			return err;
		c->n_added++;
	}
	return CS_OK;
}

enum cs_err
cs_mls_change_begin(struct cs_mls_change *out, const struct cs_mls_public *from,
    const struct cs_mls_proposal_list *list, uint32_t committer)
{
	enum cs_err err;

	out->committer = committer;
	out->added = cs_calloc(list->n, sizeof *out->added);
	out->removed = cs_calloc(list->n, sizeof *out->removed);
	if (out->added == NULL || out->removed == NULL)
		return CS_ERR_NOMEM;
	/* Section 12.3: in this order. */
	if ((err = cs_mls_proposal_list_check(list, committer)) ||
	    (err = copy_state(&out->next, from)) ||
	    (err = apply_updates(out, list)) ||
	    (err = apply_removes(out, from, list)) ||
	    (err = apply_adds(out, list)))
		return err;
	cs_mls_tree_filtered_path(&out->path, &out->next.tree, committer);
	return CS_OK;
}

/* Section 7.6: as many ciphertexts as there are nodes to encrypt to. */
static enum cs_err
check_path_node(const struct cs_mls_change *c, size_t i,
    const struct cs_mls_update_path_node *node)
{
	struct cs_mls_nodes to = { 0 };
	enum cs_err err;

	if (!cs_hpke_public_valid(c->next.suite->kem, node->encryption_key))
		return CS_ERR_KEY;
	if ((err = cs_mls_path_recipients(&to, &c->next.tree,
		 c->path.v[i].copath, c->added, c->n_added)) == CS_OK &&
	    to.n != node->n_ciphertexts)
		err = CS_ERR_TREE;
	cs_mls_nodes_clear(&to);
	return err;
}

static enum cs_err
validate_path_leaf(struct cs_mls_valid_leaf *out, const struct cs_mls_change *c,
    const struct cs_mls_leaf *leaf)
{
	struct cs_mls_ext_list exts = cs_mls_public_extensions(&c->next);
	const struct cs_mls_leaf_rules rules = {
		.suite = c->next.suite,
		.source = CS_MLS_LEAF_COMMIT,
		.place = { cs_buf_view(&c->next.group_id), c->committer },
		.context = &exts,
		.opt = &c->next.opt,
		.old = cs_mls_tree_leaf(&c->next.tree, c->committer),
	};

	return cs_mls_leaf_validate(out, leaf, &rules);
}

enum cs_err
cs_mls_change_merge_path(
    struct cs_mls_change *c, const struct cs_mls_update_path *path)
{
	struct cs_view keys[CS_MLS_MAX_DEPTH];
	struct cs_reader r = cs_reader(path->nodes);
	struct cs_mls_update_path_node node;
	struct cs_mls_valid_leaf leaf;
	struct cs_buf parent_hash = { 0 };
	enum cs_err err;

	if (path->n_nodes != c->path.n)
		return CS_ERR_TREE;
	if ((err = validate_path_leaf(&leaf, c, &path->leaf)))
		return err;
	for (size_t i = 0; i < path->n_nodes; i++) {
		cs_mls_update_path_node_read(&r, &node);
		if ((err = check_path_node(c, i, &node)))
			return err;
		keys[i] = node.encryption_key;
	}
	if ((err = cs_mls_tree_set_path(
		 &c->next.tree, c->committer, &c->path, keys, &parent_hash)))
		goto out;
	/* Section 7.9.2: the committer's leaf names what we computed. */
	if (!cs_view_equal(cs_buf_view(&parent_hash), path->leaf.parent_hash))
		err = CS_ERR_TREE;
	else
		err = cs_mls_tree_set_leaf(&c->next.tree, c->committer, &leaf);
out:
	cs_buf_free(&parent_hash);
	return err;
}

enum cs_err
cs_mls_change_set_own_path(struct cs_mls_change *c,
    const struct cs_mls_path_secrets *secrets, struct cs_mls_leaf *leaf,
    const struct cs_signer *key, struct cs_buf *leaf_out)
{
	const struct cs_mls_leaf_place place = { cs_buf_view(&c->next.group_id),
		c->committer };
	struct cs_view keys[CS_MLS_MAX_DEPTH];
	struct cs_buf parent_hash = { 0 };
	struct cs_mls_valid_leaf own;
	struct cs_reader r;
	enum cs_err err;

	for (size_t i = 0; i < secrets->n; i++)
		keys[i] = cs_hpke_key_public(&secrets->key[i]);
	if ((err = cs_mls_tree_set_path(
		 &c->next.tree, c->committer, &c->path, keys, &parent_hash)))
		goto out;
	leaf->source = CS_MLS_LEAF_COMMIT;
	leaf->encryption_key = cs_hpke_key_public(&secrets->leaf);
	leaf->parent_hash = cs_buf_view(&parent_hash);
	if ((err = cs_mls_leaf_sign(leaf_out, leaf, place, key)))
		goto out;
	/* Our own signature makes it valid. */
	r = cs_reader(cs_buf_view(leaf_out));
	cs_mls_leaf_read(&r, &own.leaf);
	if ((err = cs_reader_end(&r)) == CS_OK)
		err = cs_mls_tree_set_leaf(&c->next.tree, c->committer, &own);
out:
	leaf->parent_hash = cs_view(NULL, 0);
	cs_buf_free(&parent_hash);
	return err;
}

enum cs_err
cs_mls_change_settle(struct cs_mls_change *c)
{
	enum cs_err err;

	/* Section 12.2: after the commit the tree is valid: no key twice,
	 * and so no client twice. */
	if (cs_mls_tree_members(&c->next.tree) > CS_MLS_MAX_MEMBERS)
		return CS_ERR_LIMIT;
	if ((err = cs_mls_tree_check_keys(&c->next.tree)) ||
	    (err = cs_mls_public_update_context(&c->next)))
		return err;
	return cs_buf_set(&c->provisional, cs_buf_view(&c->next.context));
}

enum cs_err
cs_mls_change_confirm(struct cs_mls_change *c, enum cs_mls_wire wire,
    const struct cs_mls_framed *commit, struct cs_view signature)
{
	struct cs_mls_public *p = &c->next;
	enum cs_err err;

	if ((err = cs_mls_confirmed_transcript(p->confirmed.b, p->suite,
		 cs_mls_hash_view(&p->interim), wire, commit, signature)))
		return err;
	p->confirmed.len = p->suite->hash_len;
	return cs_mls_public_update_context(p);
}

enum cs_err
cs_mls_change_finish(struct cs_mls_change *c, struct cs_view confirmation_tag)
{
	struct cs_mls_public *p = &c->next;

	p->interim.len = p->suite->hash_len;
	return cs_mls_interim_transcript(p->interim.b, p->suite,
	    cs_mls_hash_view(&p->confirmed), confirmation_tag);
}

enum cs_err
cs_mls_change_receive(struct cs_mls_change *out,
    struct cs_mls_proposal_list *list, struct cs_mls_commit *commit,
    const struct cs_mls_public *from, const struct cs_mls_verified *content,
    bool in_time)
{
	uint32_t committer = content->framed.sender.index;
	struct cs_reader r = cs_reader(content->framed.body);
	enum cs_err err;

	cs_mls_commit_read(&r, commit);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_proposal_list_resolve(
		 list, from, commit, committer, in_time)))
		return err;
	/* Section 12.4: a path unless only Adds are committed. */
	if (!commit->has_path && cs_mls_proposal_list_needs_path(list))
		return CS_ERR_PROPOSAL;
	if ((err = cs_mls_change_begin(out, from, list, committer)))
		return err;
	if (commit->has_path &&
	    (err = cs_mls_change_merge_path(out, &commit->path)))
		return err;
	return cs_mls_change_settle(out);
}
