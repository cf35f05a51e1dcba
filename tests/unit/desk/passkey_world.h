/* SPDX-License-Identifier: MIT */
/* An authenticator and its browser. */
#pragma once

#include <stdio.h>

#include "base/text.h"
#include "base/writer.h"
#include "content/cbor.h"
#include "crypto/hash.h"
#include "crypto/signer.h"
#include "crypto/suite.h"
#include "desk/people/passkey_check.h"
#include "support/test.h"

#define SITE "desk.example"
#define ORIGIN "https://desk.example:7744"

/* What the authenticator has, and what is to be wrong in its answers. */
struct authenticator {
	struct cs_signer *key;
	uint8_t id[32], handle[32];
	const char *rp_id;
	uint8_t flags;
	uint32_t count;
	struct cs_view extensions;
};

static const uint8_t challenge[DESK_PASSKEY_CHALLENGE_LEN] = "what to sign";
static const struct desk_passkey_wanted site = {
	.rp_id = SITE, .origin = ORIGIN, .challenge = challenge
};

static inline void
authenticator_init(struct authenticator *a, enum cs_sig sig)
{
	memset(a, 0, sizeof *a);
	assert_ok(cs_signer_new(&a->key, sig));
	memset(a->id, sig, sizeof a->id);
	a->rp_id = SITE;
	a->flags = DESK_PASSKEY_UP | DESK_PASSKEY_UV;
}

static inline void
authenticator_clear(struct authenticator *a)
{
	cs_signer_free(a->key);
	memset(a, 0, sizeof *a);
}

/* clientDataJSON; ${more} goes before its end. */
static inline void
client_data(struct cs_buf *out, const char *type, const uint8_t *bytes,
    const char *origin, const char *more)
{
	char b64[CS_BASE64URL_SIZE(DESK_PASSKEY_CHALLENGE_LEN)], text[4096];

	cs_base64url(b64, cs_view(bytes, DESK_PASSKEY_CHALLENGE_LEN));
	snprintf(text, sizeof text,
	    "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\"%s}", type,
	    b64, origin, more);
	assert_ok(cs_buf_set(out, cs_view_str(text)));
}

static inline void
write_nint(struct cs_writer *w, unsigned minus)
{
	cs_write_u8(w, (uint8_t)(0x20 | (minus - 1)));
}

/* RFC 9053, section 7. */
static inline void
write_cose(struct cs_writer *w, const struct cs_signer *key)
{
	bool ec = cs_signer_sig(key) == CS_ECDSA_P256;
	struct cs_view public = cs_signer_public(key);

	cs_cbor_write_map(w, ec ? 5 : 4);
	cs_cbor_write_uint(w, 1);
	cs_cbor_write_uint(w, ec ? 2 : 1);
	cs_cbor_write_uint(w, 3);
	write_nint(w, ec ? 7 : 8);
	write_nint(w, 1);
	cs_cbor_write_uint(w, ec ? 1 : 6);
	write_nint(w, 2);
	cs_cbor_write_bytes(w, cs_view(public.data + (ec ? 1 : 0), 32));
	if (ec) {
		write_nint(w, 3);
		cs_cbor_write_bytes(w, cs_view(public.data + 33, 32));
	}
}

/* Authenticator data, with the credential if it is being made. */
static inline void
authenticator_data(struct cs_buf *out, const struct authenticator *a, bool made)
{
	struct cs_writer w = cs_writer(out);
	uint8_t hash[32], flags = a->flags, aaguid[16] = { 0 };

	assert_ok(cs_sha256(hash, cs_view_str(a->rp_id)));
	cs_buf_reset(out);
	if (made)
		flags |= DESK_PASSKEY_AT;
	if (a->extensions.len != 0)
		flags |= DESK_PASSKEY_ED;
	cs_write_bytes(&w, CS_VIEW_OF(hash));
	cs_write_u8(&w, flags);
	cs_write_u32(&w, a->count);
	if (made) {
		cs_write_bytes(&w, CS_VIEW_OF(aaguid));
		cs_write_u16(&w, sizeof a->id);
		cs_write_bytes(&w, CS_VIEW_OF(a->id));
		write_cose(&w, a->key);
	}
	cs_write_bytes(&w, a->extensions);
	assert_ok(cs_writer_end(&w));
}

static inline void
attestation_of(struct cs_buf *out, const char *format, struct cs_view statement,
    struct cs_view data)
{
	struct cs_writer w = cs_writer(out);

	cs_buf_reset(out);
	cs_cbor_write_map(&w, 3);
	cs_cbor_write_text(&w, cs_view_str("fmt"));
	cs_cbor_write_text(&w, cs_view_str(format));
	cs_cbor_write_text(&w, cs_view_str("attStmt"));
	cs_write_bytes(&w, statement);
	cs_cbor_write_text(&w, cs_view_str("authData"));
	cs_cbor_write_bytes(&w, data);
	assert_ok(cs_writer_end(&w));
}

static inline void
attestation(struct cs_buf *out, const struct authenticator *a)
{
	struct cs_buf data = { 0 };

	authenticator_data(&data, a, true);
	attestation_of(out, "none", cs_test_unhex("a0"), cs_buf_view(&data));
	cs_buf_free(&data);
}

static inline void
sign(struct cs_buf *out, const struct cs_signer *key, struct cs_view data,
    struct cs_view client)
{
	uint8_t signature[CS_SIG_MAX], hash[32];
	struct cs_buf message = { 0 };
	size_t n;

	assert_ok(cs_sha256(hash, client));
	assert_ok(cs_buf_add(&message, data));
	assert_ok(cs_buf_add(&message, CS_VIEW_OF(hash)));
	assert_ok(cs_signer_sign(signature, &n, key, cs_buf_view(&message)));
	assert_ok(cs_buf_set(out, cs_view(signature, n)));
	cs_buf_free(&message);
}
