/* SPDX-License-Identifier: MIT */
/*
 * Asking to be let into a group by its link (decision 0037).
 *
 * The link holds a public key whose private half the members have, and the
 * group that it is of; whoever has the link can seal a letter to them.  The hub
 * knows a hash of both, by which it cannot make a letter.
 *
 * rendezvous = SHA-256("countersign/group-link/v1\0" | root32 | key32 | ref32)
 * key        = DeriveKeyPair(secret32) of DHKEM(X25519, HKDF-SHA256)
 * letter     = HPKE(suite 1, info "countersign/group-ask/v1", aad rendezvous,
 *              plain)
 * plain      = u8 1 | u64 at_ms | text<V, 400> | credential<V, 4096> | sig64 |
 *              zeroes up to a multiple of 512
 * sig        = of the device, over "countersign/group-ask/v1\0" |
 *              rendezvous32 | account16 | u64 at_ms | text<V>
 *
 * So the hub can neither read nor invent who asks, nor take somebody's letter
 * to another link, or give it out as somebody else's.
 */
#pragma once

#include "crypto/hpke.h"
#include "franking/credential.h"

#define CS_GROUP_LINK_SECRET_LEN 32
#define CS_GROUP_ASK_TEXT_MAX 400 /* bytes: a sentence or two */

/* Where a link leads: the operator's root, the key, and the group, as stamps
 * name it. */
struct cs_group_link {
	uint8_t root[32];
	uint8_t key[32];
	uint8_t ref[32];
};
/* The key pair of a link; wipe it. */
CS_CHECKED enum cs_err cs_group_link_key(struct cs_hpke_key *out,
    const uint8_t secret[static CS_GROUP_LINK_SECRET_LEN]);
/* What the hub calls it. */
CS_CHECKED enum cs_err cs_group_link_rendezvous(
    uint8_t out[static 32], const struct cs_group_link *link);

struct cs_group_ask {
	uint64_t at_ms;
	struct cs_view text; /* UTF-8, one line or more; may be empty */
	/* Set by cs_group_ask_open(). */
	struct cs_view credential;
	uint8_t proof[CS_SIGNATURE_LEN];
};
/* Append the letter of a device with ${credential}.  CS_ERR_LIMIT,
 * CS_ERR_FORMAT: the text; CS_ERR_KEY: of the link. */
CS_CHECKED enum cs_err cs_group_ask_seal(struct cs_buf *out,
    const struct cs_group_ask *ask, const struct cs_group_link *link,
    struct cs_view credential, const struct cs_sign_key *device_key);
/* ${out} points into ${plain}, which is replaced.  Who wrote it is not proved.
 * CS_ERR_DECRYPT, CS_ERR_FORMAT, CS_ERR_LIMIT, CS_ERR_VERSION */
CS_CHECKED enum cs_err cs_group_ask_open(struct cs_group_ask *out,
    struct cs_buf *plain, struct cs_view letter,
    const struct cs_group_link *link, const struct cs_hpke_key *key);
/* Did a device of ${account}, certified under the link's root at ${now_s},
 * write it, for this link?  ${who} points into the letter. */
CS_CHECKED enum cs_err cs_group_ask_check(struct cs_identity *who,
    const struct cs_group_ask *ask, const struct cs_group_link *link,
    const uint8_t account[static 16], uint64_t now_s);
