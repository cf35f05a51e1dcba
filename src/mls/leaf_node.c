/* SPDX-License-Identifier: MIT */
#include "mls/leaf_node.h"

#include "crypto/label.h"

static void
read_capabilities(struct cs_reader *r, struct cs_mls_capabilities *out)
{
	out->versions = cs_mls_read_u16s(r);
	out->suites = cs_mls_read_u16s(r);
	out->extensions = cs_mls_read_u16s(r);
	out->proposals = cs_mls_read_u16s(r);
	out->credentials = cs_mls_read_u16s(r);
}

void
cs_mls_leaf_read(struct cs_reader *r, struct cs_mls_leaf *out)
{
	const uint8_t *start = r->data;

	*out = (struct cs_mls_leaf){ 0 };
	out->encryption_key = cs_read_vec(r);
	out->signature_key = cs_read_vec(r);
	cs_mls_credential_read(r, &out->credential);
	read_capabilities(r, &out->capabilities);
	out->source = (enum cs_mls_leaf_source)cs_read_u8(r);
	switch (out->source) {
	case CS_MLS_LEAF_KEY_PACKAGE:
		out->not_before = cs_read_u64(r);
		out->not_after = cs_read_u64(r);
		break;
	case CS_MLS_LEAF_UPDATE:
		break;
	case CS_MLS_LEAF_COMMIT:
		out->parent_hash = cs_read_vec(r);
		break;
	default:
		cs_reader_fail(r, CS_ERR_FORMAT);
	}
	cs_mls_ext_list_read(r, &out->extensions);
	out->signature = cs_read_vec(r);
	out->raw = cs_mls_read_since(r, start);
}

/* The part that LeafNode and LeafNodeTBS share. */
static void
write_unsigned(struct cs_writer *w, const struct cs_mls_leaf *leaf)
{
	cs_write_vec(w, leaf->encryption_key);
	cs_write_vec(w, leaf->signature_key);
	cs_mls_credential_write(w, &leaf->credential);
	cs_write_vec(w, leaf->capabilities.versions);
	cs_write_vec(w, leaf->capabilities.suites);
	cs_write_vec(w, leaf->capabilities.extensions);
	cs_write_vec(w, leaf->capabilities.proposals);
	cs_write_vec(w, leaf->capabilities.credentials);
	cs_write_u8(w, (uint8_t)leaf->source);
	if (leaf->source == CS_MLS_LEAF_KEY_PACKAGE) {
		cs_write_u64(w, leaf->not_before);
		cs_write_u64(w, leaf->not_after);
	} else if (leaf->source == CS_MLS_LEAF_COMMIT) {
		cs_write_vec(w, leaf->parent_hash);
	}
	cs_mls_ext_list_write(w, &leaf->extensions);
}

void
cs_mls_leaf_write(struct cs_writer *w, const struct cs_mls_leaf *leaf)
{
	write_unsigned(w, leaf);
	cs_write_vec(w, leaf->signature);
}

/* LeafNodeTBS, section 7.2. */
static enum cs_err
tbs(struct cs_buf *out, const struct cs_mls_leaf *leaf,
    struct cs_mls_leaf_place place)
{
	struct cs_writer w = cs_writer(out);

	write_unsigned(&w, leaf);
	if (leaf->source != CS_MLS_LEAF_KEY_PACKAGE) {
		cs_write_vec(&w, place.group_id);
		cs_write_u32(&w, place.index);
	}
	return cs_writer_end(&w);
}

enum cs_err
cs_mls_leaf_sign(struct cs_buf *out, const struct cs_mls_leaf *leaf,
    struct cs_mls_leaf_place place, const struct cs_signer *key)
{
	struct cs_mls_leaf done = *leaf;
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	struct cs_buf content = { 0 };
	struct cs_writer w = cs_writer(out);
	enum cs_err err;

	if ((err = tbs(&content, leaf, place)) ||
	    (err = cs_sign_with_label(signature, &n, key,
		 cs_view_str("LeafNodeTBS"), cs_buf_view(&content))))
		goto out;
	done.signature = cs_view(signature, n);
	cs_mls_leaf_write(&w, &done);
	err = cs_writer_end(&w);
out:
	cs_buf_free(&content);
	return err;
}

enum cs_err
cs_mls_leaf_verify_signature(const struct cs_mls_leaf *leaf,
    struct cs_mls_leaf_place place, enum cs_sig sig)
{
	struct cs_buf content = { 0 };
	enum cs_err err;

	if ((err = tbs(&content, leaf, place)) == CS_OK)
		err = cs_verify_with_label(sig, leaf->signature_key,
		    cs_view_str("LeafNodeTBS"), cs_buf_view(&content),
		    leaf->signature);
	cs_buf_free(&content);
	return err;
}

struct cs_mls_capabilities
cs_mls_own_capabilities(void)
{
	static const uint8_t versions[] = { 0, CS_MLS_VERSION_10 };
	static const uint8_t suites[] = { 0, CS_SUITE_X25519_AES128 };
	static const uint8_t extensions[] = { 0, CS_MLS_EXT_APP_DATA_DICTIONARY,
		0, CS_MLS_EXT_LAST_RESORT };
	static const uint8_t credentials[] = { 0, CS_MLS_CREDENTIAL_BASIC };

	return (struct cs_mls_capabilities){
		.versions = CS_VIEW_OF(versions),
		.suites = CS_VIEW_OF(suites),
		.extensions = CS_VIEW_OF(extensions),
		.proposals = cs_view(NULL, 0),
		.credentials = CS_VIEW_OF(credentials),
	};
}
