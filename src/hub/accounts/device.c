/* SPDX-License-Identifier: MIT */
/* The devices of an account: certified by its key, listed for its holder,
 * removed by one another. A removed device keeps its row, so that its id and
 * certificate cannot be used again. */
#include "hub/accounts/device.h"

#include <string.h>

#include "base/reader.h"
#include "franking/revocation.h"
#include "hub/accounts/push.h"
#include "hub/accounts/recovery_key.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/groups/removal.h"

enum cs_err
hub_devices_count(
    uint64_t *out, struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	return cs_db_get_int(out, hub->db,
	    "SELECT COUNT(*) FROM device WHERE account=? AND removed=0",
	    cs_blob(cs_view(account, CS_ID_LEN)));
}

enum cs_err
hub_device_seen(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	/* To the day: the hub need not know more, and writes once a day. */
	uint64_t day = hub->now_ms - hub->now_ms % CS_DAY_MS;

	return cs_db_exec(hub->db,
	    "UPDATE device SET seen=? WHERE id=? AND seen<?", cs_int(day),
	    cs_blob(cs_view(device, CS_ID_LEN)), cs_int(day));
}

/* ---- adding ------------------------------------------------------------- */

/* The account's certificates of the registrar, and with them the credential
 * that the new device will show. */
static enum cs_err
make_credential(struct cs_buf *out, struct hub_request *rq,
    struct cs_credential *credential)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, rq->hub->db,
	    "SELECT registrar,cert FROM account WHERE id=?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	if (err == CS_OK) {
		credential->registrar_cert = cs_col_blob(&row, 0);
		credential->account_cert = cs_col_blob(&row, 1);
		err = cs_credential_write(out, credential);
	}
	return cs_rows_end(&row, err);
}

/* Is there one certificate behind those of ${own}? */
static bool
goes_on(const struct cs_credential *credential, const struct cs_credential *own)
{
	if (own->n != credential->n - 1)
		return false;
	for (size_t i = 0; i < own->n; i++)
		if (!cs_view_equal(own->devices[i], credential->devices[i]))
			return false;
	return true;
}

static enum cs_err
is_by_recovery_key(
    bool *out, struct hub_request *rq, const struct cs_credential *credential)
{
	struct hub_recovery_key key;
	struct cs_credential own = { .n = 0 };
	enum cs_err err = hub_recovery_key_of(&key, rq->hub, rq->conn->account);

	if (err == CS_OK && key.devices.len != 0)
		err = cs_credential_parse_devices(
		    &own, cs_buf_view(&key.devices));
	*out = err == CS_OK && goes_on(credential, &own);
	hub_recovery_key_clear(&key);
	return err;
}

/* A chain that goes on from that of the device which asks, or from the recovery
 * key.  So a device that is out of the account lets nobody in. */
static enum cs_err
check_issuer(struct hub_request *rq, const struct cs_credential *credential)
{
	struct cs_credential own;
	struct cs_rows row;
	bool by_key;
	enum cs_err err = is_by_recovery_key(&by_key, rq, credential);

	if (err || by_key)
		return err;
	err = cs_db_row(&row, rq->hub->db, "SELECT cert FROM device WHERE id=?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err == CS_OK &&
	    (err = cs_credential_parse(&own, cs_col_blob(&row, 0))) == CS_OK &&
	    !goes_on(credential, &own))
		err = CS_ERR_CREDENTIAL;
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CREDENTIAL : err;
}

/* Does a revocation that the account gave end it? */
static enum cs_err
check_revoked(struct hub_request *rq, const struct cs_identity *identity)
{
	struct cs_rows rows;
	bool ended = false;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT bytes FROM revocation WHERE account=?",
	    cs_blob(CS_VIEW_OF(identity->account.account)));
	while (err == CS_OK && !ended && cs_rows_next(&rows)) {
		struct cs_revocation revocation;

		if ((err = cs_revocation_peek(
			 &revocation, cs_col_blob(&rows, 0))) == CS_OK)
			ended = cs_revocation_ends(&revocation, identity);
	}
	err = cs_rows_end(&rows, err);
	return err == CS_OK && ended ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				     : err;
}

/* A device that is there, with the same key, gets certificates that last
 * longer.  CS_ERR_NOT_FOUND: there is none of that id. */
static enum cs_err
renew(struct hub_request *rq, const struct cs_identity *identity,
    struct cs_view credential)
{
	const struct cs_device_cert *cert = &identity->device;
	struct cs_identity was;
	struct cs_rows row;
	bool may = false;
	enum cs_err err;

	err = cs_db_row(&row, rq->hub->db,
	    "SELECT account,key,cert,removed FROM device WHERE id=?",
	    cs_blob(CS_VIEW_OF(cert->device)));
	if (err == CS_OK &&
	    (err = cs_identity_peek(&was, cs_col_blob(&row, 2))) == CS_OK)
		may = cs_col_int(&row, 3) == 0 &&
		    cs_view_equal(
			cs_col_blob(&row, 0), CS_VIEW_OF(cert->account)) &&
		    cs_view_equal(
			cs_col_blob(&row, 1), CS_VIEW_OF(cert->public)) &&
		    identity->not_after > was.not_after;
	if ((err = cs_rows_end(&row, err)))
		return err;
	if (!may)
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	if ((err = hub_spend(rq, HUB_B_DEVICES_DAY, 1)))
		return err;
	return cs_db_exec(rq->hub->db, "UPDATE device SET cert=? WHERE id=?",
	    cs_blob(credential), cs_blob(CS_VIEW_OF(cert->device)));
}

static enum cs_err
insert(struct hub_request *rq, const struct cs_wire_device_add *m,
    const struct cs_identity *identity, struct cs_view credential)
{
	const struct cs_device_cert *cert = &identity->device;
	struct cs_hub *hub = rq->hub;
	uint64_t before, n;
	enum cs_err err;

	if (cs_recovery_id(cert->device))
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);

	/* Sent again because the answer was lost. */
	if ((err = cs_db_get_int(&before, hub->db,
		 "SELECT COUNT(*) FROM device WHERE key=? AND cert=?"
		 " AND removed=0",
		 cs_blob(CS_VIEW_OF(cert->public)), cs_blob(credential))) ||
	    (err = hub_devices_count(&n, hub, cert->account)))
		return err;
	if (before != 0)
		return CS_OK;
	if ((err = check_revoked(rq, identity)) ||
	    (err = renew(rq, identity, credential)) != CS_ERR_NOT_FOUND)
		return err;
	if (n >= CS_WIRE_DEVICES_MAX)
		return hub_over(rq, HUB_B_DEVICES, 0);
	if ((err = hub_spend(rq, HUB_B_DEVICES_DAY, 1)))
		return err;
	/* Its row may be gone already. */
	if ((err = cs_db_get_int(&n, hub->db,
		 "SELECT COUNT(*) FROM revocation WHERE account=? AND device=?",
		 cs_blob(CS_VIEW_OF(cert->account)),
		 cs_blob(CS_VIEW_OF(cert->device)))))
		return err;
	if (n != 0)
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	err = cs_db_exec(hub->db,
	    "INSERT INTO device(id,account,key,cert,created,name)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(cert->device)),
	    cs_blob(CS_VIEW_OF(cert->account)),
	    cs_blob(CS_VIEW_OF(cert->public)), cs_blob(credential),
	    cs_int(hub->now_ms), cs_blob(m->name));
	/* A random id or key is never taken, unless its device was removed. */
	return err == CS_ERR_EXISTS ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				    : err;
}

enum cs_err
hub_device_add(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_device_add m;
	struct cs_credential credential;
	struct cs_identity identity;
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_device_add_shape, rq->body)))
		return err;
	if ((err = cs_credential_parse_devices(&credential, m.devices)) ==
		CS_OK &&
	    (err = check_issuer(rq, &credential)) == CS_OK &&
	    (err = make_credential(&bytes, rq, &credential)) == CS_OK)
		err = cs_identity_verify(&identity, cs_buf_view(&bytes),
		    CS_VIEW_OF(rq->hub->root_public),
		    rq->hub->now_ms / CS_SECOND_MS);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		err = hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	if (err == CS_OK)
		err = insert(rq, &m, &identity, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- listing ------------------------------------------------------------ */

enum cs_err
hub_devices(struct hub_request *rq)
{
	struct cs_wire_devices_answer answer = { 0 };
	struct cs_buf list = { 0 }, devices = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT cert,name,created,seen FROM device WHERE account=?"
	    " AND removed=0 ORDER BY created,id",
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_device item = {
			.name = cs_col_blob(&rows, 1),
			.created_ms = cs_col_int(&rows, 2),
			.seen_ms = cs_col_int(&rows, 3),
		};
		struct cs_credential credential;

		cs_buf_reset(&devices);
		if ((err = cs_credential_parse(
			 &credential, cs_col_blob(&rows, 0))) ||
		    (err = cs_credential_write_devices(&devices, &credential)))
			break;
		item.devices = cs_buf_view(&devices);
		err = cs_wire_list_add(
		    &list, &answer.devices.n, &cs_wire_device_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.devices.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_devices_answer_shape, &answer);
	cs_buf_free(&list);
	cs_buf_free(&devices);
	return err;
}

/* ---- removing ----------------------------------------------------------- */

static void
end_connections(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	struct hub_conn *c = hub_conn_of_device(hub, device);

	for (; c != NULL; c = hub_conn_next_of_device(c))
		hub_conn_end(c);
}

enum cs_err
hub_device_forget(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct cs_view device = cs_view(id, CS_ID_LEN);
	enum cs_err err;

	hub->standing++;
	if ((err = cs_db_exec(hub->db, "UPDATE device SET removed=? WHERE id=?",
		 cs_int(hub->now_ms), cs_blob(device))) ||
	    (err = cs_db_exec(hub->db, "DELETE FROM key_package WHERE device=?",
		 cs_blob(device))) ||
	    (err = cs_db_exec(hub->db, "DELETE FROM welcome WHERE device=?",
		 cs_blob(device))) ||
	    (err = hub_push_forget(hub, id)) ||
	    (err = cs_db_exec(
		 hub->db, "DELETE FROM link WHERE device=?", cs_blob(device))))
		return err;
	end_connections(hub, id);
	return CS_OK;
}

/* Append the ids of the devices that a revocation ends. */
static enum cs_err
ended_by(struct cs_buf *out, bool *known, struct cs_hub *hub,
    const struct cs_revocation *revocation)
{
	struct cs_rows rows;
	enum cs_err err;

	*known = false;
	err = cs_db_query(&rows, hub->db,
	    "SELECT id,cert,removed FROM device WHERE account=?",
	    cs_blob(CS_VIEW_OF(revocation->account)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_identity identity;
		struct cs_view id = cs_col_blob(&rows, 0);

		if (cs_view_equal(id, CS_VIEW_OF(revocation->device)))
			*known = true;
		if (cs_col_int(&rows, 2) == 0 &&
		    (err = cs_identity_peek(
			 &identity, cs_col_blob(&rows, 1))) == CS_OK &&
		    cs_revocation_ends(revocation, &identity))
			err = cs_buf_add(out, id);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
store_revocation(struct cs_hub *hub, const struct cs_revocation *revocation,
    struct cs_view bytes)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO revocation(account,device,bytes) SELECT ?,?,?"
	    " WHERE NOT EXISTS (SELECT 1 FROM revocation WHERE account=?"
	    " AND bytes=?)",
	    cs_blob(CS_VIEW_OF(revocation->account)),
	    cs_blob(CS_VIEW_OF(revocation->device)), cs_blob(bytes),
	    cs_blob(CS_VIEW_OF(revocation->account)), cs_blob(bytes));
}

/* May it have been signed by whoever signed it: this very device, or the
 * account's recovery key of now? */
static enum cs_err
check_signer(struct hub_request *rq, const struct cs_identity *signer,
    enum cs_revocation_by by)
{
	struct hub_recovery_key now;
	bool may = false;
	enum cs_err err = hub_recovery_key_of(&now, rq->hub, rq->conn->account);

	if (by == CS_REVOCATION_BY_ACCOUNT_KEY)
		may = cs_view_is_zero(CS_VIEW_OF(now.id));
	if (by == CS_REVOCATION_BY_DEVICE)
		may = memcmp(signer->device.device, rq->conn->device,
			  CS_ID_LEN) == 0 ||
		    (cs_recovery_id(signer->device.device) &&
			memcmp(signer->device.device, now.id, CS_ID_LEN) == 0);
	hub_recovery_key_clear(&now);
	return err == CS_OK && !may ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				    : err;
}

/* Verify one revocation of this account.  Append what it ends. */
static enum cs_err
take_revocation(
    struct cs_buf *ended, struct hub_request *rq, struct cs_view bytes)
{
	struct cs_hub *hub = rq->hub;
	struct cs_revocation revocation;
	struct cs_identity signer;
	enum cs_revocation_by by;
	bool known;
	enum cs_err err;

	err = cs_revocation_verify(
	    &revocation, &signer, &by, bytes, CS_VIEW_OF(hub->root_public));
	if (err == CS_OK &&
	    memcmp(revocation.account, rq->conn->account, CS_ID_LEN) != 0)
		err = CS_ERR_MISMATCH;
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS
		    ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
		    : err;
	if ((err = check_signer(rq, &signer, by)) ||
	    (err = ended_by(ended, &known, hub, &revocation)))
		return err;
	return known ? store_revocation(hub, &revocation, bytes)
		     : hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
}

/* End the devices whose ids ${ended} has, some perhaps twice, unless no device
 * would be left: then only the recovery key would bring the account back. */
static enum cs_err
end_devices(struct hub_request *rq, struct cs_view ended)
{
	uint64_t devices, gone = 0;
	enum cs_err err =
	    hub_devices_count(&devices, rq->hub, rq->conn->account);

	for (size_t i = 0; i < ended.len; i += CS_ID_LEN) {
		size_t k = 0;

		while (memcmp(ended.data + k, ended.data + i, CS_ID_LEN) != 0)
			k += CS_ID_LEN;
		gone += k == i;
	}
	if (err == CS_OK && gone >= devices)
		err = hub_refuse(rq, CS_WIRE_E_LAST_DEVICE);
	for (size_t i = 0; err == CS_OK && i < ended.len; i += CS_ID_LEN)
		err = hub_device_forget(rq->hub, ended.data + i);
	return err;
}

/* Tell those who are connected, and share a conversation with the account. */
static enum cs_err
push_revocation(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_REVOCATION };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT DISTINCT theirs.account FROM member AS ours"
	    " JOIN member AS theirs ON theirs.grp=ours.grp"
	    " WHERE ours.account=?",
	    cs_blob(cs_view(account, CS_ID_LEN)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t peer[CS_ID_LEN];

		cs_col_copy(&rows, 0, peer, CS_ID_LEN);
		hub_push_account(hub, peer, &push);
	}
	return cs_rows_end(&rows, err);
}

/* What was stored is carried out, and others are told. */
static enum cs_err
carry_out(struct hub_request *rq, struct cs_view ended)
{
	enum cs_err err;

	if ((err = end_devices(rq, ended)) ||
	    (err = hub_removals_owe(rq->hub, rq->conn->account)))
		return err;
	return push_revocation(rq->hub, rq->conn->account);
}

enum cs_err
hub_device_revoke(struct hub_request *rq,
    const struct cs_revocation *revocation, struct cs_view bytes)
{
	struct cs_buf ended = { 0 };
	bool known;
	enum cs_err err = ended_by(&ended, &known, rq->hub, revocation);

	if (err == CS_OK &&
	    (err = store_revocation(rq->hub, revocation, bytes)) == CS_OK)
		err = carry_out(rq, cs_buf_view(&ended));
	cs_buf_free(&ended);
	return err;
}

enum cs_err
hub_device_remove(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_device_remove m;
	struct cs_wire_revocation item;
	struct cs_buf ended = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_device_remove_shape, rq->body)))
		return err;
	rest = m.revocations.raw;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_revocation_shape, &rest) &&
	    (err = hub_spend(rq, HUB_B_REVOCATIONS_DAY, 1)) == CS_OK)
		err = take_revocation(&ended, rq, item.revocation);
	if (err == CS_OK)
		err = carry_out(rq, cs_buf_view(&ended));
	cs_buf_free(&ended);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- revocations -------------------------------------------------------- */

enum cs_err
hub_revocations_last(uint64_t *out, struct cs_hub *hub)
{
	return cs_db_get_int(
	    out, hub->db, "SELECT COALESCE(MAX(id),0) FROM revocation");
}

enum cs_err
hub_revocations(struct hub_request *rq)
{
	struct cs_wire_revocations_answer answer = { 0 };
	struct cs_wire_revocations m;
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_revocations_shape, rq->body)) ||
	    (err = hub_revocations_last(&answer.last, rq->hub)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,bytes FROM revocation WHERE id>? AND (account=?"
	    " OR account IN (SELECT theirs.account FROM member AS ours"
	    " JOIN member AS theirs ON theirs.grp=ours.grp"
	    " WHERE ours.account=?)) ORDER BY id LIMIT ?",
	    cs_int(m.after), cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)),
	    cs_int(CS_WIRE_REVOCATIONS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		const struct cs_wire_revocation item = {
			.revocation = cs_col_blob(&rows, 1),
		};

		err = cs_wire_list_add(&list, &answer.revocations.n,
		    &cs_wire_revocation_shape, &item);
		/* There may be more. */
		if (answer.revocations.n == CS_WIRE_REVOCATIONS_MAX)
			answer.last = cs_col_int(&rows, 0);
	}
	err = cs_rows_end(&rows, err);
	answer.revocations.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err =
		    hub_answer(rq, &cs_wire_revocations_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}
