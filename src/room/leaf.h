/* SPDX-License-Identifier: MIT */
/* What the leaves and key packages of rooms look like. */
#pragma once

#include "countersign/mls.h"
#include "room/owner.h"

/* The one cipher suite of rooms. */
#define CS_ROOM_SUITE CS_SUITE_X25519_AES128
/* Devices of one room, and bytes of their credentials: with the rest of the
 * tree, which is as much again, it fits into one answer of the hub (3 MiB), so
 * that there is always a way in. */
#define CS_ROOM_DEVICES_MAX 5000
#define CS_ROOM_CREDENTIALS_MAX ((size_t)3 << 19)
/* Devices of one account in a room, as in an account. */
#define CS_ROOM_ACCOUNT_DEVICES_MAX 20
/* Types in one list of a leaf's capabilities: what programs name today and as
 * much again.  A leaf without a bound would make the tree too long to give. */
#define CS_ROOM_CAPABILITIES_MAX 16

/* Does the leaf support what members do, and hold nothing else?
 * CS_ERR_CREDENTIAL, CS_ERR_LIMIT, CS_ERR_UNSUPPORTED */
CS_CHECKED enum cs_err cs_room_check_leaf(const struct cs_mls_leaf_view *leaf);

/* The same for extensions of a key package: none but last_resort. */
CS_CHECKED enum cs_err cs_room_check_key_package_extensions(
    struct cs_view extensions);

/*
 * All that a member checks about a key package before using it, and a hub
 * before it hands it out: section 10.1 of RFC 9420, suite, leaf, and whose it
 * is.
 */
CS_CHECKED enum cs_err cs_room_check_key_package(
    struct cs_mls_key_package_info *out, struct cs_room_owner *owner,
    struct cs_view key_package, struct cs_view root_public, uint64_t now_s);
