/* SPDX-License-Identifier: MIT */
/* A device that has nothing but an account's recovery key: it proves that, adds
 * itself, and then asks which conversations the account is in. */
#include "hub/accounts/recover.h"

#include <string.h>

#include "crypto/hash.h"
#include "hub/accounts/recovery_key.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/refusal.h"
#include "hub/groups/member.h"

static enum cs_err
verify(struct hub_request *rq, const struct cs_wire_recover *m)
{
	struct cs_buf tbs = { 0 };
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	if ((err = cs_sha256(hash, CS_VIEW_OF(m->account_key))) == CS_OK &&
	    (err = cs_wire_login_tbs(&tbs, CS_WIRE_ROLE_ACCOUNT, hash,
		 rq->conn->challenge, cs_view_str(rq->hub->name),
		 &rq->conn->binding)) == CS_OK)
		err = cs_sign_verify(CS_VIEW_OF(m->account_key),
		    cs_buf_view(&tbs), CS_VIEW_OF(m->signature));
	cs_buf_free(&tbs);
	return err;
}

/* The registrar's word for the account. */
static enum cs_err
find_certs(struct cs_buf *registrar, struct cs_buf *cert, struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, hub->db,
	    "SELECT registrar,cert FROM account WHERE id=?",
	    cs_blob(cs_view(account, CS_ID_LEN)));
	if (err == CS_OK &&
	    (err = cs_buf_set(registrar, cs_col_blob(&row, 0))) == CS_OK)
		err = cs_buf_set(cert, cs_col_blob(&row, 1));
	return cs_rows_end(&row, err);
}

enum cs_err
hub_recover(struct hub_request *rq)
{
	struct cs_buf registrar = { 0 }, cert = { 0 };
	struct hub_recovery_key key = { .replaced = false };
	struct cs_wire_recovered answer;
	struct cs_wire_recover m;
	enum cs_err err;

	if ((err = hub_try(rq)) ||
	    (err = cs_wire_parse(&m, &cs_wire_recover_shape, rq->body)))
		return err;
	/* Whoever has not the key learns nothing of what exists. */
	if (verify(rq, &m) != CS_OK)
		return hub_try_failed(rq, CS_WIRE_E_LOGIN);
	err = hub_recovery_key_find(&key, rq->hub, m.account_key);
	if (err == CS_OK && key.replaced)
		err = hub_refuse(rq, CS_WIRE_E_WORDS);
	else if (err == CS_OK)
		err = find_certs(&registrar, &cert, rq->hub, key.account);
	if (err == CS_ERR_NOT_FOUND)
		err = hub_refuse(rq, CS_WIRE_E_NO_MEMBER);
	answer.registrar_cert = cs_buf_view(&registrar);
	answer.account_cert = cs_buf_view(&cert);
	answer.devices = cs_buf_view(&key.devices);
	answer.notes = cs_buf_view(&key.notes);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_recovered_shape, &answer);
	if (err == CS_OK) {
		memcpy(rq->conn->account, key.account, CS_ID_LEN);
		rq->conn->role = HUB_RECOVERING;
	}
	hub_recovery_key_clear(&key);
	cs_buf_free(&registrar);
	cs_buf_free(&cert);
	return err;
}

/* ---- the account's conversations ---------------------------------------- */

enum cs_err
hub_account_groups(struct hub_request *rq)
{
	struct cs_wire_groups_answer answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT DISTINCT member.grp,COALESCE(note,x'') FROM member"
	    " LEFT JOIN group_note ON group_note.grp=member.grp"
	    " AND group_note.account=member.account"
	    " WHERE member.account=? AND until_seq IS NULL LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(HUB_SYNC_ROWS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		const struct cs_wire_group_note item = {
			.group_id = cs_col_blob(&rows, 0),
			.note = cs_col_blob(&rows, 1),
		};

		if (list.len > HUB_FETCH_BYTES)
			break;
		err = cs_wire_list_add(
		    &list, &answer.groups.n, &cs_wire_group_note_shape, &item);
	}
	err = cs_rows_end(&rows, err);
	answer.groups.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_groups_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_group_note_set(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_group_note m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_group_note_shape, rq->body)) ||
	    (err = hub_is_member(rq, m.group_id)) ||
	    (err = hub_spend(rq, HUB_B_GROUP_NOTES_DAY, 1)) ||
	    (err = cs_db_exec(rq->hub->db,
		 "INSERT INTO group_note(account,grp,note) VALUES(?,?,?)"
		 " ON CONFLICT(account,grp) DO UPDATE SET note=excluded.note",
		 cs_blob(CS_VIEW_OF(rq->conn->account)), cs_blob(m.group_id),
		 cs_blob(m.note))))
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}
