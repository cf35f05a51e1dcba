/* SPDX-License-Identifier: MIT */
/* OpenSSL calls EC_KEY deprecated; see crypto/ecdsa.c. */
#define OPENSSL_SUPPRESS_DEPRECATED

#include "crypto/web_push.h"

#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "crypto/aead.h"
#include "crypto/curve.h"
#include "crypto/ecdsa.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define RECORD_SIZE 4096 /* RFC 8291, section 4: one record is all there is */
#define LAST_RECORD 2    /* RFC 8188, section 2: the delimiter of the last */
#define TEXT_MAX 512
#define DER_MAX 128

/* ---- keys --------------------------------------------------------------- */

enum cs_err
cs_web_push_key_new(struct cs_web_push_key *out)
{
	cs_curve_scalar_new(out->private, CS_P256);
	return cs_curve_public(out->public, CS_P256, out->private);
}

enum cs_err
cs_web_push_key_from(struct cs_web_push_key *out,
    const uint8_t private[static CS_WEB_PUSH_PRIVATE_LEN])
{
	if (!cs_curve_scalar_valid(
		CS_P256, cs_view(private, CS_WEB_PUSH_PRIVATE_LEN)))
		return CS_ERR_KEY;
	memcpy(out->private, private, sizeof out->private);
	return cs_curve_public(out->public, CS_P256, out->private);
}

bool
cs_web_push_public_valid(const uint8_t public[static CS_WEB_PUSH_PUBLIC_LEN])
{
	return cs_curve_point_valid(
	    CS_P256, cs_view(public, CS_WEB_PUSH_PUBLIC_LEN));
}

/* ---- RFC 8291 ----------------------------------------------------------- */

/* Key and nonce of the record (sections 3.3 and 3.4). */
struct record_keys {
	uint8_t key[16], nonce[12];
};

static enum cs_err
derive(struct record_keys *out, const struct cs_web_push_receiver *to,
    const struct cs_web_push_key *once, struct cs_view salt)
{
	static const char info[] = "WebPush: info"; /* each with its zero */
	static const char cek[] = "Content-Encoding: aes128gcm";
	static const char nonce[] = "Content-Encoding: nonce";
	const struct cs_view infos[] = { cs_view(info, sizeof info),
		CS_VIEW_OF(to->public), CS_VIEW_OF(once->public) };
	uint8_t secret[32], prk[CS_SHA256_LEN], ikm[32];
	enum cs_err err;

	if ((err = cs_curve_dh(
		 secret, CS_P256, once->private, CS_VIEW_OF(to->public))) ||
	    (err = cs_hkdf_extract(
		 prk, CS_SHA256, CS_VIEW_OF(to->auth), CS_VIEW_OF(secret))) ||
	    (err = cs_hkdf_expand_parts(
		 ikm, sizeof ikm, CS_SHA256, CS_VIEW_OF(prk), infos, 3)) ||
	    (err = cs_hkdf_extract(prk, CS_SHA256, salt, CS_VIEW_OF(ikm))) ||
	    (err = cs_hkdf_expand(out->key, sizeof out->key, CS_SHA256,
		 CS_VIEW_OF(prk), cs_view(cek, sizeof cek))))
		goto out;
	err = cs_hkdf_expand(out->nonce, sizeof out->nonce, CS_SHA256,
	    CS_VIEW_OF(prk), cs_view(nonce, sizeof nonce));
out:
	cs_wipe(secret, sizeof secret);
	cs_wipe(prk, sizeof prk);
	cs_wipe(ikm, sizeof ikm);
	return err;
}

enum cs_err
cs_web_push_seal_by(struct cs_buf *out, struct cs_view plain,
    const struct cs_web_push_receiver *to, const struct cs_web_push_key *once,
    const uint8_t salt[static CS_WEB_PUSH_SALT_LEN])
{
	const uint8_t size[] = { 0, 0, RECORD_SIZE >> 8, RECORD_SIZE & 255,
		CS_WEB_PUSH_PUBLIC_LEN };
	const uint8_t last = LAST_RECORD;
	struct record_keys keys;
	const struct cs_aead_params params = {
		.aead = CS_AES128GCM,
		.key = CS_VIEW_OF(keys.key),
		.nonce = CS_VIEW_OF(keys.nonce),
	};
	struct cs_buf padded = { 0 };
	enum cs_err err;

	if (plain.len > CS_WEB_PUSH_PLAIN_MAX)
		return CS_ERR_LIMIT;
	if ((err = derive(&keys, to, once,
		 cs_view(salt, CS_WEB_PUSH_SALT_LEN))) == CS_OK &&
	    (err = cs_buf_add(&padded, plain)) == CS_OK &&
	    (err = cs_buf_add(&padded, cs_view(&last, 1))) == CS_OK &&
	    (err = cs_buf_add(out, cs_view(salt, CS_WEB_PUSH_SALT_LEN))) ==
		CS_OK &&
	    (err = cs_buf_add(out, CS_VIEW_OF(size))) == CS_OK &&
	    (err = cs_buf_add(out, CS_VIEW_OF(once->public))) == CS_OK)
		err = cs_aead_seal(out, &params, cs_buf_view(&padded));
	cs_wipe(&keys, sizeof keys);
	cs_buf_free(&padded);
	return err;
}

enum cs_err
cs_web_push_seal(struct cs_buf *out, struct cs_view plain,
    const struct cs_web_push_receiver *to)
{
	struct cs_web_push_key once;
	uint8_t salt[CS_WEB_PUSH_SALT_LEN];
	enum cs_err err = cs_web_push_key_new(&once);

	cs_random(salt, sizeof salt);
	if (err == CS_OK)
		err = cs_web_push_seal_by(out, plain, to, &once, salt);
	cs_wipe(&once, sizeof once);
	return err;
}

/* ---- RFC 8292 ----------------------------------------------------------- */

/* ES256 (RFC 7518, section 3.4): both numbers of the signature, 32 bytes
 * each. */
static enum cs_err
sign_es256(uint8_t out[static 64], const struct cs_web_push_key *key,
    struct cs_view text)
{
	uint8_t der[DER_MAX];
	const uint8_t *at = der;
	ECDSA_SIG *sig = NULL;
	EC_KEY *ec = NULL;
	size_t n = 0;
	enum cs_err err;

	if ((err = cs_ecdsa_key_new(&ec, CS_P256, key->private, key->public)) ||
	    (err = cs_ecdsa_sign(der, &n, CS_P256, ec, text)))
		goto out;
	sig = d2i_ECDSA_SIG(NULL, &at, (long)n);
	if (sig == NULL || BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, 32) != 32 ||
	    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + 32, 32) != 32)
		err = CS_ERR_CRYPTO;
out:
	ECDSA_SIG_free(sig);
	cs_ecdsa_key_free(ec);
	ERR_clear_error();
	return err;
}

static bool
is_plain(const char *s)
{
	size_t n = strlen(s);

	return n != 0 && n < 300 &&
	    strspn(s,
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789.:/@_-") == n;
}

enum cs_err
cs_web_push_vapid(struct cs_buf *out, const struct cs_web_push_key *key,
    const char *audience, const char *subject, uint64_t until_s)
{
	static const char head[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
	char claims[2 * TEXT_MAX], token[4 * TEXT_MAX], signature[96];
	char public[CS_BASE64URL_SIZE(CS_WEB_PUSH_PUBLIC_LEN)];
	uint8_t raw[64];
	size_t n;
	enum cs_err err;

	if (!is_plain(audience) || !is_plain(subject))
		return CS_ERR_FORMAT;
	snprintf(claims, sizeof claims,
	    "{\"aud\":\"%s\",\"exp\":%llu,\"sub\":\"%s\"}", audience,
	    (unsigned long long)until_s, subject);
	cs_base64url(token, cs_view_str(head));
	n = strlen(token);
	token[n++] = '.';
	cs_base64url(token + n, cs_view_str(claims));
	if ((err = sign_es256(raw, key, cs_view_str(token))))
		return err;
	cs_base64url(signature, CS_VIEW_OF(raw));
	cs_base64url(public, CS_VIEW_OF(key->public));
	if ((err = cs_buf_add(out, cs_view_str("vapid t="))) ||
	    (err = cs_buf_add(out, cs_view_str(token))) ||
	    (err = cs_buf_add(out, cs_view_str("."))) ||
	    (err = cs_buf_add(out, cs_view_str(signature))) ||
	    (err = cs_buf_add(out, cs_view_str(",k="))))
		return err;
	return cs_buf_add(out, cs_view_str(public));
}
