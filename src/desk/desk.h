/* SPDX-License-Identifier: MIT */
/*
 * The report desk: what was reported, verified; what was
 * decided, signed.
 *
 * A desk is a folder of its own, on a host of its own: two keys that the
 * operator's root certified (one opens reports, one signs actions), a sealed
 * database, and the encrypted files that reports name.
 */
#pragma once

#include "content/evidence.h"

struct cs_desk;

/* Where the hub is, and whose. */
struct cs_desk_hub {
	char name[256];
	char host[256];
	int port;
	uint8_t root[32];
};

/*
 * Make the desk's folder and keys.  Their public halves are for the operator's
 * root to certify.  CS_ERR_EXISTS: there is a desk already.  A folder that an
 * earlier attempt left without being joined gives the same keys again.
 */
CS_CHECKED enum cs_err cs_desk_init(const char *dir,
    const struct cs_desk_hub *hub, struct cs_view passphrase,
    uint8_t seal_public[static 32], uint8_t sign_public[static 32]);
/* The root has certified the keys. */
CS_CHECKED enum cs_err cs_desk_joined(
    const char *dir, struct cs_view passphrase);

CS_CHECKED enum cs_err cs_desk_needs_passphrase(bool *needed, const char *dir);
/* CS_ERR_NOT_FOUND, CS_ERR_PASSPHRASE, CS_ERR_NEWER, CS_ERR_CORRUPT. */
CS_CHECKED enum cs_err cs_desk_open(
    struct cs_desk **out, const char *dir, struct cs_view passphrase);
void cs_desk_close(struct cs_desk *d);
/* Why the last function failed, as a sentence; may be empty. */
const char *cs_desk_problem(const struct cs_desk *d);
const struct cs_desk_hub *cs_desk_hub(const struct cs_desk *d);
/* Keep ${*where}, which another process may read, true while connected. */
void cs_desk_show_online(struct cs_desk *d, bool *where);

/*
 * Fetch and verify reports as they come, and deliver what was decided, until
 * cs_desk_stop(); reconnects by itself, and fails only where it never was
 * connected.  ${said} is called for people: "connected", and the like, and
 * never with anything of a report.
 */
CS_CHECKED enum cs_err cs_desk_run(
    struct cs_desk *d, void (*said)(const char *sentence));
void cs_desk_stop(void); /* from a signal handler */
/* Sign what can be taken back no more, and tell the hub what it does not know
 * yet.  CS_ERR_CLOSED: it cannot be reached; nothing is lost. */
CS_CHECKED enum cs_err cs_desk_deliver(struct cs_desk *d);

/* ---- reports ------------------------------------------------------------ */

enum cs_desk_state {
	CS_DESK_OPEN = 0,     /* verified, waits for a decision */
	CS_DESK_REJECTED = 1, /* something in it does not verify */
	CS_DESK_ACTED = 2,
	CS_DESK_CLOSED = 3,
};
const char *cs_desk_state_name(enum cs_desk_state state);

struct cs_desk_report {
	uint8_t id[16];
	enum cs_desk_state state;
	uint64_t received_ms;
	uint16_t reason;
	uint32_t n_messages, n_files;
	bool repeats; /* a message of it was reported before */
	char reporter[33], reported[33]; /* handles; "" if not proved */
	char problem[128];               /* of a rejected one */
};
/* In the order in which they came; stops at the first error of ${each}. */
CS_CHECKED enum cs_err cs_desk_reports(struct cs_desk *d,
    enum cs_err (*each)(void *arg, const struct cs_desk_report *r), void *arg);
/* The id that begins with the hex digits ${prefix}. */
CS_CHECKED enum cs_err cs_desk_find(
    struct cs_desk *d, const char *prefix, uint8_t id[static 16]);

/* One report, opened: the bundle, and what the verifier says of it now. */
struct cs_desk_case {
	struct cs_desk_report report;
	struct cs_buf bundle;
	struct cs_evidence *evidence; /* NULL: not a bundle at all */
};
CS_CHECKED enum cs_err cs_desk_load(
    struct cs_desk_case *out, struct cs_desk *d, const uint8_t id[static 16]);
void cs_desk_case_clear(struct cs_desk_case *c);

/* The photo or file of part ${part} of message ${item}, decrypted and checked
 * against what the sender committed to; appended.  CS_ERR_NOT_FOUND: the hub
 * did not have it. */
CS_CHECKED enum cs_err cs_desk_file(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_case *c, size_t item, size_t part);

/* ---- audit -------------------------------------------------------------- */

/* One line: who did what, when, in which case (0: none). */
struct cs_desk_line {
	uint64_t seq, at_ms, kase;
	const char *actor, *what;
	const uint8_t *hash; /* 32 bytes: of this line and all before it */
};
/* Walk the log and check it: each line is chained to the one before it by a
 * hash, and the last one is known.  CS_ERR_CHAIN: something was changed, left
 * out or put in another order.  ${each} may be NULL. */
CS_CHECKED enum cs_err cs_desk_audit(struct cs_desk *d,
    void (*each)(void *arg, const struct cs_desk_line *line), void *arg);
