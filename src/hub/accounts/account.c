/* SPDX-License-Identifier: MIT */
/* Accounts by invite, and logging in by the device's key. */
#include "hub/accounts/account.h"

#include <string.h>

#include "crypto/hash.h"
#include "franking/cert.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"

/* Take one use of an invite. Only hashes of codes are stored. */
static enum cs_err
use_invite(struct hub_request *rq, struct cs_view invite)
{
	struct cs_hub *hub = rq->hub;
	struct cs_rows row;
	uint64_t uses = 0, expires = 0;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = cs_sha256(hash, invite)))
		return err;
	err = cs_db_row(&row, hub->db,
	    "SELECT uses,expires FROM invite WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
	if (err == CS_OK) {
		uses = cs_col_int(&row, 0);
		expires = cs_col_int(&row, 1);
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_INVITE_UNKNOWN);
	if (err)
		return err;
	if (expires < hub->now_ms)
		return hub_refuse(rq, CS_WIRE_E_INVITE_EXPIRED);
	if (uses == 0)
		return hub_refuse(rq, CS_WIRE_E_INVITE_USED);
	return cs_db_exec(hub->db, "UPDATE invite SET uses=uses-1 WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
}

static enum cs_err
insert(struct hub_request *rq, const struct cs_wire_join *m,
    const struct cs_device_cert *cert, struct cs_view credential)
{
	struct cs_hub *hub = rq->hub;
	uint64_t taken;
	enum cs_err err;

	err = cs_db_get_int(&taken, hub->db,
	    "SELECT COUNT(*) FROM account WHERE handle=?",
	    cs_text(cert->handle));
	if (err)
		return err;
	if (taken != 0)
		return hub_refuse(rq, CS_WIRE_E_HANDLE_TAKEN);
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
	/* A random id is never taken. */
	return err == CS_ERR_EXISTS ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				    : err;
}

/* Has this very device joined already, and its answer was lost? */
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

/* Names that people take for the operator, or for nobody in particular. */
static bool
is_reserved(struct cs_view handle)
{
	static const char *const names[] = { "abuse", "admin", "administrator",
		"anybody", "countersign", "desk", "everybody", "everyone",
		"helpdesk", "hostmaster", "hub", "me", "moderator", "nobody",
		"operator", "postmaster", "report-desk", "reports", "root",
		"security", "somebody", "support", "system", "webmaster",
		"you" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (cs_view_equal(handle, cs_view_str(names[i])))
			return true;
	return false;
}

static enum cs_err
join(struct hub_request *rq, const struct cs_wire_join *m,
    const struct cs_device_cert *cert, struct cs_view credential)
{
	struct cs_wire_empty answer = { 0 };
	bool before;
	enum cs_err err;

	if ((err = joined_before(&before, rq->hub, credential)))
		return err;
	if (!before) {
		if (is_reserved(cert->handle))
			return hub_refuse(rq, CS_WIRE_E_HANDLE_INVALID);
		if ((err = use_invite(rq, m->invite)) ||
		    (err = insert(rq, m, cert, credential)))
			return err;
	}
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_join(struct hub_request *rq)
{
	struct cs_credential credential;
	struct cs_buf bytes = { 0 };
	struct cs_device_cert cert;
	struct cs_wire_join m;
	enum cs_err err;

	if (++rq->conn->join_tries > HUB_JOIN_TRIES_MAX) {
		rq->conn->end_after_round = true;
		return hub_refuse(rq, CS_WIRE_E_LIMIT);
	}
	if ((err = cs_wire_parse(&m, &cs_wire_join_shape, rq->body)))
		return err;
	if (cs_device_cert_verify(&cert, m.device_cert,
		CS_VIEW_OF(m.account_key), rq->hub->now_ms / 1000) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	credential.device_cert = m.device_cert;
	memcpy(credential.account_key, m.account_key, 32);
	err = cs_credential_write(&bytes, &credential);
	if (err == CS_OK)
		err = join(rq, &m, &cert, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}
