/* SPDX-License-Identifier: MIT */
/* A case and an account as the console shows them. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;

#define CS_DESK_ITEMS_PAGE 200 /* items of a case at once */

/* Everything of one, items after number ${items_after}. */
CS_CHECKED enum cs_err cs_desk_case_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, uint64_t items_after);
/* Cases, decisions and appeals of an account. */
CS_CHECKED enum cs_err cs_desk_account_show(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const uint8_t account[static 16]);
