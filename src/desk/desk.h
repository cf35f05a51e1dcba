/* SPDX-License-Identifier: MIT */
/*
 * The report desk: what was reported, verified; what was decided, signed.
 *
 * A desk is a folder of its own, on a host of its own: two keys that the
 * operator's root certified (one opens reports, one signs actions), a sealed
 * database, and the encrypted files that reports name.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_hub;

/*
 * Make the desk's folder and keys.  Their public halves are for the operator's
 * root to certify.  CS_ERR_EXISTS: there is a desk already.  A folder that an
 * earlier attempt left without being joined gives the same keys again.
 */
CS_CHECKED enum cs_err cs_desk_init(const char *dir,
    const struct cs_desk_hub *hub, struct cs_view passphrase,
    uint8_t seal_public[static CS_KEY_LEN],
    uint8_t sign_public[static CS_KEY_LEN]);
/* The root has certified the keys. */
CS_CHECKED enum cs_err cs_desk_joined(
    const char *dir, struct cs_view passphrase);
CS_CHECKED enum cs_err cs_desk_needs_passphrase(bool *needed, const char *dir);
/* CS_ERR_NOT_FOUND, CS_ERR_PASSPHRASE, CS_ERR_NEWER, CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err cs_desk_open(
    struct cs_desk **out, const char *dir, struct cs_view passphrase);
void cs_desk_close(struct cs_desk *d);
