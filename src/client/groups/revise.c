/* SPDX-License-Identifier: MIT */
/* For people: changing what was said, and saying something about it. */
#include <string.h>

#include "base/text.h"
#include "client/client.h"
#include "client/groups/send.h"
#include "client/home/around.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/roles.h"

/* A message that the user named. */
struct target {
	struct client_place place;
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct client_group g;
	struct client_record r;
	struct cs_buf plain; /* what ${r} points into */
};

static void
target_clear(struct target *t)
{
	client_group_clear(&t->g);
	cs_buf_free(&t->plain);
}

/* The row of the message that ${prefix} names; of an edit, the message. */
static enum cs_err
find_row(struct target *t, struct cs_buf *group_id, struct cs_client *c,
    const char *prefix)
{
	uint64_t id;
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_client_message_find(c, prefix, t->mid)) ||
	    (err = client_message_by_mid(&id, group_id, c, t->mid)) ||
	    (err = client_place_load(&t->place, c, id)))
		return err;
	if (t->place.part == CLIENT_PART_EDIT && t->place.about != 0 &&
	    (err = client_place_load(&t->place, c, t->place.about)))
		return err;
	if ((err = client_message_there(c, t->place.id)) ||
	    (err = client_message_load(&t->r, &t->plain, c, t->place.id)))
		return err;
	err = cs_db_row(&rows, c->db, "SELECT mid FROM message WHERE id=?",
	    cs_int(t->place.id));
	if (err == CS_OK)
		cs_col_copy(&rows, 0, t->mid, sizeof t->mid);
	return cs_rows_end(&rows, err);
}

/* Find a message in a conversation that the user is in. */
static enum cs_err
find(struct target *t, struct cs_client *c, const char *prefix)
{
	struct cs_buf group_id = { 0 };
	enum cs_err err;

	if ((err = find_row(t, &group_id, c, prefix)) == CS_OK &&
	    (err = client_group_load(&t->g, c, cs_buf_view(&group_id))) ==
		CS_OK &&
	    t->g.state != CS_CLIENT_ACTIVE)
		err = client_problem(c, CS_ERR_MEMBER,
		    "You are not in the conversation of that message, or have "
		    "not accepted it. Nothing was sent.");
	cs_buf_free(&group_id);
	return err;
}

static bool
is_said(const struct target *t)
{
	return t->place.part == CLIENT_PART_MESSAGE ||
	    t->place.part == CLIENT_PART_UNKNOWN;
}

/* The same for a message that only its author may change. */
static enum cs_err
find_own(struct target *t, struct cs_client *c, const char *prefix)
{
	enum cs_err err = find(t, c, prefix);

	if (err)
		return err;
	if (t->r.kind != CS_CLIENT_SENT)
		return client_problem(c, CS_ERR_MEMBER,
		    "That message is %s's: only who wrote a message can change "
		    "it. Nothing was sent. \"delete --here\" takes it off this "
		    "device.",
		    t->r.from);
	if (t->r.failed)
		return client_problem(c, CS_ERR_MISUSE,
		    "The hub refused that message, so nobody has it. \"delete "
		    "--here\" takes it off this device.");
	return CS_OK;
}

/* What the message says now, as the body that replaces it. */
static enum cs_err
take_over(struct cs_mimi_content *content, struct cs_buf *plain,
    struct cs_client *c, const struct target *t)
{
	struct client_record now;
	uint64_t current;
	enum cs_err err;

	if ((err = client_current(&current, c, t->place.id)) ||
	    (err = client_message_load(&now, plain, c, current)) ||
	    (err = client_message_content(content, &now)))
		return err;
	content->has_replaces = true;
	memcpy(content->replaces, t->mid, sizeof content->replaces);
	content->n_mentions = 0;
	if (t->place.expires_ms == 0)
		return CS_OK;
	/* It vanishes when the message would have. */
	content->expiry = CS_MIMI_AT;
	content->expires_s = (uint32_t)(t->place.expires_ms / CS_SECOND_MS);
	content->has_timer = false;
	content->timer_s = 0;
	return CS_OK;
}

static enum cs_err
check_text(struct cs_client *c, struct cs_view text)
{
	if (text.len == 0)
		return client_problem(c, CS_ERR_MISUSE,
		    "There is no text. \"delete\" takes a message back.");
	if (text.len > CS_MIMI_TEXT_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "A text has at most %zu bytes.", CS_MIMI_TEXT_MAX);
	return cs_utf8_valid(text)
	    ? CS_OK
	    : client_problem(c, CS_ERR_FORMAT, "The text is not UTF-8.");
}

enum cs_err
cs_client_edit(struct cs_client *c, const char *prefix, struct cs_view text,
    char mid_hex[static 65])
{
	struct cs_mimi_content content = { 0 };
	struct cs_buf plain = { 0 };
	struct target t = { 0 };
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = check_text(c, text)) || (err = find_own(&t, c, prefix)))
		goto out;
	if (t.place.part != CLIENT_PART_MESSAGE) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "That is no message with a text. Nothing was sent.");
		goto out;
	}
	if ((err = take_over(&content, &plain, c, &t)))
		goto out;
	content.has_text = true;
	content.text = text;
	err = client_send_content(c, &t.g, &content, mid_hex);
out:
	cs_buf_free(&plain);
	target_clear(&t);
	cs_wipe(&content, sizeof content);
	return err;
}

/* Send that the message, or reaction, ${mid} of ${g} is taken back. */
static enum cs_err
take_back(struct cs_client *c, struct client_group *g,
    const uint8_t mid[static CS_CLIENT_MID_LEN], char mid_hex[static 65])
{
	struct cs_mimi_content content = {
		.kind = CS_MIMI_DELETION,
		.has_replaces = true,
	};

	memcpy(content.replaces, mid, sizeof content.replaces);
	return client_send_content(c, g, &content, mid_hex);
}

enum cs_err
cs_client_delete(
    struct cs_client *c, const char *prefix, char mid_hex[static 65])
{
	struct target t = { 0 };
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = find_own(&t, c, prefix)) == CS_OK) {
		if (is_said(&t) || t.place.part == CLIENT_PART_REACTION)
			err = take_back(c, &t.g, t.mid, mid_hex);
		else
			err = client_problem(c, CS_ERR_MISUSE,
			    "That is no message with a content. Nothing was "
			    "sent.");
	}
	target_clear(&t);
	return err;
}

enum cs_err
cs_client_delete_here(struct cs_client *c, const char *prefix)
{
	struct target t = { 0 };
	struct cs_buf group_id = { 0 };
	enum cs_err err;

	if ((err = find_row(&t, &group_id, c, prefix)))
		goto out;
	if (t.r.bare && !t.r.failed) {
		err = client_problem(c, CS_ERR_MISUSE,
		    "That message waits for the hub, and would still be sent. "
		    "It was not deleted. Delete it with --for-all.");
		goto out;
	}
	if ((err = cs_db_begin(c->db)))
		goto out;
	err = cs_db_end(
	    c->db, client_message_hide(c, t.place.id, CLIENT_GONE_HERE));
out:
	cs_buf_free(&group_id);
	target_clear(&t);
	return err;
}

/* ---- reactions ---------------------------------------------------------- */

static enum cs_err
find_said(struct target *t, struct cs_client *c, const char *prefix)
{
	enum cs_err err = find(t, c, prefix);

	return err || is_said(t) ? err
				 : client_problem(c, CS_ERR_MISUSE,
				       "That is no message with a content. "
				       "Nothing was sent.");
}

/* Did the user react so before? */
static enum cs_err
check_new(struct cs_client *c, const struct target *t, struct cs_view reaction)
{
	struct cs_client_reaction all[CS_CLIENT_REACTIONS_MAX];
	size_t n, more;
	enum cs_err err = client_reactions(all, &n, &more, c, t->place.id);

	for (size_t i = 0; err == CS_OK && i < n; i++)
		if (strcmp(all[i].from, c->self.handle) == 0 &&
		    cs_view_equal(cs_view_str(all[i].text), reaction))
			return client_problem(c, CS_ERR_EXISTS,
			    "You have reacted so already. Nothing was sent.");
	return err;
}

enum cs_err
cs_client_react(struct cs_client *c, const char *prefix,
    struct cs_view reaction, char mid_hex[static 65])
{
	struct cs_mimi_content content = {
		.kind = CS_MIMI_REACTION,
		.is_reply = true,
		.has_text = true,
		.text = reaction,
	};
	struct target t = { 0 };
	enum cs_err err;

	mid_hex[0] = '\0';
	if (!cs_mimi_reaction_valid(reaction))
		return client_problem(c, CS_ERR_FORMAT,
		    "A reaction is one line of 1 to %d bytes, an emoji for "
		    "instance. Nothing was sent.",
		    CS_MIMI_REACTION_MAX);
	if ((err = find_said(&t, c, prefix)) == CS_OK &&
	    (err = check_new(c, &t, reaction)) == CS_OK) {
		memcpy(content.in_reply_to, t.mid, sizeof content.in_reply_to);
		err = client_send_content(c, &t.g, &content, mid_hex);
	}
	target_clear(&t);
	return err;
}

/* The next reaction of the user's behind the row ${*id} that says ${reaction}.
 * CS_ERR_NOT_FOUND */
static enum cs_err
next_own(uint64_t *id, uint8_t mid[static CS_CLIENT_MID_LEN],
    struct cs_client *c, const struct target *t, struct cs_view reaction)
{
	for (;;) {
		struct cs_mimi_content content;
		struct cs_buf plain = { 0 };
		struct client_record r;
		struct cs_rows rows;
		bool same = false;
		enum cs_err err = cs_db_row(&rows, c->db,
		    "SELECT id,mid FROM message WHERE about=? AND about<>0"
		    " AND part=? AND kind=? AND gone=0 AND id>?"
		    " ORDER BY id LIMIT 1",
		    cs_int(t->place.id), cs_int(CLIENT_PART_REACTION),
		    cs_int(CS_CLIENT_SENT), cs_int(*id));

		if (err == CS_OK) {
			*id = cs_col_int(&rows, 0);
			cs_col_copy(&rows, 1, mid, CS_CLIENT_MID_LEN);
		}
		if ((err = cs_rows_end(&rows, err)))
			return err;
		if ((err = client_message_load(&r, &plain, c, *id)) == CS_OK &&
		    (err = client_message_content(&content, &r)) == CS_OK)
			same = cs_view_equal(content.text, reaction);
		cs_buf_free(&plain);
		if (err || same)
			return err;
	}
}

enum cs_err
cs_client_react_remove(struct cs_client *c, const char *prefix,
    struct cs_view reaction, char mid_hex[static 65])
{
	uint8_t mid[CS_CLIENT_MID_LEN];
	struct target t = { 0 };
	uint64_t id = 0;
	unsigned n = 0;
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = find_said(&t, c, prefix)))
		goto out;
	/* Two devices may have said the same. */
	while ((err = next_own(&id, mid, c, &t, reaction)) == CS_OK &&
	    (err = take_back(c, &t.g, mid, mid_hex)) == CS_OK)
		n++;
	if (err == CS_ERR_NOT_FOUND)
		err = n != 0 ? CS_OK
			     : client_problem(c, CS_ERR_NOT_FOUND,
				   "You have not reacted so to that message. "
				   "Nothing was sent.");
out:
	target_clear(&t);
	return err;
}

/* ---- the timer ---------------------------------------------------------- */

/* Whoever restricts who may set it restricts may_set_timer() of
 * home/change.c, too, which the others ask. */
enum cs_err
cs_client_timer_set(struct cs_client *c, const char *typed, uint32_t seconds,
    char mid_hex[static 65])
{
	struct cs_mimi_content content = {
		.kind = CS_MIMI_TIMER,
		.has_timer = true,
		.timer_s = seconds,
	};
	struct client_group g = { 0 };
	enum cs_err err;

	mid_hex[0] = '\0';
	if ((err = client_group_find(&g, c, typed, CLIENT_FIND_ANY)) == CS_OK &&
	    (err = client_may(c, &g, CS_ROOM_SET_TIMER)) == CS_OK)
		err = client_send_content(c, &g, &content, mid_hex);
	client_group_clear(&g);
	return err;
}
