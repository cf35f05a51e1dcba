/* SPDX-License-Identifier: MIT */
/* Accounts by invite, and logging in by the device's key. */
#include <string.h>

#include "crypto/hash.h"
#include "franking/cert.h"
#include "hub/core/hub.h"

/* One that was disabled for a time is let in as soon as that is over. */
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

uint16_t
hub_account_check(struct hub_request *rq)
{
	struct cs_rows rows;
	uint16_t code = CS_WIRE_E_LOGIN;
	enum cs_err err;

	if ((err = settle_in_time(rq)))
		return hub_code(err);
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT disabled,reason,disabled_at,statement,removed FROM device"
	    " JOIN account ON account.id=device.account WHERE device.id=?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		const struct cs_wire_disabled disabled = {
			.reason = (uint16_t)cs_col_int(&rows, 1),
			.at_ms = cs_col_int(&rows, 2),
			.statement = cs_col_blob(&rows, 3),
		};
		const struct cs_wire_removed removed = {
			.at_ms = cs_col_int(&rows, 4),
		};

		code = 0;
		/* A device that was removed does not speak for the account,
		 * whatever becomes of that. */
		if (removed.at_ms != 0) {
			code = CS_WIRE_E_REMOVED;
			err = cs_wire_write(
			    &rq->error_data, &cs_wire_removed_shape, &removed);
		} else if (cs_col_int(&rows, 0) != 0) {
			code = CS_WIRE_E_DISABLED;
			err = cs_wire_write(&rq->error_data,
			    &cs_wire_disabled_shape, &disabled);
		}
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	return code;
}

/* Take one use of an invite; only hashes of codes are kept. */
static uint16_t
use_invite(struct cs_hub *hub, struct cs_view invite)
{
	struct cs_rows rows;
	uint64_t uses = 0, expires = 0;
	bool found = false;
	uint8_t hash[32];
	enum cs_err err;

	if ((err = cs_sha256(hash, invite)))
		return hub_code(err);
	err = cs_db_query(&rows, hub->db,
	    "SELECT uses,expires FROM invite WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		uses = cs_col_int(&rows, 0);
		expires = cs_col_int(&rows, 1);
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	if (!found)
		return CS_WIRE_E_INVITE_UNKNOWN;
	if (expires < hub->now_ms)
		return CS_WIRE_E_INVITE_EXPIRED;
	if (uses == 0)
		return CS_WIRE_E_INVITE_USED;
	return hub_code(
	    cs_db_exec(hub->db, "UPDATE invite SET uses=uses-1 WHERE hash=?",
		cs_blob(CS_VIEW_OF(hash))));
}

static uint16_t
insert(struct cs_hub *hub, const struct cs_wire_join *m,
    const struct cs_device_cert *cert, struct cs_view credential)
{
	uint64_t taken;
	enum cs_err err;

	err = cs_db_get_int(&taken, hub->db,
	    "SELECT COUNT(*) FROM account WHERE handle=?",
	    cs_text(cert->handle));
	if (err)
		return hub_code(err);
	if (taken != 0)
		return CS_WIRE_E_HANDLE_TAKEN;
	err = cs_db_exec(hub->db,
	    "INSERT INTO account(id,handle,key,created) VALUES(?,?,?,?)",
	    cs_blob(CS_VIEW_OF(cert->account)), cs_text(cert->handle),
	    cs_blob(CS_VIEW_OF(m->account_key)), cs_int(hub->now_ms));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "INSERT INTO device(id,account,key,cert,created)"
		    " VALUES(?,?,?,?,?)",
		    cs_blob(CS_VIEW_OF(cert->device)),
		    cs_blob(CS_VIEW_OF(cert->account)),
		    cs_blob(CS_VIEW_OF(cert->public)), cs_blob(credential),
		    cs_int(hub->now_ms));
	/* An id that is taken was not random. */
	return err == CS_ERR_EXISTS ? CS_WIRE_E_CERTIFICATE : hub_code(err);
}

/* The same join again, because the answer did not arrive. */
static enum cs_err
joined_before(bool *out, struct cs_hub *hub, struct cs_view credential)
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM device WHERE cert=?", cs_blob(credential));
	*out = err == CS_OK && n == 1;
	return err;
}

static uint16_t
join(struct hub_request *rq, const struct cs_wire_join *m,
    const struct cs_device_cert *cert, struct cs_view credential)
{
	struct cs_wire_empty answer = { 0 };
	bool before;
	enum cs_err err;
	uint16_t code;

	if ((err = joined_before(&before, rq->hub, credential)))
		return hub_code(err);
	if (!before) {
		if ((code = use_invite(rq->hub, m->invite)) != 0 ||
		    (code = insert(rq->hub, m, cert, credential)) != 0)
			return code;
	}
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

uint16_t
hub_join(struct hub_request *rq)
{
	struct cs_credential credential;
	struct cs_buf bytes = { 0 };
	struct cs_device_cert cert;
	struct cs_wire_join m;
	enum cs_err err;
	uint16_t code;

	if (++rq->conn->join_tries > HUB_JOIN_TRIES_MAX) {
		rq->conn->end_after_round = true;
		return CS_WIRE_E_LIMIT;
	}
	if ((err = cs_wire_parse(&m, &cs_wire_join_shape, rq->body)))
		return hub_code(err);
	if (cs_device_cert_verify(&cert, m.device_cert,
		CS_VIEW_OF(m.account_key), rq->hub->now_ms / 1000) != CS_OK)
		return CS_WIRE_E_CERTIFICATE;
	credential.device_cert = m.device_cert;
	memcpy(credential.account_key, m.account_key, 32);
	err = cs_credential_write(&bytes, &credential);
	code = err ? hub_code(err) : join(rq, &m, &cert, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return code;
}

static enum cs_err
verify_login(
    struct hub_request *rq, const struct cs_wire_login *m, struct cs_view key)
{
	struct cs_buf tbs = { 0 };
	uint8_t exporter[32];
	enum cs_err err;

	if ((err = cs_net_conn_exporter(rq->conn->net, exporter)) == CS_OK &&
	    (err = cs_wire_login_tbs(&tbs, m->role, m->device,
		 rq->conn->challenge, cs_view_str(rq->hub->name), exporter)) ==
		CS_OK)
		err = cs_sign_verify(
		    key, cs_buf_view(&tbs), CS_VIEW_OF(m->signature));
	cs_wipe(exporter, sizeof exporter);
	cs_buf_free(&tbs);
	return err;
}

static uint16_t
login_desk(struct hub_request *rq, const struct cs_wire_login *m)
{
	struct cs_wire_login_answer answer = { 0 };

	hub_keys_look_for_desk(rq->hub);
	if (!rq->hub->have_desk ||
	    verify_login(rq, m, CS_VIEW_OF(rq->hub->desk_sign_public)) != CS_OK)
		return CS_WIRE_E_LOGIN;
	rq->conn->role = HUB_DESK;
	return hub_answer(rq, &cs_wire_login_answer_shape, &answer);
}

static uint16_t
login_device(struct hub_request *rq, const struct cs_wire_login *m)
{
	struct cs_wire_login_answer answer = { 0 };
	uint8_t key[32] = { 0 }, account[16];
	struct cs_rows rows;
	bool found = false;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT account,key FROM device WHERE id=?",
	    cs_blob(CS_VIEW_OF(m->device)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		found = true;
		cs_col_copy(&rows, 0, account, sizeof account);
		cs_col_copy(&rows, 1, key, sizeof key);
	}
	if ((err = cs_rows_end(&rows, err)))
		return hub_code(err);
	if (!found || verify_login(rq, m, CS_VIEW_OF(key)) != CS_OK)
		return CS_WIRE_E_LOGIN;
	memcpy(rq->conn->account, account, sizeof account);
	memcpy(rq->conn->device, m->device, sizeof m->device);
	/* Only now, to whom it concerns: why it is not let in.  The holder of a
	 * disabled account may ask what was decided, and object. */
	code = hub_account_check(rq);
	if (code == CS_WIRE_E_DISABLED) {
		rq->conn->role = HUB_HELD;
		hub_conn_index(rq->conn);
	}
	if (code != 0 || (code = hub_key_packages_count(rq, &answer)) != 0)
		return code;
	if ((err = hub_device_seen(rq->hub, m->device)))
		return hub_code(err);
	rq->conn->role = HUB_DEVICE;
	hub_conn_index(rq->conn);
	return hub_answer(rq, &cs_wire_login_answer_shape, &answer);
}

uint16_t
hub_login(struct hub_request *rq)
{
	struct cs_wire_login m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_login_shape, rq->body)))
		return hub_code(err);
	switch (m.role) {
	case CS_WIRE_ROLE_DEVICE:
		return login_device(rq, &m);
	case CS_WIRE_ROLE_DESK:
		return login_desk(rq, &m);
	default:
		return CS_WIRE_E_MALFORMED;
	}
}
