/* SPDX-License-Identifier: MIT */
/* An operator who registers accounts: its keys are always the same, so that
 * worlds of one test agree on them. */
#pragma once

#include "base/units.h"
#include "franking/credential.h"
#include "support/test.h"

struct test_operator {
	struct cs_sign_key root, registrar;
	struct cs_buf registrar_cert;
	uint64_t now_s;
};

/* Certificates are good for ten years before and after ${now_s}. */
static inline void
test_operator_init(struct test_operator *o, uint64_t now_s)
{
	uint8_t seed[CS_SIGN_SEED_LEN];
	const uint64_t years = 10 * 365 * CS_DAY_S;

	memset(o, 0, sizeof *o);
	o->now_s = now_s;
	memset(seed, 0x52, sizeof seed);
	assert_ok(cs_sign_key_from_seed(&o->root, seed));
	memset(seed, 0x47, sizeof seed);
	assert_ok(cs_sign_key_from_seed(&o->registrar, seed));
	assert_ok(cs_role_key_cert_make(&o->registrar_cert, CS_ROLE_REGISTRAR,
	    o->registrar.public, now_s - years, now_s + years, &o->root));
}

static inline void
test_operator_clear(struct test_operator *o)
{
	cs_buf_free(&o->registrar_cert);
}

/* The credential of a first device: ${device} signed by the account's key, and
 * its account and name registered. */
static inline void
test_credential(struct cs_buf *out, const struct test_operator *o,
    const struct cs_device_cert *device, const struct cs_sign_key *account_key)
{
	struct cs_account_cert account = {
		.handle = device->handle,
		.from_ms = (o->now_s - CS_DAY_S) * CS_SECOND_MS,
	};
	struct cs_credential credential = { .n = 1 };
	struct cs_buf account_cert = { 0 }, device_cert = { 0 };

	memcpy(account.account, device->account, 16);
	memcpy(account.account_key, account_key->public, 32);
	assert_ok(cs_account_cert_make(&account_cert, &account, &o->registrar));
	assert_ok(cs_device_cert_make(&device_cert, device, account_key));
	credential.registrar_cert = cs_buf_view(&o->registrar_cert);
	credential.account_cert = cs_buf_view(&account_cert);
	credential.devices[0] = cs_buf_view(&device_cert);
	cs_buf_reset(out);
	assert_ok(cs_credential_write(out, &credential));
	cs_buf_free(&account_cert);
	cs_buf_free(&device_cert);
}

/* The credential of a device that the one of ${issuer} lets in. */
static inline void
test_credential_next(struct cs_buf *out, struct cs_view issuer,
    const struct cs_device_cert *device, const struct cs_sign_key *issuer_key)
{
	struct cs_credential credential;
	struct cs_buf device_cert = { 0 };

	assert_ok(cs_credential_parse(&credential, issuer));
	assert_ok(cs_device_cert_make(&device_cert, device, issuer_key));
	assert_true(credential.n < CS_CHAIN_MAX);
	credential.devices[credential.n++] = cs_buf_view(&device_cert);
	cs_buf_reset(out);
	assert_ok(cs_credential_write(out, &credential));
	cs_buf_free(&device_cert);
}
