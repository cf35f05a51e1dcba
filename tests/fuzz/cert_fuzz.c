/* SPDX-License-Identifier: MIT */
/*
 * The first byte picks what the rest is: a certificate, a credential, a stamp,
 * what travels beside a message, or an operator pin.
 */

#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "franking/operator_pin.h"
#include "franking/safe_aad.h"
#include "franking/stamp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
want(bool holds)
{
	if (!holds)
		abort();
}

static void
device(struct cs_view in, struct cs_view key)
{
	struct cs_device_cert cert;

	if (cs_device_cert_peek(&cert, in) != CS_OK)
		return;
	want(cs_handle_valid(cert.handle));
	want(cert.not_before <= cert.not_after);
	(void)!cs_device_cert_verify(&cert, in, key, 1700000000);
}

static void
credential(struct cs_view in)
{
	struct cs_credential c;
	struct cs_buf out = { 0 };

	if (cs_credential_parse(&c, in) != CS_OK)
		return;
	want(cs_credential_write(&out, &c) == CS_OK);
	want(cs_view_equal(cs_buf_view(&out), in));
	device(c.device_cert, CS_VIEW_OF(c.account_key));
	cs_buf_free(&out);
}

static void
stamp(struct cs_view in)
{
	struct cs_stamp s;
	struct cs_buf out = { 0 };

	if (cs_stamp_parse(&s, in) != CS_OK)
		return;
	want(cs_stamp_write(&out, &s) == CS_OK);
	want(cs_view_equal(cs_buf_view(&out), in));
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
	want(tagged && memcmp(tag, aad.tag, sizeof tag) == 0);
	want(cs_safe_aad_write(&out, &aad) == CS_OK);
	want(cs_view_equal(cs_buf_view(&out), in));
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
