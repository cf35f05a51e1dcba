/* SPDX-License-Identifier: MIT */
/*
 * How a message gets into a log.
 *
 * The message is parsed as far as it is public.  Bytes that the log has
 * already are answered as the first time, so that a member who saw no answer
 * can send them again.  Then: may this device submit here, is the group still
 * there, is the epoch the current one?  A commit that lost a race is refused
 * together with the one that won it.
 *
 * A private message is appended as it is, with the franking tag that stands in
 * its authenticated data.  A handshake is first processed by the public half
 * of MLS, whose outcome says who came and who went: the rows of members, the
 * Welcome, and the group's public state follow it in the same transaction.
 */
#include "hub/groups/submit.h"

#include <string.h>

#include "base/reader.h"
#include "crypto/hash.h"
#include "franking/safe_aad.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/schema.h"
#include "hub/core/sign.h"
#include "hub/groups/ask.h"
#include "hub/groups/contact.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"
#include "hub/groups/member.h"
#include "hub/groups/read.h"
#include "hub/groups/recent.h"
#include "hub/groups/removal.h"
#include "hub/groups/restore.h"
#include "hub/groups/welcome.h"
#include "room/context.h"
#include "room/handshake.h"

/* Entries that are looked through for one that may be there already. */
#define HUB_AGAIN_MOST 20000

/* The sender inside the message has to be the device on the connection. */
static enum cs_err
check_sender(
    struct hub_request *rq, const struct cs_mls_public_group *g, uint32_t leaf)
{
	struct cs_mls_member sender;
	uint8_t device[CS_ID_LEN], account[CS_ID_LEN];

	if (!cs_mls_public_group_member(g, leaf, &sender) ||
	    hub_device_of(rq->hub, sender.credential, device, account) !=
		CS_OK ||
	    memcmp(device, rq->conn->device, CS_ID_LEN) != 0)
		return hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE);
	return CS_OK;
}

/* A person is asked once, however many devices they have, and not at all who
 * asked. */
static enum cs_err
check_contact(struct hub_request *rq, const struct hub_group *group,
    const uint8_t account[static CS_ID_LEN])
{
	bool there, asked;
	enum cs_err err = hub_account_in(&there, rq->hub, group->id, account);

	if (err || there)
		return err;
	if ((err = hub_ask_waits(&asked, rq->hub, group->id, account)))
		return err;
	return asked ? hub_ask_taken(rq->hub, group->id, account)
		     : hub_contact_added(rq, account);
}

static enum cs_err
add_member(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_group *g, uint32_t leaf, uint64_t welcome)
{
	struct hub_member member = {
		.group = group->id,
		.leaf = leaf,
		.from_seq = group->seq,
	};
	struct cs_mls_member added;
	enum cs_err err;

	if (!cs_mls_public_group_member(g, leaf, &added) ||
	    hub_device_of(rq->hub, added.credential, member.device,
		member.account) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE);
	if ((err = check_contact(rq, group, member.account)) ||
	    (err = hub_member_insert(rq->hub, &member)) ||
	    (err = hub_restore_done(rq->hub, group->id, member.account)))
		return err;
	/* A device that came by an external commit needs no Welcome. */
	return welcome == 0
	    ? CS_OK
	    : hub_welcome_insert(rq, group, member.device, welcome);
}

/* Account and device of a leaf that is a member's. */
static enum cs_err
member_at(uint8_t account[static CS_ID_LEN], uint8_t device[static CS_ID_LEN],
    struct cs_hub *hub, const struct hub_group *group, uint32_t leaf)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_row(&rows, hub->db,
	    "SELECT account,device FROM member WHERE grp=? AND leaf=?"
	    " AND until_seq IS NULL",
	    cs_blob(group->id), cs_int(leaf));
	if (err == CS_OK) {
		cs_col_copy(&rows, 0, account, CS_ID_LEN);
		cs_col_copy(&rows, 1, device, CS_ID_LEN);
	}
	err = cs_rows_end(&rows, err);
	return err == CS_ERR_NOT_FOUND ? CS_ERR_CORRUPT : err;
}

static enum cs_err
remove_member(struct cs_hub *hub, const struct hub_group *group, uint32_t leaf)
{
	enum cs_err err;

	/* A removed device will not come to read the end. */
	err = cs_db_exec(hub->db,
	    "DELETE FROM member WHERE grp=? AND leaf=? AND until_seq IS NULL"
	    " AND EXISTS(SELECT 1 FROM device WHERE id=member.device"
	    " AND removed<>0)",
	    cs_blob(group->id), cs_int(leaf));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE member SET until_seq=? WHERE grp=? AND leaf=?"
		    " AND until_seq IS NULL",
		    cs_int(group->seq), cs_blob(group->id), cs_int(leaf));
	return err;
}

/* Remove those who go; those whom the operator took out may come back. */
static enum cs_err
remove_members(struct cs_hub *hub, const struct hub_group *group,
    const struct cs_mls_public_outcome *outcome)
{
	/* Those who go are members no longer when members are told. */
	const struct cs_wire_push last = {
		.kind = CS_WIRE_PUSH_GROUP,
		.group_id = group->id,
		.head = group->seq,
	};
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < outcome->n_removed; i++) {
		const struct cs_mls_removal *r = &outcome->removed[i];
		uint8_t account[CS_ID_LEN], device[CS_ID_LEN];

		if ((err = member_at(account, device, hub, group, r->leaf)) ||
		    (err = remove_member(hub, group, r->leaf)))
			break;
		hub_push_device(hub, device, &last);
		if (cs_room_by_operator(&r->by))
			err = hub_restore_note(hub, group, account);
	}
	return err == CS_OK && outcome->n_removed != 0
	    ? hub_restore_end_present(hub, group)
	    : err;
}

/* Update the rows of members once the entry is in the log. */
static enum cs_err
follow(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_group *g,
    const struct cs_mls_public_outcome *outcome, struct cs_view welcome)
{
	uint64_t id = 0;
	enum cs_err err;

	/* Removals first: an added member may take a leaf that has just become
	 * free. */
	if ((err = remove_members(rq->hub, group, outcome)) ||
	    (welcome.len != 0 &&
		(err = hub_welcome_store(&id, rq->hub, welcome))))
		return err;
	for (size_t i = 0; i < outcome->n_added; i++)
		if ((err = add_member(rq, group, g, outcome->added[i], id)))
			return err;
	return outcome->content == CS_MLS_CONTENT_COMMIT
	    ? hub_restore_end_epoch(rq->hub, group)
	    : CS_OK;
}

/* An added member gets a Welcome, unless it joined by itself. */
static bool
is_complete(
    const struct cs_mls_public_outcome *outcome, const struct cs_wire_submit *m)
{
	bool welcomed = !outcome->external_commit && outcome->n_added != 0;

	return welcomed == (m->welcome.len != 0);
}

/* A device may join by itself where its account is a member or was taken out. A
 * device that is not a member can do nothing else. */
static bool
may_join(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_outcome *outcome)
{
	bool there = false;

	if (!outcome->external_commit)
		return hub_is_member(rq, group->id) == CS_OK;
	return hub_account_may_enter(
		   &there, rq->hub, group->id, rq->conn->account) == CS_OK &&
	    there;
}

/* Is the GroupInfo the committer's, and of the epoch that the commit begins? */
static bool
fits(const struct cs_mls_public_outcome *outcome,
    const struct cs_mls_public_group *g, struct cs_view info)
{
	if (outcome->content != CS_MLS_CONTENT_COMMIT)
		return info.len == 0;
	return cs_room_check_info(
		   info, outcome->sender_leaf, CS_MLS_WITHOUT_TREE) == CS_OK &&
	    cs_mls_public_group_check_info(g, info) == CS_OK;
}

/* Check a handshake, append it to the log and follow it; ${g} is the public
 * group as it was before. */
static enum cs_err
process(struct hub_appended *out, struct hub_request *rq,
    struct hub_group *group, struct cs_mls_public_group *g,
    const struct cs_wire_submit *m, const struct hub_entry *entry)
{
	struct cs_mls_public_outcome outcome = { 0 };
	enum cs_err err;

	if ((err = cs_mls_public_process(&outcome, g, m->message))) {
		if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = hub_refuse(rq,
			    err == CS_ERR_VERSION
				? CS_WIRE_E_VERSION
				: CS_WIRE_E_INVALID_HANDSHAKE);
		goto out;
	}
	/* A member who removes itself by proposal has left the tree by now; a
	 * committer never does (RFC 9420, section 12.2). */
	if ((err = check_sender(rq, g, outcome.sender_leaf)))
		goto out;
	if (!is_complete(&outcome, m) || !may_join(rq, group, &outcome) ||
	    !fits(&outcome, g, m->group_info)) {
		err = hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE);
		goto out;
	}
	if ((err = hub_log_append(out, rq->hub, group, entry)) ||
	    (err = follow(rq, group, g, &outcome, m->welcome)))
		goto out;
	group->epoch = cs_mls_public_group_epoch(g);
	if (outcome.content == CS_MLS_CONTENT_COMMIT &&
	    /* The new epoch has forgotten the proposals of the old one. */
	    ((err = hub_removals_owe_group(rq->hub, group->id)) ||
		(err = hub_group_set_info(rq->hub, group, m->group_info))))
		goto out;
	err = hub_public_store(rq->hub, g);
out:
	cs_mls_public_outcome_clear(&outcome);
	return err;
}

static enum cs_err
handshake(struct hub_appended *out, struct hub_request *rq,
    struct hub_group *group, const struct cs_wire_submit *m,
    const struct hub_entry *entry)
{
	struct cs_mls_public_group *g = NULL;
	enum cs_err err;

	if ((err = hub_log_flush(rq->hub)) || (err = hub_save(rq)))
		return err;
	if ((err = hub_public_load(&g, rq->hub, group->id)) == CS_OK)
		err = process(out, rq, group, g, m, entry);
	cs_mls_public_group_free(g);
	return err;
}

static enum cs_err
application(struct hub_appended *out, struct hub_request *rq,
    struct hub_group *group, const struct cs_mls_message_info *info,
    struct hub_entry *entry)
{
	bool may;
	enum cs_err err;

	err = hub_group_may_write(&may, rq->hub, group, rq->conn->account);
	if (err)
		return err;
	if (!may)
		return hub_refuse(rq, CS_WIRE_E_READERS);
	/* FRANKING: exactly one item 0x0020, or it could not be reported. */
	if (cs_safe_aad_tag(entry->tag, info->authenticated_data) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_TAG);
	rq->changed = true;
	return hub_log_append(out, rq->hub, group, entry);
}

/* Answer with the entry in ${row}, if it is this device's. */
static enum cs_err
answer_again(struct hub_request *rq, struct cs_rows *row)
{
	struct cs_wire_submit_answer answer = {
		.group_seq = cs_col_int(row, 0),
		.stamp = cs_col_blob(row, 1),
	};

	if (!cs_view_equal(cs_col_blob(row, 2), CS_VIEW_OF(rq->conn->device)))
		return hub_refuse(rq, CS_WIRE_E_REPEATED);
	return hub_answer(rq, &cs_wire_submit_answer_shape, &answer);
}

/* The same bytes in the log behind the entry ${after}, at most ${most} of which
 * are looked at; or a handshake, wherever it stands: ${*found}. */
static enum cs_err
look_for(bool *found, struct hub_request *rq, const struct hub_group *group,
    const struct hub_entry *entry, uint64_t after, uint64_t most)
{
	struct cs_view hash = CS_VIEW_OF(entry->msg_hash);
	struct cs_rows row;
	enum cs_err err;

	if (entry->content == CS_MLS_CONTENT_APPLICATION)
		err = cs_db_row(&row, rq->hub->db,
		    "SELECT seq,stamp,device FROM log WHERE grp=? AND seq>?"
		    " AND seq<=? AND msg_hash=?",
		    cs_blob(group->id), cs_int(after), cs_int(after + most),
		    cs_blob(hash));
	else
		err = cs_db_row(&row, rq->hub->db,
		    "SELECT seq,stamp,device FROM log WHERE grp=?"
		    " AND msg_hash=? AND " HUB_LOG_HANDSHAKE,
		    cs_blob(group->id), cs_blob(hash));
	if (err == CS_OK) {
		*found = true;
		err = answer_again(rq, &row);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* What ${m->again} says: that the bytes may stand behind an entry. */
static enum cs_err
look_behind(bool *found, struct hub_request *rq, const struct hub_group *group,
    const struct hub_entry *entry, struct cs_view again)
{
	struct cs_reader r = cs_reader(again);
	uint64_t after = cs_read_u64(&r);

	if (cs_reader_end(&r) != CS_OK || after > group->seq)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	/* Who has not read for so long reads first, and finds it there. */
	if (group->seq - after > HUB_AGAIN_MOST)
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	return look_for(found, rq, group, entry, after, HUB_AGAIN_MOST);
}

/* Bytes that the log has already get the first answer again, if this device
 * sent them: ${*found}. */
static enum cs_err
replayed(bool *found, struct hub_request *rq, const struct hub_group *group,
    const struct hub_entry *entry, struct cs_view again)
{
	uint64_t seq;
	enum cs_err err;

	*found = false;
	if (hub_log_waits(rq->hub, group->id, entry->msg_hash) &&
	    (err = hub_log_flush(rq->hub)))
		return err;
	if (entry->content != CS_MLS_CONTENT_APPLICATION)
		return look_for(found, rq, group, entry, 0, 0);
	seq = hub_recent_find(rq->hub, entry->msg_hash);
	if (seq != 0 &&
	    ((err = look_for(found, rq, group, entry, seq - 1, 1)) || *found))
		return err;
	if (again.len == 0)
		return CS_OK;
	if ((err = hub_log_flush(rq->hub)))
		return err;
	return look_behind(found, rq, group, entry, again);
}

/* Another commit was first: refuse, and send that one along. */
static enum cs_err
stale(struct hub_request *rq, const struct hub_group *group, uint64_t epoch)
{
	struct cs_wire_entry winner;
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, rq->hub->db,
	    "SELECT seq,account,device,epoch,stamp,message FROM log"
	    " WHERE grp=? AND epoch=? AND content=? AND message IS NOT NULL",
	    cs_blob(group->id), cs_int(epoch), cs_int(CS_MLS_CONTENT_COMMIT));
	if (err == CS_OK && (err = hub_entry_read(&winner, &row)) == CS_OK)
		err = cs_wire_write(
		    &rq->error_data, &cs_wire_entry_shape, &winner);
	err = cs_rows_end(&row, err);
	return err == CS_OK || err == CS_ERR_NOT_FOUND
	    ? hub_refuse(rq, CS_WIRE_E_STALE_EPOCH)
	    : err;
}

/* Members may submit.  A device whose account is or was in the group may come
 * by a commit, which process() looks at more closely. */
static enum cs_err
may_submit(struct hub_request *rq, const struct cs_mls_message_info *info)
{
	bool there;
	enum cs_err err;

	if (info->content != CS_MLS_CONTENT_COMMIT ||
	    info->wire != CS_MLS_WIRE_PUBLIC)
		return hub_is_member(rq, info->group_id);
	err = hub_account_may_enter(
	    &there, rq->hub, info->group_id, rq->conn->account);
	if (err)
		return err;
	return there ? CS_OK : hub_refuse(rq, CS_WIRE_E_NO_GROUP);
}

static enum cs_err
spend_commit(struct hub_request *rq, struct cs_view group_id)
{
	uint8_t member[CS_WIRE_GROUP_ID_MAX + CS_ID_LEN];
	enum cs_err err;

	memcpy(member, group_id.data, group_id.len);
	memcpy(member + group_id.len, rq->conn->account, CS_ID_LEN);
	err = hub_spend_of(rq, HUB_B_COMMITS_MEMBER,
	    cs_view(member, group_id.len + CS_ID_LEN), 1);
	return err ? err : hub_spend_of(rq, HUB_B_COMMITS_GROUP, group_id, 1);
}

static enum cs_err
spend(struct hub_request *rq, const struct cs_wire_submit *m,
    const struct cs_mls_message_info *info)
{
	size_t bytes = m->message.len + m->welcome.len + m->group_info.len;
	enum cs_err err;

	switch (info->content) {
	case CS_MLS_CONTENT_APPLICATION:
		if ((err = hub_spend(rq, HUB_B_MESSAGES, 1)) ||
		    (err = hub_spend(rq, HUB_B_MESSAGES_DAY, 1)))
			return err;
		return hub_spend(rq, HUB_B_MESSAGE_BYTES_DAY, bytes);
	case CS_MLS_CONTENT_PROPOSAL:
		err = hub_spend(rq, HUB_B_PROPOSALS, 1);
		break;
	default:
		err = spend_commit(rq, m->group_id);
	}
	return err ? err : hub_spend(rq, HUB_B_HANDSHAKE_BYTES_DAY, bytes);
}

/* Handshakes are public, so that the hub can follow them; what is said is
 * private. */
static enum cs_err
append(struct hub_appended *out, struct hub_request *rq,
    struct hub_group *group, const struct cs_wire_submit *m,
    const struct cs_mls_message_info *info, struct hub_entry *entry)
{
	bool said = info->content == CS_MLS_CONTENT_APPLICATION;
	enum cs_err err;

	entry->by = rq->conn;
	memcpy(entry->account, rq->conn->account, CS_ID_LEN);
	memcpy(entry->device, rq->conn->device, CS_ID_LEN);
	entry->epoch = info->epoch;
	entry->content = info->content;
	if ((err = spend(rq, m, info)))
		return err;
	if (!hub_stamp_possible(rq->hub, hub_log_time(rq->hub, group)))
		return hub_refuse(rq, CS_WIRE_E_UNAVAILABLE);
	if (info->wire == CS_MLS_WIRE_PRIVATE && said)
		return application(out, rq, group, info, entry);
	if (info->wire == CS_MLS_WIRE_PUBLIC && !said)
		return handshake(out, rq, group, m, entry);
	return hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE);
}

static enum cs_err
submit(struct hub_request *rq, const struct cs_wire_submit *m,
    struct hub_group *group)
{
	struct hub_entry entry = { .message = m->message };
	struct cs_wire_submit_answer answer = { 0 };
	struct hub_appended appended = { 0 };
	struct cs_mls_message_info info;
	bool found;
	enum cs_err err;

	if ((err = cs_mls_message_peek(&info, m->message)) ||
	    (err = cs_sha256(entry.msg_hash, m->message)))
		return err;
	if (info.wire > CS_MLS_WIRE_PRIVATE ||
	    !cs_view_equal(info.group_id, m->group_id))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	entry.content = info.content;
	if ((err = replayed(&found, rq, group, &entry, m->again)) || found ||
	    (err = may_submit(rq, &info)))
		return err;
	/* Handshakes carry data, too. */
	if (group->dissolved > rq->hub->now_ms)
		return hub_refuse(rq, CS_WIRE_E_DISSOLVED);
	if (info.epoch != group->epoch)
		return stale(rq, group, info.epoch);
	err = append(&appended, rq, group, m, &info, &entry);
	answer.group_seq = appended.seq;
	answer.stamp = cs_buf_view(&appended.stamp);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_submit_answer_shape, &answer);
	/* Which is the last thing in the answer. */
	if (err == CS_OK && appended.waits)
		hub_log_answer_at(
		    rq->hub, rq->hub->batch.len - appended.stamp.len);
	cs_buf_free(&appended.stamp);
	return err;
}

enum cs_err
hub_submit(struct hub_request *rq)
{
	struct cs_wire_submit m;
	struct hub_group group;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_submit_shape, rq->body)) ||
	    (err = hub_batch_begin(rq->hub)))
		return err;
	err = hub_group_load(&group, rq->hub, m.group_id);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_NO_GROUP);
	if (err == CS_OK)
		hub_log_overlay(&group, rq->hub);
	return err ? err : submit(rq, &m, &group);
}
