/* SPDX-License-Identifier: MIT */
/* An account as pages show it: its cases, decisions and appeals. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;
struct cs_desk_actor;

/* CS_ERR_NOT_FOUND if the account was never reported. */
CS_CHECKED enum cs_err cs_desk_account_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static CS_ID_LEN]);

/* How many reports an account has made, and how many did not verify. */
struct desk_reliability {
	uint64_t reports, rejected;
};
CS_CHECKED enum cs_err desk_reliability_of(struct desk_reliability *out,
    struct cs_desk *d, const uint8_t account[static CS_ID_LEN]);
