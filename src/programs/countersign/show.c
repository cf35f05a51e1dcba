/* SPDX-License-Identifier: MIT */
/* Messages on a screen, or as lines of JSON. */
#include "programs/countersign/show.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "programs/countersign/main.h"
#include "wire/messages.h"

static const char *
kind_name(const struct cs_client_message *m)
{
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

void
cli_message_json(struct cs_json_writer *j, const struct cs_client_message *m)
{
	cs_json_object(j, NULL);
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
	if (m->from[0] != '\0')
		cs_json_string(j, "from", m->from);
	if (m->from_alias[0] != '\0')
		cs_json_string(j, "from_alias", m->from_alias);
	cs_json_number(j, "time_ms", m->time_ms);
	cs_json_number(j, "number", m->group_seq);
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
	if (m->kind == CS_CLIENT_REFUSED)
		cs_json_string(j, "reason", m->reason);
	else
		cs_json_text(j, "text", m->text);
	if (m->is_reply)
		cs_json_hex(j, "reply_to", CS_VIEW_OF(m->reply_to));
	if (m->n_media != 0) {
		cs_json_array(j, "media");
		for (size_t i = 0; i < m->n_media; i++) {
			cs_json_object(j, NULL);
			cs_json_string(j, "name", m->media[i].filename);
			cs_json_string(j, "type", m->media[i].media_type);
			cs_json_number(j, "size", m->media[i].size);
			if (m->media[i].voice)
				cs_json_number(
				    j, "duration_ms", m->media[i].duration_ms);
			cs_json_close(j);
		}
		cs_json_close(j);
	}
	cs_json_close(j);
}

static void
show_kind(const struct cs_client_media *m)
{
	unsigned seconds = (m->duration_ms + 500) / 1000;

	if (m->voice) {
		printf("voice message, %u:%02u", seconds / 60, seconds % 60);
		return;
	}
	printf(m->photo ? "photo " : "file ");
	cli_print_name(stdout, m->filename);
}

static void
show_media(const struct cs_client_message *m)
{
	for (size_t i = 0; i < m->n_media; i++) {
		printf("    [");
		show_kind(&m->media[i]);
		printf(", %.1f KiB", (double)m->media[i].size / 1024);
		if (m->request && m->kind == CS_CLIENT_RECEIVED)
			printf(", not fetched until you accept]\n");
		else
			printf("]\n");
	}
}

/* The name that the user gave, and the one that all others see. */
static void
show_name(const char *name, const char *alias)
{
	if (alias[0] == '\0') {
		cli_print_name(stdout, name);
		return;
	}
	cli_print_name(stdout, alias);
	printf(" (");
	cli_print_name(stdout, name);
	printf(")");
}

/* Where it was said; a group whose name makes people think of somebody else is
 * said to be another. */
static void
show_conversation(const struct cs_client_message *m)
{
	show_name(m->conversation, m->alias);
	if (m->looks_like[0] != '\0') {
		printf(" [a group, not ");
		cli_print_name(stdout, m->looks_like);
		printf("]");
	}
}

/* Print the line above a message: when, which, from whom, where. */
static void
show_head(const struct cs_client_message *m)
{
	char hex[65];

	cs_hex(hex, CS_VIEW_OF(m->mid));
	printf("%.*s  ", CLI_MID_DIGITS, hex);
	cli_print_time(stdout, m->time_ms);
	printf("  ");
	if (m->kind == CS_CLIENT_SENT)
		printf("you");
	else
		show_name(m->from, m->from_alias);
	if (!m->direct || m->kind == CS_CLIENT_SENT) {
		printf(m->direct ? " to " : " in ");
		show_conversation(m);
	}
	if (m->request && m->kind == CS_CLIENT_RECEIVED)
		printf("  (request: somebody new)");
	if (m->late)
		printf("  (the clocks of sender and hub differ)");
	if (m->waiting)
		printf("  (waiting for the hub)");
	if (m->failed)
		printf("  (not sent: the hub refused it)");
	if (m->is_reply) {
		cs_hex(hex, CS_VIEW_OF(m->reply_to));
		printf("  (answers %.*s)", CLI_MID_DIGITS, hex);
	}
	printf("\n");
}

/* A sentence of the program's, with names of others in it. */
static void
show_event(const struct cs_client_message *m)
{
	printf(m->warning ? "!! " : "-- ");
	if (m->conversation[0] != '\0') {
		show_conversation(m);
		printf(":\n   ");
	}
	cli_print_text(stdout, "", m->text, 3);
	printf("\n");
}

static void
show_text(const struct cs_client_message *m)
{
	switch (m->kind) {
	case CS_CLIENT_EVENT:
		show_event(m);
		return;
	case CS_CLIENT_REFUSED:
		printf("!! ");
		show_conversation(m);
		printf(": message number %llu%s%s was refused and is not "
		       "shown: it does not verify (%s).\n",
		    (unsigned long long)m->group_seq,
		    m->from[0] != '\0' ? ", said to be from " : "", m->from,
		    m->reason);
		return;
	default:
		break;
	}
	show_head(m);
	if (m->text.len != 0) {
		cli_print_text(stdout, "    ", m->text, 4);
		printf("\n");
	}
	show_media(m);
}

enum cs_err
cli_show_message(void *arg, const struct cs_client_message *m)
{
	const bool *json = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	enum cs_err err;

	if (*json) {
		cli_message_json(&j, m);
		if ((err = cli_json_print(&j)))
			return err;
	} else {
		show_text(m);
	}
	/* A message counts as seen once it has left for the screen. */
	return fflush(stdout) == 0 && !ferror(stdout) ? CS_OK : CS_ERR_IO;
}
