/* SPDX-License-Identifier: MIT */
#include "hub/groups/member.h"

#include "franking/credential.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"

enum cs_err
hub_device_of(struct cs_hub *hub, struct cs_view credential,
    uint8_t device[static CS_ID_LEN], uint8_t account[static CS_ID_LEN])
{
	struct cs_identity identity;
	struct cs_rows row;
	enum cs_err err;

	/* It may have been renewed since the leaf came in. */
	if (cs_identity_peek(&identity, credential) != CS_OK)
		return CS_ERR_CREDENTIAL;
	err = cs_db_row(&row, hub->db,
	    "SELECT id,account FROM device WHERE id=? AND key=? AND account=?",
	    cs_blob(CS_VIEW_OF(identity.device.device)),
	    cs_blob(CS_VIEW_OF(identity.device.public)),
	    cs_blob(CS_VIEW_OF(identity.account.account)));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, device, CS_ID_LEN);
		cs_col_copy(&row, 1, account, CS_ID_LEN);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CREDENTIAL : err;
}

/* A device that was removed, and has not read up to that, still may. */
static enum cs_err
keep_past(struct cs_hub *hub, const struct hub_member *member)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO past_member(grp,device,from_seq,until_seq,cursor)"
	    " SELECT grp,device,from_seq,until_seq,cursor FROM member"
	    " WHERE grp=? AND device=? AND until_seq>cursor",
	    cs_blob(member->group), cs_blob(CS_VIEW_OF(member->device)));
}

enum cs_err
hub_member_insert(struct cs_hub *hub, const struct hub_member *member)
{
	enum cs_err err = keep_past(hub, member);

	if (err)
		return err;
	return cs_db_exec(hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(?,?,?,?,?,?) ON CONFLICT(grp,device) DO UPDATE SET"
	    " leaf=excluded.leaf,from_seq=excluded.from_seq,until_seq=NULL,"
	    "cursor=excluded.cursor",
	    cs_blob(member->group), cs_blob(CS_VIEW_OF(member->device)),
	    cs_blob(CS_VIEW_OF(member->account)), cs_int(member->leaf),
	    cs_int(member->from_seq), cs_int(member->from_seq));
}

enum cs_err
hub_account_in(bool *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM member WHERE grp=? AND account=?"
	    " AND until_seq IS NULL",
	    cs_blob(group), cs_blob(cs_view(account, CS_ID_LEN)));
	*out = err == CS_OK && n != 0;
	return err;
}

enum cs_err
hub_is_member(struct hub_request *rq, struct cs_view group_id)
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, rq->hub->db,
	    "SELECT COUNT(*) FROM member WHERE grp=? AND device=?"
	    " AND until_seq IS NULL",
	    cs_blob(group_id), cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err)
		return err;
	return n == 1 ? CS_OK : hub_refuse(rq, CS_WIRE_E_NO_GROUP);
}

enum cs_err
hub_account_may_return(bool *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM restore JOIN account ON"
	    " account.id=restore.account WHERE grp=? AND account=? AND seq<>0"
	    " AND disabled=0 AND NOT EXISTS(SELECT 1 FROM member WHERE"
	    " member.grp=restore.grp AND until_seq IS NULL"
	    " AND from_seq>=restore.seq)",
	    cs_blob(group), cs_blob(cs_view(account, CS_ID_LEN)));
	*out = err == CS_OK && n != 0;
	return err;
}

enum cs_err
hub_account_may_enter(bool *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	enum cs_err err = hub_account_in(out, hub, group, account);

	return err || *out ? err
			   : hub_account_may_return(out, hub, group, account);
}
