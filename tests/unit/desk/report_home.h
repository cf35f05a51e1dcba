/* SPDX-License-Identifier: MIT */
/* Reports as they come from a hub, good ones and others. */
#pragma once

#include "content/evidence.h"
#include "content/evidence_seal.h"
#include "content/evidence_write.h"
#include "desk/daemon/intake.h"
#include "desk/reports/report.h"
#include "unit/desk/desk_home.h"
#include "wire/messages.h"

/* Seal a bundle of the messages ${which} to the desk. */
static inline struct cs_buf
sealed_report(struct world *w, const int *which, uint8_t id)
{
	struct cs_buf bundle = { 0 }, sealed = { 0 };
	struct ew_report r;

	ew_pick(&r, &w->e, which);
	memset(r.in.report_id, id, 16);
	assert_ok(cs_evidence_write(&bundle, &r.in));
	assert_ok(cs_evidence_seal(
	    &sealed, cs_buf_view(&bundle), CS_VIEW_OF(w->seal_public)));
	cs_buf_free(&bundle);
	return sealed;
}

static inline uint8_t
take(struct world *w, uint8_t number, struct cs_view sealed)
{
	struct cs_wire_desk_report report = { .received_ms = EW_NOW_MS,
		.named = CS_WIRE_REPORTER_NAMED,
		.sealed = sealed };
	struct cs_wire_report_status status;
	char answer[DESK_ANSWER_SIZE];

	memset(report.report, number, sizeof report.report);
	memcpy(report.reporter, w->e.people[2].account, 16);
	assert_ok(desk_report_take(&status, answer, w->d, &report));
	assert_memory_equal(status.report, report.report, 16);
	assert_true(status.updated_ms != 0);
	assert_true(status.answer.len > 20);
	assert_int_equal(status.answer.data[status.answer.len - 1], '.');
	return status.state;
}

static inline struct cs_desk_report
load(struct world *w, uint8_t number, bool bundle)
{
	struct cs_desk_report_opened c;
	struct cs_desk_report r;
	uint8_t id[16];

	memset(id, number, 16);
	assert_ok(cs_desk_report_load(&c, w->d, id));
	assert_int_equal(c.evidence != NULL, bundle);
	r = c.report;
	cs_desk_report_clear(&c);
	return r;
}

static inline enum cs_err
count_report(void *arg, const struct cs_desk_report *r)
{
	assert_true(r->received_ms == EW_NOW_MS);
	++*(unsigned *)arg;
	return CS_OK;
}

static inline void
assert_reports(struct world *w, unsigned want)
{
	unsigned n = 0;

	assert_ok(cs_desk_reports(w->d, count_report, &n));
	assert_int_equal(n, want);
}

static inline void
assert_rejected(
    struct world *w, uint8_t number, struct cs_view sealed, const char *why)
{
	struct cs_desk_report r;

	assert_int_equal(take(w, number, sealed), CS_WIRE_REPORT_REJECTED);
	r = load(w, number, false);
	assert_int_equal(r.state, CS_DESK_REPORT_REJECTED);
	assert_non_null(strstr(r.problem, why));
	assert_string_equal(r.reporter, "");
	assert_string_equal(r.reported, "");
	/* And the same when it is offered again. */
	assert_int_equal(take(w, number, sealed), CS_WIRE_REPORT_REJECTED);
}
