/* SPDX-License-Identifier: MIT */
/* Whose desk this is, and why its last call failed. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_desk;

/* Where the hub is, and whose. */
struct cs_desk_hub {
	char name[256];
	char host[256];
	int port;
	uint8_t root[CS_KEY_LEN];
};

/* Why the last function failed, as a sentence; may be empty. */
const char *cs_desk_problem(const struct cs_desk *d);
const struct cs_desk_hub *cs_desk_hub(const struct cs_desk *d);
enum cs_err desk_problem(struct cs_desk *d, enum cs_err err, const char *format,
    ...) __attribute__((format(printf, 3, 4)));
const struct cs_desk_conflict *cs_desk_conflict(const struct cs_desk *d);
