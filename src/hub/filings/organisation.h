/* SPDX-License-Identifier: MIT */
/* Organisations whose keys the operator knows. */
#pragma once

#include "hub/core/hub.h"
#include "wire/filings.h"

struct hub_organisation {
	uint8_t key[CS_KEY_LEN];
	char name[CS_WIRE_ORGANISATION_MAX + 1];
	char scope[CS_WIRE_ORGANISATION_MAX + 1]; /* may be empty */
	bool trusted; /* a trusted flagger (DSA, article 22) */
};

/* The one with this key, whether it may still file or not.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err hub_organisation_find(struct hub_organisation *out,
    struct cs_db *db, const uint8_t key[static CS_KEY_LEN]);

/* May it file something?  CS_WIRE_E_ORGANISATION. */
CS_CHECKED enum cs_err hub_organisation_check(
    struct hub_request *rq, const uint8_t key[static CS_KEY_LEN]);
