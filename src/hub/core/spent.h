/* SPDX-License-Identifier: MIT */
/*
 * What accounts have spent of the budgets that each request takes from.
 *
 * In memory, and on disk some seconds later: a hub that is killed forgets what
 * was spent in the last of them, and nobody can have it killed at will.
 */
#pragma once

#include "hub/core/hub.h"

struct hub_spent {
	uint64_t since_ms, n;
};

/* The row of what ${scope} has spent of the budget called ${name}; nothing
 * since now, if there is none. */
CS_CHECKED enum cs_err hub_spent_load(struct hub_spent *out, struct cs_hub *hub,
    const char *name, struct cs_view scope);
CS_CHECKED enum cs_err hub_spent_store(struct cs_hub *hub, const char *name,
    struct cs_view scope, const struct hub_spent *s);

/* Time between spending and the disk. */
#define HUB_SPENT_WRITE_MS (5 * CS_SECOND_MS)

/* What ${account} has spent of the budget ${id}, which is called ${name};
 * ${*out} is the table's, until the next call. */
CS_CHECKED enum cs_err hub_spent_find(struct hub_spent **out,
    struct cs_hub *hub, unsigned id, const char *name,
    const uint8_t account[static CS_ID_LEN]);
/* It was changed by the caller. */
void hub_spent_changed(struct cs_hub *hub, struct hub_spent *s);

/* Write what was changed, in the round's transaction; ${all}: not only some
 * when it is time. */
CS_CHECKED enum cs_err hub_spent_write(struct cs_hub *hub, bool all);
void hub_spent_free(struct cs_hub *hub);
