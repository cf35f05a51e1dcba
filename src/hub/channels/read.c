/* SPDX-License-Identifier: MIT */
#include "hub/channels/read.h"

#include "hub/core/batch.h"
#include "hub/core/refusal.h"
#include "wire/channels.h"

/* ---- a channel ----------------------------------------------------------- */

/* When, and why, the desk closed it; 0: it did not. */
static enum cs_err
read_closing(
    struct cs_wire_channel_page *out, struct cs_hub *hub, struct cs_view group)
{
	struct cs_wire_action action;
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, hub->db,
	    "SELECT action.bytes,applied FROM grp JOIN action"
	    " ON action.target=grp.ref WHERE grp.id=? AND action.kind=?"
	    " AND reversed=? ORDER BY applied DESC LIMIT 1",
	    cs_blob(group), cs_int(CS_WIRE_ACTION_DISSOLVE), cs_int(0));

	if (err == CS_OK &&
	    cs_wire_parse(&action, &cs_wire_action_shape,
		cs_col_blob(&row, 0)) == CS_OK) {
		out->reason = action.reason;
		out->closed_ms = cs_col_int(&row, 1);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* The channel without its posts; ${title} and ${group} hold its words. */
static enum cs_err
find(struct cs_wire_channel_page *out, struct cs_buf *title,
    struct cs_buf *group, struct hub_request *rq,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err = cs_db_row(&row, rq->hub->db,
	    "SELECT title,flags,channel.created,dissolved,grp FROM channel"
	    " JOIN grp ON grp.id=grp WHERE channel.id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));

	if (err == CS_OK) {
		out->created_ms = cs_col_int(&row, 2);
		if ((cs_col_int(&row, 1) & CS_WIRE_CHANNEL_ENDED) != 0)
			out->state = CS_WIRE_CHANNEL_OVER;
		else if (cs_col_int(&row, 3) > rq->hub->now_ms)
			out->state = CS_WIRE_CHANNEL_CLOSED;
		if ((err = cs_buf_set(title, cs_col_blob(&row, 0))) == CS_OK)
			err = cs_buf_set(group, cs_col_blob(&row, 4));
	}
	err = cs_rows_end(&row, err);
	if (err == CS_ERR_NOT_FOUND)
		return hub_refuse(rq, CS_WIRE_E_CHANNEL);
	out->title = cs_buf_view(title);
	if (err == CS_OK && out->state == CS_WIRE_CHANNEL_CLOSED)
		err = read_closing(out, rq->hub, cs_buf_view(group));
	return err;
}

/* Nobody reads what a disabled account wrote, nor a post with a file that the
 * desk has put out of sight; all of it comes back if the decision falls. */
#define SHOWN                                                                  \
	" EXISTS(SELECT 1 FROM account WHERE id=channel_post.account"          \
	" AND disabled=? AND gone=?) AND NOT EXISTS(SELECT 1 FROM"             \
	" channel_file WHERE channel_file.channel=channel_post.channel"        \
	" AND channel_file.seq=channel_post.seq AND quarantined>?)"

/* Posts before ${m->before}, newest first; as many as go into an answer. */
static enum cs_err
add_posts(struct cs_buf *list, struct cs_wire_channel_page *page,
    struct cs_hub *hub, const struct cs_wire_channel_read *m)
{
	uint64_t before = m->before != 0 ? m->before : INT64_MAX;
	struct cs_rows rows;
	enum cs_err err = cs_db_query(&rows, hub->db,
	    "SELECT seq,at,pieces,head,EXISTS(SELECT 1 FROM filing WHERE"
	    " filing.channel=channel_post.channel AND post=seq"
	    " AND answered=?) FROM channel_post WHERE channel=? AND seq<?"
	    " AND" SHOWN " ORDER BY seq DESC LIMIT ?",
	    cs_int(0), cs_blob(CS_VIEW_OF(m->id)), cs_int(before), cs_int(0),
	    cs_int(0), cs_int(hub->now_ms), cs_int((uint64_t)m->max + 1));

	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_channel_item item = {
			.seq = cs_col_int(&rows, 0),
			.at_ms = cs_col_int(&rows, 1),
			.pieces = (uint32_t)cs_col_int(&rows, 2),
			.head = cs_col_blob(&rows, 3),
			.veiled = cs_col_int(&rows, 4) != 0,
		};

		page->more = page->posts.n == m->max ||
		    list->len + item.head.len > HUB_FETCH_BYTES;
		if (page->more)
			break;
		err = cs_wire_list_add(
		    list, &page->posts.n, &cs_wire_channel_item_shape, &item);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_channel_read(struct hub_request *rq)
{
	struct cs_wire_channel_page page = { 0 };
	struct cs_wire_channel_read m;
	struct cs_buf title = { 0 }, group = { 0 }, list = { 0 };
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_channel_read_shape, rq->body)))
		return err;
	if (m.max == 0 || m.max > CS_WIRE_CHANNEL_POSTS_MAX)
		return hub_refuse(rq, CS_WIRE_E_MALFORMED);
	err = find(&page, &title, &group, rq, m.id);
	/* What is over is not shown. */
	if (err == CS_OK && page.state == CS_WIRE_CHANNEL_OPEN)
		err = add_posts(&list, &page, rq->hub, &m);
	page.posts.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_channel_page_shape, &page);
	cs_buf_free(&title);
	cs_buf_free(&group);
	cs_buf_free(&list);
	return err;
}

enum cs_err
hub_channel_bytes(struct hub_request *rq)
{
	struct cs_wire_channel_bytes_get m;
	struct cs_wire_channel_bytes answer;
	struct cs_rows row;
	enum cs_err err;

	if ((err = cs_wire_parse(
		 &m, &cs_wire_channel_bytes_get_shape, rq->body)))
		return err;
	err = cs_db_row(&row, rq->hub->db,
	    "SELECT channel_post.pieces,piece.bytes FROM channel_post"
	    " JOIN channel_piece AS piece USING(channel,seq) JOIN channel"
	    " ON channel.id=piece.channel JOIN grp ON grp.id=channel.grp"
	    " WHERE piece.channel=? AND piece.seq=? AND n=?"
	    " AND dissolved<=? AND" SHOWN,
	    cs_blob(CS_VIEW_OF(m.id)), cs_int(m.seq), cs_int(m.n),
	    cs_int(rq->hub->now_ms), cs_int(0), cs_int(0),
	    cs_int(rq->hub->now_ms));
	if (err == CS_OK) {
		answer.pieces = (uint32_t)cs_col_int(&row, 0);
		answer.bytes = cs_col_blob(&row, 1);
		err = hub_answer(rq, &cs_wire_channel_bytes_shape, &answer);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? hub_refuse(rq, CS_WIRE_E_CHANNEL)
				       : err;
}

/* ---- the directory ------------------------------------------------------- */

enum cs_err
hub_channel_directory(struct hub_request *rq)
{
	struct cs_wire_channel_directory answer = { 0 };
	struct cs_buf list = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if (!rq->hub->directory)
		return hub_answer(
		    rq, &cs_wire_channel_directory_shape, &answer);
	answer.there = 1;
	err = cs_db_query(&rows, rq->hub->db,
	    "SELECT channel.id,title,posts,listed FROM channel JOIN grp"
	    " ON grp.id=grp WHERE listed IS NOT NULL AND dissolved<=?"
	    " ORDER BY listed DESC LIMIT ?",
	    cs_int(rq->hub->now_ms), cs_int(CS_WIRE_CHANNELS_MAX));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_wire_channel_listed c = {
			.title = cs_col_blob(&rows, 1),
			.posts = (uint32_t)cs_col_int(&rows, 2),
			.last_ms = cs_col_int(&rows, 3),
		};

		cs_col_copy(&rows, 0, c.id, sizeof c.id);
		err = cs_wire_list_add(&list, &answer.channels.n,
		    &cs_wire_channel_listed_shape, &c);
	}
	err = cs_rows_end(&rows, err);
	answer.channels.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(rq, &cs_wire_channel_directory_shape, &answer);
	cs_buf_free(&list);
	return err;
}
