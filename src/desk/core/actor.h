/* SPDX-License-Identifier: MIT */
/* Who acts, and what each role may do. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum cs_desk_role {
	CS_DESK_REVIEWER = 1,
	CS_DESK_SENIOR = 2,
	CS_DESK_AUDITOR = 3,
	CS_DESK_ADMINISTRATOR = 4,
};

#define CS_DESK_ROLES (CS_DESK_ADMINISTRATOR + 1)
#define CS_DESK_NAME_MAX 32
#define CS_DESK_PSEUDONYM_SIZE 16 /* "R-12345678" and a zero */

/* Somebody who acts.  Number 0 is whoever has the desk's folder and its
 * passphrase, on the command line; they may do everything except be the
 * second person. */
struct cs_desk_actor {
	uint64_t id;
	char name[CS_DESK_NAME_MAX + 1];
	char pseudonym[CS_DESK_PSEUDONYM_SIZE]; /* the name outside the desk */
	enum cs_desk_role role;
	/* How often the password was chosen, and how often an administrator
	 * has reset it: a new password ends older sessions, a reset ends
	 * older tokens. */
	uint32_t passwords, resets;
	uint64_t token; /* of this person, by which a program acts; 0: none */
	/* The other administrator, who has confirmed what this one
	 * proposed; "": nobody. */
	char second[CS_DESK_NAME_MAX + 1];
};

/* Names by role; NULL for 0, which is no role. */
extern const char *const cs_desk_roles[CS_DESK_ROLES];
/* "reviewer" and so on; NULL for a number that is none. */
const char *cs_desk_role_name(enum cs_desk_role role);
/* 0 for a name that is none. */
enum cs_desk_role cs_desk_role_find(const char *name);
extern const struct cs_desk_actor cs_desk_operator;
/* May work on cases, decide, confirm and hear appeals? */
bool cs_desk_works(const struct cs_desk_actor *actor);
/* The same, with the rights of a senior. */
bool cs_desk_is_senior(const struct cs_desk_actor *actor);
bool cs_desk_is_administrator(const struct cs_desk_actor *actor);
