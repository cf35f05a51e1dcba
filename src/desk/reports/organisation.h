/* SPDX-License-Identifier: MIT */
/*
 * Organisations by the keys that sign what they file.  A key belongs to the
 * name under which the hub handed it in first, as long as nobody at the desk
 * says otherwise: a name that comes with another key, or a key with another
 * name, is told apart from what was known, each time.  Names that look alike
 * are one.
 */
#pragma once

#include "crypto/sign.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_filing;

enum desk_key_state {
	DESK_KEY_NONE = 0,       /* filed by nobody's key */
	DESK_KEY_UNPROVED = 1,   /* the same: the key has not signed it */
	DESK_KEY_FIRST = 2,      /* neither key nor name had come before */
	DESK_KEY_KNOWN = 3,      /* the key that has that name */
	DESK_KEY_OTHER_KEY = 4,  /* another key has that name */
	DESK_KEY_OTHER_NAME = 5, /* the key has another name */
};

/* Fill in how ${f} compares with what is known: key_state, key_before and
 * name_before, by organisation and name, which has signed. */
CS_CHECKED enum cs_err desk_organisation_look(
    struct cs_desk *d, struct desk_filing *f);
/* Remember the key of ${f} under its name; in a transaction. */
CS_CHECKED enum cs_err desk_organisation_keep(
    struct cs_desk *d, const struct desk_filing *f);

/* Let the key of the notice ${number} have the name that it came with from now
 * on, beside other keys that have it; that notice is of a known key then.  An
 * administrator's; CS_ERR_NOT_FOUND: it was filed by nobody's key. */
CS_CHECKED enum cs_err cs_desk_organisation_accept(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t number);
