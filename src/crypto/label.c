/* SPDX-License-Identifier: MIT */
#include "crypto/label.h"

#include <string.h>

#include "base/writer.h"
#include "crypto/hpke.h"

#define PREFIX "MLS 1.0 "

/*
 * SignContent, EncryptContext and KDFLabel share a shape: opaque<V> of
 * "MLS 1.0 " + label, then opaque<V> of content.  A hash takes it in parts, and
 * nothing has to be copied.  Parts point into their own struct.
 */
#define N_PARTS 5
struct labeled {
	uint8_t label_len[4], content_len[4];
	struct cs_view parts[N_PARTS];
};

static enum cs_err
labeled_init(struct labeled *l, struct cs_view label, struct cs_view content)
{
	size_t a = cs_put_varint(l->label_len, sizeof PREFIX - 1 + label.len);
	size_t b = cs_put_varint(l->content_len, content.len);

	if (a == 0 || b == 0)
		return CS_ERR_LIMIT;
	l->parts[0] = cs_view(l->label_len, a);
	l->parts[1] = cs_view(PREFIX, sizeof PREFIX - 1);
	l->parts[2] = label;
	l->parts[3] = cs_view(l->content_len, b);
	l->parts[4] = content;
	return CS_OK;
}

/* The parts in one piece, on the stack where they are short. */
#define SHORT_MAX 1024
struct joined {
	struct cs_view v;
	uint8_t on_stack[SHORT_MAX];
	struct cs_buf on_heap;
};

static enum cs_err
join(struct joined *j, struct cs_view label, struct cs_view content)
{
	struct labeled l;
	uint8_t *at = j->on_stack;
	enum cs_err err;

	j->v = cs_view(NULL, 0);
	j->on_heap = (struct cs_buf){ 0 };
	if ((err = labeled_init(&l, label, content)))
		return err;
	for (size_t i = 0; i < N_PARTS; i++)
		j->v.len += l.parts[i].len;
	if (j->v.len > SHORT_MAX &&
	    (err = cs_buf_extend(&j->on_heap, j->v.len, &at)))
		return err;
	j->v.data = at;
	for (size_t i = 0; i < N_PARTS; i++)
		if (l.parts[i].len != 0) {
			memcpy(at, l.parts[i].data, l.parts[i].len);
			at += l.parts[i].len;
		}
	return CS_OK;
}

/* What is signed may be plaintext. */
static void
joined_clear(struct joined *j)
{
	if (j->v.data == j->on_stack)
		cs_wipe(j->on_stack, j->v.len);
	cs_buf_free(&j->on_heap);
}

enum cs_err
cs_sign_with_label(uint8_t out[static CS_SIG_MAX], size_t *n,
    const struct cs_signer *key, struct cs_view label, struct cs_view content)
{
	struct joined tbs;
	enum cs_err err;

	if ((err = join(&tbs, label, content)) == CS_OK)
		err = cs_signer_sign(out, n, key, tbs.v);
	joined_clear(&tbs);
	return err;
}

enum cs_err
cs_verify_with_label(enum cs_sig sig, struct cs_view public,
    struct cs_view label, struct cs_view content, struct cs_view signature)
{
	struct joined tbs;
	enum cs_err err;

	if ((err = join(&tbs, label, content)) == CS_OK)
		err = cs_signature_verify(sig, public, tbs.v, signature);
	joined_clear(&tbs);
	return err;
}

enum cs_err
cs_ref_hash(uint8_t *out, const struct cs_suite *suite, struct cs_view label,
    struct cs_view value)
{
	uint8_t label_len[4], value_len[4];
	size_t a = cs_put_varint(label_len, label.len);
	size_t b = cs_put_varint(value_len, value.len);
	/* RefHashInput's label is complete: no prefix is put in front. */
	const struct cs_view parts[] = {
		cs_view(label_len, a),
		label,
		cs_view(value_len, b),
		value,
	};

	if (a == 0 || b == 0)
		return CS_ERR_LIMIT;
	return cs_hash_parts(out, suite->hash, parts, 4);
}

enum cs_err
cs_expand_with_label(uint8_t *out, size_t n, const struct cs_suite *suite,
    struct cs_view secret, struct cs_view label, struct cs_view context)
{
	const uint8_t length[] = { (uint8_t)(n >> 8), (uint8_t)n };
	struct cs_view info[1 + N_PARTS] = { CS_VIEW_OF(length) };
	struct labeled l;
	enum cs_err err;

	if (n > UINT16_MAX)
		return CS_ERR_MISUSE;
	if ((err = labeled_init(&l, label, context)))
		return err;
	memcpy(info + 1, l.parts, sizeof l.parts);
	return cs_hkdf_expand_parts(
	    out, n, suite->hash, secret, info, 1 + N_PARTS);
}

enum cs_err
cs_derive_secret(uint8_t *out, const struct cs_suite *suite,
    struct cs_view secret, struct cs_view label)
{
	return cs_expand_with_label(
	    out, suite->hash_len, suite, secret, label, cs_view(NULL, 0));
}

enum cs_err
cs_derive_tree_secret(uint8_t *out, size_t n, const struct cs_suite *suite,
    struct cs_view secret, struct cs_view label, uint32_t generation)
{
	uint8_t context[4] = {
		(uint8_t)(generation >> 24),
		(uint8_t)(generation >> 16),
		(uint8_t)(generation >> 8),
		(uint8_t)generation,
	};

	return cs_expand_with_label(
	    out, n, suite, secret, label, CS_VIEW_OF(context));
}

enum cs_err
cs_encrypt_context_init(struct cs_encrypt_context *out,
    const struct cs_suite *suite, struct cs_view label, struct cs_view context)
{
	struct joined info;
	enum cs_err err;

	if ((err = join(&info, label, context)) == CS_OK)
		err = cs_hpke_info_init(&out->info, suite, info.v);
	joined_clear(&info);
	return err;
}

enum cs_err
cs_encrypt_to(struct cs_buf *kem_output, struct cs_buf *ciphertext,
    const struct cs_encrypt_context *c, struct cs_view public,
    struct cs_view plain)
{
	uint8_t enc[CS_HPKE_PUBLIC_MAX];
	size_t n = cs_hpke_public_len(c->info.suite->kem);
	size_t before = ciphertext->len;
	struct cs_hpke h;
	enum cs_err err;

	if ((err = cs_hpke_sender(&h, enc, &c->info, public)))
		return err;
	if ((err = cs_hpke_seal(&h, ciphertext, cs_view(NULL, 0), plain)) ==
		CS_OK &&
	    (err = cs_buf_add(kem_output, cs_view(enc, n))) != CS_OK)
		ciphertext->len = before;
	cs_hpke_clear(&h);
	return err;
}

enum cs_err
cs_encrypt_with_label(struct cs_buf *kem_output, struct cs_buf *ciphertext,
    const struct cs_suite *suite, struct cs_view public,
    const struct cs_encrypt_label *as, struct cs_view plain)
{
	struct cs_encrypt_context c;
	enum cs_err err =
	    cs_encrypt_context_init(&c, suite, as->label, as->context);

	if (err)
		return err;
	return cs_encrypt_to(kem_output, ciphertext, &c, public, plain);
}

enum cs_err
cs_decrypt_with_label(struct cs_buf *out, const struct cs_suite *suite,
    const struct cs_hpke_key *key, const struct cs_encrypt_label *as,
    const struct cs_encrypted *in)
{
	struct cs_encrypt_context c;
	struct cs_hpke h = { 0 };
	enum cs_err err;

	if ((err = cs_encrypt_context_init(
		 &c, suite, as->label, as->context)) == CS_OK &&
	    (err = cs_hpke_receiver(&h, &c.info, key, in->kem_output)) == CS_OK)
		err = cs_hpke_open(&h, out, cs_view(NULL, 0), in->ciphertext);
	cs_hpke_clear(&h);
	return err;
}
