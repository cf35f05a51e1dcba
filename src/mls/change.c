/* SPDX-License-Identifier: MIT */
#include "mls/change.h"

#include <string.h>

#include "base/alloc.h"
#include "base/writer.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/leaf_validate.h"
#include "mls/options.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/rules.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "mls/tree_verify.h"

void
cs_mls_change_clear(struct cs_mls_change *c)
{
	for (size_t i = 0; i < c->n_removed; i++)
		cs_buf_free(&c->removed[i].raw);
	cs_free_plain(c->removed);
	cs_free_plain(c->added);
	cs_buf_free(&c->provisional);
	cs_buf_free(&c->ephemeral);
	cs_mls_key_change_clear(&c->keys);
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
	cs_mls_tree_copy(&out->tree, &from->tree);
	return CS_OK;
}

static enum cs_err
apply_extensions(
    struct cs_mls_change *c, const struct cs_mls_proposal_list *list)
{
	const struct cs_mls_valid_proposal *v = cs_mls_proposal_list_find(
	    list, CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS);

	if (v == NULL)
		return CS_OK;
	c->new_extensions = true;
	return cs_buf_set(&c->next.extensions, v->p.extensions.raw);
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
	struct cs_mls_leaf leaf;
	enum cs_err err;

	for (size_t i = 0; i < list->n; i++) {
		const struct cs_mls_valid_proposal *v = &list->v[i].valid;
		struct cs_mls_removed *to = &c->removed[c->n_removed];

		if (!cs_mls_proposal_removes(v))
			continue;
		to->leaf = cs_mls_proposal_target(v);
		to->by = v->sender;
		if (!cs_mls_tree_leaf(&from->tree, to->leaf, &leaf))
			return CS_ERR_MEMBER;
		c->n_removed++;
		if (c->external && v->p.type == CS_MLS_PROPOSAL_REMOVE)
			c->replaced = c->n_removed;
		if ((err = cs_buf_set(&to->raw, leaf.raw)) ||
		    (err = cs_mls_tree_remove(&c->next.tree, to->leaf)))
			return err;
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
		/* The leftmost blank leaf: so they ascend. */
		if ((err = cs_mls_tree_add(
			 &c->next.tree, &v->leaf, &c->added[c->n_added])))
			return err;
		c->n_added++;
	}
	c->n_welcomed = c->n_added;
	return CS_OK;
}

/* What changes no tree: a ReInit to remember, data for components. */
static enum cs_err
apply_rest(struct cs_mls_change *c, const struct cs_mls_proposal_list *list)
{
	struct cs_writer w = cs_writer(&c->ephemeral);
	enum cs_err err;

	for (size_t i = 0; i < list->n; i++) {
		const struct cs_mls_proposal *p = &list->v[i].valid.p;

		if (p->type == CS_MLS_PROPOSAL_APP_EPHEMERAL) {
			cs_write_u16(&w, p->ephemeral.component);
			cs_write_vec(&w, p->ephemeral.data);
		} else if (p->type == CS_MLS_PROPOSAL_REINIT) {
			struct cs_writer r = cs_writer(&c->next.reinit);

			cs_mls_proposal_write(&r, p);
			if ((err = cs_writer_end(&r)))
				return err;
		}
	}
	return cs_writer_end(&w);
}

enum cs_err
cs_mls_change_begin(struct cs_mls_change *out, const struct cs_mls_public *from,
    const struct cs_mls_proposal_list *list, uint32_t committer)
{
	enum cs_err err;

	out->committer = committer;
	out->external = committer == CS_MLS_COMMITTER_NEW;
	out->added = cs_calloc(list->n + 1, sizeof *out->added);
	out->removed = cs_calloc(list->n, sizeof *out->removed);
	if (out->added == NULL || out->removed == NULL)
		return CS_ERR_NOMEM;
	/* Section 12.3: in this order. */
	if ((err = cs_mls_proposal_list_check(list, from, committer)) ||
	    (err = copy_state(&out->next, from)) ||
	    (err = apply_extensions(out, list)) ||
	    (err = apply_updates(out, list)) ||
	    (err = apply_removes(out, from, list)) ||
	    (err = apply_adds(out, list)) || (err = apply_rest(out, list)))
		return err;
	if (out->external) {
		/* Section 12.4.3.2: where an Add would put it. */
		if ((err = cs_mls_tree_place(&out->next.tree, &out->committer)))
			return err;
		out->added[out->n_added++] = out->committer;
	}
	cs_mls_tree_filtered_path(&out->path, &out->next.tree, out->committer);
	return CS_OK;
}

/* Section 7.6: as many ciphertexts as there are nodes to encrypt to. */
static enum cs_err
check_path_node(const struct cs_mls_change *c, const struct cs_mls_public *from,
    size_t i, const struct cs_mls_update_path_node *node)
{
	struct cs_mls_nodes to = { 0 };
	enum cs_err err;

	if (!cs_hpke_public_valid(c->next.suite->kem, node->encryption_key))
		return CS_ERR_KEY;
	/* Section 12.4.2: nor may it bring back the key that it replaces. */
	if (cs_mls_key_index_has_key(&from->index, node->encryption_key))
		return CS_ERR_TREE;
	if ((err = cs_mls_path_recipients(&to, &c->next.tree,
		 c->path.v[i].copath,
		 &(struct cs_mls_new_leaves){ c->added, c->n_added })) ==
		CS_OK &&
	    to.n != node->n_ciphertexts)
		err = CS_ERR_TREE;
	cs_mls_nodes_clear(&to);
	return err;
}

/* The leaf that the committer had: as a member its own, else the one that it
 * removes to join again. */
static bool
old_leaf(struct cs_mls_leaf *out, const struct cs_mls_change *c)
{
	if (!c->external)
		return cs_mls_tree_leaf(&c->next.tree, c->committer, out);
	return c->replaced != 0 &&
	    cs_mls_leaf_parse(
		out, cs_buf_view(&c->removed[c->replaced - 1].raw)) == CS_OK;
}

/* The rules for the leaf of a path; ${exts} gets the new extensions. */
static struct cs_mls_leaf_rules
path_rules(struct cs_mls_ext_list *exts, const struct cs_mls_change *c)
{
	*exts = cs_mls_public_extensions(&c->next);
	return (struct cs_mls_leaf_rules){
		.suite = c->next.suite,
		.source = CS_MLS_LEAF_COMMIT,
		.place = { cs_buf_view(&c->next.group_id), c->committer },
		.context = exts,
		.opt = &c->next.opt,
	};
}

static enum cs_err
validate_path_leaf(struct cs_mls_valid_leaf *out, const struct cs_mls_change *c,
    const struct cs_mls_leaf *leaf)
{
	struct cs_mls_ext_list exts;
	struct cs_mls_leaf_rules rules = path_rules(&exts, c);
	struct cs_mls_leaf old;

	if (old_leaf(&old, c))
		rules.old = &old;
	return cs_mls_leaf_validate(out, leaf, &rules);
}

enum cs_err
cs_mls_change_merge_path(struct cs_mls_change *c,
    const struct cs_mls_public *from, const struct cs_mls_update_path *path)
{
	struct cs_view keys[CS_MLS_MAX_DEPTH];
	struct cs_reader r = cs_reader(path->nodes);
	struct cs_mls_update_path_node node;
	struct cs_mls_valid_leaf leaf;
	struct cs_mls_hash parent_hash;
	enum cs_err err;

	if (path->n_nodes != c->path.n)
		return CS_ERR_TREE;
	if ((err = validate_path_leaf(&leaf, c, &path->leaf)))
		return err;
	if (cs_mls_key_index_has_key(&from->index, path->leaf.encryption_key))
		return CS_ERR_TREE;
	for (size_t i = 0; i < path->n_nodes; i++) {
		cs_mls_update_path_node_read(&r, &node);
		if ((err = check_path_node(c, from, i, &node)))
			return err;
		keys[i] = node.encryption_key;
	}
	if ((err = cs_mls_tree_set_path(
		 &c->next.tree, c->committer, &c->path, keys, &parent_hash)))
		return err;
	/* Section 7.9.2: the committer's leaf names what we computed. */
	if (!cs_view_equal(
		cs_mls_hash_view(&parent_hash), path->leaf.parent_hash))
		return CS_ERR_TREE;
	return cs_mls_tree_set_leaf(&c->next.tree, c->committer, &leaf);
}

enum cs_err
cs_mls_change_set_own_path(struct cs_mls_change *c,
    const struct cs_mls_path_secrets *secrets, struct cs_mls_leaf *leaf,
    const struct cs_signer *signer, struct cs_buf *leaf_out)
{
	struct cs_mls_ext_list exts;
	const struct cs_mls_leaf_rules rules = path_rules(&exts, c);
	struct cs_view keys[CS_MLS_MAX_DEPTH];
	struct cs_mls_hash parent_hash;
	struct cs_mls_valid_leaf own;
	enum cs_err err;

	for (size_t i = 0; i < secrets->n; i++)
		keys[i] = cs_hpke_key_public(&secrets->key[i]);
	if ((err = cs_mls_tree_set_path(
		 &c->next.tree, c->committer, &c->path, keys, &parent_hash)))
		return err;
	leaf->source = CS_MLS_LEAF_COMMIT;
	leaf->encryption_key = cs_hpke_key_public(&secrets->leaf);
	leaf->parent_hash = cs_mls_hash_view(&parent_hash);
	/* Our own signature needs no check. Section 13.4: a member that joins
	 * by the commit supports what the group uses, and so does a new
	 * identity. */
	if ((err = cs_mls_leaf_sign(leaf_out, leaf, rules.place, signer)) ==
		CS_OK &&
	    (err = cs_mls_leaf_parse(&own.leaf, cs_buf_view(leaf_out))) ==
		CS_OK &&
	    (err = cs_mls_leaf_check_content(&own.leaf, &rules)) == CS_OK)
		err = cs_mls_tree_set_leaf(&c->next.tree, c->committer, &own);
	leaf->parent_hash = cs_view(NULL, 0);
	return err;
}

enum cs_err
cs_mls_change_settle(struct cs_mls_change *c, const struct cs_mls_public *from)
{
	struct cs_mls_ext_list exts = cs_mls_public_extensions(&c->next);
	struct cs_mls_tree *t = &c->next.tree;
	enum cs_err err;

	/* Section 12.2: after the commit the tree is valid: no key and so no
	 * client is there twice, and nobody lacks what the others use. */
	if (cs_mls_tree_members(t) > cs_mls_max_members(&c->next.opt))
		return CS_ERR_LIMIT;
	if ((err = cs_mls_tree_check_credentials(t)) ||
	    (err = cs_mls_key_change_find(
		 &c->keys, &from->index, &from->tree, t)) ||
	    (err = cs_mls_key_change_check(&c->keys, &from->index)))
		return err;
	/* Section 12.1.7: also for those who were members before. */
	if (c->new_extensions && (err = cs_mls_tree_check_context(t, &exts)))
		return err;
	if ((err = cs_mls_public_update_context(&c->next)))
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
cs_mls_change_take_index(struct cs_mls_change *c, struct cs_mls_public *p)
{
	enum cs_err err;

	if ((err = cs_mls_public_thaw(p)))
		return err;
	/* A staged commit that was loaded knows only its tree. */
	if (c->keys.gone == NULL && c->keys.come == NULL &&
	    (err = cs_mls_key_change_find(
		 &c->keys, &p->index, &p->tree, &c->next.tree)))
		return err;
	if ((err = cs_mls_key_index_reserve(&p->index, c->keys.n_come)))
		return err;
	cs_mls_key_index_apply(&p->index, &c->keys);
	cs_mls_key_index_clear(&c->next.index);
	c->next.index = p->index;
	p->index = (struct cs_mls_key_index){ 0 };
	return CS_OK;
}

enum cs_err
cs_mls_change_receive(struct cs_mls_change *out,
    struct cs_mls_proposal_list *list, struct cs_mls_commit *commit,
    const struct cs_mls_public *from, const struct cs_mls_verified *content,
    enum cs_mls_age age)
{
	uint32_t committer = content->framed.sender.type == CS_MLS_SENDER_MEMBER
	    ? content->framed.sender.index
	    : CS_MLS_COMMITTER_NEW;
	struct cs_reader r = cs_reader(content->framed.body);
	enum cs_err err;

	/* Section 12.1.5: nothing follows a ReInit. */
	if (from->reinit.len != 0)
		return CS_ERR_PROPOSAL;
	cs_mls_commit_read(&r, commit);
	if ((err = cs_reader_end(&r)) ||
	    (err = cs_mls_proposal_list_resolve(
		 list, from, commit, committer, age)))
		return err;
	/* Section 12.4: an external join needs a path, and so do most changes.
	 */
	if (!commit->has_path &&
	    (committer == CS_MLS_COMMITTER_NEW ||
		cs_mls_proposal_list_needs_path(list)))
		return CS_ERR_PROPOSAL;
	if ((err = cs_mls_change_begin(out, from, list, committer)))
		return err;
	if ((commit->has_path &&
		(err = cs_mls_change_merge_path(out, from, &commit->path))) ||
	    (err = cs_mls_change_settle(out, from)))
		return err;
	return cs_mls_rules_ask_commit(
	    &(struct cs_mls_rules_about){
		content->wire, &content->framed, from },
	    out, list, commit->has_path ? &commit->path.leaf : NULL);
}
