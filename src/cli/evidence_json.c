/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>

#include "cli/evidence.h"
#include "cli/print.h"

static void
member(const char *name)
{
	printf(",\"%s\":", name);
}

static void
hex(const char *name, struct cs_view v)
{
	member(name);
	putchar('"');
	verify_print_hex(v);
	putchar('"');
}

static void
text(const char *name, struct cs_view v)
{
	member(name);
	cli_print_json(stdout, v);
}

static void
number(const char *name, uint64_t x)
{
	printf(",\"%s\":%" PRIu64, name, x);
}

static void
boolean(const char *name, bool x)
{
	printf(",\"%s\":%s", name, x ? "true" : "false");
}

/* A link: "ok", or the name of what is wrong. */
static void
link_result(const char *name, enum cs_err err)
{
	printf(",\"%s\":\"%s\"", name, cs_err_name(err));
}

static void
media(const struct cs_evidence_item *item)
{
	const struct cs_mimi_content *content = &item->proof.content;

	member("media");
	putchar('[');
	for (size_t i = 0; i < item->n_media; i++) {
		const struct cs_evidence_media_result *m = &item->media[i];

		printf("%s{\"part\":%zu", i != 0 ? "," : "", i + 1);
		link_result("result", m->err);
		boolean("has_key", m->has_key);
		boolean("has_bytes", m->has_bytes);
		if (i < content->n_external) {
			const struct cs_mimi_external *part =
			    &content->external[i];

			text("name", part->filename);
			text("type", part->content_type);
			number("size", part->plain_size);
			hex("sha256", CS_VIEW_OF(part->plain_sha256));
			hex("file_sha256", CS_VIEW_OF(part->content_hash));
		}
		putchar('}');
	}
	putchar(']');
}

static void
one_item(const struct cs_evidence_item *item)
{
	const struct cs_capsule *c = &item->capsule;
	const struct cs_proof *p = &item->proof;

	number("number", c->stamp.group_seq);
	hex("group", CS_VIEW_OF(c->stamp.group_ref));
	number("epoch", c->stamp.epoch);
	if (p->links[CS_LINK_CERT] == CS_OK)
		text("handle", p->cert.handle);
	hex("account", CS_VIEW_OF(c->stamp.account));
	hex("account_key", CS_VIEW_OF(c->account_key));
	hex("device", CS_VIEW_OF(c->stamp.device));
	number("claimed_ms", c->claimed_ms);
	number("accepted_ms", c->stamp.accepted_ms);
	boolean("clocks_differ", p->clocks_differ);
	hex("tag", CS_VIEW_OF(c->stamp.tag));
	hex("msg_hash", CS_VIEW_OF(c->stamp.msg_hash));
	if (p->links[CS_LINK_CONTENT] == CS_OK && p->content.has_text)
		text("text", p->content.text);
	member("links");
	for (int l = 0; l < CS_LINKS; l++)
		printf("%c\"%s\":\"%s\"", l == 0 ? '{' : ',',
		    cs_link_name((enum cs_link)l), cs_err_name(p->links[l]));
	putchar('}');
	link_result("chain", item->chain);
	number("undisclosed", item->undisclosed);
	boolean("repeated", item->repeated);
	media(item);
}

static void
bundle(const struct cs_evidence *e)
{
	const char *reason = cs_reason_name(e->reason);

	boolean("all_proved", e->all_proved);
	hex("report_id", CS_VIEW_OF(e->report_id));
	number("created_ms", e->created_ms);
	number("reason_number", e->reason);
	if (reason != NULL)
		text("reason", cs_view_str(reason));
	text("note", e->note);
	if (e->reporter_err == CS_OK) {
		text("reporter", e->reporter.handle);
		hex("reporter_account", CS_VIEW_OF(e->reporter.account));
		hex("reporter_device", CS_VIEW_OF(e->reporter.device));
	}
	link_result("reporter_signature", e->reporter_err);
	link_result("operator", e->root_err);
	link_result("keys", e->keys_err);
	member("items");
	putchar('[');
	for (size_t i = 0; i < e->n_items; i++) {
		printf("%s{\"item\":%zu", i != 0 ? "," : "", i + 1);
		one_item(&e->items[i]);
		putchar('}');
	}
	putchar(']');
}

void
verify_json(const char *path, const struct cs_evidence *e, enum cs_err err)
{
	printf("{\"file\":");
	cli_print_json(stdout, cs_view_str(path));
	boolean("bundle", e != NULL);
	if (e != NULL)
		bundle(e);
	else
		link_result("error", err);
	putchar('}');
}
