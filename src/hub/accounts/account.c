/* SPDX-License-Identifier: MIT */
/* Accounts by invite, and logging in by the device's key. */
#include "hub/accounts/account.h"

#include <string.h>

#include "base/name.h"
#include "crypto/hash.h"
#include "franking/credential.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/sign.h"

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
		return hub_try_failed(rq, CS_WIRE_E_INVITE_UNKNOWN);
	if (err)
		return err;
	if (expires < hub->now_ms)
		return hub_refuse(rq, CS_WIRE_E_INVITE_EXPIRED);
	if (uses == 0)
		return hub_refuse(rq, CS_WIRE_E_INVITE_USED);
	return cs_db_exec(hub->db, "UPDATE invite SET uses=uses-1 WHERE hash=?",
	    cs_blob(CS_VIEW_OF(hash)));
}

/* An account on its way in. */
struct newcomer {
	const struct cs_wire_join *m;
	struct cs_device_cert device;
	struct cs_buf account_cert, credential;
};

static void
newcomer_clear(struct newcomer *n)
{
	cs_buf_free(&n->account_cert);
	cs_buf_free(&n->credential);
}

static enum cs_err
write_credential(struct newcomer *n, struct cs_view registrar_cert,
    struct cs_view account_cert)
{
	const struct cs_credential credential = {
		.registrar_cert = registrar_cert,
		.account_cert = account_cert,
		.n = 1,
		.devices = { n->m->device_cert },
	};

	cs_buf_reset(&n->credential);
	return cs_credential_write(&n->credential, &credential);
}

/* Sign for the account, and see that everybody would take it. */
static enum cs_err
certify(struct hub_request *rq, struct newcomer *n)
{
	struct cs_hub *hub = rq->hub;
	struct cs_account_cert account = {
		.handle = n->device.handle,
		.from_ms = hub->now_ms,
	};
	struct cs_identity identity;
	enum cs_err err;

	memcpy(account.account, n->device.account, CS_ID_LEN);
	memcpy(account.account_key, n->m->account_key, CS_KEY_LEN);
	err = hub_sign_account(&n->account_cert, hub, &account);
	if (err == CS_OK)
		err = write_credential(n, cs_buf_view(&hub->registrar_cert),
		    cs_buf_view(&n->account_cert));
	if (err == CS_OK)
		err = cs_identity_verify(&identity, cs_buf_view(&n->credential),
		    CS_VIEW_OF(hub->root_public), hub->now_ms / CS_SECOND_MS);
	/* An id of zeroes; or the operator has to renew the registrar. */
	if (err == CS_ERR_EXPIRED)
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	return err == CS_ERR_MISUSE || cs_err_class(err) == CS_ERR_CLASS_THEIRS
	    ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
	    : err;
}

/* The name of somebody who left, as only this hub knows it again. */
static enum cs_err
gone_name(uint8_t out[static CS_HASH_LEN], const struct cs_hub *hub,
    struct cs_view handle)
{
	static const char label[] = "countersign/name-gone/v1";
	const struct cs_view parts[] = { cs_view(label, sizeof label), handle };

	return cs_hmac_parts(
	    out, CS_SHA256, CS_VIEW_OF(hub->pseudonym_key), parts, 2);
}

/* What a name looks like, in the same way. */
static enum cs_err
looks_of(uint8_t out[static CS_HASH_LEN], const struct cs_hub *hub,
    struct cs_view handle)
{
	static const char label[] = "countersign/name-looks/v1";
	struct cs_buf skeleton = { 0 };
	enum cs_err err = cs_name_skeleton(&skeleton, handle);

	if (err == CS_OK) {
		const struct cs_view parts[] = { cs_view(label, sizeof label),
			cs_buf_view(&skeleton) };

		err = cs_hmac_parts(
		    out, CS_SHA256, CS_VIEW_OF(hub->pseudonym_key), parts, 2);
	}
	cs_buf_free(&skeleton);
	return err;
}

static enum cs_err
note_looks(struct cs_hub *hub, struct cs_view handle)
{
	uint8_t looks[CS_HASH_LEN];
	enum cs_err err = looks_of(looks, hub, handle);

	if (err)
		return err;
	return cs_db_exec(hub->db,
	    "INSERT INTO name_looks(name) VALUES(?) ON CONFLICT DO NOTHING",
	    cs_blob(CS_VIEW_OF(looks)));
}

/* Has anybody the name, or had it, or one that looks like it? */
static enum cs_err
is_taken(bool *out, struct cs_hub *hub, struct cs_view handle)
{
	uint8_t name[CS_HASH_LEN], looks[CS_HASH_LEN];
	uint64_t n;
	enum cs_err err;

	if ((err = gone_name(name, hub, handle)) ||
	    (err = looks_of(looks, hub, handle)))
		return err;
	err = cs_db_get_int(&n, hub->db,
	    "SELECT (SELECT COUNT(*) FROM account WHERE handle=?)"
	    "+(SELECT COUNT(*) FROM name_gone WHERE name=?)"
	    "+(SELECT COUNT(*) FROM name_looks WHERE name=?)",
	    cs_text(handle), cs_blob(CS_VIEW_OF(name)),
	    cs_blob(CS_VIEW_OF(looks)));
	*out = n != 0;
	return err;
}

/* Accounts of before there was a table of looks. */
enum cs_err
hub_accounts_note_looks(struct cs_hub *hub)
{
	struct cs_rows rows;
	uint64_t n;
	enum cs_err err;

	if ((err = cs_db_get_int(
		 &n, hub->db, "SELECT EXISTS(SELECT 1 FROM name_looks)")) ||
	    n != 0 || (err = cs_db_begin(hub->db)))
		return err;
	err = cs_db_query(&rows, hub->db, "SELECT handle FROM account");
	while (err == CS_OK && cs_rows_next(&rows))
		err = note_looks(hub, cs_col_blob(&rows, 0));
	return cs_db_end(hub->db, cs_rows_end(&rows, err));
}

static enum cs_err
insert(struct hub_request *rq, const struct newcomer *n)
{
	const struct cs_device_cert *device = &n->device;
	struct cs_hub *hub = rq->hub;
	bool taken;
	enum cs_err err;

	if ((err = is_taken(&taken, hub, device->handle)))
		return err;
	if (taken)
		return hub_refuse(rq, CS_WIRE_E_HANDLE_TAKEN);
	err = cs_db_exec(hub->db,
	    "INSERT INTO account(id,handle,key,registrar,cert,created)"
	    " VALUES(?,?,?,?,?,?)",
	    cs_blob(CS_VIEW_OF(device->account)), cs_text(device->handle),
	    cs_blob(CS_VIEW_OF(n->m->account_key)),
	    cs_blob(cs_buf_view(&hub->registrar_cert)),
	    cs_blob(cs_buf_view(&n->account_cert)), cs_int(hub->now_ms));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "INSERT INTO device(id,account,key,cert,created)"
		    " VALUES(?,?,?,?,?)",
		    cs_blob(CS_VIEW_OF(device->device)),
		    cs_blob(CS_VIEW_OF(device->account)),
		    cs_blob(CS_VIEW_OF(device->public)),
		    cs_blob(cs_buf_view(&n->credential)), cs_int(hub->now_ms));
	if (err == CS_OK)
		err = note_looks(hub, device->handle);
	/* A random id or key is never taken. */
	return err == CS_ERR_EXISTS ? hub_refuse(rq, CS_WIRE_E_CERTIFICATE)
				    : err;
}

/* What the registrar signed of the account with this key.  CS_ERR_NOT_FOUND:
 * there is none, or it has left. */
static enum cs_err
find_certs(struct cs_buf *registrar, struct cs_buf *cert, struct cs_hub *hub,
    struct cs_view account_key)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT registrar,cert FROM account WHERE key=? AND gone=0",
	    cs_blob(account_key));
	if (err == CS_OK &&
	    (err = cs_buf_set(registrar, cs_col_blob(&row, 0))) == CS_OK)
		err = cs_buf_set(cert, cs_col_blob(&row, 1));
	return cs_rows_end(&row, err);
}

/* Has this very device joined already, and its answer was lost?  Then its
 * account was certified, and ${registrar} and ${n->account_cert} say so. */
static enum cs_err
joined_before(
    bool *out, struct cs_buf *registrar, struct cs_hub *hub, struct newcomer *n)
{
	uint64_t known;
	enum cs_err err;

	*out = false;
	err = find_certs(
	    registrar, &n->account_cert, hub, CS_VIEW_OF(n->m->account_key));
	if (err == CS_ERR_NOT_FOUND)
		return CS_OK;
	if (err ||
	    (err = write_credential(
		 n, cs_buf_view(registrar), cs_buf_view(&n->account_cert))) ||
	    (err = cs_db_get_int(&known, hub->db,
		 "SELECT COUNT(*) FROM device WHERE key=? AND cert=?",
		 cs_blob(CS_VIEW_OF(n->device.public)),
		 cs_blob(cs_buf_view(&n->credential)))))
		return err;
	*out = known == 1;
	cs_buf_reset(&n->credential);
	if (!*out)
		cs_buf_reset(&n->account_cert);
	return CS_OK;
}

static enum cs_err
join(struct hub_request *rq, struct newcomer *n)
{
	struct cs_buf registrar = { 0 };
	struct cs_wire_account answer;
	bool before, reserved = false;
	enum cs_err err;

	err = joined_before(&before, &registrar, rq->hub, n);
	if (err == CS_OK && !before)
		err = cs_name_reserved(
		    &reserved, n->device.handle, cs_view_str(rq->hub->name));
	if (err == CS_OK && reserved)
		err = hub_refuse(rq, CS_WIRE_E_HANDLE_INVALID);
	if (err == CS_OK && !before &&
	    (err = use_invite(rq, n->m->invite)) == CS_OK &&
	    (err = certify(rq, n)) == CS_OK && (err = insert(rq, n)) == CS_OK)
		err = cs_buf_set(
		    &registrar, cs_buf_view(&rq->hub->registrar_cert));
	answer.registrar_cert = cs_buf_view(&registrar);
	answer.account_cert = cs_buf_view(&n->account_cert);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_account_shape, &answer);
	cs_buf_free(&registrar);
	return err;
}

enum cs_err
hub_join(struct hub_request *rq)
{
	struct newcomer n = { 0 };
	struct cs_wire_join m;
	enum cs_err err;

	if ((err = hub_try(rq)) ||
	    (err = cs_wire_parse(&m, &cs_wire_join_shape, rq->body)))
		return err;
	if (cs_device_cert_verify(&n.device, m.device_cert,
		CS_VIEW_OF(m.account_key),
		rq->hub->now_ms / CS_SECOND_MS) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	n.m = &m;
	err = join(rq, &n);
	newcomer_clear(&n);
	return err;
}

/* ---- leaving for good --------------------------------------------------- */

struct gone {
	uint8_t id[CS_ID_LEN];
	uint8_t name[CS_HASH_LEN];
};

static enum cs_err
find_gone(bool *found, struct gone *out, struct cs_hub *hub, uint64_t before_ms)
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT id,handle FROM account WHERE gone<>0 AND gone<?"
	    " AND NOT EXISTS(SELECT 1 FROM device"
	    " WHERE device.account=account.id) LIMIT 1",
	    cs_int(before_ms));
	*found = err == CS_OK;
	if (err == CS_OK) {
		cs_col_copy(&row, 0, out->id, sizeof out->id);
		err = gone_name(out->name, hub, cs_col_blob(&row, 1));
	} else if (err == CS_ERR_NOT_FOUND) {
		err = CS_OK;
	}
	return cs_rows_end(&row, err);
}

/* What the desk has not read yet it still gets. */
static enum cs_err
forget(struct cs_hub *hub, const struct gone *gone)
{
	static const char *const from[] = {
		"DELETE FROM report WHERE account=? AND sealed IS NULL",
		"DELETE FROM letter WHERE account=? AND sealed IS NULL",
		"DELETE FROM action WHERE account=?",
		"DELETE FROM group_note WHERE account=?",
		"DELETE FROM revocation WHERE account=?",
		"DELETE FROM spent WHERE scope=?",
		"DELETE FROM account WHERE id=?",
	};
	enum cs_err err = cs_db_exec(hub->db,
	    "INSERT INTO name_gone(name) VALUES(?) ON CONFLICT DO NOTHING",
	    cs_blob(CS_VIEW_OF(gone->name)));

	for (size_t i = 0; err == CS_OK && i < sizeof from / sizeof *from; i++)
		err =
		    cs_db_exec(hub->db, from[i], cs_blob(CS_VIEW_OF(gone->id)));
	return err;
}

enum cs_err
hub_accounts_forget(int64_t *n, struct cs_hub *hub, uint64_t before_ms)
{
	struct gone gone;
	bool found = true;
	enum cs_err err = CS_OK;

	for (*n = 0; err == CS_OK && *n < HUB_SWEEP_ROWS; ++*n) {
		err = find_gone(&found, &gone, hub, before_ms);
		if (err || !found)
			break;
		err = forget(hub, &gone);
	}
	return err;
}
