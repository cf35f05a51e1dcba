/* SPDX-License-Identifier: MIT */
#include "hub/requests.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/random.h"
#include "hub/accounts/account.h"
#include "hub/accounts/device.h"
#include "hub/accounts/export.h"
#include "hub/accounts/key_package.h"
#include "hub/accounts/leave.h"
#include "hub/accounts/link.h"
#include "hub/accounts/login.h"
#include "hub/accounts/names.h"
#include "hub/accounts/push.h"
#include "hub/accounts/recover.h"
#include "hub/accounts/renew_words.h"
#include "hub/blobs/blob.h"
#include "hub/blobs/pin.h"
#include "hub/channels/channel.h"
#include "hub/channels/read.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/clock.h"
#include "hub/core/connection.h"
#include "hub/core/fanout.h"
#include "hub/core/hub.h"
#include "hub/core/line.h"
#include "hub/core/refusal.h"
#include "hub/core/stamp_key.h"
#include "hub/core/tlog.h"
#include "hub/desk/action.h"
#include "hub/desk/head.h"
#include "hub/desk/letter.h"
#include "hub/desk/notice.h"
#include "hub/desk/report.h"
#include "hub/desk/trouble.h"
#include "hub/filings/answer.h"
#include "hub/filings/filing.h"
#include "hub/filings/month.h"
#include "hub/filings/state.h"
#include "hub/groups/ask.h"
#include "hub/groups/contact.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"
#include "hub/groups/read.h"
#include "hub/groups/removal.h"
#include "hub/groups/submit.h"
#include "hub/groups/welcome.h"
#include "store/clock.h"

static enum cs_err
ping(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };

	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

#define ANYBODY                                                                \
	(1 << HUB_NOBODY | 1 << HUB_DEVICE | 1 << HUB_DESK | 1 << HUB_HELD |   \
	    1 << HUB_RECOVERING)

/* Which request, who may make it, who handles it. */
static const struct {
	uint8_t kind;
	uint8_t roles; /* bit set of enum hub_role */
	uint8_t cost;  /* of HUB_B_REQUESTS: 1 is some 20 us */
	hub_handler *handle;
	bool reads; /* and changes nothing, or sees to it by itself */
} requests[] = {
	{ CS_WIRE_PING, ANYBODY, 1, ping, true },
	{ CS_WIRE_JOIN, 1 << HUB_NOBODY, 8, hub_join },
	{ CS_WIRE_LOGIN, 1 << HUB_NOBODY, 2, hub_login },
	{ CS_WIRE_LINK_ASK, 1 << HUB_NOBODY, 1, hub_link_ask },
	{ CS_WIRE_LINK_TAKE, 1 << HUB_NOBODY, 1, hub_link_take },
	{ CS_WIRE_RECOVER, 1 << HUB_NOBODY, 4, hub_recover },
	{ CS_WIRE_KEY_PACKAGES_PUT, 1 << HUB_DEVICE, 16, hub_key_packages_put },
	{ CS_WIRE_KEY_PACKAGES_GET, 1 << HUB_DEVICE, 4, hub_key_packages_get },
	{ CS_WIRE_CONTACT_SET, 1 << HUB_DEVICE, 1, hub_contact_set },
	{ CS_WIRE_SETTINGS_SET, 1 << HUB_DEVICE, 1, hub_settings_set },
	{ CS_WIRE_GROUP_NEW, 1 << HUB_DEVICE, 8, hub_group_new },
	{ CS_WIRE_SUBMIT, 1 << HUB_DEVICE, 1, hub_submit, true },
	{ CS_WIRE_SYNC, 1 << HUB_DEVICE, 4, hub_sync, true },
	{ CS_WIRE_PLACES, 1 << HUB_DEVICE, 16, hub_places, true },
	{ CS_WIRE_FETCH, 1 << HUB_DEVICE, 4, hub_fetch, true },
	{ CS_WIRE_ACK, 1 << HUB_DEVICE, 1, hub_ack },
	{ CS_WIRE_WELCOMES, 1 << HUB_DEVICE, 4, hub_welcomes, true },
	{ CS_WIRE_WELCOME_ACK, 1 << HUB_DEVICE, 1, hub_welcome_ack },
	{ CS_WIRE_REPORT, 1 << HUB_DEVICE, 4, hub_report },
	{ CS_WIRE_REPORT_STATES, 1 << HUB_DEVICE, 1, hub_report_states, true },
	{ CS_WIRE_STAMP_CERT, 1 << HUB_DEVICE, 1, hub_stamp_cert, true },
	{ CS_WIRE_TLOG_TURN, 1 << HUB_DEVICE, 4, hub_tlog_turn_get, true },
	{ CS_WIRE_NAME_PROOF, 1 << HUB_DEVICE, 4, hub_name_proof, true },
	{ CS_WIRE_LINK_OPEN, 1 << HUB_DEVICE, 1, hub_link_open },
	{ CS_WIRE_LINK_ANSWER, 1 << HUB_DEVICE, 1, hub_link_answer },
	{ CS_WIRE_DEVICE_ADD, 1 << HUB_DEVICE | 1 << HUB_RECOVERING, 8,
	    hub_device_add },
	{ CS_WIRE_DEVICE_REMOVE, 1 << HUB_DEVICE, 16, hub_device_remove },
	{ CS_WIRE_RECOVERY_RENEW, 1 << HUB_DEVICE, 16, hub_recovery_renew },
	{ CS_WIRE_DEVICES, 1 << HUB_DEVICE, 1, hub_devices, true },
	{ CS_WIRE_REVOCATIONS, 1 << HUB_DEVICE, 4, hub_revocations, true },
	{ CS_WIRE_GROUPS, 1 << HUB_DEVICE, 16, hub_account_groups, true },
	{ CS_WIRE_GROUP_NOTE_SET, 1 << HUB_DEVICE, 1, hub_group_note_set },
	{ CS_WIRE_CONTACTS, 1 << HUB_DEVICE, 16, hub_contacts, true },
	{ CS_WIRE_BLOB_PUT, 1 << HUB_DEVICE, 2, hub_blob_put },
	{ CS_WIRE_BLOB_GET, 1 << HUB_DEVICE | 1 << HUB_DESK, 1, hub_blob_get },
	{ CS_WIRE_BLOB_REMOVE, 1 << HUB_DEVICE, 2, hub_blob_remove },
	{ CS_WIRE_GROUP_INFO, 1 << HUB_DEVICE, 32, hub_group_info },
	{ CS_WIRE_NOTICES, 1 << HUB_DEVICE | 1 << HUB_HELD, 4, hub_notices,
	    true },
	{ CS_WIRE_LETTER, 1 << HUB_DEVICE | 1 << HUB_HELD, 4, hub_letter },
	{ CS_WIRE_ACCOUNT_EXPORT, 1 << HUB_DEVICE | 1 << HUB_HELD, 64,
	    hub_account_export },
	{ CS_WIRE_ACCOUNT_LEAVE, 1 << HUB_DEVICE | 1 << HUB_HELD, 1,
	    hub_account_leave },
	{ CS_WIRE_GROUP_LINK_SET, 1 << HUB_DEVICE, 32, hub_group_link_set },
	{ CS_WIRE_GROUP_ASK, 1 << HUB_DEVICE, 4, hub_group_ask },
	{ CS_WIRE_GROUP_ASKS, 1 << HUB_DEVICE, 8, hub_group_asks, true },
	{ CS_WIRE_GROUP_ASK_DROP, 1 << HUB_DEVICE, 32, hub_group_ask_drop },
	{ CS_WIRE_OWN_ASKS, 1 << HUB_DEVICE, 1, hub_own_asks, true },
	{ CS_WIRE_PUSH_SET, 1 << HUB_DEVICE, 8, hub_push_set },
	{ CS_WIRE_PUSH_CLEAR, 1 << HUB_DEVICE, 1, hub_push_clear },
	{ CS_WIRE_CHANNEL_SET, 1 << HUB_DEVICE, 8, hub_channel_set },
	{ CS_WIRE_CHANNEL_PIECE, 1 << HUB_DEVICE, 16, hub_channel_piece },
	{ CS_WIRE_CHANNEL_POST, 1 << HUB_DEVICE, 64, hub_channel_post },
	{ CS_WIRE_CHANNEL_DROP, 1 << HUB_DEVICE, 8, hub_channel_drop },
	{ CS_WIRE_CHANNELS, 1 << HUB_DEVICE, 16, hub_channels, true },
	{ CS_WIRE_CHANNEL_READ, 1 << HUB_AT_SITE, 8, hub_channel_read, true },
	{ CS_WIRE_CHANNEL_BYTES, 1 << HUB_AT_SITE, 8, hub_channel_bytes, true },
	{ CS_WIRE_CHANNEL_DIRECTORY, 1 << HUB_AT_SITE, 8, hub_channel_directory,
	    true },
	{ CS_WIRE_FILING_PIECE, 1 << HUB_AT_SITE, 16, hub_filing_piece },
	{ CS_WIRE_FILING, 1 << HUB_AT_SITE, 16, hub_filing },
	{ CS_WIRE_FILING_STATE, 1 << HUB_AT_SITE, 4, hub_filing_state, true },
	{ CS_WIRE_FILINGS_OPEN, 1 << HUB_AT_SITE, 8, hub_filings_open, true },
	{ CS_WIRE_FILINGS_MONTHS, 1 << HUB_AT_SITE, 16, hub_filings_months,
	    true },
	{ CS_WIRE_DESK_FILINGS, 1 << HUB_DESK, 1, hub_desk_filings, true },
	{ CS_WIRE_DESK_FILING_PIECE, 1 << HUB_DESK, 1, hub_desk_filing_piece,
	    true },
	{ CS_WIRE_DESK_FILING_TAKEN, 1 << HUB_DESK, 1, hub_desk_filing_taken },
	{ CS_WIRE_DESK_FILING_ANSWER, 1 << HUB_DESK, 1,
	    hub_desk_filing_answer },
	{ CS_WIRE_DESK_REPORTS, 1 << HUB_DESK, 1, hub_desk_reports },
	{ CS_WIRE_DESK_REPORT_SET, 1 << HUB_DESK, 1, hub_desk_report_set },
	{ CS_WIRE_DESK_ACTION, 1 << HUB_DESK, 1, hub_desk_action },
	{ CS_WIRE_DESK_REMOVALS, 1 << HUB_DESK, 1, hub_desk_removals },
	{ CS_WIRE_DESK_PINS, 1 << HUB_DESK, 1, hub_desk_pins },
	{ CS_WIRE_DESK_LETTERS, 1 << HUB_DESK, 1, hub_desk_letters },
	{ CS_WIRE_DESK_LETTER_SET, 1 << HUB_DESK, 1, hub_desk_letter_set },
	{ CS_WIRE_DESK_HEAD, 1 << HUB_DESK, 1, hub_desk_head },
	{ CS_WIRE_DESK_TROUBLES, 1 << HUB_DESK, 1, hub_desk_troubles },
};

static enum cs_err
send_hello(struct hub_conn *c)
{
	struct cs_hub *hub = c->hub;
	struct cs_wire_hello hello = {
		.version = CS_WIRE_VERSION,
		.hub_name = cs_view_str(hub->name),
		.now_ms = hub->now_ms,
		.stamp_cert = cs_buf_view(&hub->stamp_cert),
		.external_cert = cs_buf_view(&hub->external_cert),
		.desk_seal_cert = cs_buf_view(&hub->desk_seal_cert),
		.desk_sign_cert = cs_buf_view(&hub->desk_sign_cert),
		.tlog_cert = cs_buf_view(&hub->tlog_cert),
	};
	struct cs_buf frame = { 0 };
	enum cs_err err;

	memcpy(hello.challenge, c->challenge, sizeof hello.challenge);
	if ((err = cs_wire_frame_head(&frame, CS_WIRE_HELLO, 0)) == CS_OK &&
	    (err = cs_wire_write(&frame, &cs_wire_hello_shape, &hello)) ==
		CS_OK)
		hub_line_send(c, cs_buf_view(&frame));
	cs_buf_free(&frame);
	return err;
}

static enum cs_err
on_opened(struct hub_conn *c)
{
	hub_clock(c->hub);
	c->opened_ms = c->hub->now_ms;
	cs_random(c->challenge, sizeof c->challenge);
	return send_hello(c);
}

static void
on_closed(struct hub_conn *c)
{
	struct cs_hub *hub = c->hub;

	for (size_t i = 0; i < hub->n_out; i++)
		if (hub->out[i].conn == c)
			hub->out[i].conn = NULL;
	for (size_t i = 0; i < hub->n_wakes; i++)
		if (hub->wakes[i].by == c)
			hub->wakes[i].by = NULL;
	hub_fanout_forget(hub, c);
	hub_conn_unindex(c);
	hub_conn_untouch(c);
}

static size_t
frame_max(const struct hub_conn *c)
{
	switch (c->role) {
	case HUB_NOBODY:
		return CS_WIRE_FRAME_MAX_EARLY;
	case HUB_RECOVERING: /* a certificate and a name */
	case HUB_HELD:
		return CS_WIRE_FRAME_MAX_HELD;
	default:
		return CS_WIRE_FRAME_MAX;
	}
}

static void
send_error(struct hub_request *rq, uint16_t code)
{
	struct cs_hub *hub = rq->hub;
	struct cs_wire_error error = {
		.code = code,
		.sentence = cs_view_str(cs_wire_code_text(code)),
		.data = cs_buf_view(&rq->error_data),
	};
	struct cs_buf frame = { 0 };

	/* A refusal waits behind earlier answers, to keep the order. When
	 * memory is short there is nothing to wait for. */
	if (hub_answer(rq, &cs_wire_error_shape, &error) == CS_OK) {
		hub->batch.data[hub->out[hub->n_out - 1].from] = CS_WIRE_ERROR;
		return;
	}
	if (cs_wire_frame_head(&frame, CS_WIRE_ERROR, rq->id) == CS_OK &&
	    cs_wire_write(&frame, &cs_wire_error_shape, &error) == CS_OK)
		hub_line_send(rq->conn, cs_buf_view(&frame));
	cs_buf_free(&frame);
}

static enum cs_err
run(struct hub_request *rq, hub_handler *handle, bool saves)
{
	struct cs_hub *hub = rq->hub;
	size_t n_out = hub->n_out, batch_len = hub->batch.len;
	size_t n_wakes = hub->n_wakes;
	enum cs_err err;

	if (saves && ((err = hub_log_flush(hub)) || (err = hub_save(rq))))
		return err;
	err = handle(rq);
	if (err == CS_OK && rq->saved)
		err = cs_db_release(hub->db);
	if (err == CS_OK)
		return CS_OK;
	if (rq->saved) {
		cs_db_rollback_to(hub->db);
		hub_tlog_undone(hub);
	} else if (rq->changed)
		hub->broken = true;
	/* Pushes and answers of what did not happen do not leave. */
	hub->n_out = n_out;
	hub->batch.len = batch_len;
	hub->n_wakes = n_wakes;
	return err;
}

/* Nothing has changed since its account was looked at, which was not long ago:
 * what ends by itself is noticed a second later. */
static bool
was_checked(const struct hub_conn *c)
{
	return c->checked_standing == c->hub->standing &&
	    c->checked_ms <= c->hub->now_ms &&
	    c->hub->now_ms - c->checked_ms < CS_SECOND_MS;
}

/* May the connection make a request of ${roles}?  An account that is disabled
 * or a device that is removed while connected is treated as at a new login. */
static enum cs_err
check_role(struct hub_request *rq, uint8_t roles)
{
	struct hub_conn *c = rq->conn;
	enum cs_err err;

	if (c->role == HUB_DEVICE && was_checked(c))
		return (roles & 1u << HUB_DEVICE) != 0
		    ? CS_OK
		    : hub_refuse(rq, CS_WIRE_E_DENIED);
	if (c->role == HUB_DEVICE || c->role == HUB_HELD) {
		c->checked_ms = c->hub->now_ms;
		c->checked_standing = c->hub->standing;
		err = hub_account_check(rq);
		if (hub_refusal_of(rq, err) == CS_WIRE_E_DISABLED) {
			c->role = HUB_HELD;
			if ((roles & 1u << HUB_HELD) == 0)
				return err;
			cs_buf_reset(&rq->error_data);
		} else if (err) {
			return err;
		} else {
			c->role = HUB_DEVICE;
		}
	}
	if ((roles & 1u << c->role) != 0)
		return CS_OK;
	return hub_refuse(rq,
	    c->role == HUB_NOBODY ? CS_WIRE_E_NOT_LOGGED_IN : CS_WIRE_E_DENIED);
}

/* Take a request of ${cost} from the budgets of who makes it.  The desk is the
 * operator's own, and works for all. */
static enum cs_err
spend(struct hub_request *rq, uint8_t cost, size_t bytes)
{
	enum cs_err err;

	switch (rq->conn->role) {
	case HUB_DESK:
		return CS_OK;
	case HUB_NOBODY:
	case HUB_AT_SITE:
	case HUB_RECOVERING:
		return hub_spend(rq, HUB_B_STRANGER_REQUESTS, cost);
	default:
		if ((err = hub_spend(rq, HUB_B_REQUESTS, cost)) ||
		    (err = hub_spend(rq, HUB_B_REQUESTS_DAY, cost)) ||
		    (err = hub_spend(rq, HUB_B_BYTES, bytes)))
			return err;
		return hub_spend(rq, HUB_B_BYTES_DAY, bytes);
	}
}

static enum cs_err
dispatch(struct hub_request *rq, uint8_t kind)
{
	enum cs_err err;

	for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
		if (requests[i].kind != kind)
			continue;
		rq->conn->round_cost += requests[i].cost;
		if ((err = spend(rq, requests[i].cost, rq->body.len)) ||
		    (err = check_role(rq, requests[i].roles)))
			return err;
		return run(rq, requests[i].handle, !requests[i].reads);
	}
	rq->conn->round_cost++;
	if ((err = spend(rq, 1, rq->body.len)))
		return err;
	return hub_refuse(rq, CS_WIRE_E_UNKNOWN_REQUEST);
}

/* It has proved its key, and has a place of its own from now on; of too many
 * connections of a device the oldest is a dead one. */
static void
let_in(struct hub_conn *c)
{
	struct hub_conn *oldest = c;
	uint64_t n = 0;

	if (c->role == HUB_DESK)
		return;
	for (struct hub_conn *o = hub_conn_of_device(c->hub, c->device);
	     o != NULL; o = hub_conn_next_of_device(o)) {
		if (o->end_after_round)
			continue;
		n++;
		if (o->opened_ms < oldest->opened_ms)
			oldest = o;
	}
	if (n > hub_budget_amount(c->hub, HUB_B_CONNECTIONS_DEVICE) &&
	    oldest != c)
		hub_conn_end(oldest);
}

static bool
is_member(const struct hub_conn *c)
{
	return c->role == HUB_DEVICE || c->role == HUB_DESK ||
	    c->role == HUB_HELD;
}

/* What a connection has taken of this round; when it is enough, the rest waits
 * until the others had their turn. */
static void
count_round(struct hub_conn *c, size_t bytes, uint64_t since_us)
{
	c->round_bytes += bytes;
	c->round_us += cs_clock_us() - since_us;
	if (c->round_cost >= hub_budget_amount(c->hub, HUB_B_ROUND_REQUESTS) ||
	    c->round_bytes >= hub_budget_amount(c->hub, HUB_B_ROUND_BYTES) ||
	    c->round_us >= HUB_CONN_ROUND_US)
		hub_line_hold(c);
}

static void
on_frame(struct hub_conn *c, struct cs_view bytes)
{
	struct hub_request rq = { .hub = c->hub, .conn = c };
	bool member = is_member(c);
	size_t allowed = frame_max(c), before = c->hub->batch.len;
	uint64_t since_us = cs_clock_us();
	struct cs_wire_frame frame;
	uint16_t refusal;

	hub_clock(rq.hub);
	if (bytes.len > allowed ||
	    cs_wire_frame_parse(&frame, bytes) != CS_OK || frame.id == 0) {
		hub_line_close(c);
		return;
	}
	hub_conn_touch(c);
	rq.id = frame.id;
	rq.body = frame.body;
	refusal = hub_refusal_of(&rq, dispatch(&rq, frame.kind));
	if (refusal != 0)
		send_error(&rq, refusal);
	if (refusal == CS_WIRE_E_REMOVED)
		c->end_after_round = true;
	if (!member && is_member(c))
		let_in(c);
	if (frame_max(c) != allowed || (!member && is_member(c)))
		hub_line_allow(c, frame_max(c), is_member(c));
	count_round(c, bytes.len + rq.hub->batch.len - before, since_us);
	cs_buf_free(&rq.error_data);
}

static void
on_blob(struct cs_hub *hub, struct hub_talk_grant *grant,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	hub_clock(hub);
	hub_blob_grant(hub, grant, asked, token);
}

const struct hub_line_events hub_events = {
	.opened = on_opened,
	.frame = on_frame,
	.closed = on_closed,
	.blob = on_blob,
};
