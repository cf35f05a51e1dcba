/* SPDX-License-Identifier: MIT */
/* Groups as a hub sees them: their members and epoch. Nobody tells the hub who
 * is a member; it follows the public handshakes. */
#include "hub/groups/group.h"

#include <string.h>

#include "base/reader.h"
#include "base/writer.h"
#include "franking/stamp.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/groups/member.h"
#include "room/context.h"
#include "room/handshake.h"
#include "room/owner.h"
#include "room/policy.h"

/* The authentication service of a hub: a device that the account has, and its
 * key; by certificates of now, or of before they were renewed. */
static enum cs_err
check_leaf(void *arg, const struct cs_mls_auth_request *request)
{
	struct cs_view credential = request->credential->identity;
	struct cs_room_owner owner;
	struct cs_hub *hub = arg;
	uint64_t n;
	enum cs_err err;

	/* The only external sender is this hub; cs_room_check_group() looks
	 * at its key. */
	if (request->external_sender)
		return cs_view_equal(credential, cs_view_str(hub->name))
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	if ((err = cs_room_check_credential(&owner, request,
		 CS_VIEW_OF(hub->root_public), hub->now_ms / CS_SECOND_MS)))
		return err;
	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM device JOIN account ON"
	    " account.id=device.account WHERE device.id=? AND device.key=?"
	    " AND account.id=? AND removed=0 AND disabled=0 AND gone=0",
	    cs_blob(CS_VIEW_OF(owner.device)), cs_blob(request->signature_key),
	    cs_blob(CS_VIEW_OF(owner.account)));
	if (err)
		return err;
	return n == 1 ? CS_OK : CS_ERR_CREDENTIAL;
}

static enum cs_err
may_return(bool *out, void *arg, struct cs_view group,
    const uint8_t account[static CS_ID_LEN])
{
	return hub_account_may_return(out, arg, group, account);
}

static struct cs_mls_options
options(struct cs_hub *hub)
{
	hub->room = (struct cs_room){ may_return, hub };
	return (struct cs_mls_options){
		.auth = { check_leaf, hub },
		.rules = cs_room_rules(&hub->room),
		.now_s = hub->now_ms / CS_SECOND_MS,
		.max_members = CS_ROOM_DEVICES_MAX,
	};
}

enum cs_err
hub_group_load(struct hub_group *out, struct cs_hub *hub, struct cs_view id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_row(&rows, hub->db,
	    "SELECT seq,chain,epoch,last_ms,dissolved,writers IS NOT NULL"
	    " FROM grp WHERE id=?",
	    cs_blob(id));
	if (err == CS_OK) {
		out->seq = cs_col_int(&rows, 0);
		cs_col_copy(&rows, 1, out->chain, 32);
		out->epoch = cs_col_int(&rows, 2);
		out->last_ms = cs_col_int(&rows, 3);
		out->dissolved = cs_col_int(&rows, 4);
		out->announces = cs_col_int(&rows, 5) != 0;
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_public_load(
    struct cs_mls_public_group **out, struct cs_hub *hub, struct cs_view id)
{
	struct cs_mls_options opt = options(hub);
	struct cs_rows rows;
	enum cs_err err;

	*out = NULL;
	err = cs_db_row(&rows, hub->db,
	    "SELECT state FROM grp_state WHERE grp=?", cs_blob(id));
	if (err == CS_OK)
		err =
		    cs_mls_public_group_load(out, cs_col_blob(&rows, 0), &opt);
	return cs_rows_end(&rows, err);
}

/* Keep who may write, so that no message needs the tree for it. */
static enum cs_err
store_writers(struct cs_hub *hub, const struct cs_mls_public_group *g)
{
	struct cs_view id = cs_mls_public_group_id(g);
	struct cs_room_policy policy;
	struct cs_buf writers = { 0 };
	struct cs_writer w = cs_writer(&writers);
	enum cs_err err;

	err = cs_room_policy_of(&policy, cs_mls_public_group_view(g));
	if (err)
		return err;
	if (!(policy.flags & CS_ROOM_ADMINS_WRITE))
		return cs_db_exec(hub->db,
		    "UPDATE grp SET writers=NULL WHERE id=?"
		    " AND writers IS NOT NULL",
		    cs_blob(id));
	cs_write_bytes(&w, CS_VIEW_OF(policy.owner));
	for (size_t i = 0; i < policy.n_admins; i++)
		cs_write_bytes(&w, CS_VIEW_OF(policy.admins[i]));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_db_exec(hub->db, "UPDATE grp SET writers=? WHERE id=?",
		    cs_blob(cs_buf_view(&writers)), cs_blob(id));
	cs_buf_free(&writers);
	return err;
}

enum cs_err
hub_group_may_write(bool *out, struct cs_hub *hub,
    const struct hub_group *group, const uint8_t account[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	*out = !group->announces;
	if (*out)
		return CS_OK;
	err = cs_db_row(&row, hub->db, "SELECT writers FROM grp WHERE id=?",
	    cs_blob(group->id));
	if (err == CS_OK) {
		struct cs_reader r = cs_reader(cs_col_blob(&row, 0));

		while (!*out && cs_reader_more(&r))
			*out = cs_view_equal(cs_read_bytes(&r, CS_ID_LEN),
			    cs_view(account, CS_ID_LEN));
	}
	return cs_rows_end(&row, err);
}

enum cs_err
hub_public_store(struct cs_hub *hub, const struct cs_mls_public_group *g)
{
	struct cs_buf state = { 0 };
	enum cs_err err = cs_mls_public_group_save(g, &state);

	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE grp_state SET state=? WHERE grp=?",
		    cs_blob(cs_buf_view(&state)),
		    cs_blob(cs_mls_public_group_id(g)));
	if (err == CS_OK)
		err = cs_db_exec(hub->db, "UPDATE grp SET epoch=? WHERE id=?",
		    cs_int(cs_mls_public_group_epoch(g)),
		    cs_blob(cs_mls_public_group_id(g)));
	if (err == CS_OK)
		err = store_writers(hub, g);
	cs_buf_free(&state);
	return err;
}

enum cs_err
hub_group_set_info(
    struct cs_hub *hub, const struct hub_group *group, struct cs_view info)
{
	return cs_db_exec(hub->db, "UPDATE grp_state SET info=? WHERE grp=?",
	    cs_blob(info), cs_blob(group->id));
}

/* Whoever makes a group is its owner; there are no admins yet. */
static bool
is_owned(const struct cs_mls_public_group *g,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_room_policy policy;

	return cs_room_policy_of(&policy, cs_mls_public_group_view(g)) ==
	    CS_OK &&
	    policy.n_admins == 0 &&
	    cs_room_role_of(&policy, account) == CS_ROOM_OWNER;
}

/* A new group has one member, the device that asks, and our extensions. */
static enum cs_err
check_new(struct hub_request *rq, const struct cs_mls_public_group *g,
    struct cs_view info)
{
	const struct cs_room_operator op = {
		.hub = cs_view_str(rq->hub->name),
		.root = rq->hub->root_public,
		.external_key = rq->hub->external_public,
	};
	struct cs_mls_member creator;
	uint8_t device[CS_ID_LEN], account[CS_ID_LEN];

	if (cs_mls_public_group_id(g).len > CS_WIRE_GROUP_ID_MAX ||
	    cs_mls_public_group_epoch(g) != 0 ||
	    cs_mls_public_group_leaves(g) != 1 ||
	    !cs_mls_public_group_member(g, 0, &creator) ||
	    hub_device_of(rq->hub, creator.credential, device, account) !=
		CS_OK ||
	    memcmp(device, rq->conn->device, CS_ID_LEN) != 0 ||
	    cs_room_check_group(cs_mls_public_group_view(g), &op) != CS_OK ||
	    !is_owned(g, account) ||
	    cs_room_check_info(info, 0, CS_MLS_WITH_TREE) != CS_OK)
		return hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE);
	return CS_OK;
}

/* A group with this id exists. Fine if it is the same group, registered again.
 */
static enum cs_err
check_existing(struct hub_request *rq, struct cs_view id)
{
	struct cs_wire_empty answer = { 0 };
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, rq->hub->db,
	    "SELECT COUNT(*) FROM grp JOIN member ON member.grp=grp.id"
	    " WHERE grp.id=? AND grp.seq=0 AND member.device=?",
	    cs_blob(id), cs_blob(CS_VIEW_OF(rq->conn->device)));
	if (err)
		return err;
	if (n != 1)
		return hub_refuse(rq, CS_WIRE_E_EXISTS);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

static enum cs_err
insert_new(struct hub_request *rq, const struct cs_mls_public_group *g,
    struct cs_view info)
{
	static const uint8_t chain[CS_HASH_LEN];
	struct cs_wire_empty answer = { 0 };
	struct cs_view id = cs_mls_public_group_id(g);
	struct cs_buf state = { 0 };
	struct hub_member creator = { .group = id };
	struct hub_group existing;
	uint8_t ref[CS_HASH_LEN];
	enum cs_err err;

	err = hub_group_load(&existing, rq->hub, id);
	if (err == CS_OK)
		return check_existing(rq, id);
	if (err != CS_ERR_NOT_FOUND)
		return err;
	memcpy(creator.device, rq->conn->device, CS_ID_LEN);
	memcpy(creator.account, rq->conn->account, CS_ID_LEN);
	if ((err = cs_mls_public_group_save(g, &state)) == CS_OK &&
	    (err = cs_group_ref(ref, id)) == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created,ref)"
		    " VALUES(?,0,?,0,0,?,?)",
		    cs_blob(id), cs_blob(CS_VIEW_OF(chain)),
		    cs_int(rq->hub->now_ms), cs_blob(CS_VIEW_OF(ref)));
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "INSERT INTO grp_state(grp,state,info) VALUES(?,?,?)",
		    cs_blob(id), cs_blob(cs_buf_view(&state)), cs_blob(info));
	if (err == CS_OK)
		err = store_writers(rq->hub, g);
	if (err == CS_OK)
		err = hub_member_insert(rq->hub, &creator);
	cs_buf_free(&state);
	if (err)
		return err;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_group_new(struct hub_request *rq)
{
	struct cs_mls_options opt = options(rq->hub);
	struct cs_mls_public_group *g = NULL;
	struct cs_wire_group_new m;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_group_new_shape, rq->body)) ||
	    (err = hub_spend(rq, HUB_B_GROUPS, 1)) ||
	    (err = hub_spend(rq, HUB_B_GROUPS_DAY, 1)))
		return err;
	if (m.group_info.len > CS_WIRE_GROUP_INFO_MAX)
		return hub_refuse(rq, CS_WIRE_E_TOO_LARGE);
	err = cs_mls_public_group_new(&g, m.group_info, cs_view(NULL, 0), &opt);
	if (err == CS_OK)
		err = cs_mls_public_group_check_info(g, m.group_info);
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS
		    ? hub_refuse(rq, CS_WIRE_E_INVALID_HANDSHAKE)
		    : err;
	err = check_new(rq, g, m.group_info);
	if (err == 0)
		err = insert_new(rq, g, m.group_info);
	cs_mls_public_group_free(g);
	return err;
}

/* ---- for devices that join by themselves -------------------------------- */

static enum cs_err
answer_info(struct hub_request *rq, struct cs_view id)
{
	struct cs_wire_group_info answer = { 0 };
	struct cs_mls_public_group *g = NULL;
	struct cs_buf info = { 0 }, tree = { 0 };
	struct cs_rows row;
	enum cs_err err;

	err = cs_db_row(&row, rq->hub->db,
	    "SELECT info FROM grp_state WHERE grp=?", cs_blob(id));
	if (err == CS_OK)
		err = cs_buf_set(&info, cs_col_blob(&row, 0));
	if ((err = cs_rows_end(&row, err)) == CS_OK &&
	    (err = hub_public_load(&g, rq->hub, id)) == CS_OK)
		err = cs_mls_public_group_tree(g, &tree);
	answer.group_info = cs_buf_view(&info);
	answer.tree = cs_buf_view(&tree);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_group_info_shape, &answer);
	cs_mls_public_group_free(g);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	return err;
}

enum cs_err
hub_group_info(struct hub_request *rq)
{
	struct cs_wire_group_info_get m;
	bool there;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_group_info_get_shape, rq->body)) ||
	    (err = hub_account_may_enter(
		 &there, rq->hub, m.group_id, rq->conn->account)))
		return err;
	/* Only accounts in a group learn that it exists. */
	return there ? answer_info(rq, m.group_id)
		     : hub_refuse(rq, CS_WIRE_E_NO_GROUP);
}
