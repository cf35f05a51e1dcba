/* SPDX-License-Identifier: MIT */
#include "hub/accounts/renew_words.h"

#include <string.h>

#include "franking/revocation.h"
#include "hub/accounts/device.h"
#include "hub/accounts/recovery_key.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/refusal.h"

/* The chain that the statement carries: of the key that comes. */
static enum cs_err
read_chain(struct cs_buf *out, struct cs_view revocation,
    const uint8_t ended[static CS_ID_LEN])
{
	struct cs_credential credential;
	struct cs_view next;
	enum cs_err err;

	if (!cs_revocation_succeeds(&next, ended, revocation))
		return CS_ERR_CERT;
	if ((err = cs_credential_parse(&credential, next)))
		return err;
	return cs_credential_write_devices(out, &credential);
}

/* Sent again because the answer was lost? */
static enum cs_err
is_known(bool *out, struct cs_hub *hub, const uint8_t account[static CS_ID_LEN],
    struct cs_view revocation)
{
	uint64_t n = 0;
	enum cs_err err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM revocation WHERE account=? AND bytes=?",
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_blob(revocation));

	*out = n != 0;
	return err;
}

/* The key that ends is the one of now, and the next one is new. */
static enum cs_err
replace(struct hub_request *rq, const struct cs_wire_recovery_renew *m)
{
	struct hub_recovery_key now, next = { .replaced = false };
	struct cs_revocation revocation;
	struct cs_identity signer;
	enum cs_revocation_by by;
	enum cs_err err;

	if ((err = hub_recovery_key_of(&now, rq->hub, rq->conn->account)))
		goto out;
	err = cs_revocation_verify(&revocation, &signer, &by, m->revocation,
	    CS_VIEW_OF(rq->hub->root_public));
	if (err == CS_OK &&
	    (by != CS_REVOCATION_BY_ITSELF ||
		memcmp(revocation.account, rq->conn->account, CS_ID_LEN) != 0 ||
		memcmp(revocation.device, now.id, CS_ID_LEN) != 0 ||
		!cs_recovery_id(signer.device.device) ||
		memcmp(signer.device.device, now.id, CS_ID_LEN) == 0))
		err = CS_ERR_CERT;
	if (err == CS_OK)
		err = read_chain(&next.devices, m->revocation, now.id);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		err = hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	if (err || (err = cs_buf_set(&next.notes, m->notes)))
		goto out;
	memcpy(next.account, rq->conn->account, CS_ID_LEN);
	memcpy(next.id, signer.device.device, CS_ID_LEN);
	err = hub_recovery_key_replace(rq->hub, &next, signer.device.public);
	if (err == CS_ERR_EXISTS)
		err = hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	if (err == CS_OK)
		err = hub_device_revoke(rq, &revocation, m->revocation);
out:
	hub_recovery_key_clear(&now);
	hub_recovery_key_clear(&next);
	return err;
}

enum cs_err
hub_recovery_renew(struct hub_request *rq)
{
	const struct cs_wire_empty answer = { 0 };
	struct cs_wire_recovery_renew m;
	bool known;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_recovery_renew_shape, rq->body)) ||
	    (err = hub_spend(rq, HUB_B_REVOCATIONS_DAY, 1)) ||
	    (err = is_known(
		 &known, rq->hub, rq->conn->account, m.revocation)) ||
	    (!known && (err = replace(rq, &m)) != CS_OK))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
