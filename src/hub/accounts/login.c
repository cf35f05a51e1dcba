/* SPDX-License-Identifier: MIT */
#include "hub/accounts/login.h"

#include <string.h>

#include "hub/accounts/device.h"
#include "hub/accounts/key_package.h"
#include "hub/accounts/standing.h"
#include "hub/core/batch.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"
#include "hub/core/refusal.h"
#include "hub/groups/read.h"

/* Let an account in again as soon as the time it was disabled for is over. */
static enum cs_err
settle_in_time(struct hub_request *rq)
{
	struct cs_hub *hub = rq->hub;
	uint64_t over;
	enum cs_err err;

	err = cs_db_get_int(&over, hub->db,
	    "SELECT COUNT(*) FROM account WHERE id=? AND disabled<>0"
	    " AND until<>0 AND until<=?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(hub->now_ms));
	if (err || over == 0 || (err = hub_batch_begin(hub)))
		return err;
	return hub_account_settle(hub, rq->conn->account);
}

enum cs_err
hub_account_check(struct hub_request *rq)
{
	uint16_t refusal = 0;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = settle_in_time(rq)))
		return err;
	err = cs_db_row(&rows, rq->hub->db,
	    "SELECT disabled,reason,disabled_at,statement,removed FROM device"
	    " JOIN account ON account.id=device.account WHERE device.id=?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err == CS_OK) {
		const struct cs_wire_disabled disabled = {
			.reason = (uint16_t)cs_col_int(&rows, 1),
			.at_ms = cs_col_int(&rows, 2),
			.statement = cs_col_blob(&rows, 3),
		};
		const struct cs_wire_removed removed = {
			.at_ms = cs_col_int(&rows, 4),
		};

		/* A removed device does not speak for the account, whatever the
		 * state of that. */
		if (removed.at_ms != 0) {
			refusal = CS_WIRE_E_REMOVED;
			err = cs_wire_write(
			    &rq->error_data, &cs_wire_removed_shape, &removed);
		} else if (cs_col_int(&rows, 0) != 0) {
			refusal = CS_WIRE_E_DISABLED;
			err = cs_wire_write(&rq->error_data,
			    &cs_wire_disabled_shape, &disabled);
		}
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_LOGIN);
	return err == CS_OK && refusal != 0 ? hub_refuse(rq, refusal) : err;
}

static enum cs_err
verify_login(
    struct hub_request *rq, const struct cs_wire_login *m, struct cs_view key)
{
	struct cs_buf tbs = { 0 };
	enum cs_err err;

	err = cs_wire_login_tbs(&tbs, m->role, m->device, rq->conn->challenge,
	    cs_view_str(rq->hub->name), &rq->conn->binding);
	if (err == CS_OK)
		err = cs_sign_verify(
		    key, cs_buf_view(&tbs), CS_VIEW_OF(m->signature));
	cs_buf_free(&tbs);
	return err;
}

static enum cs_err
login_desk(struct hub_request *rq, const struct cs_wire_login *m)
{
	struct cs_wire_login_answer answer = { 0 };

	/* A desk is no page. */
	if (!rq->hub->have_desk ||
	    rq->conn->binding.kind != CS_WIRE_BINDING_EXPORTER ||
	    verify_login(rq, m, CS_VIEW_OF(rq->hub->desk_sign_public)) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_LOGIN);
	rq->conn->role = HUB_DESK;
	hub_conn_index(rq->conn);
	return hub_answer(rq, &cs_wire_login_answer_shape, &answer);
}

static enum cs_err
login_device(struct hub_request *rq, const struct cs_wire_login *m)
{
	struct cs_wire_login_answer answer = { 0 };
	uint8_t key[CS_KEY_LEN] = { 0 }, account[CS_ID_LEN];
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT account,key FROM device WHERE id=?",
	    cs_blob(CS_VIEW_OF(m->device)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, account, sizeof account);
		cs_col_copy(&rows, 1, key, sizeof key);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (!found || verify_login(rq, m, CS_VIEW_OF(key)) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_LOGIN);
	memcpy(rq->conn->account, account, sizeof account);
	memcpy(rq->conn->device, m->device, sizeof m->device);
	/* Only the holder, who has signed in by now, is told why the account is
	 * disabled. A device of a disabled account may ask what was decided,
	 * and object. */
	err = hub_account_check(rq);
	if (hub_refusal_of(rq, err) == CS_WIRE_E_DISABLED) {
		rq->conn->role = HUB_HELD;
		hub_conn_index(rq->conn);
	}
	if (err || (err = hub_key_packages_count(rq, &answer)) ||
	    (err = hub_revocations_last(&answer.revocations, rq->hub)) ||
	    (err = hub_places_sum(&answer.read, rq)) ||
	    (err = hub_device_seen(rq->hub, m->device)))
		return err;
	answer.boot = rq->hub->boot;
	rq->conn->role = HUB_DEVICE;
	hub_conn_index(rq->conn);
	return hub_answer(rq, &cs_wire_login_answer_shape, &answer);
}

enum cs_err
hub_login(struct hub_request *rq)
{
	struct cs_wire_login m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_login_shape, rq->body)))
		return err;
	switch (m.role) {
	case CS_WIRE_ROLE_DEVICE:
		return login_device(rq, &m);
	case CS_WIRE_ROLE_DESK:
		return login_desk(rq, &m);
	default:
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	}
}
