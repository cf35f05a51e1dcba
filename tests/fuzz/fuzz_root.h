/* SPDX-License-Identifier: MIT */
/* The root key and the request that root_fuzz.c answers and make_seeds.c has
 * the seeds of: always the same. */
#pragma once

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "hub/core/root.h"

#define FUZZ_ROOT_NOW ((uint64_t)1800000000)

static inline struct cs_sign_key
fuzz_root(void)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 7 };
	struct cs_sign_key root;

	if (cs_sign_key_from_seed(&root, seed) != CS_OK)
		abort();
	return root;
}

/* Append it to ${out}. */
static inline void
fuzz_root_request(struct cs_buf *out)
{
	/* The base point of P-256, which needs no private half here. */
	static const char point[] =
	    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
	    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
	struct hub_root_request r = { .made = FUZZ_ROOT_NOW,
		.name = "hub.example" };
	struct cs_sign_key root = fuzz_root();
	uint8_t tls[CS_TLS_PUBLIC_LEN];

	if (cs_unhex(tls, sizeof tls, point) != CS_OK)
		abort();
	memcpy(r.root, root.public, sizeof r.root);
	for (int kind = 1; kind <= HUB_ROOT_KEYS; kind++)
		hub_root_request_add(&r, (enum hub_root_kind)kind,
		    kind == HUB_ROOT_TLS ? tls : root.public);
	if (hub_root_request_write(out, &r) != CS_OK)
		abort();
}
