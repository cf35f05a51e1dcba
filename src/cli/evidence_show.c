/* SPDX-License-Identifier: MIT */
#include "cli/evidence_show.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "cli/evidence_log.h"
#include "cli/evidence_text.h"
#include "cli/print.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "content/mimi_names.h"

#define COLUMN 16

static void
label(const char *name)
{
	printf("  %-*s", COLUMN - 2, name);
}

static void
hex_line(const char *name, struct cs_view v)
{
	label(name);
	cli_evidence_hex(v);
	putchar('\n');
}

static void
time_line(const char *name, uint64_t ms, const char *whose)
{
	label(name);
	cli_evidence_time(ms);
	printf(" (%s)\n", whose);
}

static void
text_line(const char *name, struct cs_view text)
{
	char head[COLUMN + 1];

	snprintf(head, sizeof head, "  %-*s", COLUMN - 2, name);
	cli_print_text(stdout, head, text, COLUMN);
	putchar('\n');
}

/* One link of the proof. */
static void
link_line(enum cs_err err, const char *text)
{
	if (err == CS_OK)
		printf("  \xe2\x9c\x93 ok   %s\n", text);
	else
		printf("  \xe2\x9c\x97 NOT  %s: %s\n", text, cs_err_text(err));
}

static void
show_header(const char *path, const struct cs_evidence *e)
{
	const char *reason = cs_reason_name(e->reason);

	cli_print_name(stdout, path);
	putchar('\n');
	hex_line("Report", CS_VIEW_OF(e->report_id));
	time_line("Made", e->created_ms, "the reporter's clock");
	label("Reason");
	if (reason != NULL)
		printf("%s\n", reason);
	else
		printf(
		    "number %u, which this program does not know\n", e->reason);
	text_line("Note", e->note);
	if (e->mode == CS_CSEV_UNNAMED) {
		text_line("Reporter", cs_view_str("not named"));
		printf("  The lines above are the words of whoever that is.\n");
	} else if (e->reporter_err == CS_OK) {
		text_line("Reporter", e->reporter.account.handle);
		hex_line("  account", CS_VIEW_OF(e->reporter.account.account));
		hex_line("  device", CS_VIEW_OF(e->reporter.device.device));
	}
	link_line(e->reporter_err,
	    e->mode == CS_CSEV_NAMED
		? "a device of the reporter's account, which the operator "
		  "registered under this name, signed every byte of this bundle"
		: "every byte is as it was when the bundle was made, by "
		  "somebody who is not named");
	link_line(e->root_err, "the operator is the one that you asked about");
	link_line(e->keys_err,
	    "every key and every hash in it is needed, and none is there "
	    "twice");
}

/* ${before} is the item above, or NULL. */
static void
show_order(
    const struct cs_evidence_item *item, const struct cs_evidence_item *before)
{
	bool first = before == NULL ||
	    memcmp(before->capsule.stamp.group_ref,
		item->capsule.stamp.group_ref, 32) != 0;

	if (first && item->chain == CS_OK)
		return; /* there is nothing that it could stand behind */
	if (item->undisclosed != 0) {
		label("Undisclosed");
		printf("%" PRIu64 " message%s between the one above and this\n",
		    item->undisclosed, item->undisclosed == 1 ? "" : "s");
	}
	link_line(item->chain,
	    item->chain == CS_ERR_NOT_FOUND
		? "its place behind the one above: the hashes of what lies "
		  "between are not there"
		: "it stands where its number says, behind the one above");
	if (item->repeated)
		link_line(CS_ERR_REPLAY, "it stands here once");
}

static void
show_media(const struct cs_evidence_item *item)
{
	const struct cs_mimi_content *content = &item->proof.content;

	for (size_t i = 0; i < item->n_media; i++) {
		const struct cs_evidence_media_result *m = &item->media[i];

		if (i < content->n_external) {
			char name[CS_MIMI_FILENAME_MAX + 1];
			const struct cs_mimi_external *part =
			    &content->external[i];

			cs_mimi_filename(name, part->filename);
			text_line("File", cs_view_str(name));
			text_line("  type", part->content_type);
			label("  size");
			printf("%" PRIu64 " bytes\n", part->plain_size);
			hex_line("  SHA-256", CS_VIEW_OF(part->plain_sha256));
		}
		link_line(m->err,
		    !m->has_bytes ? "its hashes are what the sender committed "
				    "to; the file itself is not in the bundle"
			: m->has_key ? "the file in the bundle is the one that "
				       "the sender committed to"
				     : "the encrypted file in the bundle is "
				       "the one that the sender committed to");
	}
}

static void
show_kind(const struct cs_mimi_content *content)
{
	static const char *const kinds[] = { "a message", "a reaction",
		"takes a message back", "says what came and was read",
		"sets how long messages last", "names the group",
		"gives the group a picture, or takes it away",
		"makes a link to the group, or ends it",
		"of a kind that is not shown" };

	text_line("Kind",
	    cs_view_str(content->kind == CS_MIMI_SAID && content->has_replaces
		    ? "an edit: replaces another message"
		    : kinds[content->kind]));
	if (content->has_replaces)
		hex_line("  of", CS_VIEW_OF(content->replaces));
	else if (content->kind == CS_MIMI_REACTION)
		hex_line("  to", CS_VIEW_OF(content->in_reply_to));
	if (content->kind == CS_MIMI_UNKNOWN)
		text_line("  type", content->other_type);
	if (content->expiry != CS_MIMI_NEVER) {
		label("Vanishes");
		if (content->expiry == CS_MIMI_AFTER)
			printf("%" PRIu32 " seconds after it was accepted\n",
			    content->expires_s);
		else
			cli_evidence_time(
			    (uint64_t)content->expires_s * CS_SECOND_MS),
			    putchar('\n');
	}
}

/* What it says, and whether a message of the bundle changes that. */
static void
show_content(const struct cs_evidence *e, size_t i)
{
	const struct cs_proof *p = &e->items[i].proof;
	const struct cs_evidence_item *by = cs_evidence_changed_by(e, i);

	show_kind(&p->content);
	hex_line("  id", CS_VIEW_OF(p->mid));
	if (by != NULL) {
		label("Later");
		printf("%s by its author: number %" PRIu64 " of this group\n",
		    by->proof.content.kind == CS_MIMI_DELETION ? "taken back"
							       : "changed",
		    by->capsule.stamp.group_seq);
	}
	if (p->content.has_text)
		text_line("Text", p->content.text);
}

static void
show_item(const struct cs_evidence *e, size_t i,
    const struct cli_witnesses *witnesses)
{
	const struct cs_evidence_item *item = &e->items[i];
	const struct cs_capsule *c = &item->capsule;
	const struct cs_proof *p = &item->proof;
	char group[CS_GROUP_REF_TEXT_SIZE];

	printf("\nMessage %zu of %zu\n", i + 1, e->n_items);
	/* Names only what is bound to the account that was stamped. */
	if (p->links[CS_LINK_CERT] == CS_OK) {
		text_line("From", p->sender.account.handle);
		time_line("  since", p->sender.account.from_ms,
		    "when the operator registered the name");
		hex_line(
		    "  account key", CS_VIEW_OF(p->sender.account.account_key));
	}
	hex_line("  account", CS_VIEW_OF(c->stamp.account));
	hex_line("  device", CS_VIEW_OF(c->stamp.device));
	cs_group_ref_text(group, c->stamp.group_ref);
	text_line("Group", cs_view_str(group));
	hex_line("  in full", CS_VIEW_OF(c->stamp.group_ref));
	label("Number");
	printf("%" PRIu64 "\n", c->stamp.group_seq);
	time_line("Sent", c->claimed_ms, "the sender's claim");
	time_line("Accepted", c->stamp.accepted_ms, "the operator's word");
	if (c->stamp.flags & CS_STAMP_CLOCK_SET)
		printf("  The operator says that its clock was ahead before "
		       "this message, and was put right.\n");
	if (p->clocks_differ)
		printf("  These two clocks differ by more than 10 minutes.\n");
	if (p->links[CS_LINK_CONTENT] == CS_OK)
		show_content(e, i);
	for (int l = 0; l < CS_LINKS; l++)
		link_line(p->links[l], cs_link_text((enum cs_link)l));
	cli_evidence_log_show(&item->log, c->stamp.batch.entry, witnesses);
	show_order(item, i != 0 ? item - 1 : NULL);
	show_media(item);
}

void
cli_evidence_show(const char *path, const struct cs_evidence *e,
    const struct cli_witnesses *witnesses)
{
	show_header(path, e);
	for (size_t i = 0; i < e->n_items; i++)
		show_item(e, i, witnesses);
	printf("\n%s\n\n",
	    e->all_proved ? "\xe2\x9c\x93 All of it is proved."
			  : "\xe2\x9c\x97 NOT all of it is proved.");
}

void
cli_evidence_meaning(bool all_proved, bool named)
{
	printf(
	    "What %s proves:\n"
	    "  The device named with each message committed to exactly these "
	    "bytes, and the\n"
	    "  operator, who registered its account under the name shown, "
	    "accepted them at the\n"
	    "  time given, as this number of this group.\n"
	    "%s"
	    "What it does not prove:\n"
	    "  - who held the device, or that anyone read the message;\n"
	    "  - that the context is complete: other messages may exist, and "
	    "the counts of\n"
	    "    undisclosed ones above are between those shown only;\n"
	    "  - the exact time: it is the operator's word, beside the "
	    "sender's claim;\n"
	    "  - whose the account is: its name and key are the operator's "
	    "word. Compare the key\n"
	    "    with the one that people who know the account have seen; the "
	    "operator cannot\n"
	    "    make a signature under it.\n",
	    all_proved ? "this" : "a line with \"ok\"",
	    named ? "  The reporter's device put this bundle together as it "
		    "is.\n"
		  : "");
}
