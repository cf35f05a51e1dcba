/* SPDX-License-Identifier: MIT */
#include "mls/group_info.h"

#include <string.h>

#include "crypto/label.h"
#include "mls/transcript.h"

void
cs_mls_group_info_read(struct cs_reader *r, struct cs_mls_group_info *out)
{
	const uint8_t *start = r->data;

	cs_mls_group_context_read(r, &out->context);
	out->context_raw = cs_mls_read_since(r, start);
	cs_mls_ext_list_read(r, &out->extensions);
	out->confirmation_tag = cs_read_vec(r);
	out->signer = cs_read_u32(r);
	out->signature = cs_read_vec(r);
}

/* GroupInfoTBS. */
static void
write_unsigned(struct cs_writer *w, const struct cs_mls_group_info *gi)
{
	cs_mls_group_context_write(w, &gi->context);
	cs_mls_ext_list_write(w, &gi->extensions);
	cs_write_vec(w, gi->confirmation_tag);
	cs_write_u32(w, gi->signer);
}

void
cs_mls_group_info_write(struct cs_writer *w, const struct cs_mls_group_info *gi)
{
	write_unsigned(w, gi);
	cs_write_vec(w, gi->signature);
}

enum cs_err
cs_mls_group_info_verify(const struct cs_mls_group_info *gi, enum cs_sig sig,
    struct cs_view signature_key)
{
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	enum cs_err err;

	write_unsigned(&w, gi);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_verify_with_label(sig, signature_key,
		    cs_view_str("GroupInfoTBS"), cs_buf_view(&tbs),
		    gi->signature);
	cs_buf_free(&tbs);
	return err;
}

/* The extensions of a GroupInfo: the tree, then those of the caller. */
static enum cs_err
make_extensions(struct cs_buf *out, const struct cs_mls_public *p,
    struct cs_mls_extensions exts)
{
	struct cs_buf tree = { 0 };
	struct cs_writer t = cs_writer(&tree), w = cs_writer(out);
	enum cs_err err;

	for (size_t i = 0; i < exts.n; i++)
		if (exts.v[i].type == CS_MLS_EXT_RATCHET_TREE)
			return CS_ERR_MISUSE;
	cs_mls_tree_write(&t, &p->tree);
	cs_write_u16(&w, CS_MLS_EXT_RATCHET_TREE);
	cs_write_vec(&w, cs_buf_view(&tree));
	if ((err = cs_writer_end(&t)) == CS_OK &&
	    (err = cs_writer_end(&w)) == CS_OK)
		err = cs_mls_ext_list_build(out, exts);
	cs_buf_free(&tree);
	return err;
}

enum cs_err
cs_mls_group_info_make(struct cs_buf *out, const struct cs_mls_public *p,
    struct cs_mls_extensions exts, struct cs_view confirmation_tag,
    uint32_t signer, const struct cs_signer *key)
{
	struct cs_mls_group_info gi = {
		.confirmation_tag = confirmation_tag,
		.signer = signer,
	};
	struct cs_reader r = cs_reader(cs_mls_public_context(p));
	struct cs_buf extensions = { 0 }, tbs = { 0 };
	struct cs_writer t = cs_writer(&tbs), w = cs_writer(out);
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	enum cs_err err;

	cs_mls_group_context_read(&r, &gi.context);
	if ((err = cs_reader_end(&r)) ||
	    (err = make_extensions(&extensions, p, exts)))
		goto out;
	gi.extensions.raw = cs_buf_view(&extensions);
	write_unsigned(&t, &gi);
	if ((err = cs_writer_end(&t)) ||
	    (err = cs_sign_with_label(signature, &n, key,
		 cs_view_str("GroupInfoTBS"), cs_buf_view(&tbs))))
		goto out;
	gi.signature = cs_view(signature, n);
	cs_mls_group_info_write(&w, &gi);
	err = cs_writer_end(&w);
out:
	cs_buf_free(&extensions);
	cs_buf_free(&tbs);
	return err;
}

static enum cs_err
set_hash(struct cs_mls_hash *out, struct cs_view v)
{
	if (v.len > CS_HASH_MAX)
		return CS_ERR_FORMAT;
	if (v.len != 0)
		memcpy(out->b, v.data, v.len);
	out->len = (uint8_t)v.len;
	return CS_OK;
}

/* Is the tree the one of the context, valid, and signed for by a member? */
static enum cs_err
adopt_tree(struct cs_mls_public *p, const struct cs_mls_group_info *gi,
    const struct cs_mls_options *opt)
{
	struct cs_mls_unverified_tree tree = { 0 };
	const struct cs_mls_leaf *signer;
	uint8_t hash[CS_HASH_MAX];
	struct cs_view data;
	enum cs_err err;

	if (!cs_mls_ext_find(&gi->extensions, CS_MLS_EXT_RATCHET_TREE, &data))
		return CS_ERR_TREE;
	if ((err = cs_mls_tree_parse(&tree, p->suite, data)) ||
	    (err = cs_mls_tree_root_hash(hash, &tree.tree)))
		goto out;
	signer = cs_mls_tree_leaf(&tree.tree, gi->signer);
	if (signer == NULL)
		err = CS_ERR_MEMBER;
	else if (!cs_view_equal(
		     gi->context.tree_hash, cs_view(hash, p->suite->hash_len)))
		err = CS_ERR_TREE;
	else
		err = cs_mls_group_info_verify(
		    gi, p->suite->sig, signer->signature_key);
	if (err == CS_OK)
		err = cs_mls_tree_verify(&p->tree, &tree, gi->context.group_id,
		    &gi->context.extensions, opt);
out:
	cs_mls_tree_clear(&tree.tree);
	return err;
}

/* Section 13.4: do we ourselves support what the group uses? */
static enum cs_err
check_support(const struct cs_mls_group_info *gi)
{
	const struct cs_mls_leaf us = { .capabilities =
					    cs_mls_own_capabilities() };

	return cs_mls_leaf_check_context(&us, &gi->context.extensions);
}

enum cs_err
cs_mls_public_from_group_info(struct cs_mls_public *out,
    const struct cs_mls_group_info *gi, const struct cs_mls_options *opt)
{
	const struct cs_mls_group_context *c = &gi->context;
	enum cs_err err;

	out->suite = cs_suite_find(c->suite_id);
	if (out->suite == NULL)
		return CS_ERR_UNSUPPORTED;
	out->opt = *opt;
	out->epoch = c->epoch;
	if (gi->confirmation_tag.len != out->suite->hash_len)
		return CS_ERR_MAC;
	if ((err = check_support(gi)) ||
	    (err = set_hash(&out->confirmed, c->confirmed_transcript_hash)) ||
	    (err = adopt_tree(out, gi, opt)) ||
	    (err = cs_mls_interim_transcript(out->interim.b, out->suite,
		 c->confirmed_transcript_hash, gi->confirmation_tag)) ||
	    (err = cs_buf_set(&out->group_id, c->group_id)) ||
	    (err = cs_buf_set(&out->extensions, c->extensions.raw)))
		return err;
	out->interim.len = out->suite->hash_len;
	return cs_mls_public_update_context(out);
}
