/* SPDX-License-Identifier: MIT */
/* Messages on a screen, or as lines of JSON. */
#include "programs/countersign/show.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/print.h"
#include "member/show.h"
#include "programs/countersign/change.h"
#include "programs/countersign/main.h"
#include "wire/messages.h"

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
	if (m->edited)
		printf("  (edited)");
	if (m->mentions_you)
		printf("  (mentions you)");
	if (m->expires_ms != 0) {
		printf("  (vanishes ");
		cli_print_time(stdout, m->expires_ms);
		printf(")");
	}
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

/* One line for each reaction, with all who reacted so. */
static void
show_reactions(const struct cs_client_message *m)
{
	for (size_t i = 0; i < m->n_reactions; i++) {
		const char *text = m->reactions[i].text;
		size_t k = 0;

		while (k < i && strcmp(m->reactions[k].text, text) != 0)
			k++;
		if (k < i)
			continue;
		printf("    ");
		cli_print_name(stdout, text);
		for (k = i; k < m->n_reactions; k++)
			if (strcmp(m->reactions[k].text, text) == 0) {
				printf(k == i ? "  " : ", ");
				cli_print_name(stdout, m->reactions[k].from);
			}
		printf("\n");
	}
	if (m->more_reactions != 0)
		printf("    and %zu more reactions\n", m->more_reactions);
}

static void
show_receipts(const struct cs_client_message *m)
{
	for (int read = 1; read >= 0; read--) {
		size_t n = 0;

		for (size_t i = 0; i < m->n_receipts; i++)
			if (m->receipts[i].read == (read != 0)) {
				printf(n++ != 0 ? ", "
					: read  ? "    read by "
						: "    came to ");
				cli_print_name(stdout, m->receipts[i].from);
			}
		if (n != 0)
			printf("\n");
	}
}

static const char *
what_was_done(const struct cs_client_message *m)
{
	switch (m->what) {
	case CS_CLIENT_EDIT:
		return "changed";
	case CS_CLIENT_DELETION:
		return "took back";
	default:
		return "reacted to";
	}
}

/* A sentence about a message; what was refused is said to be. */
static void
show_about(const struct cs_client_message *m)
{
	char hex[65];

	show_head(m);
	cs_hex(hex, CS_VIEW_OF(m->about));
	printf("    ");
	switch (m->target) {
	case CS_CLIENT_TARGET_NOT_HERE:
		printf("%s a message that is not here (%.*s)", what_was_done(m),
		    CLI_MID_DIGITS, hex);
		break;
	case CS_CLIENT_TARGET_NOT_THEIRS:
		printf("tried to change %.*s, which is not theirs: nothing was "
		       "changed",
		    CLI_MID_DIGITS, hex);
		break;
	default:
		printf("%s %.*s", what_was_done(m), CLI_MID_DIGITS, hex);
	}
	printf("\n");
	if (m->text.len != 0) {
		cli_print_text(stdout, "    ", m->text, 4);
		printf("\n");
	}
}

/* The first line of what is said of a conversation, and who did it. */
static void
show_doer(const struct cs_client_message *m)
{
	printf("-- ");
	show_conversation(m);
	printf(":\n   ");
	if (m->kind == CS_CLIENT_SENT)
		printf("you");
	else
		show_name(m->from, m->from_alias);
}

/* What the group got. */
static void
show_for_room(const struct cs_client_message *m)
{
	char hex[65];

	show_doer(m);
	switch (m->what) {
	case CS_CLIENT_NAME:
		printf(" renamed the group: ");
		cli_print_text(stdout, "", m->text, 3);
		break;
	case CS_CLIENT_PICTURE:
		printf(m->taken_away ? " took the picture of the group away"
				     : " changed the picture of the group");
		break;
	default:
		printf(m->taken_away ? " ended the link by which people ask to "
				       "be let in"
				     : " made a link by which people ask to be "
				       "let in");
	}
	cs_hex(hex, CS_VIEW_OF(m->mid));
	printf("  (%.*s)\n", CLI_MID_DIGITS, hex);
}

static void
show_timer(const struct cs_client_message *m)
{
	char words[CLI_DURATION_SIZE];

	cli_duration_text(words, m->timer_s);
	show_doer(m);
	if (m->timer_s == 0)
		printf(" set messages to stay\n");
	else
		printf(" set messages to vanish after %s\n", words);
}

static void
show_unknown(const struct cs_client_message *m)
{
	show_head(m);
	printf("    a message of a kind that this version does not show");
	if (m->other_type.len != 0)
		printf(" (%.*s)", (int)m->other_type.len,
		    (const char *)m->other_type.data);
	printf("; it can be reported\n");
}

static void
show_said(const struct cs_client_message *m)
{
	show_head(m);
	if (m->deleted)
		printf("    (deleted by its author)\n");
	if (m->text.len != 0) {
		cli_print_text(stdout, "    ", m->text, 4);
		printf("\n");
	}
	show_media(m);
	show_reactions(m);
	show_receipts(m);
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
	switch (m->what) {
	case CS_CLIENT_MESSAGE:
		show_said(m);
		break;
	case CS_CLIENT_TIMER:
		show_timer(m);
		break;
	case CS_CLIENT_NAME:
	case CS_CLIENT_PICTURE:
	case CS_CLIENT_LINK:
		show_for_room(m);
		break;
	case CS_CLIENT_UNKNOWN:
		show_unknown(m);
		break;
	default:
		show_about(m);
	}
}

enum cs_err
cli_show_message(void *arg, const struct cs_client_message *m)
{
	const bool *json = arg;
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	enum cs_err err;

	if (*json) {
		cs_member_message_json(&j, NULL, m);
		if ((err = cli_json_print(&j)))
			return err;
	} else {
		show_text(m);
	}
	/* A message counts as seen once it has left for the screen. */
	return fflush(stdout) == 0 && !ferror(stdout) ? CS_OK : CS_ERR_IO;
}
