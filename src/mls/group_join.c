/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/group.h"
#include "mls/group_psk.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "mls/welcome.h"

static enum cs_err
parse_welcome(struct cs_mls_welcome *out, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);

	if (cs_mls_message_read(&r) != CS_MLS_WIRE_WELCOME)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	cs_mls_welcome_read(&r, out);
	return cs_reader_end(&r);
}

enum cs_err
cs_mls_welcome_recipient(
    struct cs_mls_hash *ref, struct cs_view welcome, size_t i)
{
	struct cs_mls_encrypted_secrets entry;
	struct cs_mls_welcome w;
	struct cs_reader r;
	enum cs_err err;

	if ((err = parse_welcome(&w, welcome)))
		return err;
	if (i >= w.n_secrets)
		return CS_ERR_NOT_FOUND;
	r = cs_reader(w.secrets);
	for (size_t k = 0; k <= i; k++)
		cs_mls_encrypted_secrets_read(&r, &entry);
	if (entry.ref.len == 0 || entry.ref.len > sizeof ref->b)
		return CS_ERR_FORMAT;
	memcpy(ref->b, entry.ref.data, entry.ref.len);
	ref->len = (uint8_t)entry.ref.len;
	return CS_OK;
}

/* Keys above the common ancestor with the committer: 12.4.3.1. */
static enum cs_err
take_path_secret(struct cs_mls_group *g, const struct cs_mls_group_secrets *s,
    uint32_t signer)
{
	const struct cs_suite *suite = g->pub.suite;
	uint32_t common = cs_mls_node_common(
	    cs_mls_leaf_to_node(g->own_leaf), cs_mls_leaf_to_node(signer));
	struct cs_mls_filtered_path path;
	struct cs_mls_path_secret secret = { 0 };
	struct cs_mls_commit_secret unused = { 0 };
	size_t i = 0;
	enum cs_err err = CS_ERR_TREE;

	if (!s->has_path_secret)
		return CS_OK;
	if (signer == g->own_leaf)
		return CS_ERR_TREE;
	cs_mls_tree_filtered_path(&path, &g->pub.tree, signer);
	while (i < path.n && path.v[i].node != common)
		i++;
	/* Every node from there up was set by that commit. */
	for (size_t k = i; k < path.n; k++)
		if (cs_mls_tree_blank(&g->pub.tree, path.v[k].node))
			return CS_ERR_TREE;
	memcpy(secret.b, s->path_secret.data, suite->hash_len);
	if (i < path.n)
		err = cs_mls_path_climb(
		    &g->private, &unused, &g->pub.tree, &path, i, &secret);
	cs_wipe(&secret, sizeof secret);
	cs_wipe(&unused, sizeof unused);
	return err;
}

/* ---- groups that succeed others (sections 11.2 and 11.3) ---------------- */

/* The usage of the PSK that ties the new group to an old one; 0: there is none.
 * CS_ERR_PROPOSAL: more than one. */
static enum cs_err
find_tie(struct cs_mls_psk_id *out, struct cs_view ids)
{
	struct cs_reader r = cs_reader(ids);
	struct cs_mls_psk_id id;

	*out = (struct cs_mls_psk_id){ 0 };
	while (cs_reader_more(&r)) {
		cs_mls_psk_id_read(&r, &id);
		if (id.type != CS_MLS_PSK_RESUMPTION ||
		    id.usage == CS_MLS_PSK_APP)
			continue;
		/* Section 12.4.3.1: the only one. */
		if (out->usage != 0)
			return CS_ERR_PROPOSAL;
		*out = id;
	}
	return CS_OK;
}

/* Is there a member with this credential in ${p}? */
static bool
has_credential(
    const struct cs_mls_public *p, const struct cs_mls_credential *credential)
{
	struct cs_mls_leaf leaf;

	for (uint32_t i = 0; i < p->tree.n_leaves; i++)
		if (cs_mls_tree_leaf(&p->tree, i, &leaf) &&
		    leaf.credential.type == credential->type &&
		    cs_view_equal(
			leaf.credential.identity, credential->identity))
			return true;
	return false;
}

/* Is everybody in ${a} in ${b}, too? */
static bool
all_in(const struct cs_mls_public *a, const struct cs_mls_public *b)
{
	struct cs_mls_leaf leaf;

	for (uint32_t i = 0; i < a->tree.n_leaves; i++)
		if (cs_mls_tree_leaf(&a->tree, i, &leaf) &&
		    !has_credential(b, &leaf.credential))
			return false;
	return true;
}

static enum cs_err
check_reinit(const struct cs_mls_group *g, const struct cs_mls_group *from)
{
	const struct cs_mls_public *p = &g->pub;
	struct cs_mls_proposal agreed;

	/* Section 11.2: what was agreed on, by all who agreed. */
	if (from->pub.reinit.len == 0 ||
	    cs_mls_proposal_parse(&agreed, cs_buf_view(&from->pub.reinit)) !=
		CS_OK ||
	    agreed.reinit.version != CS_MLS_VERSION_10 ||
	    agreed.reinit.suite_id != p->suite->id ||
	    !cs_view_equal(agreed.reinit.group_id, cs_buf_view(&p->group_id)) ||
	    !cs_view_equal(
		agreed.reinit.extensions.raw, cs_buf_view(&p->extensions)))
		return CS_ERR_MISMATCH;
	return all_in(p, &from->pub) && all_in(&from->pub, p) ? CS_OK
							      : CS_ERR_MEMBER;
}

static enum cs_err
check_tie(const struct cs_mls_group *g, const struct cs_mls_psk_id *tie,
    const struct cs_mls_group *from)
{
	if (tie->usage == 0)
		return CS_OK;
	/* The first commit of the new group; the PSK was found, so ${from} is
	 * the group that is meant. */
	if (g->pub.epoch != 1)
		return CS_ERR_EPOCH;
	if (tie->usage == CS_MLS_PSK_REINIT) {
		/* Section 11.2: the PSK is of the epoch that the ReInit began,
		 * which members removed before do not know. */
		return tie->epoch == from->pub.epoch ? check_reinit(g, from)
						     : CS_ERR_EPOCH;
	}
	/* Section 11.3: same suite, nobody who was not there. */
	if (g->pub.suite != from->pub.suite)
		return CS_ERR_MISMATCH;
	return all_in(&g->pub, &from->pub) ? CS_OK : CS_ERR_MEMBER;
}

/* ---- joining ------------------------------------------------------------ */

/* What was decrypted on the way. */
struct joining {
	struct cs_mls_group *g;
	const struct cs_mls_key_package_secrets *keys;
	const struct cs_mls_options *opt;
	const struct cs_mls_join_options *join;
	struct cs_buf secrets, info; /* what the views point into */
	struct cs_mls_group_secrets s;
	struct cs_mls_group_info gi;
	struct cs_mls_joiner_secret joiner;
	struct cs_mls_psk_secret psk;
	struct cs_mls_psk_id tie;
};

static enum cs_err
open_secrets(struct joining *j, const struct cs_mls_welcome *welcome)
{
	const struct cs_suite *suite = j->keys->suite;
	const struct cs_mls_psk_sources sources = { j->opt, NULL,
		j->join->from };
	struct cs_mls_hash ref;
	enum cs_err err;

	if ((err = cs_mls_key_package_ref(&ref, suite, &j->keys->kp)) ||
	    (err = cs_mls_welcome_open_secrets(&j->s, &j->secrets, welcome,
		 suite, cs_mls_hash_view(&ref), &j->keys->init)) ||
	    (err = find_tie(&j->tie, j->s.psks)) ||
	    (err = cs_mls_ids_psk_secret(&j->psk, suite, j->s.psks, &sources)))
		return err;
	memcpy(j->joiner.b, j->s.joiner_secret.data, suite->hash_len);
	return cs_mls_welcome_open_info(
	    &j->gi, &j->info, welcome, suite, &j->joiner, &j->psk);
}

/* Set up the group, whose fields are empty, from what was decrypted. */
static enum cs_err
set_up(struct joining *j)
{
	struct cs_mls_group *g = j->g;
	const struct cs_mls_group_info *gi = &j->gi;
	struct cs_mls_public *p = &g->pub;
	enum cs_err err;

	if (gi->context.suite_id != j->keys->suite->id)
		return CS_ERR_MISMATCH;
	if ((err = cs_mls_public_from_group_info(
		 p, gi, j->join->ratchet_tree, j->opt)))
		return err;
	g->own_leaf = cs_mls_tree_find(&p->tree, j->keys->kp.leaf.raw);
	g->welcomed_by = gi->signer;
	if (g->own_leaf == UINT32_MAX)
		return CS_ERR_MEMBER;
	cs_mls_private_tree_set(
	    &g->private, cs_mls_leaf_to_node(g->own_leaf), &j->keys->leaf);
	if ((err = take_path_secret(g, &j->s, gi->signer)) ||
	    (err = cs_mls_derive_epoch(
		 &g->secrets, &g->keys, p, &j->joiner, &j->psk)) ||
	    (err = cs_mls_confirmation_tag_check(gi->confirmation_tag, p->suite,
		 &g->secrets.confirmation, cs_mls_hash_view(&p->confirmed))))
		return err;
	return check_tie(g, &j->tie, j->join->from);
}

static enum cs_err
join(struct joining *j, const struct cs_mls_welcome *welcome)
{
	struct cs_view data;
	enum cs_err err;

	if (j->join->from != NULL &&
	    (err = cs_mls_public_thaw(&j->join->from->pub)))
		return err;
	if ((err = open_secrets(j, welcome)) || (err = set_up(j)))
		return err;
	if (j->join->ext == NULL ||
	    !cs_mls_ext_find(&j->gi.extensions, j->join->ext_type, &data))
		return CS_OK;
	return cs_buf_add(j->join->ext, data);
}

enum cs_err
cs_mls_welcome_join(struct cs_mls_group **out, struct cs_view welcome,
    struct cs_view secrets, const struct cs_mls_identity *id,
    const struct cs_mls_options *opt,
    const struct cs_mls_join_options *join_opt)
{
	const struct cs_mls_join_options none = { 0 };
	struct cs_mls_key_package_secrets keys = { 0 };
	struct joining j = {
		.keys = &keys,
		.opt = opt,
		.join = join_opt == NULL ? &none : join_opt,
	};
	struct cs_mls_welcome w;
	enum cs_err err;

	*out = NULL;
	if ((err = parse_welcome(&w, welcome)) ||
	    (err = cs_mls_key_package_secrets_parse(&keys, secrets)))
		goto out;
	if (!cs_view_equal(
		cs_signer_public(id->signer), keys.kp.leaf.signature_key)) {
		err = CS_ERR_MISMATCH;
		goto out;
	}
	if ((err = cs_mls_group_alloc(&j.g, id)) || (err = join(&j, &w)))
		goto out;
	*out = j.g;
	j.g = NULL;
out:
	cs_mls_group_free(j.g);
	cs_buf_free(&j.secrets);
	cs_buf_free(&j.info);
	cs_wipe(&j, sizeof j);
	cs_wipe(&keys, sizeof keys);
	return err;
}
