/* SPDX-License-Identifier: MIT */
/* What the files of the desk share. */
#pragma once

#include <jansson.h>

#include "crypto/seal.h"
#include "desk/cases/case.h"
#include "desk/core/policy.h"
#include "desk/desk.h"
#include "net/session.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define DESK_TIMEOUT_MS 15000
#define DESK_CERT "desk-cert" /* of the key that signs, by the root */

extern const struct cs_db_schema cs_desk_schema;

struct cs_desk {
	char *dir;
	struct cs_db *db;
	struct cs_seal_key key;
	struct cs_desk_hub hub;
	struct cs_hpke_key seal_key;
	struct cs_sign_key sign_key;
	struct cs_session session;
	bool online;
	bool *shown_online;                 /* or NULL */
	void (*said)(const char *sentence); /* of cs_desk_run() */
	bool said_no_decoder;
	struct desk_index *photos;    /* photo_index.c; NULL until needed */
	struct cs_desk_policy policy; /* as parsed last; version 0: none */
	struct cs_desk_conflict conflict;
	char problem[512];
	char answer[256]; /* to the last reporter */
};

enum cs_err desk_problem(struct cs_desk *d, enum cs_err err, const char *format,
    ...) __attribute__((format(printf, 3, 4)));

/* ---- connect.c ---------------------------------------------------------- */

CS_CHECKED enum cs_err desk_connect(struct cs_desk *d);
void desk_disconnect(struct cs_desk *d);
CS_CHECKED enum cs_err desk_call(struct cs_desk *d, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);

/* ---- report.c ----------------------------------------------------------- */

/* Take a sealed report: open, verify, store.  Its state is for the hub. */
CS_CHECKED enum cs_err desk_report_take(struct cs_desk *d,
    const uint8_t id[static 16], uint64_t received_ms, struct cs_view sealed,
    struct cs_wire_report_status *status);
CS_CHECKED enum cs_err desk_report_set_state(
    struct cs_desk *d, const uint8_t id[static 16], enum cs_desk_state state);
/* Nothing of who and about whom stays in what is known of a report. */
CS_CHECKED enum cs_err desk_report_forget(
    struct cs_desk *d, const uint8_t id[static 16]);
/* What a message is counted by: FRANKING, rule 6. */
CS_CHECKED enum cs_err desk_message_hash(
    uint8_t out[static 32], const struct cs_stamp *s);
/* The key that seals answers to its reporter; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err desk_reply_key(
    uint8_t out[static 32], struct cs_desk *d, const uint8_t id[static 16]);
/* Counted by day, for the charts. */
enum desk_day { DESK_DAY_REPORTS = 1, DESK_DAY_REJECTED = 2 };
CS_CHECKED enum cs_err desk_day_count(struct cs_desk *d, enum desk_day what);

/* ---- file.c ------------------------------------------------------------- */

/* Fetch the files that a verified report names; those that are gone stay so. */
CS_CHECKED enum cs_err desk_files_fetch(
    struct cs_desk *d, const struct cs_evidence *e);

/* A photo or file of a report, decrypted and checked; written down by who
 * calls. */
CS_CHECKED enum cs_err desk_file_open(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_case *c, size_t item, size_t part);

/* ---- appeal.c ----------------------------------------------------------- */

/* Take a letter: open, store, answer; once, however often it comes. */
CS_CHECKED enum cs_err desk_letter_take(
    struct cs_desk *d, const struct cs_wire_desk_letter *letter);

/* ---- audit.c ------------------------------------------------------------ */

/* Append a line; inside a transaction.  Nothing of what was reported. */
struct desk_event {
	const struct cs_desk_who *who; /* NULL: the desk itself */
	uint64_t kase;                 /* 0: none */
	const char *what;
	json_t *before, *after; /* borrowed; may be NULL */
};
CS_CHECKED enum cs_err desk_audit_event(
    struct cs_desk *d, const struct desk_event *e);
CS_CHECKED enum cs_err desk_audit_add(struct cs_desk *d, const char *format,
    ...) __attribute__((format(printf, 2, 3)));
/* Lines before number ${before}, newest first; of one case unless it is 0. */
CS_CHECKED enum cs_err desk_audit_page(json_t *items, struct cs_desk *d,
    uint64_t before, uint64_t kase, unsigned limit);
