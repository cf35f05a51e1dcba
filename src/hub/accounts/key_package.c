/* SPDX-License-Identifier: MIT */
/* Key packages: single use, one last-resort a device (RFC 9420, 16.8). */
#include "hub/accounts/key_package.h"

#include <string.h>

#include "base/units.h"
#include "franking/credential.h"
#include "hub/accounts/device.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/groups/contact.h"
#include "room/leaf.h"
#include "store/clock.h"

/* As column last_resort has it. */
enum kind { SINGLE_USE = 0, LAST_RESORT = 1 };

/* One that ends sooner is as good as none: its device brings another, and who
 * is away for that long can still be reached. */
#define SPARE_S (60 * CS_DAY_S)

static enum cs_err
count(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN],
    struct cs_wire_login_answer *out)
{
	uint64_t n, last;
	uint64_t until_s = hub->now_ms / 1000 + SPARE_S;
	enum cs_err err;

	if ((err = cs_db_get_int(&n, hub->db,
		 "SELECT COUNT(*) FROM key_package WHERE device=?"
		 " AND last_resort=0 AND not_after>?",
		 cs_blob(cs_view(device, CS_ID_LEN)), cs_int(until_s))) ||
	    (err = cs_db_get_int(&last, hub->db,
		 "SELECT COUNT(*) FROM key_package WHERE device=?"
		 " AND last_resort=? AND not_after>?",
		 cs_blob(cs_view(device, CS_ID_LEN)), cs_int(LAST_RESORT),
		 cs_int(until_s))))
		return err;
	out->key_packages = (uint32_t)n;
	out->last_resort = last != 0;
	return CS_OK;
}

enum cs_err
hub_key_packages_count(struct hub_request *rq, struct cs_wire_login_answer *out)
{
	uint64_t unknown, devices;
	enum cs_err err;

	if ((err = count(rq->hub, rq->conn->device, out)) ||
	    (err = hub_devices_count(&devices, rq->hub, rq->conn->account)) ||
	    (err = cs_db_get_int(&unknown, rq->hub->db,
		 "SELECT unknown_senders FROM account WHERE id=?",
		 cs_blob(CS_VIEW_OF(rq->conn->account)))))
		return err;
	out->unknown_senders = (uint8_t)unknown;
	out->devices = (uint8_t)devices; /* CS_WIRE_DEVICES_MAX at most */
	return CS_OK;
}

/* One is good for as long as the certificates in it. */
static uint64_t
last_s(const struct cs_mls_key_package_info *info)
{
	struct cs_identity identity;

	return cs_identity_peek(&identity, info->credential.identity) ==
		    CS_OK &&
		identity.not_after < info->not_after_s
	    ? identity.not_after
	    : info->not_after_s;
}

/* A device gives key packages of its own only, and such as a member will take.
 */
static enum cs_err
put_one(struct hub_request *rq, struct cs_view bytes, enum kind kind)
{
	struct cs_mls_key_package_info info;
	uint64_t now_s = rq->hub->now_ms / CS_SECOND_MS, known;
	struct cs_room_owner owner;
	enum cs_err err;

	err = cs_room_check_key_package(
	    &info, &owner, bytes, CS_VIEW_OF(rq->hub->root_public), now_s);
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS
		    ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
		    : err;
	if (info.last_resort != (kind == LAST_RESORT))
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	err = cs_db_get_int(&known, rq->hub->db,
	    "SELECT COUNT(*) FROM device WHERE id=? AND account=? AND key=?",
	    cs_blob(CS_VIEW_OF(owner.device)),
	    cs_blob(CS_VIEW_OF(owner.account)), cs_blob(info.signature_key));
	if (err)
		return err;
	if (known != 1 ||
	    memcmp(owner.device, rq->conn->device, CS_ID_LEN) != 0)
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	return cs_db_exec(rq->hub->db,
	    "INSERT INTO key_package(device,last_resort,not_after,bytes)"
	    " VALUES(?,?,?,?)",
	    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(kind),
	    cs_int(last_s(&info)), cs_blob(bytes));
}

enum cs_err
hub_key_packages_put(struct hub_request *rq)
{
	struct cs_wire_key_packages_put m;
	struct cs_wire_login_answer answer = { 0 };
	struct cs_wire_bytes item;
	struct cs_view rest;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_key_packages_put_shape, rq->body)) ||
	    (err = count(rq->hub, rq->conn->device, &answer)))
		return err;
	if (answer.key_packages + m.key_packages.n > CS_WIRE_KEY_PACKAGES_MAX)
		return hub_over(rq, HUB_B_KEY_PACKAGES_PUT_DAY, 0);
	err = hub_spend(rq, HUB_B_KEY_PACKAGES_PUT_DAY, m.key_packages.n + 1);
	if (err)
		return err;
	for (rest = m.key_packages.raw;
	     cs_wire_next(&item, &cs_wire_bytes_shape, &rest);)
		if ((err = put_one(rq, item.v, SINGLE_USE)))
			return err;
	if (m.last_resort.len != 0) {
		err = cs_db_exec(rq->hub->db,
		    "DELETE FROM key_package WHERE device=? AND last_resort=?",
		    cs_blob(CS_VIEW_OF(rq->conn->device)), cs_int(LAST_RESORT));
		if (err)
			return err;
		if ((err = put_one(rq, m.last_resort, LAST_RESORT)))
			return err;
	}
	if ((err = hub_key_packages_count(rq, &answer)))
		return err;
	return hub_answer(rq, &cs_wire_login_answer_shape, &answer);
}

/* Take one key package of a device: the oldest, or the last-resort one when
 * there is no other. */
static enum cs_err
take(struct cs_hub *hub, struct cs_buf *list, uint32_t *n,
    const uint8_t device[static CS_ID_LEN])
{
	struct cs_rows rows;
	struct cs_wire_bytes item;
	uint64_t id = 0, kind = LAST_RESORT;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT id,last_resort,bytes FROM key_package WHERE device=?"
	    " AND not_after>? ORDER BY last_resort,id LIMIT 1",
	    cs_blob(cs_view(device, CS_ID_LEN)), cs_int(hub->now_ms / 1000));
	if (err == CS_OK && cs_rows_next(&rows)) {
		id = cs_col_int(&rows, 0);
		kind = cs_col_int(&rows, 1);
		item.v = cs_col_blob(&rows, 2);
		err = cs_wire_list_add(list, n, &cs_wire_bytes_shape, &item);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (kind == LAST_RESORT)
		return CS_OK;
	return cs_db_exec(
	    hub->db, "DELETE FROM key_package WHERE id=?", cs_int(id));
}

static enum cs_err
take_all(struct hub_request *rq, const struct cs_wire_key_packages_get *m,
    struct cs_wire_key_packages_answer *answer, struct cs_buf *list)
{
	static const uint8_t each[CS_ID_LEN];
	bool all = memcmp(m->device, each, sizeof each) == 0;
	uint8_t devices[CS_WIRE_DEVICES_MAX][16];
	struct cs_rows rows;
	size_t n = 0;
	enum cs_err err;

	/* A request for the device's own account is for its other devices. */
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id FROM device WHERE account=? AND id<>? AND removed=0",
	    cs_blob(CS_VIEW_OF(answer->account)),
	    cs_blob(CS_VIEW_OF(rq->conn->device)));
	while (err == CS_OK && n < CS_WIRE_DEVICES_MAX && cs_rows_next(&rows))
		cs_col_copy(&rows, 0, devices[n++], CS_ID_LEN);
	if ((err = cs_rows_end(&rows, err)))
		return err;
	for (size_t i = 0; i < n; i++)
		if ((all || memcmp(devices[i], m->device, CS_ID_LEN) == 0) &&
		    (err = take(rq->hub, list, &answer->key_packages.n,
			 devices[i])) != CS_OK)
			return err;
	if (answer->key_packages.n == 0)
		return hub_refuse(rq, CS_WIRE_E_NO_KEY_PACKAGE);
	answer->key_packages.raw = cs_buf_view(list);
	return hub_answer(rq, &cs_wire_key_packages_answer_shape, answer);
}

/* The same questions take a little longer where there are rows to read. */
static void
wait_until(uint64_t us)
{
	while (cs_clock_us() < us)
		continue;
}

enum cs_err
hub_key_packages_get(struct hub_request *rq)
{
	struct cs_wire_key_packages_get m;
	struct cs_wire_key_packages_answer answer = { 0 };
	uint64_t began_us = cs_clock_us();
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_key_packages_get_shape, rq->body)))
		return err;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT id,key FROM account WHERE handle=? AND disabled=0 AND "
	    "gone=0",
	    cs_text(m.handle));
	if (err == CS_OK && cs_rows_next(&rows)) {
		cs_col_copy(&rows, 0, answer.account, CS_ID_LEN);
		cs_col_copy(&rows, 1, answer.account_key, 32);
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	/* Handles that are unknown, refuse strangers, are disabled or have left
	 * look alike, also by the time it takes: no account has the id zero. */
	if ((err = hub_spend(rq, HUB_B_KEY_PACKAGES_GET_DAY, 1)))
		return err;
	err = hub_contact_may(rq, answer.account);
	if (err == CS_OK)
		err = take_all(rq, &m, &answer, &list);
	else
		wait_until(began_us + HUB_LOOKUP_US);
	cs_buf_free(&list);
	return err;
}
