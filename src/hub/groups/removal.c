/* SPDX-License-Identifier: MIT */
#include "hub/groups/removal.h"

#include "base/reader.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "hub/core/hub.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"

static enum cs_err
propose_removal(struct cs_hub *hub, struct hub_group *group,
    struct cs_mls_public_group *public, uint32_t leaf)
{
	struct cs_mls_public_outcome outcome = { 0 };
	const struct cs_mls_external_proposal remove = { .remove = &leaf };
	struct hub_entry entry = { .content = CS_MLS_CONTENT_PROPOSAL };
	struct hub_appended appended = { 0 };
	struct cs_buf message = { 0 };
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
		err = hub_log_append(&appended, hub, group, &entry);
	/* Proposed in this epoch already: it waits in the log. */
	if (err == CS_ERR_REPLAY)
		err = CS_OK;
	cs_mls_public_outcome_clear(&outcome);
	cs_buf_free(&message);
	cs_buf_free(&appended.stamp);
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

/* Ids of the groups that the account has devices in, each as <V>. */
static enum cs_err
groups_of(struct cs_buf *out, struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN])
{
	struct cs_writer w = cs_writer(out);
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, hub->db,
	    "SELECT DISTINCT grp FROM member WHERE account=?"
	    " AND until_seq IS NULL",
	    cs_blob(cs_view(account, CS_ID_LEN)));
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
    struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
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
