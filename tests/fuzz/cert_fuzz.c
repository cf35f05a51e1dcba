/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks what the rest is: a certificate, a credential, a stamp,
 * what travels beside a message, an operator pin, a revocation, or words.
 */

#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "franking/operator_pin.h"
#include "franking/recovery.h"
#include "franking/revocation.h"
#include "franking/safe_aad.h"
#include "franking/stamp.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
device(struct cs_view in, struct cs_view key)
{
	struct cs_device_cert cert;

	if (cs_device_cert_peek(&cert, in) != CS_OK)
		return;
	fuzz_want(cs_handle_valid(cert.handle));
	fuzz_want(cert.not_before <= cert.not_after);
	(void)!cs_device_cert_verify(&cert, in, key, 1700000000);
}

static void
credential(struct cs_view in)
{
	static const uint8_t root[32];
	struct cs_identity identity;
	struct cs_credential c;
	struct cs_buf out = { 0 };

	if (cs_identity_peek(&identity, in) == CS_OK)
		fuzz_want(identity.n != 0 && identity.n <= CS_CHAIN_MAX);
	fuzz_want(cs_identity_verify(
		      &identity, in, CS_VIEW_OF(root), 1700000000) != CS_OK);
	if (cs_credential_parse(&c, in) != CS_OK)
		return;
	fuzz_want(cs_credential_write(&out, &c) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_reset(&out);
	fuzz_want(cs_credential_write_devices(&out, &c) == CS_OK);
	fuzz_want(cs_credential_parse_devices(&c, cs_buf_view(&out)) == CS_OK);
	cs_buf_free(&out);
}

static void
revocation(struct cs_view in)
{
	static const uint8_t root[32];
	struct cs_revocation r;
	struct cs_identity signer;
	enum cs_revocation_by by;
	struct cs_view next;

	if (cs_revocation_peek(&r, in) == CS_OK)
		fuzz_want(r.n_kept <= CS_REVOCATION_KEPT_MAX);
	(void)cs_revocation_succeeds(&next, r.device, in);
	fuzz_want(cs_revocation_verify(
		      &r, &signer, &by, in, CS_VIEW_OF(root)) != CS_OK);
}

/* Words that are read are those that are written. */
static void
words(struct cs_view in)
{
	char text[512], again[CS_RECOVERY_TEXT_SIZE];
	struct cs_recovery r, same;
	int word;

	if (in.len >= sizeof text)
		return;
	if (in.len != 0)
		memcpy(text, in.data, in.len);
	text[in.len] = '\0';
	if (cs_recovery_read(&r, &word, text) != CS_OK)
		return;
	fuzz_want(cs_recovery_write(again, &r) == CS_OK);
	fuzz_want(cs_recovery_read(&same, &word, again) == CS_OK);
	fuzz_want(memcmp(&r, &same, sizeof r) == 0);
}

static void
stamp(struct cs_view in)
{
	struct cs_stamp s;
	struct cs_buf out = { 0 };

	if (cs_stamp_parse(&s, in) != CS_OK)
		return;
	fuzz_want(cs_stamp_write(&out, &s) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
}

static void
safe_aad(struct cs_view in)
{
	struct cs_safe_aad aad;
	struct cs_buf out = { 0 };
	uint8_t tag[32];
	bool tagged = cs_safe_aad_tag(tag, in) == CS_OK;

	if (cs_safe_aad_parse(&aad, in) != CS_OK)
		return;
	/* What a recipient takes, a hub has taken, with the same tag. */
	fuzz_want(tagged && memcmp(tag, aad.tag, sizeof tag) == 0);
	fuzz_want(cs_safe_aad_write(&out, &aad) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zero[32];
	struct cs_view key = CS_VIEW_OF(zero), in;
	struct cs_franking_operator_pin pin;
	struct cs_stamp_key_cert stamp_key;
	struct cs_role_key_cert role;

	if (cs_crypto_init() != CS_OK)
		abort();
	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	switch (data[0]) {
	case 0:
		device(in, key);
		break;
	case 1:
		(void)!cs_stamp_key_cert_verify(&stamp_key, in, key, 0);
		break;
	case 2:
		(void)!cs_role_key_cert_verify(
		    &role, in, key, CS_ROLE_DESK_HPKE, 0);
		break;
	case 3:
		credential(in);
		break;
	case 7:
		revocation(in);
		break;
	case 8:
		words(in);
		break;
	case 4:
		stamp(in);
		break;
	case 5:
		safe_aad(in);
		break;
	default:
		(void)!cs_franking_operator_pin_find(&pin, in);
	}
	return 0;
}
