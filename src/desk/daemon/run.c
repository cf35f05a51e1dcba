/* SPDX-License-Identifier: MIT */
/* The desk's connection to its hub: fetch, deliver, wait. */
#include "desk/daemon/run.h"

#include <stdio.h>
#include <unistd.h>

#include "base/units.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/head.h"
#include "desk/core/link.h"
#include "desk/daemon/deliver.h"
#include "desk/daemon/filings.h"
#include "desk/daemon/intake.h"
#include "desk/daemon/retention.h"
#include "desk/decisions/appeal.h"
#include "desk/photos/photo.h"
#include "net/session.h"
#include "store/clock.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

#define WAIT_MS CS_SECOND_MS /* how soon a signal or a new decision is seen */
#define LOOK_EVERY 30        /* waits; pushes are hints and can be lost */
#define RETENTION_EVERY_MS CS_HOUR_MS
#define RETRY_MAX_S 30u
/* How long reports are taken, and photos looked at, before decisions are
 * sent again. */
#define REPORTS_MS CS_SECOND_MS
#define PHOTOS_MS CS_SECOND_MS

static bool
stops(const struct cs_desk *d)
{
	return d->stops(d->stops_arg);
}

/* ---- running ------------------------------------------------------------ */

static bool
is_passing(enum cs_err err)
{
	return err == CS_ERR_CLOSED || err == CS_ERR_TIMEOUT ||
	    err == CS_ERR_BUSY;
}

/* Take one page of sealed reports; each is stored before the hub is told so.
 * ${*n} says how many the hub took note of. */
static enum cs_err
fetch_page(struct cs_desk *d, uint32_t *n)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_reports_answer answer;
	struct cs_wire_desk_report item;
	struct cs_wire_empty none;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = desk_call(d, CS_WIRE_DESK_REPORTS, &cs_wire_empty_shape,
		 &empty, &cs_wire_desk_reports_answer_shape, &answer)))
		return err;
	*n = 0;
	err = cs_buf_set(&raw, answer.reports.raw);
	rest = cs_buf_view(&raw);
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_desk_report_shape, &rest)) {
		struct desk_taken taken;

		/* Its files first: once the hub knows that it was read, it goes
		 * by what we said of them. */
		if ((err = desk_report_take(&taken, d, &item)) == CS_OK &&
		    (err = desk_call(d, CS_WIRE_DESK_PINS,
			 &cs_wire_desk_pins_shape, &taken.pins,
			 &cs_wire_empty_shape, &none)) == CS_OK)
			err = desk_call(d, CS_WIRE_DESK_REPORT_SET,
			    &cs_wire_report_status_shape, &taken.status,
			    &cs_wire_empty_shape, &none);
		desk_taken_clear(&taken);
		/* It is stored here, whatever the hub answers; reports that
		 * the hub goes on offering are no reason to ask for the next
		 * page. */
		if (err == CS_ERR_DENIED)
			err = CS_OK;
		else
			++*n;
	}
	cs_buf_free(&raw);
	return err;
}

/* Take what was filed, too, and at least some of it; ${*n} says that some was
 * left of that, or of the reports. */
static enum cs_err
fetch_filings(struct cs_desk *d, uint32_t *n, uint64_t until_ms)
{
	uint32_t taken;
	enum cs_err err;

	do
		err = desk_filings_fetch(d, &taken);
	while (err == CS_OK && taken != 0 && !stops(d) &&
	    cs_clock_ms() < until_ms);
	*n += taken;
	/* A hub that is older knows of none. */
	return err == CS_ERR_DENIED ? CS_OK : err;
}

/* Take one page of letters; answers to them go through the outbox. */
static enum cs_err
fetch_letters(struct cs_desk *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_desk_letters_answer answer;
	struct cs_wire_desk_letter item;
	struct cs_buf raw = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = desk_call(d, CS_WIRE_DESK_LETTERS, &cs_wire_empty_shape,
		 &empty, &cs_wire_desk_letters_answer_shape, &answer)))
		return err;
	err = cs_buf_set(&raw, answer.letters.raw);
	rest = cs_buf_view(&raw);
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_desk_letter_shape, &rest))
		err = desk_letter_take(d, &item);
	cs_buf_free(&raw);
	return err;
}

/* For those at the desk as well as for who looks at the daemon. */
static enum cs_err
tell(struct cs_desk *d, const char *sentence)
{
	enum cs_err err;

	d->said(sentence);
	if ((err = cs_db_begin(d->db)))
		return err;
	return cs_db_end(d->db, desk_audit_say(d, "%s", sentence));
}

/* Say where the hub could not act on what was decided, when that changes: it
 * goes on trying by itself. */
static enum cs_err
look_at_removals(struct cs_desk *d)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_removals_answer answer;
	struct cs_wire_removals item;
	struct cs_view rest;
	uint32_t failed = 0;
	char text[256];
	enum cs_err err;

	if ((err = desk_call(d, CS_WIRE_DESK_REMOVALS, &cs_wire_empty_shape,
		 &empty, &cs_wire_removals_answer_shape, &answer)))
		return err;
	rest = answer.removals.raw;
	while (cs_wire_next(&item, &cs_wire_removals_shape, &rest))
		failed += item.failed;
	if (failed != d->said_failed) {
		snprintf(text, sizeof text,
		    failed == 0
			? "the hub has proposed all removals that failed before"
			: "accounts that were disabled, or devices that were "
			  "removed, are shut out of the hub, but it could not "
			  "propose their removal in %u groups; it tries again",
		    failed);
		err = tell(d, text);
	}
	d->said_failed = failed;
	return err;
}

/* Look at some of the photos that wait.  Without a decoder everything else
 * goes on. */
static enum cs_err
look(struct cs_desk *d, bool *more)
{
	enum cs_err err = desk_photos_look(d, cs_clock_ms() + PHOTOS_MS, more);

	if (err != CS_ERR_UNSUPPORTED)
		return err;
	*more = false;
	if (!d->said_no_decoder)
		d->said(d->problem.text);
	d->said_no_decoder = true;
	return CS_OK;
}

/* Somebody at the desk waits for it. */
static enum cs_err
get_wanted(struct cs_desk *d, bool *more)
{
	bool wanted;
	enum cs_err err = desk_photos_wanted(&wanted, d);

	return err || !wanted ? err : look(d, more);
}

/* Deposit the head of the log.  If its file cannot be written, that is said,
 * and what has to be done goes on. */
static enum cs_err
deposit(struct cs_desk *d)
{
	enum cs_err err = desk_heads_deposit(d, cs_clock_ms());

	if (err == CS_OK || is_passing(err) || err == CS_ERR_DENIED ||
	    !d->online)
		return err;
	d->said(
	    d->problem.text[0] != '\0' ? d->problem.text : cs_err_text(err));
	return CS_OK;
}

/* Take reports, send decisions and look at photos.  However many reports and
 * photos come, decisions are sent; ${*more} says that some were left. */
static enum cs_err
work(struct cs_desk *d, bool *more)
{
	uint64_t until_ms = cs_clock_ms() + REPORTS_MS;
	uint32_t n = 0;
	enum cs_err err;

	do
		err = fetch_page(d, &n);
	while (err == CS_OK && n != 0 && !stops(d) && cs_clock_ms() < until_ms);
	if (err == CS_OK)
		err = fetch_filings(d, &n, until_ms);
	if (err == CS_OK)
		err = fetch_letters(d);
	if (err == CS_OK)
		err = cs_desk_deliver(d);
	if (err == CS_OK)
		err = look_at_removals(d);
	if (err == CS_OK)
		err = deposit(d);
	if (err == CS_OK)
		err = look(d, more);
	*more |= n != 0;
	return err;
}

/* Destroy what is due, also when the hub does not answer, or keeps the desk
 * busy. */
static enum cs_err
tidy(struct cs_desk *d, uint64_t *last_ms)
{
	uint64_t destroyed, now = cs_clock_ms();

	if (now - *last_ms < RETENTION_EVERY_MS)
		return CS_OK;
	*last_ms = now;
	return cs_desk_retention(d, now, &destroyed);
}

static enum cs_err
serve(struct cs_desk *d, uint64_t *tidied_ms)
{
	struct cs_wire_push push;
	bool more = false;
	enum cs_err err;

	if ((err = work(d, &more)))
		return err;
	for (unsigned i = 1; !stops(d); i++) {
		err = cs_session_push(
		    &d->session, &push, more ? 1 : (int)WAIT_MS);
		if (err != CS_OK && err != CS_ERR_TIMEOUT)
			return err;
		/* Other processes of the desk may have decided something. */
		if (err == CS_OK || more || i % LOOK_EVERY == 0)
			err = work(d, &more);
		else if ((err = cs_desk_deliver(d)) == CS_OK &&
		    (err = deposit(d)) == CS_OK)
			err = get_wanted(d, &more);
		if (err || (err = tidy(d, tidied_ms)))
			return err;
	}
	return CS_OK;
}

enum cs_err
cs_desk_run(struct cs_desk *d, void (*said)(const char *sentence),
    bool (*stops_now)(void *arg), void *arg)
{
	uint64_t tidied_ms = 0;
	unsigned wait_s = 1;
	bool known = false;
	enum cs_err err = CS_OK, untidy;

	d->said = said;
	d->stops = stops_now;
	d->stops_arg = arg;
	while (!stops(d)) {
		if ((err = desk_connect(d)) == CS_OK &&
		    (err = cs_desk_heads_check_hub(d)) == CS_OK) {
			said("connected to the hub");
			known = true;
			wait_s = 1;
			err = serve(d, &tidied_ms);
		}
		desk_disconnect(d);
		if (stops(d))
			return CS_OK;
		/* An older copy would undo what was decided since. */
		if (err == CS_ERR_CHAIN)
			return err;
		/* If we never reached the hub, somebody has to look at that.
		 * Any other error may be gone the next time; the console and
		 * other reports go on meanwhile. */
		if (err && !is_passing(err)) {
			if (!known)
				return err;
			said(d->problem.text[0] != '\0' ? d->problem.text
							: cs_err_text(err));
		}
		said("no connection to the hub; trying again");
		/* If our clock disagrees with the hub's certificate, it may
		 * be wrong, and too much would be destroyed. */
		if (known && (untidy = tidy(d, &tidied_ms)))
			said(cs_err_text(untidy));
		for (unsigned i = 0; i < wait_s && !stops(d); i++)
			sleep(1);
		wait_s = 2 * wait_s < RETRY_MAX_S ? 2 * wait_s : RETRY_MAX_S;
	}
	return CS_OK;
}
