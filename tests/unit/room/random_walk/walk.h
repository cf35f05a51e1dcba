/* SPDX-License-Identifier: MIT */
/* What the parts of the walk through rooms share. */
#pragma once

#include "base/alloc.h"
#include "client/home/client.h"
#include "crypto/random.h"
#include "support/client_world.h"
#include "support/hub_world.h"

#define MAX_DEVICES 12
#define MAX_SUSPECTS 4096

/* One device: what its user has, and its connection to the hub. */
struct walker {
	struct cw_person keys;
	const char *handle;
	bool lies;
	struct cs_client *c;
	struct hub_conn conn;
	size_t entered; /* bytes of c->entered when last looked at */
};

/* Where the hub took what only members can see to be wrong. */
struct suspect {
	uint8_t group[CS_WIRE_GROUP_ID_MAX];
	size_t group_len;
	uint64_t epoch;
};

struct walk {
	uint64_t stream;
	struct hub_world w;
	struct walker v[MAX_DEVICES];
	size_t n;
	unsigned groups; /* made so far, for their names */

	struct suspect suspects[MAX_SUSPECTS];
	size_t n_suspects;

	unsigned long deeds, lies, taken, garbled, returns, by_hand, unjoined;
};

/* ---- world.c ------------------------------------------------------------- */

void walk_begin(struct walk *w, uint64_t seed);
void walk_end(struct walk *w);
size_t walk_below(struct walk *w, size_t n);
bool walk_once_in(struct walk *w, size_t n);
/* Is the account of ${m} in good standing, and the device one of it? */
bool walk_is_welcome(struct walk *w, const struct walker *m);
/* The device that ${s} is the session of. */
struct walker *walk_of_session(const struct cs_session *s);
/* A request of ${m} as the hub handles it; CS_ERR_DENIED: see the session. */
enum cs_err walk_ask(struct walker *m, uint8_t kind,
    const struct cs_wire_shape *shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
/* The hub does what it owes. */
void walk_hub_works(struct walk *w);

/* ---- deeds.c ------------------------------------------------------------- */

/* Somebody honest, or the operator, does something. */
void walk_deed(struct walk *w);

/* ---- lies.c -------------------------------------------------------------- */

/* A group of ${m}, by chance; false: it is in none.  The caller clears it. */
bool walk_some_group(struct walk *w, struct walker *m, struct client_group *g);
/* A liar's program tries something. */
void walk_lie(struct walk *w);
