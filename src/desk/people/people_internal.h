/* SPDX-License-Identifier: MIT */
/* The row of a person. */
#pragma once

#include "desk/people/people.h"

struct desk_person {
	struct cs_desk_who who;
	json_t *doc;
	bool disabled, active;
};
/* CS_ERR_NOT_FOUND; ${out} is to be cleared in any case. */
CS_CHECKED enum cs_err desk_person_load(
    struct desk_person *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err desk_person_save(
    struct cs_desk *d, const struct desk_person *p);
void desk_person_clear(struct desk_person *p);

/* ---- passkey.c ---------------------------------------------------------- */

/* All passkeys of ${person} are gone; inside a transaction. */
CS_CHECKED enum cs_err desk_passkeys_forget(struct cs_desk *d, uint64_t person);
