/* SPDX-License-Identifier: MIT */
/* The queue as pages show it. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;
struct cs_desk_query;
struct desk_accounts;
struct desk_case;

/* Set {items, next, counts} of a page of the queue. */
CS_CHECKED enum cs_err cs_desk_cases(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct cs_desk_query *q);
/* Set what a list shows of a case, and why it has its place. */
void desk_show_case_row(json_t *o, const struct desk_case *c, enum cs_err *err);
/* Set the array ${key} of {id, handle}. */
void desk_show_accounts(json_t *o, const char *key,
    const struct desk_accounts *accounts, enum cs_err *err);
