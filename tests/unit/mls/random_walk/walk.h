/* SPDX-License-Identifier: MIT */
/* What the parts of the random walk share. */
#pragma once

#include "mls/group.h"
#include "support/mls_world.h"

#define MAX_WALKERS 64
#define MAX_MEMBERS 50
#define MAX_LATE 8
#define MAX_NEWS 8 /* what is by value in one commit, or waits to be */

enum kind { MAIL, PROPOSAL, COMMIT };

/* What the delivery service has for everybody, in order. */
struct entry {
	enum kind kind;
	uint64_t epoch;
	unsigned by; /* a walker's number; 0: somebody outside */
	struct cs_buf message;
};

struct walker {
	struct world_member m;
	unsigned number;
	bool in;          /* takes part, as far as it knows */
	bool asleep;      /* does not read */
	bool proposed;    /* to be added in this epoch */
	unsigned letters; /* that it sent in this epoch */
	size_t next;      /* the first entry that it has not read */
	uint64_t joined;  /* the epoch that it knows first */
	struct entry late[MAX_LATE];
	size_t n_late;
	struct cs_mls_staged *own;    /* its commit that won */
	struct cs_signer *new_signer; /* and what it brings, or NULL */
};

struct walk {
	uint64_t stream;
	struct walker *v[MAX_WALKERS];
	unsigned last_number;
	size_t target; /* so many members it tends to */
	size_t largest;
	struct entry *log;
	size_t first, n_log; /* numbers; those before first are gone */
	struct cs_signer *external;
	struct cs_mls_public_group *hub;
	bool hub_lost; /* something was encrypted to members */

	/* Of this epoch. */
	bool private_proposals, resumption, adds;
	struct cs_buf leaving[MAX_NEWS]; /* SelfRemoves */
	size_t n_leaving;

	unsigned long mails, proposals, commits, joins, externals, changed,
	    lost, reloads, removed;
};

/* The external sender stays; what else there is comes and goes. */
struct walk_context {
	struct cs_buf senders;
	struct cs_mls_extension v[3];
	struct cs_mls_extensions list;
};

/* ---- members.c ----------------------------------------------------------- */

size_t walk_below(struct walk *w, size_t n);
/* Once in ${n} times. */
bool walk_once_in(struct walk *w, size_t n);
bool walk_awake(const struct walker *m);
/* Somebody who is awake and not ${not}; NULL if there is nobody. */
struct walker *walk_anybody(struct walk *w, const struct walker * not );
void walk_drop(struct walk *w, struct walker *m);
/* Somebody who is about to do something. */
struct walker *walk_actor(struct walk *w);
/* Somebody new, with a key package; NULL: there is no room. */
struct walker *walk_newcomer(struct walk *w);
struct cs_mls_options walk_options(struct walk *w);
void walk_forget_late(struct walker *m);
size_t walk_count_awake(const struct walk *w);

/* ---- messages.c ---------------------------------------------------------- */

/* For everybody to read. */
void walk_post(struct walk *w, enum kind kind, unsigned by, uint64_t epoch,
    struct cs_buf *message, const struct cs_mls_staged *staged);
void walk_everybody_reads(struct walk *w);
/* ${message} with one byte changed is refused, and nothing else happens. */
void walk_refuse_changed(
    struct walk *w, const struct cs_buf *message, unsigned by);
/* All that is new for ${m}; false: it is no member any more. */
bool walk_catch_up(struct walk *w, struct walker *m);

/* ---- deeds.c ------------------------------------------------------------- */

/* A leaf that is somebody's, but not ${m}'s. */
uint32_t walk_other_leaf(struct walk *w, const struct walker *m);
struct cs_mls_psk_id walk_some_psk(
    struct walk *w, const struct cs_mls_group *g);
void walk_make_context(struct walk_context *c, struct walk *w);
bool walk_room_for_more(const struct walk *w, const struct cs_mls_group *g);
void walk_send_mail(struct walk *w);
void walk_propose(struct walk *w);

/* ---- commits.c ----------------------------------------------------------- */

/* The epoch is over: what waited for it is no more. */
void walk_new_epoch(struct walk *w);
void walk_commit(struct walk *w);
/* Somebody new comes in by itself, or a member that lost its state. */
void walk_external_commit(struct walk *w);

/* ---- fate.c -------------------------------------------------------------- */

/* Sleep, restarts, and now and then another size. */
void walk_live(struct walk *w);
