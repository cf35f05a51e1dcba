/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/alloc.h"
#include "mls/group.h"
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
    uint8_t ref[static 32], struct cs_view welcome, size_t i)
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
	if (entry.ref.len != 32)
		return CS_ERR_FORMAT;
	memcpy(ref, entry.ref.data, 32);
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

/* Set up ${g}, whose fields are empty, from what was decrypted. */
static enum cs_err
set_up(struct cs_mls_group *g, const struct cs_mls_group_info *gi,
    const struct cs_mls_group_secrets *s,
    const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_key_package_secrets *keys,
    const struct cs_mls_options *opt)
{
	struct cs_mls_public *p = &g->pub;
	enum cs_err err;

	if (gi->context.suite_id != keys->suite->id)
		return CS_ERR_MISMATCH;
	if ((err = cs_mls_public_from_group_info(p, gi, opt)))
		return err;
	g->own_leaf = cs_mls_tree_find(&p->tree, keys->kp.leaf.raw);
	g->welcomed_by = gi->signer;
	if (g->own_leaf == UINT32_MAX)
		return CS_ERR_MEMBER;
	cs_mls_private_tree_set(
	    &g->private, cs_mls_leaf_to_node(g->own_leaf), &keys->leaf);
	if ((err = take_path_secret(g, s, gi->signer)) ||
	    (err = cs_mls_derive_epoch(&g->secrets, &g->keys, p, joiner)))
		return err;
	return cs_mls_confirmation_tag_check(gi->confirmation_tag, p->suite,
	    &g->secrets.confirmation, cs_mls_hash_view(&p->confirmed));
}

/* Decrypt both halves of the Welcome and join. */
static enum cs_err
join(struct cs_mls_group *g, const struct cs_mls_welcome *welcome,
    const struct cs_mls_key_package_secrets *keys,
    const struct cs_mls_options *opt, uint16_t ext_type,
    struct cs_buf *welcome_ext)
{
	const struct cs_suite *suite = keys->suite;
	const struct cs_mls_psk_secret no_psk = { 0 };
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_mls_group_secrets s;
	struct cs_mls_group_info gi;
	struct cs_buf secrets = { 0 }, info = { 0 };
	struct cs_view data;
	uint8_t ref[CS_HASH_MAX];
	enum cs_err err;

	if ((err = cs_mls_key_package_ref(ref, suite, &keys->kp)) ||
	    (err = cs_mls_welcome_open_secrets(&s, &secrets, welcome, suite,
		 cs_view(ref, suite->hash_len), &keys->init)))
		goto out;
	if (s.psks.len != 0) {
		err = CS_ERR_UNSUPPORTED;
		goto out;
	}
	memcpy(joiner.b, s.joiner_secret.data, suite->hash_len);
	if ((err = cs_mls_welcome_open_info(
		 &gi, &info, welcome, suite, &joiner, &no_psk)) ||
	    (err = set_up(g, &gi, &s, &joiner, keys, opt)))
		goto out;
	if (welcome_ext != NULL &&
	    cs_mls_ext_find(&gi.extensions, ext_type, &data))
		err = cs_buf_add(welcome_ext, data);
out:
	cs_wipe(&joiner, sizeof joiner);
	cs_buf_free(&secrets);
	cs_buf_free(&info);
	return err;
}

enum cs_err
cs_mls_welcome_join(struct cs_mls_group **out, struct cs_view welcome,
    struct cs_view secrets, const struct cs_mls_identity *id,
    const struct cs_mls_options *opt, uint16_t ext_type,
    struct cs_buf *welcome_ext)
{
	struct cs_mls_key_package_secrets keys = { 0 };
	struct cs_mls_group *g = NULL;
	struct cs_mls_welcome w;
	enum cs_err err;

	*out = NULL;
	if ((err = parse_welcome(&w, welcome)) ||
	    (err = cs_mls_key_package_secrets_parse(&keys, secrets)))
		goto out;
	if (!cs_view_equal(
		cs_signer_public(id->key), keys.kp.leaf.signature_key)) {
		err = CS_ERR_MISMATCH;
		goto out;
	}
	g = cs_calloc(1, sizeof *g);
	if (g == NULL) {
		err = CS_ERR_NOMEM;
		goto out;
	}
	g->signer = cs_signer_hold(id->key);
	if ((err = join(g, &w, &keys, opt, ext_type, welcome_ext)))
		goto out;
	*out = g;
	g = NULL;
out:
	cs_wipe(&keys, sizeof keys);
	cs_mls_group_free(g);
	return err;
}
