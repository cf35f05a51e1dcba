/* SPDX-License-Identifier: MIT */
/* What a browser brings for a passkey.  The first byte says what the rest
 * is: client data, an attestation object, or authenticator data of a passkey
 * that is used or made. */
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "crypto/suite.h"
#include "desk/people/passkey_check.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of the seeds: WebAuthn Level 3, section 16.2. */
static const char challenge_hex[] = "00c30fb78531c464d2b6771dab8d7b603c01162f2f"
				    "a486bea70f283ae556e130";
#define HEAD_LEN 37 /* of authenticator data, before what is optional */
#define AAGUID_LEN 16

static void
client_data(struct cs_view in)
{
	uint8_t challenge[DESK_PASSKEY_CHALLENGE_LEN];
	struct desk_passkey_wanted w = { .rp_id = "example.org",
		.origin = "https://example.org",
		.challenge = challenge };
	bool made, used;

	fuzz_want(
	    cs_unhex(challenge, sizeof challenge, challenge_hex) == CS_OK);
	made = desk_passkey_client_check(in, &w, "webauthn.create") == CS_OK;
	used = desk_passkey_client_check(in, &w, "webauthn.get") == CS_OK;
	fuzz_want(!made || !used);
	fuzz_want(in.len <= DESK_PASSKEY_CLIENT_DATA_MAX || (!made && !used));
	/* Nor of any other challenge. */
	challenge[0] ^= 1;
	fuzz_want(!made ||
	    desk_passkey_client_check(in, &w, "webauthn.create") != CS_OK);
}

static void
credential(const struct desk_passkey_data *d)
{
	fuzz_want(d->id.len >= 1 && d->id.len <= DESK_PASSKEY_ID_MAX);
	fuzz_want((d->key.sig == CS_ECDSA_P256 && d->key.len == 65 &&
		      d->key.public[0] == 4) ||
	    (d->key.sig == CS_ED25519 && d->key.len == 32));
}

/* Writing what was parsed gives the same bytes. */
static void
authenticator_data(struct cs_view in, enum desk_passkey_use use)
{
	struct desk_passkey_data d;
	struct cs_buf out = { 0 };
	struct cs_writer w = cs_writer(&out);

	if (desk_passkey_data_parse(&d, in, use) != CS_OK)
		return;
	cs_write_bytes(&w, d.rp_id_hash);
	cs_write_u8(&w, d.flags);
	cs_write_u32(&w, d.count);
	fuzz_want(out.len == HEAD_LEN);
	if (use == DESK_PASSKEY_MAKE) {
		credential(&d);
		cs_write_bytes(&w, cs_view(in.data + HEAD_LEN, AAGUID_LEN));
		cs_write_u16(&w, (uint16_t)d.id.len);
		cs_write_bytes(&w, d.id);
	}
	fuzz_want(cs_writer_end(&w) == CS_OK && out.len <= in.len);
	fuzz_want(memcmp(out.data, in.data, out.len) == 0);
	if ((d.flags & DESK_PASSKEY_ED) == 0)
		fuzz_want(in.len - out.len ==
		    (use == DESK_PASSKEY_SIGN_IN      ? 0u
			    : d.key.sig == CS_ED25519 ? 42u
						      : 77u));
	cs_buf_free(&out);
}

static void
attestation(struct cs_view in)
{
	struct desk_passkey_data d;

	if (desk_passkey_attestation_parse(&d, in) != CS_OK)
		return;
	credential(&d);
	fuzz_want(d.rp_id_hash.len == 32);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in;

	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		client_data(in);
		break;
	case 1:
		attestation(in);
		break;
	default:
		authenticator_data(in,
		    data[0] % 4 == 3 ? DESK_PASSKEY_MAKE
				     : DESK_PASSKEY_SIGN_IN);
	}
	return 0;
}
