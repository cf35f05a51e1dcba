/* SPDX-License-Identifier: MIT */
/* The hub's signer without a process: orders are carried out where they are
 * given. */
#pragma once

#include "base/alloc.h"
#include "base/text.h"
#include "hub/core/sign.h"
#include "hub/signing/signer_keys.h"
#include "support/operator.h"

#define HS_WAIT_MAX 64

struct hub_signer {
	struct hub_signing signing;
	struct cs_hub *hub;
	struct hub_keyring *keys;
	struct cs_sign_key stamp, external;
	struct cs_buf answers[HS_WAIT_MAX];
	size_t first, n;
};

static inline enum cs_err
hs_order(void *arg, uint8_t kind, struct cs_view what)
{
	struct hub_signer *s = arg;

	assert_in_range(s->n, 0, HS_WAIT_MAX - 1);
	hub_keyring_carry_out(&s->answers[(s->first + s->n++) % HS_WAIT_MAX],
	    s->keys, kind, what, s->hub->now_ms);
	return CS_OK;
}

static inline enum cs_err
hs_await(void *arg, struct cs_buf *answer)
{
	struct hub_signer *s = arg;

	assert_true(s->n > 0);
	s->n--;
	return cs_buf_set(
	    answer, cs_buf_view(&s->answers[s->first++ % HS_WAIT_MAX]));
}

static inline void
hs_key_file(struct cs_buf *out, const struct cs_sign_key *key)
{
	assert_ok(cs_buf_set(out, CS_VIEW_OF(key->seed)));
}

/* Give ${hub} a signer with fresh keys under ${op}. */
static inline void
hs_init(
    struct hub_signer *s, struct cs_hub *hub, const struct test_operator *op)
{
	uint64_t now = hub->now_ms / CS_SECOND_MS;
	struct hub_key_files f = { 0 };
	struct cs_buf told = { 0 };
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN) + 1];

	memset(s, 0, sizeof *s);
	s->hub = hub;
	s->signing = (struct hub_signing){ hs_order, hs_await, s };
	hub->signing = &s->signing;
	assert_ok(cs_sign_key_new(&s->stamp));
	assert_ok(cs_sign_key_new(&s->external));
	cs_base64url(root, CS_VIEW_OF(op->root.public));
	strcat(root, "\n");
	assert_ok(cs_buf_set(&f.root, cs_view_str(root)));
	hs_key_file(&f.stamp_key, &s->stamp);
	assert_ok(cs_buf_set(&f.names_key, CS_VIEW_OF(op->root.seed)));
	hs_key_file(&f.external_key, &s->external);
	hs_key_file(&f.registrar_key, &op->registrar);
	assert_ok(cs_stamp_key_cert_make(&f.stamp_cert, s->stamp.public,
	    now - CS_HOUR_S, now + 1000 * CS_DAY_S, &op->root));
	assert_ok(cs_role_key_cert_make(&f.external_cert,
	    CS_ROLE_EXTERNAL_SENDER, s->external.public, now - CS_HOUR_S,
	    now + 1000 * CS_DAY_S, &op->root));
	assert_ok(
	    cs_buf_set(&f.registrar_cert, cs_buf_view(&op->registrar_cert)));
	assert_ok(hub_keyring_new(&s->keys, &f, hub->now_ms));
	assert_ok(hub_keyring_tell(&told, s->keys));
	assert_ok(hub_keys_told(hub, cs_buf_view(&told)));
	cs_buf_free(&told);
	hub_key_files_clear(&f);
}

static inline void
hs_clear(struct hub_signer *s)
{
	struct cs_hub *hub = s->hub;

	for (size_t i = 0; i < HS_WAIT_MAX; i++)
		cs_buf_free(&s->answers[i]);
	hub_keyring_free(s->keys);
	cs_signer_free(hub->external_signer);
	hub->external_signer = NULL;
	cs_buf_free(&hub->stamp_cert);
	cs_buf_free(&hub->external_cert);
	cs_buf_free(&hub->registrar_cert);
	cs_wipe(s, sizeof *s);
}
