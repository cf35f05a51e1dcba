/* SPDX-License-Identifier: MIT */
#include "hub/channels/channel.h"

#include <string.h>

#include "base/text.h"
#include "content/evidence.h"
#include "content/mimi_names.h"
#include "crypto/random.h"
#include "hub/core/batch.h"
#include "hub/core/budget.h"
#include "hub/core/refusal.h"
#include "hub/groups/group.h"
#include "hub/groups/member.h"
#include "room/policy.h"
#include "wire/channels.h"

/* ---- who may ------------------------------------------------------------- */

/* Only those who answer for a channel write in its group: the account is its
 * owner or an admin, and nobody else writes there. */
static enum cs_err
check_writer(struct hub_request *rq, struct cs_view group)
{
	struct cs_mls_public_group *g = NULL;
	struct cs_room_policy policy;
	enum cs_err err;

	if ((err = hub_is_member(rq, group)) ||
	    (err = hub_public_load(&g, rq->hub, group)))
		return err;
	err = cs_room_policy_of(&policy, cs_mls_public_group_view(g));
	if (err == CS_OK &&
	    ((policy.flags & CS_ROOM_ADMINS_WRITE) == 0 ||
		cs_room_role_of(&policy, rq->conn->account) == CS_ROOM_MEMBER))
		err = hub_refuse(rq, CS_WIRE_E_DENIED);
	cs_mls_public_group_free(g);
	return err;
}

/* The group of a channel that is not over; its id into ${out}. */
static enum cs_err
find(struct cs_buf *out, struct hub_request *rq,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	bool over = false;
	enum cs_err err = cs_db_row(&row, rq->hub->db,
	    "SELECT grp,flags FROM channel WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));

	if (err == CS_OK) {
		over = (cs_col_int(&row, 1) & CS_WIRE_CHANNEL_ENDED) != 0;
		err = cs_buf_set(out, cs_col_blob(&row, 0));
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND || (err == CS_OK && over))
		return hub_refuse(rq, CS_WIRE_E_CHANNEL);
	return err;
}

/* The same, and the account may write there. */
static enum cs_err
find_own(struct cs_buf *out, struct hub_request *rq,
    const uint8_t id[static CS_ID_LEN])
{
	enum cs_err err = find(out, rq, id);

	return err ? err : check_writer(rq, cs_buf_view(out));
}

/* ---- making -------------------------------------------------------------- */

static bool
is_title(struct cs_view title)
{
	size_t n;

	if (title.len == 0 || !cs_utf8_valid(title))
		return false;
	while (title.len != 0)
		if (cs_utf8_hidden(cs_utf8_next(&title, &n)))
			return false;
	return true;
}

/* What was shown of a channel that is over goes. */
static enum cs_err
drop_all(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	static const char *const all[] = {
		"DELETE FROM channel_post WHERE channel=?",
		"DELETE FROM channel_file WHERE channel=?",
		"DELETE FROM channel_piece WHERE channel=?",
	};
	struct cs_view v = cs_view(id, CS_ID_LEN);
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < sizeof all / sizeof *all; i++)
		err = cs_db_exec(hub->db, all[i], cs_blob(v));
	return err ? err
		   : cs_db_exec(hub->db,
			 "UPDATE channel SET posts=?,last=? WHERE id=?",
			 cs_int(0), cs_int(0), cs_blob(v));
}

/* In the directory are those that want to be, once there is something. */
static enum cs_err
settle_listed(struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	return cs_db_exec(hub->db,
	    "UPDATE channel SET listed=CASE WHEN flags=? THEN nullif(last,?)"
	    " END WHERE id=?",
	    cs_int(CS_WIRE_CHANNEL_LISTED), cs_int(0),
	    cs_blob(cs_view(id, CS_ID_LEN)));
}

enum cs_err
hub_channel_posts_forget(struct cs_hub *hub, struct cs_view account)
{
	static const char *const all[] = {
		"DELETE FROM channel_file WHERE (channel,seq) IN (SELECT"
		" channel,seq FROM channel_post WHERE account=?)",
		"DELETE FROM channel_piece WHERE (channel,seq) IN (SELECT"
		" channel,seq FROM channel_post WHERE account=?)",
		"DELETE FROM channel_post WHERE account=?",
	};
	enum cs_err err = cs_db_exec(hub->db,
	    "UPDATE channel SET posts=posts-(SELECT COUNT(*) FROM channel_post"
	    " WHERE channel=channel.id AND account=?) WHERE id IN"
	    " (SELECT channel FROM channel_post WHERE account=?)",
	    cs_blob(account), cs_blob(account));

	for (size_t i = 0; err == CS_OK && i < sizeof all / sizeof *all; i++)
		err = cs_db_exec(hub->db, all[i], cs_blob(account));
	return err;
}

/* The id that the group has as a channel, or a new one. */
static enum cs_err
id_of(uint8_t out[static CS_ID_LEN], uint64_t *flags, struct cs_hub *hub,
    struct cs_view group)
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, hub->db,
	    "SELECT id,flags FROM channel WHERE grp=?", cs_blob(group));

	*flags = 0;
	if (err == CS_OK) {
		cs_col_copy(&row, 0, out, CS_ID_LEN);
		*flags = cs_col_int(&row, 1);
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND) {
		cs_random(out, CS_ID_LEN);
		err = CS_OK;
	}
	return err;
}

enum cs_err
hub_channel_set(struct hub_request *rq)
{
	struct cs_wire_channel_id answer = { .origin =
						 cs_view_str(rq->hub->origin) };
	struct cs_wire_channel_set m;
	uint64_t flags;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_channel_set_shape, rq->body)))
		return err;
	if (!is_title(m.title) ||
	    m.flags > (CS_WIRE_CHANNEL_LISTED | CS_WIRE_CHANNEL_ENDED))
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = check_writer(rq, m.group_id)) ||
	    (err = hub_spend(rq, HUB_B_CHANNELS_DAY, 1)) ||
	    (err = id_of(answer.id, &flags, rq->hub, m.group_id)))
		return err;
	/* Its link was given to people as one that leads nowhere any more. */
	if ((flags & CS_WIRE_CHANNEL_ENDED) != 0)
		return hub_refuse(rq, CS_WIRE_E_CHANNEL);
	err = cs_db_exec(rq->hub->db,
	    "INSERT INTO channel(id,grp,title,flags,created) VALUES(?,?,?,?,?)"
	    " ON CONFLICT(grp) DO UPDATE SET title=excluded.title,"
	    "flags=excluded.flags",
	    cs_blob(CS_VIEW_OF(answer.id)), cs_blob(m.group_id),
	    cs_text(m.title), cs_int(m.flags), cs_int(rq->hub->now_ms));
	if (err == CS_OK && (m.flags & CS_WIRE_CHANNEL_ENDED) != 0)
		err = drop_all(rq->hub, answer.id);
	if (err == CS_OK)
		err = settle_listed(rq->hub, answer.id);
	return err ? err : hub_answer(rq, &cs_wire_channel_id_shape, &answer);
}

/* ---- pieces -------------------------------------------------------------- */

enum cs_err
hub_channel_piece(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_channel_piece m;
	struct cs_buf group = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_channel_piece_shape, rq->body)))
		return err;
	if (m.n >= CS_WIRE_CHANNEL_PIECES_MAX || m.bytes.len == 0 ||
	    m.seq > INT64_MAX)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = find_own(&group, rq, m.id)) == CS_OK &&
	    (err = hub_spend(rq, HUB_B_CHANNEL_BYTES_DAY, m.bytes.len)) ==
		CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "INSERT INTO channel_piece(channel,seq,n,at,bytes)"
		    " VALUES(?,?,?,?,?) ON CONFLICT(channel,seq,n)"
		    " DO UPDATE SET at=excluded.at,bytes=excluded.bytes"
		    " WHERE at IS NOT NULL",
		    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.seq), cs_int(m.n),
		    cs_int(rq->hub->now_ms), cs_blob(m.bytes));
	cs_buf_free(&group);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_channel_pieces_sweep(int64_t *n, struct cs_hub *hub)
{
	enum cs_err err = cs_db_exec(hub->db,
	    "DELETE FROM channel_piece WHERE (channel,seq,n) IN (SELECT"
	    " channel,seq,n FROM channel_piece WHERE at IS NOT NULL AND at<?"
	    " LIMIT ?)",
	    cs_int(hub->now_ms - HUB_CHANNEL_PIECES_MS),
	    cs_int(HUB_SWEEP_ROWS));

	*n = cs_db_changes(hub->db);
	return err;
}

/* All pieces of a post, one behind the other. */
static enum cs_err
join_pieces(struct cs_buf *out, struct hub_request *rq,
    const struct cs_wire_channel_post *m, uint64_t seq)
{
	struct cs_rows rows;
	uint32_t n = 0;
	enum cs_err err = cs_db_query(&rows, rq->hub->db,
	    "SELECT n,bytes FROM channel_piece WHERE channel=? AND seq=?"
	    " ORDER BY n",
	    cs_blob(CS_VIEW_OF(m->id)), cs_int(seq));

	out->max = HUB_CHANNEL_BYTES_MAX;
	while (err == CS_OK && cs_rows_next(&rows)) {
		if (cs_col_int(&rows, 0) != n++)
			err = CS_ERR_FORMAT;
		else
			err = cs_buf_add(out, cs_col_blob(&rows, 1));
	}
	err = cs_rows_end(&rows, err);
	if (err == CS_OK && n != m->pieces)
		err = CS_ERR_FORMAT;
	return err == CS_ERR_FORMAT || err == CS_ERR_LIMIT
	    ? hub_refuse(rq, CS_WIRE_E_MALFORMED)
	    : err;
}

/* ---- posts --------------------------------------------------------------- */

/* The one message of a bundle, proved, of this group and by this account. */
static enum cs_err
open_post(struct cs_evidence **out, struct hub_request *rq,
    struct cs_view bundle, struct cs_view group)
{
	struct cs_evidence *e = NULL;
	uint8_t ref[CS_HASH_LEN];
	const struct cs_stamp *s;
	enum cs_err err;

	if ((err = cs_evidence_check(&e, bundle, rq->hub->root_public)) ==
		CS_ERR_NOMEM ||
	    (err == CS_OK && (err = cs_group_ref(ref, group)))) {
		cs_evidence_free(e);
		return err;
	}
	s = e != NULL && e->n_items == 1 ? &e->items[0].capsule.stamp : NULL;
	if (s == NULL || !e->all_proved || e->mode != CS_CSEV_UNNAMED ||
	    memcmp(s->group_ref, ref, sizeof ref) != 0 ||
	    memcmp(s->account, rq->conn->account, CS_ID_LEN) != 0) {
		cs_evidence_free(e);
		return hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	}
	*out = e;
	return CS_OK;
}

/* With files it is the same message, and each file is what it commits to. */
static enum cs_err
check_whole(struct hub_request *rq, const struct cs_wire_channel_post *m,
    const struct cs_evidence *head, struct cs_view group)
{
	const struct cs_evidence_item *a = &head->items[0], *b;
	struct cs_buf bytes = { 0 };
	struct cs_evidence *whole = NULL;
	bool same;
	enum cs_err err;

	/* Files are in the pieces, so that a page of posts is small. */
	for (size_t i = 0; i < a->n_media; i++)
		if (a->media[i].has_bytes)
			return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if (m->pieces == 0)
		return CS_OK;
	if ((err = join_pieces(&bytes, rq, m, a->capsule.stamp.group_seq)) ==
		CS_OK &&
	    (err = open_post(&whole, rq, cs_buf_view(&bytes), group)) ==
		CS_OK) {
		b = &whole->items[0];
		same =
		    a->capsule.stamp.group_seq == b->capsule.stamp.group_seq &&
		    memcmp(a->proof.mid, b->proof.mid, sizeof a->proof.mid) ==
			0;
		for (size_t i = 0; i < b->n_media; i++)
			same &= b->media[i].err == CS_OK &&
			    b->media[i].has_bytes && b->media[i].has_key;
		if (!same)
			err = hub_refuse(rq, CS_WIRE_E_CERTIFICATE);
	}
	cs_evidence_free(whole);
	cs_buf_free(&bytes);
	return err;
}

/* The files of a post, so that the desk can put each out of sight. */
static enum cs_err
store_files(struct cs_hub *hub, struct cs_view channel,
    const struct cs_evidence_item *item)
{
	const struct cs_mimi_content *content = &item->proof.content;
	uint8_t blob[CS_ID_LEN];
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < content->n_external; i++)
		if (cs_mimi_blob(blob, &content->external[i]) == CS_OK)
			err = cs_db_exec(hub->db,
			    "INSERT INTO channel_file(blob,channel,seq,"
			    "quarantined) VALUES(?,?,?,COALESCE((SELECT"
			    " quarantined FROM blob WHERE id=?),?))"
			    " ON CONFLICT DO NOTHING",
			    cs_blob(CS_VIEW_OF(blob)), cs_blob(channel),
			    cs_int(item->capsule.stamp.group_seq),
			    cs_blob(CS_VIEW_OF(blob)), cs_int(0));
	return err;
}

static enum cs_err
store(struct cs_hub *hub, const struct cs_wire_channel_post *m,
    const struct cs_evidence_item *item)
{
	const struct cs_stamp *s = &item->capsule.stamp;
	struct cs_view id = CS_VIEW_OF(m->id);
	enum cs_err err = cs_db_exec(hub->db,
	    "INSERT INTO channel_post(channel,seq,account,at,pieces,head)"
	    " VALUES(?,?,?,?,?,?) ON CONFLICT(channel,seq) DO NOTHING",
	    cs_blob(id), cs_int(s->group_seq), cs_blob(CS_VIEW_OF(s->account)),
	    cs_int(s->accepted_ms), cs_int(m->pieces), cs_blob(m->head));

	if (err || cs_db_changes(hub->db) == 0 ||
	    (err = store_files(hub, id, item)))
		return err;
	if ((err = cs_db_exec(hub->db,
		 "UPDATE channel_piece SET at=NULL WHERE channel=? AND seq=?",
		 cs_blob(id), cs_int(s->group_seq))) ||
	    (err = cs_db_exec(hub->db,
		 "UPDATE channel SET posts=posts+1,last=max(last,?)"
		 " WHERE id=?",
		 cs_int(s->accepted_ms), cs_blob(id))))
		return err;
	return settle_listed(hub, m->id);
}

enum cs_err
hub_channel_post(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_channel_post m;
	struct cs_evidence *head = NULL;
	struct cs_buf group = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_channel_post_shape, rq->body)))
		return err;
	if (m.pieces > CS_WIRE_CHANNEL_PIECES_MAX)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	if ((err = find_own(&group, rq, m.id)) == CS_OK &&
	    (err = hub_spend(rq, HUB_B_CHANNEL_POSTS_DAY, 1)) == CS_OK &&
	    (err = hub_spend(rq, HUB_B_CHANNEL_BYTES_DAY, m.head.len)) ==
		CS_OK &&
	    (err = open_post(&head, rq, m.head, cs_buf_view(&group))) ==
		CS_OK &&
	    (err = check_whole(rq, &m, head, cs_buf_view(&group))) == CS_OK)
		err = store(rq->hub, &m, &head->items[0]);
	cs_evidence_free(head);
	cs_buf_free(&group);
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

enum cs_err
hub_channel_drop(struct hub_request *rq)
{
	struct cs_wire_empty answer = { 0 };
	struct cs_wire_channel_drop m;
	struct cs_buf group = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_channel_drop_shape, rq->body)))
		return err;
	err = find_own(&group, rq, m.id);
	cs_buf_free(&group);
	if (err)
		return err;
	err = cs_db_exec(rq->hub->db,
	    "DELETE FROM channel_post WHERE channel=? AND seq=?",
	    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.seq));
	if (err == CS_OK && cs_db_changes(rq->hub->db) != 0)
		err = cs_db_exec(rq->hub->db,
		    "UPDATE channel SET posts=posts-1 WHERE id=?",
		    cs_blob(CS_VIEW_OF(m.id)));
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "DELETE FROM channel_file WHERE channel=? AND seq=?",
		    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.seq));
	if (err == CS_OK)
		err = cs_db_exec(rq->hub->db,
		    "DELETE FROM channel_piece WHERE channel=? AND seq=?",
		    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.seq));
	return err ? err : hub_answer(rq, &cs_wire_empty_shape, &answer);
}

/* ---- a writer's own ------------------------------------------------------ */

enum cs_err
hub_channels(struct hub_request *rq)
{
	struct cs_wire_channels answer = { .origin =
					       cs_view_str(rq->hub->origin) };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT channel.id,channel.grp,title,flags,posts,channel.created,"
	    "dissolved FROM member JOIN channel ON channel.grp=member.grp"
	    " JOIN grp ON grp.id=channel.grp WHERE member.device=?"
	    " AND until_seq IS NULL ORDER BY channel.created LIMIT ?",
	    cs_blob(CS_VIEW_OF(rq->conn->device)),
	    cs_int(CS_WIRE_CHANNELS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_channel c = {
			.group_id = cs_col_blob(&rows, 1),
			.title = cs_col_blob(&rows, 2),
			.flags = (uint8_t)cs_col_int(&rows, 3),
			.posts = (uint32_t)cs_col_int(&rows, 4),
			.created_ms = cs_col_int(&rows, 5),
		};

		cs_col_copy(&rows, 0, c.id, sizeof c.id);
		if ((c.flags & CS_WIRE_CHANNEL_ENDED) != 0)
			c.state = CS_WIRE_CHANNEL_OVER;
		else if (cs_col_int(&rows, 6) > rq->hub->now_ms)
			c.state = CS_WIRE_CHANNEL_CLOSED;
		err = cs_wire_list_add(
		    &list, &answer.channels.n, &cs_wire_channel_shape, &c);
	}
	err = cs_rows_end(&rows, err);
	answer.channels.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_channels_shape, &answer);
	cs_buf_free(&list);
	return err;
}
