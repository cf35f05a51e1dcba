/* SPDX-License-Identifier: MIT */
#include "cli/evidence_json.h"

#include "cli/evidence_log.h"
#include "content/evidence_write.h"

static void
string(struct cs_json_writer *j, const char *name, enum cs_err err)
{
	cs_json_string(j, name, cs_err_name(err));
}

static void
media(struct cs_json_writer *j, const struct cs_evidence_item *item)
{
	const struct cs_mimi_content *content = &item->proof.content;

	cs_json_array(j, "media");
	for (size_t i = 0; i < item->n_media; i++) {
		const struct cs_evidence_media_result *m = &item->media[i];

		cs_json_object(j, NULL);
		cs_json_number(j, "part", i + 1);
		string(j, "result", m->err);
		cs_json_bool(j, "has_key", m->has_key);
		cs_json_bool(j, "has_bytes", m->has_bytes);
		if (i < content->n_external) {
			const struct cs_mimi_external *part =
			    &content->external[i];

			cs_json_text(j, "name", part->filename);
			cs_json_text(j, "type", part->content_type);
			cs_json_number(j, "size", part->plain_size);
			cs_json_hex(
			    j, "sha256", CS_VIEW_OF(part->plain_sha256));
			cs_json_hex(
			    j, "file_sha256", CS_VIEW_OF(part->content_hash));
		}
		cs_json_close(j);
	}
	cs_json_close(j);
}

static void
stamp(struct cs_json_writer *j, const struct cs_evidence_item *item)
{
	const struct cs_capsule *c = &item->capsule;
	const struct cs_proof *p = &item->proof;

	cs_json_number(j, "number", c->stamp.group_seq);
	cs_json_hex(j, "group", CS_VIEW_OF(c->stamp.group_ref));
	cs_json_number(j, "epoch", c->stamp.epoch);
	/* Names only what is bound to the account that was stamped. */
	if (p->links[CS_LINK_CERT] == CS_OK) {
		cs_json_text(j, "handle", p->sender.account.handle);
		cs_json_hex(j, "account_key",
		    CS_VIEW_OF(p->sender.account.account_key));
		cs_json_number(j, "account_from_ms", p->sender.account.from_ms);
		cs_json_number(j, "device_chain", p->sender.n);
	}
	cs_json_hex(j, "account", CS_VIEW_OF(c->stamp.account));
	cs_json_hex(j, "device", CS_VIEW_OF(c->stamp.device));
	cs_json_number(j, "claimed_ms", c->claimed_ms);
	cs_json_number(j, "accepted_ms", c->stamp.accepted_ms);
	if (c->stamp.flags & CS_STAMP_CLOCK_SET)
		cs_json_bool(j, "clock_set", true);
	cs_json_bool(j, "clocks_differ", p->clocks_differ);
	cs_json_hex(j, "tag", CS_VIEW_OF(c->stamp.tag));
	cs_json_hex(j, "msg_hash", CS_VIEW_OF(c->stamp.msg_hash));
}

static void
content(struct cs_json_writer *j, const struct cs_proof *p)
{
	const struct cs_mimi_content *c = &p->content;

	cs_json_string(j, "kind", cs_mimi_kind_name(c));
	cs_json_hex(j, "message_id", CS_VIEW_OF(p->mid));
	if (c->has_replaces)
		cs_json_hex(j, "replaces", CS_VIEW_OF(c->replaces));
	if (c->is_reply)
		cs_json_hex(j, "in_reply_to", CS_VIEW_OF(c->in_reply_to));
	if (c->expiry != CS_MIMI_NEVER)
		cs_json_number(j,
		    c->expiry == CS_MIMI_AFTER ? "expires_after_s"
					       : "expires_s",
		    c->expires_s);
	if (c->kind == CS_MIMI_UNKNOWN)
		cs_json_text(j, "type", c->other_type);
	if (c->has_text)
		cs_json_text(j, "text", c->text);
}

static void
one_item(struct cs_json_writer *j, const struct cs_evidence *e, size_t i,
    const struct cli_witnesses *witnesses)
{
	const struct cs_evidence_item *item = &e->items[i];
	const struct cs_evidence_item *by = cs_evidence_changed_by(e, i);
	const struct cs_proof *p = &item->proof;

	stamp(j, item);
	if (p->links[CS_LINK_CONTENT] == CS_OK)
		content(j, p);
	if (by != NULL)
		cs_json_string(j, "later",
		    by->proof.content.kind == CS_MIMI_DELETION ? "deleted"
							       : "edited");
	cs_json_object(j, "links");
	for (int l = 0; l < CS_LINKS; l++)
		string(j, cs_link_name((enum cs_link)l), p->links[l]);
	cs_json_close(j);
	cli_evidence_log_json(
	    j, &item->log, item->capsule.stamp.batch.entry, witnesses);
	string(j, "chain", item->chain);
	cs_json_number(j, "undisclosed", item->undisclosed);
	cs_json_bool(j, "repeated", item->repeated);
	media(j, item);
}

static void
bundle(struct cs_json_writer *j, const struct cs_evidence *e,
    const struct cli_witnesses *witnesses)
{
	const char *reason = cs_reason_name(e->reason);

	cs_json_bool(j, "all_proved", e->all_proved);
	cs_json_hex(j, "report_id", CS_VIEW_OF(e->report_id));
	cs_json_number(j, "created_ms", e->created_ms);
	cs_json_number(j, "reason_number", e->reason);
	if (reason != NULL)
		cs_json_string(j, "reason", reason);
	cs_json_text(j, "note", e->note);
	cs_json_bool(j, "reporter_named", e->mode == CS_CSEV_NAMED);
	if (e->mode == CS_CSEV_NAMED && e->reporter_err == CS_OK) {
		cs_json_text(j, "reporter", e->reporter.account.handle);
		cs_json_hex(j, "reporter_account",
		    CS_VIEW_OF(e->reporter.account.account));
		cs_json_hex(j, "reporter_device",
		    CS_VIEW_OF(e->reporter.device.device));
	}
	string(j, "reporter_signature", e->reporter_err);
	string(j, "operator", e->root_err);
	string(j, "keys", e->keys_err);
	cs_json_array(j, "items");
	for (size_t i = 0; i < e->n_items; i++) {
		cs_json_object(j, NULL);
		cs_json_number(j, "item", i + 1);
		one_item(j, e, i, witnesses);
		cs_json_close(j);
	}
	cs_json_close(j);
}

void
cli_evidence_json(struct cs_json_writer *j, const char *path,
    const struct cs_evidence *e, enum cs_err err,
    const struct cli_witnesses *witnesses)
{
	cs_json_object(j, NULL);
	cs_json_string(j, "file", path);
	cs_json_bool(j, "bundle", e != NULL);
	if (e != NULL)
		bundle(j, e, witnesses);
	else
		string(j, "error", err);
	cs_json_close(j);
}
