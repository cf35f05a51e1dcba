/* SPDX-License-Identifier: MIT */
/* The way back. A disabled account is taken out of its conversations; once no
 * decision holds any more, it may come back by itself. A Remove that is in the
 * logs of members cannot be called back: if it is committed after all, the
 * account comes back after it. */
#include "hub/groups/restore.h"

#include "hub/core/hub.h"
#include "hub/groups/group.h"

enum cs_err
hub_restore_note(struct cs_hub *hub, const struct hub_group *group,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_view id = cs_view(account, CS_ID_LEN);
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO restore(grp,account,seq,epoch)"
	    " SELECT ?,id,?,? FROM account WHERE id=? AND disabled<>0"
	    " ON CONFLICT(grp,account) DO UPDATE SET"
	    " seq=excluded.seq,epoch=excluded.epoch",
	    cs_blob(group->id), cs_int(group->seq), cs_int(group->epoch),
	    cs_blob(id));
	if (err)
		return err;
	return cs_db_exec(hub->db,
	    "UPDATE restore SET seq=? WHERE grp=? AND account=? AND seq=0"
	    " AND epoch=?",
	    cs_int(group->seq), cs_blob(group->id), cs_blob(id),
	    cs_int(group->epoch));
}

enum cs_err
hub_restore_end_present(struct cs_hub *hub, const struct hub_group *group)
{
	return cs_db_exec(hub->db,
	    "DELETE FROM restore WHERE grp=? AND seq<>0 AND EXISTS(SELECT 1"
	    " FROM member WHERE member.grp=restore.grp AND"
	    " member.account=restore.account AND until_seq IS NULL)",
	    cs_blob(group->id));
}

enum cs_err
hub_restore_pending(struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	return cs_db_exec(hub->db,
	    "INSERT INTO restore(grp,account,seq,epoch)"
	    " SELECT DISTINCT grp,account,0,grp.epoch FROM member"
	    " JOIN grp ON grp.id=member.grp"
	    " WHERE account=? AND until_seq IS NULL"
	    " ON CONFLICT(grp,account) DO UPDATE SET"
	    " seq=excluded.seq,epoch=excluded.epoch",
	    cs_blob(cs_view(account, CS_ID_LEN)));
}

enum cs_err
hub_restore_done(struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	return cs_db_exec(hub->db,
	    "DELETE FROM restore WHERE grp=? AND account=?", cs_blob(group),
	    cs_blob(cs_view(account, CS_ID_LEN)));
}

enum cs_err
hub_restore_end_epoch(struct cs_hub *hub, const struct hub_group *group)
{
	return cs_db_exec(hub->db,
	    "DELETE FROM restore WHERE grp=? AND seq=0 AND epoch<=?",
	    cs_blob(group->id), cs_int(group->epoch));
}
