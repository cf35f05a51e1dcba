/* SPDX-License-Identifier: MIT */
#include "hub/accounts/recovery_key.h"

#include <string.h>

void
hub_recovery_key_clear(struct hub_recovery_key *k)
{
	cs_buf_free(&k->devices);
	cs_buf_free(&k->notes);
}

static enum cs_err
take(struct hub_recovery_key *out, struct cs_rows *row)
{
	enum cs_err err;

	cs_col_copy(row, 0, out->account, CS_ID_LEN);
	cs_col_copy(row, 1, out->id, CS_ID_LEN);
	out->replaced = cs_col_int(row, 4) != 0;
	if ((err = cs_buf_set(&out->devices, cs_col_blob(row, 2))))
		return err;
	return cs_buf_set(&out->notes, cs_col_blob(row, 3));
}

#define ROW                                                                    \
	"SELECT account,recovery_key.id,devices,notes,replaced"                \
	" FROM recovery_key"

enum cs_err
hub_recovery_key_find(struct hub_recovery_key *out, struct cs_hub *hub,
    const uint8_t key[static CS_KEY_LEN])
{
	struct cs_view v = cs_view(key, CS_KEY_LEN);
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, hub->db,
	    ROW " JOIN account ON account.id=recovery_key.account"
		" WHERE recovery_key.key=? AND gone=0",
	    cs_blob(v));
	if (err == CS_OK)
		err = take(out, &row);
	err = cs_rows_end(&row, err);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	err = cs_db_row(&row, hub->db,
	    "SELECT id FROM account WHERE key=? AND gone=0", cs_blob(v));
	if (err == CS_OK)
		cs_col_copy(&row, 0, out->account, CS_ID_LEN);
	return cs_rows_end(&row, err);
}

enum cs_err
hub_recovery_key_of(struct hub_recovery_key *out, struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	memcpy(out->account, account, CS_ID_LEN);
	err = cs_db_row(&row, hub->db, ROW " WHERE account=? AND replaced=0",
	    cs_blob(cs_view(account, CS_ID_LEN)));
	if (err == CS_OK)
		err = take(out, &row);
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
hub_recovery_key_replace(struct cs_hub *hub,
    const struct hub_recovery_key *next, const uint8_t key[static CS_KEY_LEN])
{
	static const uint8_t account_key[CS_ID_LEN];
	struct cs_view account = CS_VIEW_OF(next->account);
	enum cs_err err;

	/* The account key is in a row from now on, so that it is known for one
	 * that was replaced. */
	if ((err = cs_db_exec(hub->db,
		 "INSERT INTO recovery_key(key,account,id,devices,notes)"
		 " SELECT key,id,?,x'',x'' FROM account WHERE id=?"
		 " ON CONFLICT DO NOTHING",
		 cs_blob(CS_VIEW_OF(account_key)), cs_blob(account))) ||
	    (err = cs_db_exec(hub->db,
		 "UPDATE recovery_key SET replaced=? WHERE account=?",
		 cs_int(true), cs_blob(account))))
		return err;
	return cs_db_exec(hub->db,
	    "INSERT INTO recovery_key(key,account,id,devices,notes)"
	    " VALUES(?,?,?,?,?)",
	    cs_blob(cs_view(key, CS_KEY_LEN)), cs_blob(account),
	    cs_blob(CS_VIEW_OF(next->id)), cs_blob(cs_buf_view(&next->devices)),
	    cs_blob(cs_buf_view(&next->notes)));
}
