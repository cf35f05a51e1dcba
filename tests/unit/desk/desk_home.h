/* SPDX-License-Identifier: MIT */
/* A desk without a hub, and people whose messages can be reported to it. */
#pragma once

#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/store.h"
#include "desk/daemon/intake.h"
#include "desk/desk.h"
#include "store/db.h"
#include "support/temp_dir.h"
#include "unit/content/evidence_world.h"
#include "wire/messages.h"

static const struct cs_view none = { NULL, 0 };
static const int no_files[] = { 0, 1, -1 };

struct world {
	struct temp_dir dir;
	struct ew e;
	struct cs_desk_hub hub;
	struct cs_desk *d;
	uint8_t seal_public[32], sign_public[32];
};

static inline void
world_init(struct world *w)
{
	memset(w, 0, sizeof *w);
	w->dir = temp_dir_new();
	ew_init(&w->e, cs_view_str("as good as a photo"));
	strcpy(w->hub.name, "hub.example");
	strcpy(w->hub.host, "127.0.0.1");
	w->hub.port = 8443; /* nobody is asked there */
	memcpy(w->hub.root, w->e.root.public, 32);
	assert_ok(cs_desk_init(temp_path(&w->dir, "desk"), &w->hub, none,
	    w->seal_public, w->sign_public));
	assert_ok(cs_desk_joined(temp_path(&w->dir, "desk"), none));
	assert_ok(cs_desk_open(&w->d, temp_path(&w->dir, "desk"), none));
}

static inline void
world_clear(struct world *w)
{
	cs_desk_close(w->d);
	ew_clear(&w->e);
	temp_dir_clear(&w->dir);
}

/* Take the report ${r}, which comes as ${number}. */
static inline void
world_take(
    struct world *w, const uint8_t number[static 16], const struct ew_report *r)
{
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct cs_wire_desk_report report = { .received_ms = EW_NOW_MS,
		.named = r->in.mode == CS_CSEV_NAMED
		    ? CS_WIRE_REPORTER_NAMED
		    : CS_WIRE_REPORTER_UNNAMED };
	struct cs_wire_report_status status;
	char answer[DESK_ANSWER_SIZE];

	memcpy(report.reporter, w->e.people[2].account, 16);
	assert_ok(cs_evidence_write(&bundle, &r->in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w->seal_public)));
	memcpy(report.report, number, sizeof report.report);
	report.sealed = cs_buf_view(&sealed);
	assert_ok(desk_report_take(&status, answer, w->d, &report));
	cs_buf_free(&bundle);
	cs_buf_free(&sealed);
}

/* The number that a statement gives. */
static inline uint64_t
world_count(struct world *w, const char *sql)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, w->d->db, sql));
	return n;
}

/* Check a line of the log, and count it. */
static inline void
world_count_line(void *arg, const struct cs_desk_audit_line *line)
{
	assert_true(line->at_ms != 0);
	assert_string_not_equal(line->what, "");
	assert_string_equal(line->actor, "desk");
	++*(unsigned *)arg;
}

/* Verify the log, which is to have ${want} lines. */
static inline enum cs_err
world_audit(struct world *w, unsigned want)
{
	unsigned n = 0;
	enum cs_err err = cs_desk_audit_verify(w->d, world_count_line, &n);

	if (err == CS_OK)
		assert_int_equal(n, want);
	return err;
}
