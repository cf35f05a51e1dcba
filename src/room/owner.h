/* SPDX-License-Identifier: MIT */
/* Whose device a leaf is. */
#pragma once

#include "base/units.h"
#include "countersign/mls.h"

/* What a credential says.  ${handle} points into it. */
struct cs_room_owner {
	uint8_t account[CS_ID_LEN], device[CS_ID_LEN];
	uint8_t account_key[CS_KEY_LEN];
	struct cs_view handle;
};

/* Read it from a credential that was let in: nothing is verified.
 * CS_ERR_CREDENTIAL: it is of no device. */
CS_CHECKED enum cs_err cs_room_owner_of(
    struct cs_room_owner *out, const struct cs_mls_credential *credential);

/* The same, and all of it is proved under ${root_public}; it may have expired.
 * What is wrong with it, as cs_identity_prove() says. */
CS_CHECKED enum cs_err cs_room_verify_credential(struct cs_room_owner *out,
    const struct cs_mls_credential *credential, struct cs_view root_public);

/*
 * What hub and members check alike when MLS asks about a member's leaf: the
 * account and its device are certified under the operator's ${root_public},
 * the device is certified for the key of the leaf, and a leaf stays with its
 * device and key, whose certificates may be replaced by some that last longer.
 * At ${now_s} they have to be valid if the leaf or the certificates are new;
 * what stands in a tree already, or follows itself, may have grown old.
 * CS_ERR_CREDENTIAL, or what is wrong with the certificates.
 */
CS_CHECKED enum cs_err cs_room_check_credential(struct cs_room_owner *out,
    const struct cs_mls_auth_request *request, struct cs_view root_public,
    uint64_t now_s);
