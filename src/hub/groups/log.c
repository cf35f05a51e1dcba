/* SPDX-License-Identifier: MIT */
/*
 * The log of a group: one append a message, stamped before it is stored, and
 * one cursor a device.
 */
#include "hub/groups/log.h"

#include <string.h>

#include "franking/stamp.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/groups/group.h"

static void
make_stamp(struct cs_stamp *s, const struct cs_hub *hub,
    const struct hub_group *group, const struct hub_entry *entry)
{
	memset(s, 0, sizeof *s);
	s->flags = entry->content == CS_MLS_CONTENT_APPLICATION
	    ? 0
	    : CS_STAMP_HANDSHAKE;
	/* FRANKING, rule 7: time never goes backwards in a group. */
	s->accepted_ms =
	    hub->now_ms > group->last_ms ? hub->now_ms : group->last_ms;
	s->epoch = entry->epoch;
	s->group_seq = group->seq + 1;
	memcpy(s->account, entry->account, CS_ID_LEN);
	memcpy(s->device, entry->device, CS_ID_LEN);
	memcpy(s->tag, entry->tag, 32);
	memcpy(s->msg_hash, entry->msg_hash, 32);
	memcpy(s->chain_prev, group->chain, 32);
}

static enum cs_err
store(struct cs_hub *hub, const struct hub_group *group,
    const struct hub_entry *entry, const struct cs_stamp *s,
    struct cs_view stamp)
{
	enum cs_err err;

	err = cs_db_exec(hub->db,
	    "INSERT INTO log(grp,seq,account,device,epoch,content,accepted,"
	    "msg_hash,stamp,message) VALUES(?,?,?,?,?,?,?,?,?,?)",
	    cs_blob(group->id), cs_int(s->group_seq),
	    cs_blob(CS_VIEW_OF(s->account)), cs_blob(CS_VIEW_OF(s->device)),
	    cs_int(s->epoch), cs_int(entry->content), cs_int(s->accepted_ms),
	    cs_blob(CS_VIEW_OF(s->msg_hash)), cs_blob(stamp),
	    cs_blob(entry->message));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE grp SET seq=?,chain=?,last_ms=? WHERE id=?",
		    cs_int(group->seq), cs_blob(CS_VIEW_OF(group->chain)),
		    cs_int(group->last_ms), cs_blob(group->id));
	return err;
}

enum cs_err
hub_log_append(struct hub_appended *out, struct cs_hub *hub,
    struct hub_group *group, const struct hub_entry *entry)
{
	struct cs_stamp s;
	enum cs_err err;

	make_stamp(&s, hub, group, entry);
	if ((err = cs_group_ref(s.group_ref, group->id)) ||
	    (err = cs_stamp_sign(&s, hub->root_public, &hub->stamp_key)) ||
	    (err = cs_stamp_write(&out->stamp, &s)) ||
	    (err = cs_stamp_chain(group->chain, &s)))
		return err;
	out->seq = group->seq = s.group_seq;
	group->last_ms = s.accepted_ms;
	if ((err = store(hub, group, entry, &s, cs_buf_view(&out->stamp))))
		return err;
	return hub_wake(hub, group->id, group->seq, entry->by);
}
