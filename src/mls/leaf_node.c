/* SPDX-License-Identifier: MIT */
#include "mls/leaf_node.h"

#include "crypto/label.h"
#include "crypto/random.h"
#include "mls/leaf_validate.h"

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
	out->raw_unsigned = cs_mls_read_since(r, start);
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

enum cs_err
cs_mls_leaf_parse(struct cs_mls_leaf *out, struct cs_view in)
{
	struct cs_reader r = cs_reader(in);

	cs_mls_leaf_read(&r, out);
	return cs_reader_end(&r);
}

void
cs_mls_leaf_show(struct cs_mls_leaf_view *out, const struct cs_mls_leaf *leaf)
{
	*out = (struct cs_mls_leaf_view){
		.credential = leaf->credential,
		.signature_key = leaf->signature_key,
		.versions = leaf->capabilities.versions,
		.suites = leaf->capabilities.suites,
		.extension_types = leaf->capabilities.extensions,
		.proposal_types = leaf->capabilities.proposals,
		.credential_types = leaf->capabilities.credentials,
		.extensions = leaf->extensions.raw,
	};
}

/* What LeafNodeTBS, section 7.2, has behind the leaf's own fields. */
static void
write_place(struct cs_writer *w, const struct cs_mls_leaf *leaf,
    struct cs_mls_leaf_place place)
{
	if (leaf->source == CS_MLS_LEAF_KEY_PACKAGE)
		return;
	cs_write_vec(w, place.group_id);
	cs_write_u32(w, place.index);
}

enum cs_err
cs_mls_leaf_sign(struct cs_buf *out, const struct cs_mls_leaf *leaf,
    struct cs_mls_leaf_place place, const struct cs_signer *signer)
{
	struct cs_mls_leaf done = *leaf;
	uint8_t signature[CS_SIG_MAX];
	struct cs_buf tbs = { 0 };
	struct cs_writer t = cs_writer(&tbs), w = cs_writer(out);
	size_t n = 0;
	enum cs_err err;

	write_unsigned(&t, leaf);
	write_place(&t, leaf, place);
	if ((err = cs_writer_end(&t)) ||
	    (err = cs_sign_with_label(signature, &n, signer,
		 cs_view_str("LeafNodeTBS"), cs_buf_view(&tbs))))
		goto out;
	done.signature = cs_view(signature, n);
	cs_mls_leaf_write(&w, &done);
	err = cs_writer_end(&w);
out:
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_mls_leaf_verify_signature(const struct cs_mls_leaf *leaf,
    const struct cs_suite *suite, struct cs_mls_leaf_place place)
{
	struct cs_buf tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs);
	enum cs_err err;

	/* Vectors have one spelling only: what was read is what would be
	 * written. */
	cs_write_bytes(&w, leaf->raw_unsigned);
	write_place(&w, leaf, place);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_verify_with_label(suite->sig, leaf->signature_key,
		    cs_view_str("LeafNodeTBS"), cs_buf_view(&tbs),
		    leaf->signature);
	cs_buf_free(&tbs);
	return err;
}

/* ---- our own ------------------------------------------------------------ */

/* Section 13.5: one of fifteen values that mean nothing. */
static void
write_grease(struct cs_writer *w)
{
	uint8_t x;

	cs_random(&x, 1);
	x = (uint8_t)(x % 15 << 4 | 0x0a);
	cs_write_u8(w, x);
	cs_write_u8(w, x);
}

/* Append a list of types and note where it is. */
struct list {
	size_t from, len;
};

static struct list
write_list(struct cs_writer *w, const uint16_t *types, size_t n,
    const uint16_t *more, size_t n_more, bool grease)
{
	struct list l = { .from = w->buf->len };

	for (size_t i = 0; i < n; i++)
		cs_write_u16(w, types[i]);
	for (size_t i = 0; i < n_more; i++)
		cs_write_u16(w, more[i]);
	if (grease)
		write_grease(w);
	l.len = w->buf->len - l.from;
	return l;
}

static struct cs_view
list_view(const struct cs_buf *b, struct list l)
{
	return cs_view(b->data + l.from, l.len);
}

static enum cs_err
make_capabilities(struct cs_mls_own_leaf *out, const struct cs_mls_identity *id)
{
	static const uint16_t versions[] = { CS_MLS_VERSION_10 },
			      extensions[] = { CS_MLS_EXT_APP_DATA_DICTIONARY,
				      CS_MLS_EXT_LAST_RESORT },
			      proposals[] = { CS_MLS_PROPOSAL_APP_EPHEMERAL,
				      CS_MLS_PROPOSAL_SELF_REMOVE },
			      credentials[] = { CS_MLS_CREDENTIAL_BASIC,
				      CS_MLS_CREDENTIAL_X509 };
	struct cs_writer w = cs_writer(&out->capabilities);
	struct list l[5];
	uint16_t suites[16];
	size_t n = 0;
	enum cs_err err;

	for (const struct cs_suite *s; (s = cs_suite_at(n)) != NULL && n < 16;)
		suites[n++] = s->id;
	l[0] = write_list(&w, versions, 1, NULL, 0, false);
	l[1] = write_list(&w, suites, n, NULL, 0, true);
	l[2] = write_list(&w, extensions, 2, id->extension_types,
	    id->n_extension_types, true);
	l[3] = write_list(&w, proposals, 2, NULL, 0, true);
	l[4] = write_list(&w, credentials, 2, NULL, 0, true);
	if ((err = cs_writer_end(&w)))
		return err;
	out->leaf.capabilities = (struct cs_mls_capabilities){
		.versions = list_view(&out->capabilities, l[0]),
		.suites = list_view(&out->capabilities, l[1]),
		.extensions = list_view(&out->capabilities, l[2]),
		.proposals = list_view(&out->capabilities, l[3]),
		.credentials = list_view(&out->capabilities, l[4]),
	};
	return CS_OK;
}

enum cs_err
cs_mls_own_leaf_make(
    struct cs_mls_own_leaf *out, const struct cs_mls_identity *id)
{
	enum cs_err err;

	*out = (struct cs_mls_own_leaf){
		.leaf = {
			.signature_key = cs_signer_public(id->signer),
			.credential = {
				id->credential_type == 0
				    ? CS_MLS_CREDENTIAL_BASIC
				    : id->credential_type,
				id->credential,
			},
			.source = CS_MLS_LEAF_KEY_PACKAGE,
			.not_before = id->not_before_s,
			.not_after = id->not_after_s,
		},
	};
	if ((err = make_capabilities(out, id)) == CS_OK &&
	    (err = cs_mls_ext_list_build(&out->extensions, id->leaf_exts)) ==
		CS_OK) {
		out->leaf.extensions.raw = cs_buf_view(&out->extensions);
		err = cs_mls_leaf_check_extensions(&out->leaf);
	}
	if (err)
		cs_mls_own_leaf_clear(out);
	return err;
}

void
cs_mls_own_leaf_clear(struct cs_mls_own_leaf *l)
{
	cs_buf_free(&l->capabilities);
	cs_buf_free(&l->extensions);
	*l = (struct cs_mls_own_leaf){ 0 };
}

enum cs_err
cs_mls_leaf_check_extensions(const struct cs_mls_leaf *leaf)
{
	struct cs_reader r = cs_reader(leaf->extensions.raw);

	while (cs_reader_more(&r)) {
		struct cs_mls_extension e = cs_mls_ext_next(&r);

		if (!cs_mls_ext_is_default(e.type) &&
		    !cs_mls_u16s_have(leaf->capabilities.extensions, e.type))
			return CS_ERR_UNSUPPORTED;
	}
	return CS_OK;
}
