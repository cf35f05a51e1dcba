/* SPDX-License-Identifier: MIT */
/*
 * A member's side for a page: methods with names, that take and give JSON.
 *
 * methods.json says what there is; the page's types are made of it.  A READ
 * only looks at what is stored, and may be asked while a CALL waits for the
 * hub; CALLs go one at a time.  The same table answers in the local program
 * and in a browser's Worker.
 *
 * Photos and files go by way of the exchange folder: the program above puts
 * them there and fetches them from there, by names of a-z 0-9 and -.
 */
#pragma once

#include "base/bytes.h"

struct cs_member;

struct cs_member_config {
	const char *home;
	const char *exchange; /* a folder, which exists */
	bool alone;           /* no other program uses the home meanwhile */
	/* Something happened: a JSON object with the member "event".  May be
	 * called during any other function. */
	void (*event)(void *arg, struct cs_view json);
	void *arg;
};

/* The strings of ${config} live as long as ${*out}. */
CS_CHECKED enum cs_err cs_member_new(
    struct cs_member **out, const struct cs_member_config *config);
void cs_member_free(struct cs_member *m);

enum cs_member_kind { CS_MEMBER_NONE, CS_MEMBER_READ, CS_MEMBER_CALL };
/* What ${method} is; NONE: there is no such method. */
enum cs_member_kind cs_member_kind(const char *method);

/*
 * Do what ${method} says, with ${take}, an object as JSON, or nothing.
 * ${answer} gets {"give": ...} or {"error": {"code", "sentence"}} in the place
 * of what it holds.  CS_ERR_NOMEM: not even that.
 */
CS_CHECKED enum cs_err cs_member_do(struct cs_member *m, const char *method,
    struct cs_view take, struct cs_buf *answer);

/*
 * Between two CALLs: wait at most ${timeout_ms} for what is new, and fetch it.
 * Ends early when cs_member_hurry() was called.  True: there is a connection,
 * so that it is worth calling again.
 */
bool cs_member_turn(struct cs_member *m, int timeout_ms);
/* Is what is waited for no more than news, so that a CALL goes first? */
bool cs_member_waits(const struct cs_member *m);
/* From whatever is called while the hub is waited for. */
void cs_member_hurry(struct cs_member *m);
