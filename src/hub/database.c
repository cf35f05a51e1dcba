/* SPDX-License-Identifier: MIT */
/* Its life: open, loop, housekeeping, close. */
#include "hub/database.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "family/channel.h"
#include "family/confine.h"
#include "family/part.h"
#include "hub/accounts/account.h"
#include "hub/accounts/names.h"
#include "hub/accounts/standing.h"
#include "hub/blobs/blob.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/clock.h"
#include "hub/core/connection.h"
#include "hub/core/desk_keys.h"
#include "hub/core/fanout.h"
#include "hub/core/keys.h"
#include "hub/core/line.h"
#include "hub/core/push.h"
#include "hub/core/schema.h"
#include "hub/core/sign.h"
#include "hub/core/spent.h"
#include "hub/core/tlog.h"
#include "hub/filings/due.h"
#include "hub/groups/log.h"
#include "hub/groups/recent.h"
#include "hub/groups/removal.h"
#include "hub/requests.h"
#include "hub/retention.h"
#include "store/clock.h"
#include "store/file.h"

#define HOUSEKEEPING_MS (10 * 60 * 1000)
#define TELL_AGAIN_MS CS_HOUR_MS
#define IDLE_MS 1000 /* what ends by itself is looked for so often */
#define SIGNER_WAITING ((size_t)8 << 20)
#define SIGNER_MESSAGE ((size_t)64 << 10)
#define TLOG_WAITING ((size_t)4 << 20)

/* The hub, and what is joined to its process. */
struct database {
	struct cs_hub *hub;
	struct cs_channel *signer, *files;
	struct hub_signing signing;
	int folder;
	struct hub_conf conf;
	uint32_t connections;
	int lock; /* held as long as the process lives */
	struct cs_buf pseudonym_key, desk_certs;
	bool begun; /* all that is needed has come */
};

/* ---- the signer --------------------------------------------------------- */

static enum cs_err
order(void *arg, uint8_t kind, struct cs_view what)
{
	struct database *d = arg;

	return d->signer == NULL ? CS_ERR_CLOSED
				 : cs_channel_put(d->signer, kind, 0, what);
}

static void
leave_signer(struct database *d)
{
	cs_channel_free(d->signer);
	d->signer = NULL;
}

/* The next signature; what the signer says of its keys is taken up on the way.
 */
static enum cs_err
await(void *arg, struct cs_buf *answer)
{
	struct database *d = arg;
	struct cs_channel_message m = { 0 };
	enum cs_err err = CS_ERR_CLOSED;

	while (d->signer != NULL) {
		if ((err = cs_channel_await(&m, d->signer, HUB_TALK_SIGN_MS)))
			break;
		if (m.kind == HUB_TALK_SIGNED)
			return cs_buf_set(answer, m.bytes);
		err = m.kind == HUB_TALK_KEYS ? hub_keys_told(d->hub, m.bytes)
					      : CS_ERR_FORMAT;
		if (err)
			break;
	}
	leave_signer(d);
	return err;
}

/* What it says while nothing is on order. */
static void
hear_signer(struct database *d)
{
	enum cs_err err = cs_channel_fill(d->signer);
	struct cs_channel_message m;

	while (err == CS_OK && d->hub->n_orders == 0 &&
	    cs_channel_next(&m, d->signer))
		err = m.kind == HUB_TALK_KEYS ? hub_keys_told(d->hub, m.bytes)
					      : CS_ERR_FORMAT;
	if (err)
		leave_signer(d);
}

/* Store what waits for stamps, make the round durable, and answer. */
static bool
end_round(struct cs_hub *hub)
{
	(void)!hub_log_flush(hub);
	return hub_batch_end(hub);
}

/* ---- the log ------------------------------------------------------------ */

static void
leave_tlog(struct database *d)
{
	cs_channel_free(d->hub->tlog.process);
	d->hub->tlog.process = NULL;
	d->hub->tlog.ready = false;
}

static void
tell_tlog_state(enum hub_tlog_state state)
{
	if (state != HUB_TLOG_FITS)
		cs_part_tell("tlog", (uint32_t)state, "");
}

static void
hear_tlog(struct database *d)
{
	struct hub_tlog *t = &d->hub->tlog;
	enum cs_err err = cs_channel_fill(t->process);
	struct cs_channel_message m;
	uint64_t size;

	while (err == CS_OK && cs_channel_next(&m, t->process)) {
		enum hub_tlog_state before = hub_tlog_state(d->hub);

		hub_clock(d->hub);
		if ((m.kind != HUB_TALK_TLOG_SIZE &&
			m.kind != HUB_TALK_TLOG_MORE) ||
		    !hub_talk_copy(&size, sizeof size, m.bytes))
			err = CS_ERR_FORMAT;
		else if (m.kind == HUB_TALK_TLOG_MORE)
			err = hub_tlog_more(d->hub, size);
		else
			err = hub_tlog_told(d->hub, size);
		if (err == CS_OK && hub_tlog_state(d->hub) != before)
			tell_tlog_state(hub_tlog_state(d->hub));
	}
	if (err == CS_OK && !end_round(d->hub))
		err = CS_ERR_IO;
	if (err)
		leave_tlog(d);
}

/* So that nobody is refused who comes first.  If it takes long, it is heard
 * later. */
static void
await_tlog(struct database *d)
{
	struct pollfd p = { -1, POLLIN, 0 };

	if (d->hub->tlog.process == NULL)
		return;
	p.fd = cs_channel_fd(d->hub->tlog.process);
	if (poll(&p, 1, HUB_TALK_SIGN_MS) == 1)
		hear_tlog(d);
}

static void
send_tlog(struct database *d)
{
	if (hub_tlog_send(d->hub) != CS_OK)
		leave_tlog(d);
}

/* ---- the files ---------------------------------------------------------- */

static void
leave_files(struct database *d)
{
	cs_channel_free(d->files);
	d->files = d->hub->files = NULL;
}

/* Make durable that a blob is there, and only then say so. */
static enum cs_err
note(struct database *d, const struct cs_channel_message *m)
{
	enum cs_err err;
	int32_t status;

	if (m->kind != HUB_TALK_COMPLETE || m->bytes.len != CS_ID_LEN)
		return CS_ERR_FORMAT;
	hub_clock(d->hub);
	err = hub_blob_complete(d->hub, m->bytes.data);
	if (err == CS_OK && !end_round(d->hub))
		err = CS_ERR_IO;
	status = err == CS_OK ? 201 : err == CS_ERR_NOT_FOUND ? 404 : 507;
	return cs_channel_put(
	    d->files, HUB_TALK_NOTED, m->about, HUB_TALK_OF(status));
}

static void
hear_files(struct database *d)
{
	enum cs_err err = cs_channel_fill(d->files);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, d->files))
		err = note(d, &m);
	if (err == CS_OK)
		err = cs_channel_flush(d->files);
	if (err)
		leave_files(d);
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_push(struct database *d, int fd)
{
	const struct cs_channel_limits limits = { CS_KIB, CS_MIB };
	struct cs_channel *to = NULL;
	enum cs_err err = cs_channel_new(&to, fd, &limits);

	if (err == CS_OK)
		hub_pushes_link(d->hub, to);
	return err;
}

static enum cs_err
take_link(struct database *d, const struct cs_hand *h)
{
	const struct cs_channel_limits signer = { SIGNER_MESSAGE,
		SIGNER_WAITING };
	const struct cs_channel_limits files = { CS_KIB, CS_MIB };
	const struct cs_channel_limits tlog = { CS_KIB, TLOG_WAITING };
	const struct cs_view name = cs_view(h->bytes, h->length);
	struct hub_talk_terms terms = { 0 };
	enum cs_err err;

	if (cs_view_equal(name, cs_view_str(HUB_NETWORK)))
		return hub_link_new(d->hub, h->number, h->fd);
	if (cs_view_equal(name, cs_view_str(HUB_SITE)))
		return hub_link_new(d->hub, HUB_LINK_SITE, h->fd);
	if (cs_view_equal(name, cs_view_str(HUB_SIGNER))) {
		leave_signer(d);
		return cs_channel_new(&d->signer, h->fd, &signer);
	}
	if (cs_view_equal(name, cs_view_str(HUB_PUSH)))
		return take_push(d, h->fd);
	if (cs_view_equal(name, cs_view_str(HUB_TLOG))) {
		leave_tlog(d);
		d->hub->tlog.linked = true;
		return cs_channel_new(&d->hub->tlog.process, h->fd, &tlog);
	}
	if (!cs_view_equal(name, cs_view_str(HUB_FILES))) {
		close(h->fd);
		return CS_ERR_FORMAT;
	}
	leave_files(d);
	if ((err = cs_channel_new(&d->files, h->fd, &files)))
		return err;
	d->hub->files = d->files;
	memcpy(terms.key, d->hub->pass_key, sizeof terms.key);
	terms.uploads = hub_budget_amount(d->hub, HUB_B_UPLOADS);
	terms.uploads_all = hub_budget_amount(d->hub, HUB_B_UPLOADS_ALL);
	err = cs_channel_put(d->files, HUB_TALK_TERMS, 0, HUB_TALK_OF(terms));
	cs_wipe(&terms, sizeof terms);
	return err ? err : cs_channel_flush(d->files);
}

static enum cs_err
take_file(struct database *d, const struct cs_hand *h)
{
	enum cs_err err;

	/* It never changes: a reporter's pseudonym has to stay the same. */
	if (cs_hand_is(h, "pseudonym.key") && !d->begun)
		return cs_file_read_fd(
		    &d->pseudonym_key, h->fd, sizeof d->hub->pseudonym_key);
	if (cs_hand_is(h, "tlog.cert")) {
		cs_buf_reset(&d->hub->tlog_cert);
		return cs_file_read_fd(
		    &d->hub->tlog_cert, h->fd, CS_WIRE_CERT_MAX);
	}
	if (!cs_hand_is(h, "desk.certs"))
		return CS_OK;
	cs_buf_reset(&d->desk_certs);
	err = cs_file_read_fd(&d->desk_certs, h->fd, CS_HAND_BYTES_MAX);
	/* A damaged file leaves the desk as it was. */
	if (err == CS_OK && d->begun)
		(void)!hub_desk_certs_use(d->hub, cs_buf_view(&d->desk_certs));
	return CS_OK;
}

static enum cs_err
take_fd(struct database *d, const struct cs_hand *h)
{
	enum cs_err err;

	if (cs_hand_is(h, "link"))
		return take_link(d, h);
	if (cs_hand_is(h, "lock") && d->lock < 0) {
		d->lock = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, "folder") && d->folder < 0) {
		d->folder = h->fd;
		return CS_OK;
	}
	if (cs_hand_is(h, "blobs") && d->hub->blobs < 0) {
		d->hub->blobs = h->fd;
		return CS_OK;
	}
	err = take_file(d, h);
	close(h->fd);
	return err;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct database *d = arg;

	if (h->fd >= 0)
		return take_fd(d, h);
	if (cs_hand_is(h, "conf"))
		return cs_hand_copy(&d->conf, sizeof d->conf, h);
	if (cs_hand_is(h, "connections"))
		d->hub->connections = h->number;
	if (cs_hand_is(h, "troubles"))
		d->hub->n_troubles = 0;
	if (cs_hand_is(h, "trouble") &&
	    d->hub->n_troubles < CS_WIRE_TROUBLES_MAX)
		return cs_hand_copy(&d->hub->troubles[d->hub->n_troubles++],
		    sizeof d->hub->troubles[0], h);
	return CS_OK;
}

/* ---- the loop ----------------------------------------------------------- */

static enum cs_err
take_hands(struct database *d)
{
	return cs_part_take(d, take, false);
}

/* A round of the network processes; what the others say is heard on the way. */
static enum cs_err
run_round_of_lines(struct database *d, int timeout_ms)
{
	struct pollfd p[HUB_OTHERS_MAX] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ d->signer != NULL ? cs_channel_fd(d->signer) : -1, POLLIN,
		    0 },
		{ d->files != NULL ? cs_channel_fd(d->files) : -1, POLLIN, 0 },
		{ hub_pushes_fd(d->hub), POLLIN, 0 },
		{ d->hub->tlog.process != NULL
			? cs_channel_fd(d->hub->tlog.process)
			: -1,
		    POLLIN, 0 },
	};
	enum cs_err err = hub_lines_run(d->hub, timeout_ms, p, 5);

	/* Stamps are made while the round goes on. */
	if (d->signer != NULL && cs_channel_flush(d->signer) != CS_OK)
		leave_signer(d);
	if (d->signer != NULL && p[1].revents != 0 && d->hub->n_orders == 0)
		hear_signer(d);
	if (err == CS_OK && p[0].revents != 0)
		err = take_hands(d);
	if (d->files != NULL && p[2].revents != 0)
		hear_files(d);
	if (hub_pushes_fd(d->hub) >= 0 && p[3].revents != 0)
		hub_pushes_serve(d->hub);
	if (d->hub->tlog.process != NULL && p[4].revents != 0)
		hear_tlog(d);
	return err;
}

static enum cs_err
run_lines(struct cs_hub *hub, int timeout_ms)
{
	return run_round_of_lines(hub->signing->arg, timeout_ms);
}

/* What ends by itself; a failure is tried again next time. */
static void
housekeeping(struct cs_hub *hub)
{
	if (hub->now_ms - hub->housekept_ms < HOUSEKEEPING_MS)
		return;
	hub->housekept_ms = hub->now_ms;
	if (hub_batch_begin(hub) != CS_OK || hub_accounts_settle(hub) != CS_OK)
		cs_db_rollback(hub->db);
}

/* Take in what has arrived meanwhile, so that a sender who does not wait for
 * answers has many messages in one commit, too; not for long, because others
 * wait for their answers.  Where many were answered at once their next messages
 * are on the way: while the disk is slow it pays to wait for them. */
static enum cs_err
gather(struct cs_hub *hub)
{
	uint64_t now_us = cs_clock_us(), end_us = now_us + HUB_ROUND_US;
	uint64_t patience_us = hub->answered >= HUB_GATHER_LEAST
	    ? hub->commit_us / HUB_GATHER_PART
	    : 0;
	uint64_t patient_us = now_us + patience_us;
	size_t before = 0;
	enum cs_err err = CS_OK;

	while (err == CS_OK && hub->n_out != 0 &&
	    hub->n_out < HUB_ROUND_OUT_MAX &&
	    hub->batch.len < HUB_ROUND_BYTES_MAX && now_us < end_us) {
		if (hub->n_out == before && now_us >= patient_us)
			break;
		before = hub->n_out;
		err = run_lines(hub, now_us < patient_us ? 1 : 0);
		now_us = cs_clock_us();
	}
	return err;
}

static bool
is_idle(const struct cs_hub *hub)
{
	return !hub_fanout_due(hub) && !hub_removals_due(hub) &&
	    !hub_retention_due(hub);
}

/* What the operator has to see to: once, and again if it lasts. */
static void
tell_troubles(struct cs_hub *hub)
{
	static uint64_t told_clock_ms, told_stamps_ms;
	char hours[32];

	if (hub->time.ahead_ms != 0 &&
	    (told_clock_ms == 0 ||
		hub->now_ms - told_clock_ms >= TELL_AGAIN_MS)) {
		told_clock_ms = hub->now_ms;
		snprintf(hours, sizeof hours, "%.1f",
		    (double)hub->time.ahead_ms / (double)CS_HOUR_MS);
		cs_part_tell("clock", 0, hours);
	}
	if (hub->stamps_refused &&
	    (told_stamps_ms == 0 ||
		hub->now_ms - told_stamps_ms >= TELL_AGAIN_MS)) {
		told_stamps_ms = hub->now_ms;
		cs_part_tell("stamps", 0, "");
	}
	hub->stamps_refused = false;
}

/* Notices that are to be answered: when there are more of them, and once a day.
 */
static void
tell_owed(struct cs_hub *hub)
{
	static struct hub_filings_owed told;
	static uint64_t told_ms, looked_ms;
	struct hub_filings_owed owed;
	char soon[24];

	if (looked_ms != 0 && hub->now_ms - looked_ms < CS_MINUTE_MS)
		return;
	looked_ms = hub->now_ms;
	if (hub_filings_owed(&owed, hub) != CS_OK)
		return;
	if (owed.overdue + owed.soon != 0 &&
	    (owed.overdue > told.overdue || owed.soon > told.soon ||
		hub->now_ms - told_ms >= CS_DAY_MS)) {
		told_ms = hub->now_ms;
		snprintf(
		    soon, sizeof soon, "%llu", (unsigned long long)owed.soon);
		cs_part_tell("notices", (uint32_t)owed.overdue, soon);
	}
	told = owed;
}

static enum cs_err
run(struct cs_hub *hub)
{
	enum cs_err err;

	do {
		if ((err = run_lines(hub, is_idle(hub) ? IDLE_MS : 0)) == CS_OK)
			err = gather(hub);
		hub_clock(hub);
		housekeeping(hub);
		(void)!hub_filings_turn(hub);
		(void)!hub_names_turn(hub);
		(void)!hub_tlog_turn(hub);
		(void)end_round(hub);
		send_tlog(hub->signing->arg);
		hub_fanout_work(hub);
		hub_removals_work(hub);
		hub_retention_work(hub);
		hub_lines_flush(hub);
		hub_pushes_flush(hub);
		tell_troubles(hub);
		tell_owed(hub);
	} while (err == CS_OK);
	if (hub_spent_write(hub, true) == CS_OK &&
	    cs_db_in_transaction(hub->db) && cs_db_commit(hub->db) != CS_OK)
		return CS_ERR_IO;
	return err;
}

/* ---- beginning and end -------------------------------------------------- */

static enum cs_err
open_db(struct database *d)
{
	char path[64];

	/* Of the folder that the parent has checked. */
	snprintf(path, sizeof path, "/proc/self/fd/%d/hub.db", d->folder);
	return cs_db_open(&d->hub->db, path, CS_DB_SHARED, &cs_hub_schema);
}

static enum cs_err
furnish(struct database *d)
{
	struct cs_hub *hub = d->hub;
	enum cs_err err;

	snprintf(hub->name, sizeof hub->name, "%s", d->conf.name);
	hub->budget_times = d->conf.budget_times;
	hub->directory = d->conf.directory;
	snprintf(hub->origin, sizeof hub->origin, "%s", d->conf.origins[0]);
	if (d->pseudonym_key.len != sizeof hub->pseudonym_key)
		return CS_ERR_CORRUPT;
	memcpy(hub->pseudonym_key, d->pseudonym_key.data,
	    sizeof hub->pseudonym_key);
	cs_buf_free(&d->pseudonym_key);
	if ((err = open_db(d)) || (err = hub_accounts_note_looks(hub)))
		return err;
	if (d->conf.web_port != 0 && (err = hub_pushes_new(hub, &d->conf)))
		return err;
	/* Its log is made now: later no file can be. */
	return cs_db_exec(hub->db, "PRAGMA wal_checkpoint(PASSIVE)");
}

/* The signer says first of all which keys it has. */
static enum cs_err
await_keys(struct database *d)
{
	struct cs_channel_message m;
	enum cs_err err;

	if (d->signer == NULL)
		return CS_ERR_MISUSE;
	err = cs_channel_await(&m, d->signer, HUB_TALK_SIGN_MS);
	if (err == CS_OK && m.kind != HUB_TALK_KEYS)
		err = CS_ERR_FORMAT;
	return err ? err : hub_keys_told(d->hub, m.bytes);
}

static enum cs_err
confine(const struct database *d)
{
	struct cs_confinement how = { .more = CS_CONFINE_DATABASE,
		.folder = -1 };
	struct cs_confined confined;
	struct stat st;

	if (fstat(d->folder, &st) != 0)
		return cs_file_errno();
	how.uid = st.st_uid;
	return cs_confine(&confined, &how);
}

static enum cs_err
begin(struct database *d)
{
	struct cs_hub *hub = cs_calloc(1, sizeof *hub);
	enum cs_err err;

	d->hub = hub;
	if (hub == NULL)
		return CS_ERR_NOMEM;
	hub->blobs = -1;
	hub->batch.max = CS_BUF_MAX;
	hub->events = &hub_events;
	d->signing = (struct hub_signing){ order, await, d };
	hub->signing = &d->signing;
	hub_clock(hub);
	if ((err = cs_part_begin(HUB_DATABASE)) || (err = cs_crypto_init()))
		return err;
	cs_random((uint8_t *)&hub->boot, sizeof hub->boot);
	cs_random(hub->blob_key, sizeof hub->blob_key);
	cs_random(hub->pass_key, sizeof hub->pass_key);
	cs_random(hub->hash_key, sizeof hub->hash_key);
	if ((err = cs_part_take(d, take, true)) || (err = furnish(d)) ||
	    (err = await_keys(d)))
		return err;
	d->begun = true;
	if (d->desk_certs.len != 0)
		(void)!hub_desk_certs_use(hub, cs_buf_view(&d->desk_certs));
	if ((err = confine(d)))
		return err;
	await_tlog(d);
	return cs_part_ready();
}

static void
end(struct database *d)
{
	struct cs_hub *hub = d->hub;

	leave_signer(d);
	if (hub != NULL) {
		leave_files(d);
		leave_tlog(d);
		hub_pushes_free(hub);
		hub_links_free(hub);
		hub_log_free(hub);
		hub_recent_free(hub);
		hub_fanout_free(hub);
		hub_budgets_free(hub);
		if (hub->db != NULL && cs_db_in_transaction(hub->db))
			cs_db_rollback(hub->db);
		cs_db_close(hub->db);
		cs_signer_free(hub->external_signer);
		cs_buf_free(&hub->stamp_cert);
		cs_buf_free(&hub->external_cert);
		cs_buf_free(&hub->registrar_cert);
		cs_buf_free(&hub->desk_seal_cert);
		cs_buf_free(&hub->desk_sign_cert);
		cs_buf_free(&hub->tlog_cert);
		hub_batch_free(hub);
		cs_free(hub, sizeof *hub);
	}
	cs_buf_free(&d->pseudonym_key);
	cs_buf_free(&d->desk_certs);
}

int
hub_database_main(void)
{
	static struct database d = { .lock = -1, .folder = -1 };
	enum cs_err err = begin(&d);

	if (err)
		cs_part_failed(err);
	else
		err = run(d.hub);
	end(&d);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
