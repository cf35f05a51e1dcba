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

const struct cs_desk_hub *cs_desk_hub(const struct cs_desk *d);
const struct cs_desk_conflict *cs_desk_conflict(const struct cs_desk *d);
