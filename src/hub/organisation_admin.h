/* SPDX-License-Identifier: MIT */
/* Organisations that file notices by a key: what an operator does about them,
 * while the hub runs or not. */
#pragma once

#include "hub/filings/organisation.h"

/* Let the organisation with this key file notices from now on, under this name
 * and for this; one that is there already is changed.  CS_ERR_FORMAT: the name
 * is empty or too long, or no text; CS_ERR_NOT_FOUND: there is no hub. */
CS_CHECKED enum cs_err cs_hub_organisation_set(
    const char *dir, const struct hub_organisation *organisation);
/* Take nothing more from it; what it filed stays.  CS_ERR_NOT_FOUND: it is not
 * there, or there is no hub. */
CS_CHECKED enum cs_err cs_hub_organisation_end(
    const char *dir, const uint8_t key[static CS_KEY_LEN]);

struct cs_hub_organisation_row {
	struct hub_organisation is;
	uint64_t since_ms, ended_ms; /* 0: it has not ended */
	uint64_t filed,
	    late; /* notices; those that were not answered in time */
};
/* Hand out all of them, by name. */
CS_CHECKED enum cs_err cs_hub_organisations(const char *dir, void *arg,
    void (*each)(void *arg, const struct cs_hub_organisation_row *row));
