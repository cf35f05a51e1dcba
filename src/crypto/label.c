/* SPDX-License-Identifier: MIT */
#include "crypto/label.h"

#include "base/writer.h"

#define PREFIX "MLS 1.0 "

/* opaque<V> of "MLS 1.0 " + label. */
static void
write_label(struct cs_writer *w, struct cs_view label)
{
	cs_write_varint(w, sizeof PREFIX - 1 + label.len);
	cs_write_bytes(w, cs_view(PREFIX, sizeof PREFIX - 1));
	cs_write_bytes(w, label);
}

/* SignContent and EncryptContext have one shape: label<V>, content<V>. */
static enum cs_err
labeled(struct cs_buf *out, struct cs_view label, struct cs_view content)
{
	struct cs_writer w = cs_writer(out);

	write_label(&w, label);
	cs_write_vec(&w, content);
	return cs_writer_end(&w);
}

enum cs_err
cs_sign_with_label(uint8_t out[static CS_SIGNATURE_LEN],
    const struct cs_sign_key *key, struct cs_view label, struct cs_view content)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = labeled(&tbs, label, content)) == CS_OK)
		err = cs_sign(out, key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_verify_with_label(struct cs_view public, struct cs_view label,
    struct cs_view content, struct cs_view signature)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	if ((err = labeled(&tbs, label, content)) == CS_OK)
		err = cs_sign_verify(public, cs_buf_view(&tbs), signature);
	cs_buf_free(&tbs);
	return err;
}

enum cs_err
cs_ref_hash(uint8_t *out, const struct cs_suite *suite, struct cs_view label,
    struct cs_view value)
{
	struct cs_buf in = { 0 };
	struct cs_writer w = cs_writer(&in);
	struct cs_view v;
	enum cs_err err;

	/* RefHashInput's label is complete: no prefix is put in front. */
	cs_write_vec(&w, label);
	cs_write_vec(&w, value);
	v = cs_buf_view(&in);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hash_parts(out, suite->hash, &v, 1);
	cs_buf_free(&in);
	return err;
}

enum cs_err
cs_expand_with_label(uint8_t *out, size_t n, const struct cs_suite *suite,
    struct cs_view secret, struct cs_view label, struct cs_view context)
{
	struct cs_buf info = { 0 };
	struct cs_writer w = cs_writer(&info);
	enum cs_err err;

	if (n > UINT16_MAX)
		return CS_ERR_MISUSE;
	cs_write_u16(&w, (uint16_t)n);
	write_label(&w, label);
	cs_write_vec(&w, context);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_hkdf_expand(
		    out, n, suite->hash, secret, cs_buf_view(&info));
	cs_buf_free(&info);
	return err;
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
cs_encrypt_with_label(struct cs_buf *kem_output, struct cs_buf *ciphertext,
    const struct cs_suite *suite, struct cs_view public, struct cs_view label,
    struct cs_view context, struct cs_view plain)
{
	uint8_t enc[CS_X25519_LEN];
	struct cs_hpke h = { 0 };
	struct cs_buf info = { 0 };
	enum cs_err err;

	if ((err = labeled(&info, label, context)) ||
	    (err = cs_hpke_sender(
		 &h, enc, suite, public, cs_buf_view(&info))) ||
	    (err = cs_hpke_seal(&h, ciphertext, cs_view(NULL, 0), plain)) ||
	    (err = cs_buf_add(kem_output, CS_VIEW_OF(enc))))
		goto out;
out:
	cs_hpke_clear(&h);
	cs_buf_free(&info);
	return err;
}

enum cs_err
cs_decrypt_with_label(struct cs_buf *out, const struct cs_suite *suite,
    const struct cs_hpke_key *key, struct cs_view label, struct cs_view context,
    struct cs_view kem_output, struct cs_view ciphertext)
{
	struct cs_hpke h = { 0 };
	struct cs_buf info = { 0 };
	enum cs_err err;

	if ((err = labeled(&info, label, context)) ||
	    (err = cs_hpke_receiver(
		 &h, suite, key, kem_output, cs_buf_view(&info))) ||
	    (err = cs_hpke_open(&h, out, cs_view(NULL, 0), ciphertext)))
		goto out;
out:
	cs_hpke_clear(&h);
	cs_buf_free(&info);
	return err;
}
