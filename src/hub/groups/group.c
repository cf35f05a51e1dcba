/* SPDX-License-Identifier: MIT */
/*
 * Groups as a hub sees them: who belongs, in which epoch they are.  Membership
 * is never told to the hub; it follows the public handshakes.
 */
#include <string.h>

#include "crypto/hash.h"
#include "franking/operator_pin.h"
#include "franking/stamp.h"
#include "hub/core/hub.h"

enum cs_err
hub_device_of(struct cs_hub *hub, struct cs_view credential,
    uint8_t device[static 16], uint8_t account[static 16])
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT id,account FROM device WHERE cert=?", cs_blob(credential));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			cs_col_copy(&rows, 0, device, 16);
			cs_col_copy(&rows, 1, account, 16);
		} else {
			err = CS_ERR_CREDENTIAL;
		}
	}
	return cs_rows_end(&rows, err);
}

/* The authentication service of a hub: the certificate that the device joined
 * with, and the key in it. */
static enum cs_err
check_leaf(void *arg, const struct cs_mls_auth_request *request)
{
	struct cs_view credential = request->credential->identity;
	struct cs_hub *hub = arg;
	uint64_t n;
	enum cs_err err;

	if (request->credential->type != CS_MLS_CREDENTIAL_BASIC)
		return CS_ERR_CREDENTIAL;
	/* Nobody but us; its key is in hub_group_check_extensions(). */
	if (request->external_sender)
		return cs_view_equal(credential, cs_view_str(hub->name))
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	/* A leaf stays with its device. */
	if (request->old != NULL &&
	    !cs_view_equal(credential, request->old->identity))
		return CS_ERR_CREDENTIAL;
	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM device WHERE cert=? AND key=? AND removed=0",
	    cs_blob(credential), cs_blob(request->signature_key));
	if (err)
		return err;
	return n == 1 ? CS_OK : CS_ERR_CREDENTIAL;
}

static struct cs_mls_options
options(struct cs_hub *hub)
{
	return (struct cs_mls_options){
		.auth = { check_leaf, hub },
		.now_s = hub->now_ms / 1000,
	};
}

enum cs_err
hub_group_load(struct hub_group *out, struct cs_hub *hub, struct cs_view id)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	out->id = id;
	err = cs_db_query(&rows, hub->db,
	    "SELECT seq,chain,epoch,last_ms,dissolved FROM grp WHERE id=?",
	    cs_blob(id));
	if (err == CS_OK) {
		if (cs_rows_next(&rows)) {
			out->seq = cs_col_int(&rows, 0);
			cs_col_copy(&rows, 1, out->chain, 32);
			out->epoch = cs_col_int(&rows, 2);
			out->last_ms = cs_col_int(&rows, 3);
			out->dissolved = cs_col_int(&rows, 4);
		} else {
			err = CS_ERR_NOT_FOUND;
		}
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
	err = cs_db_query(
	    &rows, hub->db, "SELECT state FROM grp WHERE id=?", cs_blob(id));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = cs_mls_public_group_load(
			    out, cs_col_blob(&rows, 0), &opt);
		else
			err = CS_ERR_NOT_FOUND;
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_public_store(struct cs_hub *hub, const struct cs_mls_public_group *g)
{
	struct cs_buf state = { 0 };
	enum cs_err err = cs_mls_public_group_save(g, &state);

	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE grp SET state=?,epoch=? WHERE id=?",
		    cs_blob(cs_buf_view(&state)),
		    cs_int(cs_mls_public_group_epoch(g)),
		    cs_blob(cs_mls_public_group_id(g)));
	cs_buf_free(&state);
	return err;
}

enum cs_err
hub_group_check_extensions(
    struct cs_hub *hub, const struct cs_mls_public_group *g)
{
	const struct cs_mls_external_sender us = {
		.signature_key = CS_VIEW_OF(hub->external_key.public),
		.credential = { CS_MLS_CREDENTIAL_BASIC,
		    cs_view_str(hub->name) },
	};
	struct cs_buf want = { 0 };
	struct cs_franking_operator_pin pin;
	struct cs_view got;
	enum cs_err err;

	/* Without it a disabled account could not be removed. */
	err = cs_mls_external_senders(&want, &us, 1);
	if (err == CS_OK &&
	    (!cs_mls_public_group_extension(
		 g, CS_MLS_EXT_EXTERNAL_SENDERS, &got) ||
		!cs_view_equal(got, cs_buf_view(&want))))
		err = CS_ERR_MISMATCH;
	cs_buf_free(&want);
	if (err)
		return err;
	/* Without it members would not agree on who stamps. */
	if (!cs_mls_public_group_extension(
		g, CS_MLS_EXT_APP_DATA_DICTIONARY, &got))
		return CS_ERR_MISMATCH;
	if ((err = cs_franking_operator_pin_find(&pin, got)))
		return err;
	return memcmp(pin.root_public, hub->root_public, 32) == 0
	    ? CS_OK
	    : CS_ERR_MISMATCH;
}

static enum cs_err
insert_member(struct cs_hub *hub, struct cs_view group,
    const uint8_t device[static 16], const uint8_t account[static 16],
    uint32_t leaf, uint64_t from_seq)
{
	return cs_db_exec(hub->db,
	    "INSERT INTO member(grp,device,account,leaf,from_seq,cursor)"
	    " VALUES(?,?,?,?,?,?) ON CONFLICT(grp,device) DO UPDATE SET"
	    " leaf=excluded.leaf,from_seq=excluded.from_seq,until_seq=NULL,"
	    "cursor=excluded.cursor",
	    cs_blob(group), cs_blob(cs_view(device, 16)),
	    cs_blob(cs_view(account, 16)), cs_int(leaf), cs_int(from_seq),
	    cs_int(from_seq));
}

/* One member, who is the device that asks, and our extensions. */
static uint16_t
check_new(struct hub_request *rq, const struct cs_mls_public_group *g)
{
	struct cs_mls_member creator;
	uint8_t device[16], account[16];
	struct cs_view id = cs_mls_public_group_id(g);

	if (id.len < 16 || id.len > CS_WIRE_GROUP_ID_MAX ||
	    cs_mls_public_group_epoch(g) != 0 ||
	    cs_mls_public_group_leaves(g) != 1 ||
	    !cs_mls_public_group_member(g, 0, &creator) ||
	    hub_device_of(rq->hub, creator.credential, device, account) !=
		CS_OK ||
	    memcmp(device, rq->conn->device, 16) != 0 ||
	    hub_group_check_extensions(rq->hub, g) != CS_OK)
		return CS_WIRE_E_INVALID_HANDSHAKE;
	return 0;
}

/* There is one of that id: fine if it is the same one, asked for again. */
static uint16_t
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
		return hub_code(err);
	if (n != 1)
		return CS_WIRE_E_EXISTS;
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

static uint16_t
insert_new(struct hub_request *rq, const struct cs_mls_public_group *g,
    struct cs_view info)
{
	static const uint8_t chain[32];
	struct cs_wire_empty answer = { 0 };
	struct cs_view id = cs_mls_public_group_id(g);
	struct cs_buf state = { 0 };
	struct hub_group existing;
	uint8_t ref[32];
	enum cs_err err;

	err = hub_group_load(&existing, rq->hub, id);
	if (err == CS_OK)
		return check_existing(rq, id);
	if (err != CS_ERR_NOT_FOUND)
		return hub_code(err);
	if ((err = cs_mls_public_group_save(g, &state)) == CS_OK &&
	    (err = cs_group_ref(ref, id)) == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "INSERT INTO grp(id,seq,chain,epoch,last_ms,state,created,"
		    "info,ref) VALUES(?,0,?,0,0,?,?,?,?)",
		    cs_blob(id), cs_blob(CS_VIEW_OF(chain)),
		    cs_blob(cs_buf_view(&state)), cs_int(rq->hub->now_ms),
		    cs_blob(info), cs_blob(CS_VIEW_OF(ref)));
	if (err == CS_OK)
		err = insert_member(
		    rq->hub, id, rq->conn->device, rq->conn->account, 0, 0);
	cs_buf_free(&state);
	if (err)
		return hub_code(err);
	return hub_answer(rq, &cs_wire_empty_shape, &answer);
}

uint16_t
hub_group_new(struct hub_request *rq)
{
	struct cs_mls_options opt = options(rq->hub);
	struct cs_mls_public_group *g = NULL;
	struct cs_wire_group_new m;
	uint64_t n;
	enum cs_err err;
	uint16_t code;

	if ((err = cs_wire_parse(&m, &cs_wire_group_new_shape, rq->body)) ||
	    (err = cs_db_get_int(&n, rq->hub->db,
		 "SELECT COUNT(*) FROM member WHERE account=?",
		 cs_blob(CS_VIEW_OF(rq->conn->account)))))
		return hub_code(err);
	if (n >= HUB_GROUPS_ACCOUNT)
		return CS_WIRE_E_LIMIT;
	if (m.group_info.len > CS_WIRE_GROUP_INFO_MAX)
		return CS_WIRE_E_TOO_LARGE;
	err = cs_mls_public_group_new(&g, m.group_info, cs_view(NULL, 0), &opt);
	if (err == CS_OK)
		err = cs_mls_public_group_check_info(g, m.group_info);
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS
		    ? CS_WIRE_E_INVALID_HANDSHAKE
		    : hub_code(err);
	code = check_new(rq, g);
	if (code == 0)
		code = insert_new(rq, g, m.group_info);
	cs_mls_public_group_free(g);
	return code;
}

/* ---- handshakes --------------------------------------------------------- */

/* The sender inside the message has to be the device on the connection. */
static uint16_t
check_sender(
    struct hub_request *rq, const struct cs_mls_public_group *g, uint32_t leaf)
{
	struct cs_mls_member sender;
	uint8_t device[16], account[16];

	if (!cs_mls_public_group_member(g, leaf, &sender) ||
	    hub_device_of(rq->hub, sender.credential, device, account) !=
		CS_OK ||
	    memcmp(device, rq->conn->device, 16) != 0)
		return CS_WIRE_E_INVALID_HANDSHAKE;
	return 0;
}

enum cs_err
hub_account_in(bool *out, struct cs_hub *hub, struct cs_view group,
    const uint8_t account[static 16])
{
	uint64_t n;
	enum cs_err err;

	err = cs_db_get_int(&n, hub->db,
	    "SELECT COUNT(*) FROM member WHERE grp=? AND account=?"
	    " AND until_seq IS NULL",
	    cs_blob(group), cs_blob(cs_view(account, 16)));
	*out = err == CS_OK && n != 0;
	return err;
}

/* A person is asked once, with however many devices. */
static uint16_t
check_contact(struct hub_request *rq, const struct hub_group *group,
    const uint8_t account[static 16])
{
	bool there;
	enum cs_err err = hub_account_in(&there, rq->hub, group->id, account);

	if (err)
		return hub_code(err);
	return there ? 0
		     : hub_contact_added(rq->hub, rq->conn->account, account);
}

static enum cs_err
insert_welcome(struct hub_request *rq, const struct hub_group *group,
    const uint8_t device[static 16], struct cs_view welcome)
{
	const struct cs_wire_push push = { .kind = CS_WIRE_PUSH_WELCOME };
	enum cs_err err;

	err = cs_db_exec(rq->hub->db,
	    "INSERT INTO welcome(device,grp,account,seq,chain,bytes,created)"
	    " VALUES(?,?,?,?,?,?,?)",
	    cs_blob(cs_view(device, 16)), cs_blob(group->id),
	    cs_blob(CS_VIEW_OF(rq->conn->account)), cs_int(group->seq),
	    cs_blob(CS_VIEW_OF(group->chain)), cs_blob(welcome),
	    cs_int(rq->hub->now_ms));
	if (err == CS_OK)
		hub_push_device(rq->hub, device, &push);
	return err;
}

static uint16_t
add_member(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_group *g, uint32_t leaf, struct cs_view welcome)
{
	struct cs_mls_member added;
	uint8_t device[16], account[16];
	enum cs_err err;
	uint16_t code;

	if (!cs_mls_public_group_member(g, leaf, &added) ||
	    hub_device_of(rq->hub, added.credential, device, account) != CS_OK)
		return CS_WIRE_E_INVALID_HANDSHAKE;
	if ((code = check_contact(rq, group, account)) != 0)
		return code;
	if ((err = insert_member(rq->hub, group->id, device, account, leaf,
		 group->seq)) == CS_OK)
		err = hub_restore_done(rq->hub, group->id, account);
	/* Who came by an external commit needs no Welcome. */
	if (err == CS_OK && welcome.len != 0)
		err = insert_welcome(rq, group, device, welcome);
	return hub_code(err);
}

/* Whose leaf it is; zero: a device that was removed. */
static enum cs_err
account_at(uint8_t account[static 16], struct cs_hub *hub,
    const struct hub_group *group, uint32_t leaf)
{
	struct cs_rows rows;
	enum cs_err err;

	memset(account, 0, 16);
	err = cs_db_query(&rows, hub->db,
	    "SELECT member.account FROM member"
	    " JOIN device ON device.id=member.device"
	    " WHERE grp=? AND leaf=? AND until_seq IS NULL AND removed=0",
	    cs_blob(group->id), cs_int(leaf));
	if (err == CS_OK && cs_rows_next(&rows))
		cs_col_copy(&rows, 0, account, 16);
	return cs_rows_end(&rows, err);
}

static enum cs_err
remove_member(struct cs_hub *hub, const struct hub_group *group, uint32_t leaf)
{
	uint8_t account[16];
	enum cs_err err;

	if ((err = account_at(account, hub, group, leaf)) ||
	    (err = hub_restore_note(hub, group, account)))
		return err;
	/* A device that was removed never comes to read the end. */
	err = cs_db_exec(hub->db,
	    "DELETE FROM member WHERE grp=? AND leaf=? AND until_seq IS NULL"
	    " AND device IN (SELECT id FROM device WHERE removed<>0)",
	    cs_blob(group->id), cs_int(leaf));
	if (err == CS_OK)
		err = cs_db_exec(hub->db,
		    "UPDATE member SET until_seq=? WHERE grp=? AND leaf=?"
		    " AND until_seq IS NULL",
		    cs_int(group->seq), cs_blob(group->id), cs_int(leaf));
	return err;
}

/* After the entry is in the log: who came, who went. */
static uint16_t
follow(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_group *g,
    const struct cs_mls_public_outcome *outcome, struct cs_view welcome)
{
	enum cs_err err;
	uint16_t code;

	/* First who went: a leaf may be taken again at once. */
	for (size_t i = 0; i < outcome->n_removed; i++)
		if ((err = remove_member(rq->hub, group, outcome->removed[i])))
			return hub_code(err);
	for (size_t i = 0; i < outcome->n_added; i++)
		if ((code = add_member(
			 rq, group, g, outcome->added[i], welcome)) != 0)
			return code;
	return outcome->content == CS_MLS_CONTENT_COMMIT
	    ? hub_code(hub_restore_end_epoch(rq->hub, group))
	    : 0;
}

/* Whoever is added gets a Welcome, unless he came by himself. */
static bool
is_complete(
    const struct cs_mls_public_outcome *outcome, const struct cs_wire_submit *m)
{
	return outcome->external_commit
	    ? m->welcome.len == 0
	    : outcome->n_added == 0 || m->welcome.len != 0;
}

/* A device comes by itself where its account is, or was taken out; whoever is
 * not in the group does nothing else there. */
static bool
may_join(struct hub_request *rq, const struct hub_group *group,
    const struct cs_mls_public_outcome *outcome)
{
	bool there = false;

	if (!outcome->external_commit)
		return hub_is_member(rq, group->id) == 0;
	return hub_account_may_enter(
		   &there, rq->hub, group->id, rq->conn->account) == CS_OK &&
	    there;
}

/* The GroupInfo is of the epoch that the commit begins. */
static bool
fits(const struct cs_mls_public_outcome *outcome,
    const struct cs_mls_public_group *g, struct cs_view info)
{
	if (outcome->content != CS_MLS_CONTENT_COMMIT)
		return info.len == 0;
	return cs_mls_public_group_check_info(g, info) == CS_OK;
}

uint16_t
hub_handshake(struct hub_request *rq, struct hub_group *group,
    const struct cs_wire_submit *m, struct hub_entry *entry,
    struct cs_buf *stamp)
{
	struct cs_mls_public_outcome outcome = { 0 };
	struct cs_mls_public_group *g = NULL;
	enum cs_err err;
	uint16_t code = CS_WIRE_E_INVALID_HANDSHAKE;

	if ((err = hub_public_load(&g, rq->hub, group->id))) {
		code = hub_code(err);
		goto out;
	}
	err = cs_mls_public_process(&outcome, g, m->message);
	if (err) {
		if (cs_err_class(err) != CS_ERR_CLASS_THEIRS)
			code = hub_code(err);
		goto out;
	}
	/* Whoever removes himself by a commit has gone from the tree; a
	 * committer never does (RFC 9420, 12.2). */
	if ((code = check_sender(rq, g, outcome.sender_leaf)) != 0)
		goto out;
	if (!is_complete(&outcome, m) || !may_join(rq, group, &outcome) ||
	    !fits(&outcome, g, m->group_info) ||
	    hub_group_check_extensions(rq->hub, g) != CS_OK) {
		code = CS_WIRE_E_INVALID_HANDSHAKE;
		goto out;
	}
	if ((err = hub_log_append(rq->hub, group, entry, stamp))) {
		code = hub_code(err);
		goto out;
	}
	if ((code = follow(rq, group, g, &outcome, m->welcome)) != 0)
		goto out;
	group->epoch = cs_mls_public_group_epoch(g);
	/* The new epoch has forgotten proposals of the old one. */
	if (outcome.content == CS_MLS_CONTENT_COMMIT)
		err = hub_group_propose_removals(rq->hub, group, g);
	if (err == CS_OK)
		err = hub_public_store(rq->hub, g);
	if (err == CS_OK && outcome.content == CS_MLS_CONTENT_COMMIT)
		err =
		    cs_db_exec(rq->hub->db, "UPDATE grp SET info=? WHERE id=?",
			cs_blob(m->group_info), cs_blob(group->id));
	code = hub_code(err);
out:
	cs_mls_public_outcome_clear(&outcome);
	cs_mls_public_group_free(g);
	return code;
}

static enum cs_err
propose_removal(struct cs_hub *hub, struct hub_group *group,
    struct cs_mls_public_group *public, uint32_t leaf)
{
	struct cs_mls_public_outcome outcome = { 0 };
	const struct cs_mls_external_proposal remove = { .remove = &leaf };
	struct hub_entry entry = { .content = CS_MLS_CONTENT_PROPOSAL };
	struct cs_buf message = { 0 }, stamp = { 0 };
	enum cs_err err;

	entry.epoch = cs_mls_public_group_epoch(public);
	if ((err = cs_mls_external_propose(&message, public, 0,
		 hub->external_signer, &remove)) == CS_OK &&
	    (err = cs_mls_public_process(
		 &outcome, public, cs_buf_view(&message))) == CS_OK) {
		entry.message = cs_buf_view(&message);
		err = cs_sha256(entry.msg_hash, entry.message);
	}
	if (err == CS_OK)
		err = hub_log_append(hub, group, &entry, &stamp);
	/* Proposed in this epoch already: it waits in the log. */
	if (err == CS_ERR_REPLAY)
		err = CS_OK;
	cs_mls_public_outcome_clear(&outcome);
	cs_buf_free(&message);
	cs_buf_free(&stamp);
	return err;
}

enum cs_err
hub_group_propose_removals(struct cs_hub *hub, struct hub_group *group,
    struct cs_mls_public_group *public)
{
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_rows rows;
	size_t n = 0;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT leaf FROM member JOIN account ON account.id=member.account"
	    " JOIN device ON device.id=member.device"
	    " WHERE grp=? AND until_seq IS NULL AND (disabled<>0 OR "
	    "removed<>0)",
	    cs_blob(group->id));
	while (err == CS_OK && n < CS_WIRE_DEVICES_MAX && cs_rows_next(&rows))
		leaves[n++] = (uint32_t)cs_col_int(&rows, 0);
	if ((err = cs_rows_end(&rows, err)))
		return err;
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = propose_removal(hub, group, public, leaves[i]);
	return err;
}

/* Groups that the account has devices in; ids one after the other, as <V>. */
static enum cs_err
groups_of(
    struct cs_buf *out, struct cs_hub *hub, const uint8_t account[static 16])
{
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT DISTINCT grp FROM member WHERE account=?"
	    " AND until_seq IS NULL",
	    cs_blob(cs_view(account, 16)));
	while (err == CS_OK && cs_rows_next(&rows)) {
		cs_write_vec(&w, cs_col_blob(&rows, 0));
		err = cs_writer_end(&w);
	}
	return cs_rows_end(&rows, err);
}

static enum cs_err
propose_in(struct cs_hub *hub, struct cs_view id)
{
	struct cs_mls_public_group *public = NULL;
	struct hub_group group;
	enum cs_err err;

	if ((err = hub_group_load(&group, hub, id)) == CS_OK &&
	    (err = hub_public_load(&public, hub, id)) == CS_OK &&
	    (err = hub_group_propose_removals(hub, &group, public)) == CS_OK)
		err = hub_public_store(hub, public);
	cs_mls_public_group_free(public);
	return err;
}

enum cs_err
hub_groups_propose_removals(
    struct cs_hub *hub, const uint8_t account[static 16])
{
	struct cs_buf groups = { 0 };
	struct cs_reader r;
	enum cs_err err = groups_of(&groups, hub, account);

	r = cs_reader(cs_buf_view(&groups));
	while (err == CS_OK && cs_reader_more(&r))
		err = propose_in(hub, cs_read_vec(&r));
	cs_buf_free(&groups);
	return err;
}

/* ---- for devices that join by themselves -------------------------------- */

static uint16_t
answer_info(struct hub_request *rq, struct cs_view id)
{
	struct cs_wire_group_info answer = { 0 };
	struct cs_mls_public_group *g = NULL;
	struct cs_buf info = { 0 }, tree = { 0 };
	struct cs_rows rows;
	enum cs_err err;
	uint16_t code;

	err = cs_db_query(
	    &rows, rq->hub->db, "SELECT info FROM grp WHERE id=?", cs_blob(id));
	if (err == CS_OK && cs_rows_next(&rows))
		err = cs_buf_set(&info, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)) == CS_OK &&
	    (err = hub_public_load(&g, rq->hub, id)) == CS_OK)
		err = cs_mls_public_group_tree(g, &tree);
	answer.group_info = cs_buf_view(&info);
	answer.tree = cs_buf_view(&tree);
	code = err ? hub_code(err)
		   : hub_answer(rq, &cs_wire_group_info_shape, &answer);
	cs_mls_public_group_free(g);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	return code;
}

uint16_t
hub_group_info(struct hub_request *rq)
{
	struct cs_wire_group_info_get m;
	bool there;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_group_info_get_shape, rq->body)) ||
	    (err = hub_account_may_enter(
		 &there, rq->hub, m.group_id, rq->conn->account)))
		return hub_code(err);
	/* What groups there are is for those who are in them. */
	return there ? answer_info(rq, m.group_id) : CS_WIRE_E_NO_GROUP;
}
