/* SPDX-License-Identifier: MIT */
#include "member/show.h"

static const char *
kind_name(const struct cs_client_message *m)
{
	static const char *const names[] = {
		[CS_CLIENT_EDIT] = "edit",
		[CS_CLIENT_DELETION] = "deletion",
		[CS_CLIENT_REACTION] = "reaction",
		[CS_CLIENT_TIMER] = "timer",
		[CS_CLIENT_UNKNOWN] = "unknown",
		[CS_CLIENT_NAME] = "name",
		[CS_CLIENT_PICTURE] = "picture",
		[CS_CLIENT_LINK] = "link",
	};

	if (m->what != CS_CLIENT_MESSAGE)
		return names[m->what];
	switch (m->kind) {
	case CS_CLIENT_RECEIVED:
		return "received";
	case CS_CLIENT_SENT:
		return "sent";
	case CS_CLIENT_EVENT:
		return "notice";
	default:
		return "refused";
	}
}

/* What became of a message, or what it says of another. */
static void
change_json(struct cs_json_writer *j, const struct cs_client_message *m)
{
	static const char *const targets[] = {
		[CS_CLIENT_TARGET_NOT_HERE] = "not-here",
		[CS_CLIENT_TARGET_NOT_THEIRS] = "not-theirs",
	};

	if (m->edited)
		cs_json_bool(j, "edited", true);
	if (m->deleted)
		cs_json_bool(j, "deleted", true);
	if (m->expires_ms != 0)
		cs_json_number(j, "expires_ms", m->expires_ms);
	if (m->what == CS_CLIENT_TIMER)
		cs_json_number(j, "seconds", m->timer_s);
	if (m->taken_away)
		cs_json_bool(j, "taken_away", true);
	if (m->what == CS_CLIENT_UNKNOWN)
		cs_json_text(j, "type", m->other_type);
	if (m->what == CS_CLIENT_EDIT || m->what == CS_CLIENT_DELETION ||
	    m->what == CS_CLIENT_REACTION)
		cs_json_hex(j, "about", CS_VIEW_OF(m->about));
	if (m->target != CS_CLIENT_TARGET_OK)
		cs_json_string(j, "refused", targets[m->target]);
}

static void
around_json(struct cs_json_writer *j, const struct cs_client_message *m)
{
	if (m->mentions_you)
		cs_json_bool(j, "mentions_you", true);
	if (m->n_reactions != 0) {
		cs_json_array(j, "reactions");
		for (size_t i = 0; i < m->n_reactions; i++) {
			cs_json_object(j, NULL);
			cs_json_string(j, "text", m->reactions[i].text);
			cs_json_string(j, "from", m->reactions[i].from);
			cs_json_close(j);
		}
		cs_json_close(j);
	}
	if (m->n_receipts != 0) {
		cs_json_array(j, "receipts");
		for (size_t i = 0; i < m->n_receipts; i++) {
			cs_json_object(j, NULL);
			cs_json_string(j, "from", m->receipts[i].from);
			cs_json_string(j, "state",
			    m->receipts[i].read ? "read" : "delivered");
			cs_json_close(j);
		}
		cs_json_close(j);
	}
	if (m->n_mentions == 0)
		return;
	cs_json_array(j, "mentions");
	for (size_t i = 0; i < m->n_mentions; i++)
		cs_json_string(j, NULL, m->mentions[i]);
	cs_json_close(j);
}

static void
media_json(struct cs_json_writer *j, const struct cs_client_message *m)
{
	if (m->n_media == 0)
		return;
	cs_json_array(j, "media");
	for (size_t i = 0; i < m->n_media; i++) {
		cs_json_object(j, NULL);
		cs_json_string(j, "name", m->media[i].filename);
		cs_json_string(j, "type", m->media[i].media_type);
		cs_json_number(j, "size", m->media[i].size);
		if (m->media[i].photo)
			cs_json_bool(j, "photo", true);
		if (m->media[i].voice)
			cs_json_number(
			    j, "duration_ms", m->media[i].duration_ms);
		cs_json_close(j);
	}
	cs_json_close(j);
}

static void
marks_json(struct cs_json_writer *j, const struct cs_client_message *m)
{
	if (m->seen)
		cs_json_bool(j, "seen", true);
	if (m->request)
		cs_json_bool(j, "request", true);
	if (m->late)
		cs_json_bool(j, "late", true);
	if (m->waiting)
		cs_json_bool(j, "waiting", true);
	if (m->failed)
		cs_json_bool(j, "failed", true);
	if (m->warning)
		cs_json_bool(j, "warning", true);
}

void
cs_member_message_json(struct cs_json_writer *j, const char *name,
    const struct cs_client_message *m)
{
	cs_json_object(j, name);
	cs_json_string(j, "kind", kind_name(m));
	if (m->kind == CS_CLIENT_RECEIVED || m->kind == CS_CLIENT_SENT)
		cs_json_hex(j, "id", CS_VIEW_OF(m->mid));
	cs_json_string(j, "conversation", m->conversation);
	if (m->conversation_id[0] != '\0')
		cs_json_string(j, "conversation_id", m->conversation_id);
	if (m->alias[0] != '\0')
		cs_json_string(j, "alias", m->alias);
	if (m->looks_like[0] != '\0')
		cs_json_string(j, "looks_like", m->looks_like);
	cs_json_bool(j, "direct", m->direct);
	if (m->picture)
		cs_json_bool(j, "conversation_picture", true);
	if (m->from[0] != '\0')
		cs_json_string(j, "from", m->from);
	if (m->from_alias[0] != '\0')
		cs_json_string(j, "from_alias", m->from_alias);
	cs_json_number(j, "time_ms", m->time_ms);
	cs_json_number(j, "number", m->group_seq);
	cs_json_number(j, "row", m->number);
	marks_json(j, m);
	if (m->kind == CS_CLIENT_REFUSED)
		cs_json_string(j, "reason", m->reason);
	else
		cs_json_text(j, "text", m->text);
	if (m->is_reply)
		cs_json_hex(j, "reply_to", CS_VIEW_OF(m->reply_to));
	change_json(j, m);
	around_json(j, m);
	media_json(j, m);
	cs_json_close(j);
}

const char *
cs_member_state_name(enum cs_client_group_state state)
{
	static const char *const names[] = {
		[CS_CLIENT_ACTIVE] = "active",
		[CS_CLIENT_REQUEST] = "request",
		[CS_CLIENT_LEFT] = "left",
		[CS_CLIENT_BLOCKED] = "blocked",
		[CS_CLIENT_LEAVING] = "leaving",
	};

	return names[state];
}

const char *
cs_member_role_name(enum cs_client_role role)
{
	static const char *const names[] = {
		[CS_CLIENT_MEMBER] = "member",
		[CS_CLIENT_ADMIN] = "admin",
		[CS_CLIENT_OWNER] = "owner",
	};

	return names[role];
}
