/* SPDX-License-Identifier: MIT */
/* The devices of an account: certified by its key, listed for its holder,
 * removed by one another. A removed device keeps its row, so that its id and
 * certificate cannot be used again. */
#include "hub/accounts/device.h"

#include <string.h>

#include "franking/cert.h"
#include "hub/core/batch.h"
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

/* Does the certificate have the key and the name that the account joined with?
 */
static enum cs_err
check_cert(struct hub_request *rq, const struct cs_wire_device_add *m,
    struct cs_credential *credential, struct cs_device_cert *cert)
{
	struct cs_rows rows;
	bool right = false;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT key,handle FROM account WHERE id=?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	if (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, credential->account_key, 32);
		right = cs_device_cert_verify(cert, m->device_cert,
			    CS_VIEW_OF(credential->account_key),
			    rq->hub->now_ms / 1000) == CS_OK &&
		    memcmp(cert->account, rq->conn->account, CS_ID_LEN) == 0 &&
		    cs_view_equal(cert->handle, cs_col_blob(&rows, 1));
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	credential->device_cert = m->device_cert;
	return right ? CS_OK : hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
}

static enum cs_err
insert(struct hub_request *rq, const struct cs_wire_device_add *m,
    const struct cs_device_cert *cert, struct cs_view credential)
{
	struct cs_hub *hub = rq->hub;
	uint64_t before, n;
	enum cs_err err;

	/* Sent again because the answer was lost. */
	if ((err = cs_db_get_int(&before, hub->db,
		 "SELECT COUNT(*) FROM device WHERE cert=? AND removed=0",
		 cs_blob(credential))) ||
	    (err = hub_devices_count(&n, hub, cert->account)))
		return err;
	if (before != 0)
		return CS_OK;
	if (n >= CS_WIRE_DEVICES_MAX)
		return hub_refuse(rq, CS_WIRE_E_LIMIT);
	err = cs_db_exec(hub->db,
	    "INSERT INTO device(id,account,key,cert,created,name)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(cert->device)),
	    cs_blob(CS_VIEW_OF(cert->account)),
	    cs_blob(CS_VIEW_OF(cert->public)), cs_blob(credential),
	    cs_int(hub->now_ms), cs_blob(m->name));
	/* A random id is never taken, unless its device was removed. */
	return err == CS_ERR_EXISTS ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				    : err;
}

enum cs_err
hub_device_add(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_device_add m;
	struct cs_credential credential;
	struct cs_device_cert cert;
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_device_add_shape, rq->body)))
		return err;
	if ((err = check_cert(rq, &m, &credential, &cert)))
		return err;
	err = cs_credential_write(&bytes, &credential);
	if (err == CS_OK)
		err = insert(rq, &m, &cert, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- listing ------------------------------------------------------------ */

enum cs_err
hub_devices(struct hub_request *rq)
{
	struct cs_wire_devices_answer answer = { 0 };
	struct cs_buf list = { 0 };
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

		if ((err = cs_credential_parse(
			 &credential, cs_col_blob(&rows, 0))))
			break;
		item.device_cert = credential.device_cert;
		err = cs_wire_list_add(
		    &list, &answer.devices.n, &cs_wire_device_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.devices.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_devices_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

/* ---- removing ----------------------------------------------------------- */

static void
end_connections(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	struct hub_conn *c = hub_conn_first(hub, device);

	for (; c != NULL; c = c->next_device)
		if (memcmp(c->device, device, CS_ID_LEN) == 0)
			c->end_after_round = true;
}

enum cs_err
hub_device_forget(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	struct cs_view device = cs_view(id, CS_ID_LEN);
	enum cs_err err;

	if ((err = cs_db_exec(hub->db, "UPDATE device SET removed=? WHERE id=?",
		 cs_int(hub->now_ms), cs_blob(device))) ||
	    (err = cs_db_exec(hub->db, "DELETE FROM key_package WHERE device=?",
		 cs_blob(device))) ||
	    (err = cs_db_exec(hub->db, "DELETE FROM welcome WHERE device=?",
		 cs_blob(device))) ||
	    (err = cs_db_exec(
		 hub->db, "DELETE FROM link WHERE device=?", cs_blob(device))))
		return err;
	end_connections(hub, id);
	return CS_OK;
}

static enum cs_err
remove_device(struct hub_request *rq, const uint8_t device[static CS_ID_LEN])
{
	struct cs_hub *hub = rq->hub;
	uint64_t removed, n;
	enum cs_err err;

	err = cs_db_get_int(&removed, hub->db,
	    "SELECT removed FROM device WHERE id=? AND account=?",
	    cs_blob(cs_view(device, CS_ID_LEN)),
	    cs_blob(CS_VIEW_OF(rq->conn->account)));
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	if (err || (err = hub_devices_count(&n, hub, rq->conn->account)))
		return err;
	if (removed != 0)
		return CS_OK;
	/* Without a device, nobody could come back into the account. */
	if (n <= 1)
		return hub_refuse(rq, CS_WIRE_E_LAST_DEVICE);
	if ((err = hub_device_forget(hub, device)) ||
	    (err = hub_removals_owe(hub, rq->conn->account)))
		return err;
	return CS_OK;
}

enum cs_err
hub_device_remove(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_device_remove m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_device_remove_shape, rq->body)))
		return err;
	if ((err = remove_device(rq, m.device)))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
