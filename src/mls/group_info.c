/* SPDX-License-Identifier: MIT */
#include "mls/group_info.h"

#include <string.h>

#include "crypto/label.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/transcript.h"
#include "mls/tree_codec.h"
#include "mls/tree_hash.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "mls/tree_verify.h"

void
cs_mls_group_info_read(struct cs_reader *r, struct cs_mls_group_info *out)
{
	const uint8_t *start = r->data;

	cs_mls_group_context_read(r, &out->context);
	out->context_raw = cs_mls_read_since(r, start);
	cs_mls_ext_list_read(r, &out->extensions);
	out->confirmation_tag = cs_read_vec(r);
	out->signer = cs_read_u32(r);
	out->raw_unsigned = cs_mls_read_since(r, start);
	out->signature = cs_read_vec(r);
}

/* GroupInfoTBS. */
static void
write_unsigned(struct cs_writer *w, const struct cs_mls_group_info *gi)
{
	cs_write_bytes(w, gi->context_raw);
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
cs_mls_group_info_verify(const struct cs_mls_group_info *gi,
    const struct cs_suite *suite, struct cs_view signature_key)
{
	return cs_verify_with_label(suite->sig, signature_key,
	    cs_view_str("GroupInfoTBS"), gi->raw_unsigned, gi->signature);
}

enum cs_err
cs_mls_group_info_parse_message(
    struct cs_mls_group_info *out, struct cs_view message)
{
	struct cs_reader r = cs_reader(message);

	if (cs_mls_message_read(&r) != CS_MLS_WIRE_GROUP_INFO)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	cs_mls_group_info_read(&r, out);
	return cs_reader_end(&r);
}

enum cs_err
cs_mls_group_info_peek(
    struct cs_mls_group_info_view *out, struct cs_view group_info)
{
	struct cs_mls_group_info gi;
	enum cs_err err = cs_mls_group_info_parse_message(&gi, group_info);

	if (err == CS_OK)
		*out = (struct cs_mls_group_info_view){
			.suite_id = gi.context.suite_id,
			.group_id = gi.context.group_id,
			.epoch = gi.context.epoch,
			.signer = gi.signer,
			.extensions = gi.extensions.raw,
		};
	return err;
}

enum cs_err
cs_mls_group_info_external_pub(
    struct cs_view *out, const struct cs_mls_group_info *gi)
{
	struct cs_view data;
	struct cs_reader r;

	if (!cs_mls_ext_find(&gi->extensions, CS_MLS_EXT_EXTERNAL_PUB, &data))
		return CS_ERR_NOT_FOUND;
	r = cs_reader(data);
	*out = cs_read_vec(&r);
	return cs_reader_end(&r);
}

/* The extensions of a GroupInfo: ours, then those of the caller. */
static enum cs_err
make_extensions(struct cs_buf *out, const struct cs_mls_public *p,
    const struct cs_mls_group_info_parts *parts)
{
	struct cs_writer w = cs_writer(out);
	size_t mark, inner;
	enum cs_err err;

	for (size_t i = 0; i < parts->exts.n; i++)
		if (parts->exts.v[i].type == CS_MLS_EXT_RATCHET_TREE ||
		    parts->exts.v[i].type == CS_MLS_EXT_EXTERNAL_PUB)
			return CS_ERR_MISUSE;
	if (parts->tree) {
		cs_write_u16(&w, CS_MLS_EXT_RATCHET_TREE);
		mark = cs_write_open(&w);
		cs_mls_tree_write(&w, &p->tree);
		cs_write_close(&w, mark);
	}
	if (parts->external_pub.len != 0) {
		cs_write_u16(&w, CS_MLS_EXT_EXTERNAL_PUB);
		inner = cs_write_open(&w);
		cs_write_vec(&w, parts->external_pub);
		cs_write_close(&w, inner);
	}
	if ((err = cs_writer_end(&w)))
		return err;
	return cs_mls_ext_list_build(out, parts->exts);
}

enum cs_err
cs_mls_group_info_make(struct cs_buf *out, const struct cs_mls_public *p,
    const struct cs_mls_group_info_parts *parts)
{
	struct cs_mls_group_info gi = {
		.context_raw = cs_mls_public_context(p),
		.confirmation_tag = parts->confirmation_tag,
		.signer = parts->signer,
	};
	struct cs_buf extensions = { 0 }, tbs = { 0 };
	struct cs_writer t = cs_writer(&tbs), w = cs_writer(out);
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	enum cs_err err;

	if ((err = make_extensions(&extensions, p, parts)))
		goto out;
	gi.extensions.raw = cs_buf_view(&extensions);
	write_unsigned(&t, &gi);
	if ((err = cs_writer_end(&t)) ||
	    (err = cs_sign_with_label(signature, &n, parts->key,
		 cs_view_str("GroupInfoTBS"), cs_buf_view(&tbs))))
		goto out;
	cs_write_bytes(&w, cs_buf_view(&tbs));
	cs_write_vec(&w, cs_view(signature, n));
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
    struct cs_view ratchet_tree, const struct cs_mls_options *opt)
{
	struct cs_mls_unverified_tree tree = { 0 };
	struct cs_mls_leaf signer;
	uint8_t hash[CS_HASH_MAX];
	struct cs_view data = ratchet_tree;
	enum cs_err err;

	cs_mls_ext_find(&gi->extensions, CS_MLS_EXT_RATCHET_TREE, &data);
	if (data.len == 0)
		return CS_ERR_TREE;
	if ((err = cs_mls_tree_parse(&tree, p->suite, data)) ||
	    (err = cs_mls_tree_root_hash(hash, &tree.tree)))
		goto out;
	if (!cs_mls_tree_leaf(&tree.tree, gi->signer, &signer))
		err = CS_ERR_MEMBER;
	else if (!cs_view_equal(
		     gi->context.tree_hash, cs_view(hash, p->suite->hash_len)))
		err = CS_ERR_TREE;
	else
		err = cs_mls_group_info_verify(
		    gi, p->suite, signer.signature_key);
	if (err == CS_OK)
		err = cs_mls_tree_verify(&p->tree, &tree, gi->context.group_id,
		    &gi->context.extensions, opt);
	if (err == CS_OK)
		err = cs_mls_key_index_build(&p->index, &p->tree);
out:
	cs_mls_tree_clear(&tree.tree);
	return err;
}

enum cs_err
cs_mls_public_from_group_info(struct cs_mls_public *out,
    const struct cs_mls_group_info *gi, struct cs_view ratchet_tree,
    const struct cs_mls_options *opt)
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
	if ((err = set_hash(&out->confirmed, c->confirmed_transcript_hash)) ||
	    (err = cs_mls_public_check_extensions(out, &c->extensions)) ||
	    (err = adopt_tree(out, gi, ratchet_tree, opt)) ||
	    (err = cs_mls_interim_transcript(out->interim.b, out->suite,
		 c->confirmed_transcript_hash, gi->confirmation_tag)) ||
	    (err = cs_buf_set(&out->group_id, c->group_id)) ||
	    (err = cs_buf_set(&out->extensions, c->extensions.raw)))
		return err;
	out->interim.len = out->suite->hash_len;
	return cs_mls_public_update_context(out);
}
