/* SPDX-License-Identifier: MIT */
#include "client/reports/evidence.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/alloc.h"
#include "base/text.h"
#include "client/groups/media.h"
#include "client/home/change.h"
#include "client/home/client.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/hub/stamp.h"
#include "client/hub/tlog.h"
#include "content/evidence.h"
#include "content/mimi_names.h"
#include "crypto/random.h"

#define LINE_MAX_HERE 1024

/* ---- which messages ----------------------------------------------------- */

/* Rows that leave, each once. */
struct rows {
	uint64_t id[CS_EVIDENCE_ITEMS_MAX];
	size_t n;
};

static void
add_row(struct rows *out, uint64_t id)
{
	for (size_t i = 0; i < out->n; i++)
		if (out->id[i] == id)
			return;
	if (out->n < CS_EVIDENCE_ITEMS_MAX)
		out->id[out->n++] = id;
}

/* What its author did to the message in the row ${id}, the last first: the
 * reporter saw all of it under one id. */
static enum cs_err
add_changes(struct rows *out, struct cs_client *c, uint64_t id)
{
	struct cs_rows rows;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT id FROM message WHERE about=? AND about<>0"
	    " AND part IN (?,?) AND seq<>0 ORDER BY seq DESC LIMIT ?",
	    cs_int(id), cs_int(CLIENT_PART_EDIT), cs_int(CLIENT_PART_DELETION),
	    cs_int(CS_EVIDENCE_ITEMS_MAX));
	while (err == CS_OK && cs_rows_next(&rows))
		add_row(out, cs_col_int(&rows, 0));
	return cs_rows_end(&rows, err);
}

/* The messages that ${r} names, and then their changes. */
static enum cs_err
pick_rows(
    struct rows *out, struct cs_client *c, const struct cs_client_report *r)
{
	struct client_place place;
	uint64_t id;
	size_t n;
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < r->n; i++)
		if ((err = client_message_by_mid(&id, NULL, c, r->mids[i])) ==
			CS_OK &&
		    (err = client_place_load(&place, c, id)) == CS_OK)
			add_row(out,
			    place.part == CLIENT_PART_EDIT && place.about != 0
				? place.about
				: id);
	n = out->n;
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = add_changes(out, c, out->id[i]);
	return err;
}

/* ---- one of them -------------------------------------------------------- */

static enum cs_err
load_group(struct client_item *item, struct cs_client *c, uint64_t id)
{
	struct cs_buf group_id = { 0 };
	struct client_group g = { 0 };
	struct cs_rows rows;
	enum cs_err err = cs_db_row(
	    &rows, c->db, "SELECT grp FROM message WHERE id=?", cs_int(id));

	if (err == CS_OK)
		err = cs_buf_set(&group_id, cs_col_blob(&rows, 0));
	if ((err = cs_rows_end(&rows, err)) == CS_OK &&
	    (err = client_group_load_meta(&g, c, cs_buf_view(&group_id))) ==
		CS_OK) {
		strcpy(item->conversation, g.name);
		item->direct = g.direct;
	}
	client_group_clear(&g);
	cs_buf_free(&group_id);
	return err;
}

static enum cs_err
check_provable(struct cs_client *c, const struct client_record *r)
{
	if (r->bare)
		return client_problem(c, CS_ERR_MISUSE,
		    "A message that the hub does not have cannot be proved.");
	if (r->body.len == 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "What that message said was overwritten 30 days after it "
		    "came, for its author deleted it: it can no longer be "
		    "proved.");
	return CS_OK;
}

static enum cs_err
load_item(struct client_item *item, struct cs_evidence_input_item *input,
    struct cs_client *c, uint64_t id)
{
	struct client_place place;
	enum cs_err err;

	if ((err = client_place_load(&place, c, id)) ||
	    (err = client_message_load(&item->record, &item->plain, c, id)) ||
	    (err = check_provable(c, &item->record)) ||
	    (err = load_group(item, c, id)) ||
	    (err = cs_capsule_parse(&input->capsule, item->record.body)) ||
	    (err = cs_mimi_parse(
		 &item->content, input->capsule.application_data)) ||
	    (err = client_stamp_cert(
		 &item->stamp_cert, c, input->capsule.stamp.key_id)))
		return err;
	/* Receipts are hidden, and not gone. */
	item->gone =
	    place.part == CLIENT_PART_STATUS ? CLIENT_GONE_NOT : place.gone;
	input->stamp_key_cert = cs_buf_view(&item->stamp_cert);
	input->media = item->media;
	input->n_media = item->content.n_external;
	for (size_t i = 0; i < input->n_media; i++)
		item->media[i].with_key = true;
	return CS_OK;
}

/* What shows that it is in the hub's log, if that can be had now. */
static enum cs_err
add_log_proof(struct client_item *item, struct cs_evidence_input_item *input,
    struct client_tlog_look *look)
{
	enum cs_err err = client_tlog_prove(
	    &item->log_proof, &item->log_cert, look, &input->capsule.stamp);

	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_OK : err;
	input->log_proof = cs_buf_view(&item->log_proof);
	input->log_key_cert = cs_buf_view(&item->log_cert);
	return CS_OK;
}

static enum cs_err
add_bytes(void *arg, struct cs_view bytes)
{
	return cs_buf_add(arg, bytes);
}

static enum cs_err
fetch_files(struct client_item *item, struct cs_client *c)
{
	for (size_t i = 0; i < item->content.n_external; i++) {
		enum cs_err err =
		    client_media_fetch(c, &item->content.external[i], add_bytes,
			&item->files[i], NULL);

		if (err == CS_OK)
			item->media[i].bytes = cs_buf_view(&item->files[i]);
		else if (err == CS_ERR_NOMEM)
			return err;
	}
	return CS_OK;
}

/* Order by group, then by number. */
static int
compare(const void *a, const void *b)
{
	const struct cs_evidence_input_item *x = a, *y = b;
	int d = memcmp(x->capsule.stamp.group_ref, y->capsule.stamp.group_ref,
	    CS_HASH_LEN);

	if (d != 0)
		return d;
	return (x->capsule.stamp.group_seq > y->capsule.stamp.group_seq) -
	    (x->capsule.stamp.group_seq < y->capsule.stamp.group_seq);
}

/* Add the hashes of the entries between two items of a group, if all of them
 * are known. */
static enum cs_err
add_gap(struct client_evidence *e, struct cs_client *c,
    const struct cs_stamp *a, const struct cs_stamp *b)
{
	struct cs_evidence_gap *gap = &e->gaps[e->in.n_gaps];
	struct cs_buf *hashes = &e->hashes[e->in.n_gaps];
	uint64_t between = b->group_seq - a->group_seq - 1;
	struct cs_rows rows;
	enum cs_err err;

	if (between == 0 || between > CS_EVIDENCE_GAPS_MAX)
		return CS_OK;
	err = cs_db_query(&rows, c->db,
	    "SELECT leafhash,grp FROM entry WHERE seq>? AND seq<?"
	    " ORDER BY seq",
	    cs_int(a->group_seq), cs_int(b->group_seq));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t ref[CS_HASH_LEN];

		if ((err = cs_group_ref(ref, cs_col_blob(&rows, 1))) == CS_OK &&
		    memcmp(ref, a->group_ref, CS_HASH_LEN) == 0)
			err = cs_buf_add(hashes, cs_col_blob(&rows, 0));
	}
	if ((err = cs_rows_end(&rows, err)))
		return err;
	if (hashes->len != between * CS_HASH_LEN) {
		cs_buf_free(hashes);
		return CS_OK;
	}
	memcpy(gap->group_ref, a->group_ref, CS_HASH_LEN);
	gap->first_seq = a->group_seq + 1;
	gap->leafhashes = cs_buf_view(hashes);
	e->in.n_gaps++;
	return CS_OK;
}

static enum cs_err
add_gaps(struct client_evidence *e, struct cs_client *c)
{
	enum cs_err err = CS_OK;

	qsort(e->input, e->in.n_items, sizeof *e->input, compare);
	for (size_t i = 1; err == CS_OK && i < e->in.n_items; i++) {
		const struct cs_stamp *a = &e->input[i - 1].capsule.stamp;
		const struct cs_stamp *b = &e->input[i].capsule.stamp;

		if (memcmp(a->group_ref, b->group_ref, CS_HASH_LEN) == 0)
			err = add_gap(e, c, a, b);
	}
	return err;
}

static enum cs_err
check_request(struct cs_client *c, const struct cs_client_report *r)
{
	if (r->n == 0 || r->n > CS_EVIDENCE_ITEMS_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "Name 1 to %d messages at a time.", CS_EVIDENCE_ITEMS_MAX);
	if (r->note.len > CS_EVIDENCE_NOTE_MAX || !cs_utf8_valid(r->note))
		return client_problem(c, CS_ERR_LIMIT,
		    "A note has at most %d bytes of UTF-8.",
		    CS_EVIDENCE_NOTE_MAX);
	for (size_t i = 0; i < r->n; i++)
		for (size_t k = 0; k < i; k++)
			if (memcmp(r->mids[i], r->mids[k], CS_CLIENT_MID_LEN) ==
			    0)
				return client_problem(c, CS_ERR_EXISTS,
				    "A message is named twice.");
	return CS_OK;
}

enum cs_err
client_evidence_gather(struct client_evidence *out, struct cs_client *c,
    const struct cs_client_report *r)
{
	struct client_tlog_look *look = NULL;
	struct rows rows = { 0 };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = check_request(c, r)) || (err = pick_rows(&rows, c, r)))
		return err;
	out->items = cs_calloc(rows.n, sizeof *out->items);
	out->input = cs_calloc(rows.n, sizeof *out->input);
	out->gaps = cs_calloc(rows.n, sizeof *out->gaps);
	out->hashes = cs_calloc(rows.n, sizeof *out->hashes);
	out->in.n_items = rows.n;
	if (out->items == NULL || out->input == NULL || out->gaps == NULL ||
	    out->hashes == NULL)
		err = CS_ERR_NOMEM;
	else
		err = client_tlog_look_new(&look, c);
	for (size_t i = 0; err == CS_OK && i < rows.n; i++)
		if ((err = load_item(&out->items[i], &out->input[i], c,
			 rows.id[i])) == CS_OK)
			err =
			    add_log_proof(&out->items[i], &out->input[i], look);
	client_tlog_look_free(look);
	if (err == CS_OK)
		err = add_gaps(out, c);
	if (err) {
		client_evidence_clear(out);
		return err;
	}
	cs_random(out->in.report_id, sizeof out->in.report_id);
	out->in.created_ms = cs_clock_ms();
	out->in.reason = r->reason;
	out->in.note = r->note;
	out->in.items = out->input;
	out->in.gaps = out->gaps;
	memcpy(out->in.root_public, c->self.root, CS_KEY_LEN);
	out->in.mode = r->named ? CS_CSEV_NAMED : CS_CSEV_UNNAMED;
	out->in.credential = cs_buf_view(&c->self.credential);
	out->in.device_key = &c->self.device_key;
	return CS_OK;
}

enum cs_err
client_evidence_fetch_files(struct client_evidence *e, struct cs_client *c)
{
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < e->in.n_items; i++)
		err = fetch_files(&e->items[i], c);
	return err;
}

void
client_evidence_clear(struct client_evidence *e)
{
	for (size_t i = 0; e->items != NULL && i < e->in.n_items; i++) {
		cs_buf_free(&e->items[i].plain);
		cs_buf_free(&e->items[i].stamp_cert);
		cs_buf_free(&e->items[i].log_proof);
		cs_buf_free(&e->items[i].log_cert);
		for (size_t k = 0; k < CS_MIMI_PARTS_MAX; k++)
			cs_buf_free(&e->items[i].files[k]);
	}
	for (size_t i = 0; e->hashes != NULL && i < e->in.n_items; i++)
		cs_buf_free(&e->hashes[i]);
	cs_free(e->items, e->in.n_items * sizeof *e->items);
	cs_free(e->input, e->in.n_items * sizeof *e->input);
	cs_free(e->gaps, e->in.n_items * sizeof *e->gaps);
	cs_free(e->hashes, e->in.n_items * sizeof *e->hashes);
	memset(e, 0, sizeof *e);
}

/* ---- in words ----------------------------------------------------------- */

/* Tell the whole text, indented: nobody can agree to what they have not seen.
 */
static void
describe_text(
    struct cs_view rest, void (*line)(void *arg, const char *text), void *arg)
{
	char text[LINE_MAX_HERE];

	while (rest.len != 0) {
		const uint8_t *nl = memchr(rest.data, '\n', rest.len);
		size_t n = nl != NULL ? (size_t)(nl - rest.data) : rest.len;
		size_t shown = n < sizeof text - 8 ? n : sizeof text - 8;

		/* Do not cut a character in two. */
		while (
		    shown < n && shown > 0 && (rest.data[shown] & 0xc0) == 0x80)
			shown--;
		snprintf(text, sizeof text, "    %.*s", (int)shown,
		    (const char *)rest.data);
		line(arg, text);
		if (shown == n && nl != NULL)
			shown++;
		rest.data += shown;
		rest.len -= shown;
	}
}

static const char *
did(const struct cs_mimi_content *content)
{
	switch (content->kind) {
	case CS_MIMI_REACTION:
		return "reacted to a message";
	case CS_MIMI_DELETION:
		return "took a message back";
	case CS_MIMI_STATUS:
		return "said what came and was read";
	case CS_MIMI_TIMER:
		return "set how long messages last";
	case CS_MIMI_NAME:
		return "named the group";
	case CS_MIMI_PICTURE:
		return content->n_external != 0 ? "gave the group a picture"
						: "took the picture away";
	case CS_MIMI_LINK:
		return content->link.len != 0
		    ? "made a link to the group, whose key is in it"
		    : "ended the link to the group";
	case CS_MIMI_UNKNOWN:
		return "sent what this version does not show";
	default:
		return content->has_replaces ? "changed a message to this"
					     : "wrote";
	}
}

/* That what is shown here is not what the inbox shows. */
static const char *
since(const struct client_item *item)
{
	switch ((enum client_gone)item->gone) {
	case CLIENT_GONE_DELETED:
		return " (the original: deleted by its author since)";
	case CLIENT_GONE_EXPIRED:
		return " (the original: it has vanished since)";
	case CLIENT_GONE_HERE:
		return " (the original: you deleted it on this device)";
	default:
		return "";
	}
}

static void
describe_item(const struct client_item *item,
    void (*line)(void *arg, const char *text), void *arg)
{
	char text[LINE_MAX_HERE], at[32] = "?";
	time_t t = (time_t)(item->record.time_ms / CS_SECOND_MS);
	struct tm tm;

	if (localtime_r(&t, &tm) != NULL)
		strftime(at, sizeof at, "%Y-%m-%d %H:%M", &tm);
	snprintf(text, sizeof text, "%s %s in %s on %s%s:", item->record.from,
	    did(&item->content),
	    item->direct ? "the conversation with you" : item->conversation, at,
	    since(item));
	line(arg, text);
	describe_text(item->content.text, line, arg);
	for (size_t i = 0; i < item->content.n_external; i++) {
		char name[CS_MIMI_FILENAME_MAX + 1];

		cs_mimi_filename(name, item->content.external[i].filename);
		snprintf(text, sizeof text,
		    "    with %s (%llu bytes), and the key that opens it", name,
		    (unsigned long long)item->content.external[i].plain_size);
		line(arg, text);
	}
}

/* Who is named, and what is known all the same. */
static void
describe_reporter(const struct client_evidence *e, const struct cs_client *c,
    void (*line)(void *arg, const char *text), void *arg)
{
	char text[LINE_MAX_HERE];

	if (e->in.mode == CS_CSEV_NAMED) {
		snprintf(text, sizeof text,
		    "Your name, %s@%s, and your signature", c->self.handle,
		    c->self.hub);
		line(arg, text);
		return;
	}
	line(arg,
	    "Not your name: the desk is given a pseudonym, always the same "
	    "one");
	line(arg,
	    "(The hub sees that you report and how much it is, and not what "
	    "or whom.)");
	for (size_t i = 0; i < e->in.n_items; i++)
		if (e->items[i].record.kind == CS_CLIENT_SENT) {
			line(arg,
			    "Note: a message of your own is among them, and "
			    "that one shows your name.");
			break;
		}
}

void
client_evidence_describe(const struct client_evidence *e,
    const struct cs_client *c, void (*line)(void *arg, const char *text),
    void *arg)
{
	char text[LINE_MAX_HERE];
	size_t hidden = 0;

	for (size_t i = 0; i < e->in.n_items; i++)
		describe_item(&e->items[i], line, arg);
	for (size_t i = 0; i < e->in.n_gaps; i++)
		hidden += e->gaps[i].leafhashes.len / CS_HASH_LEN;
	if (hidden != 0) {
		snprintf(text, sizeof text,
		    "That %zu other entr%s between them, as hashes that "
		    "reveal nothing of their content",
		    hidden, hidden == 1 ? "y lies" : "ies lie");
		line(arg, text);
	}
	line(arg,
	    "With each message: its sender's name and device, the group's "
	    "number, the time, and the proofs");
	describe_reporter(e, c, line, arg);
	if (e->in.note.len != 0) {
		line(arg, "Your note:");
		describe_text(e->in.note, line, arg);
	}
	for (size_t i = 0; i < e->in.n_items; i++)
		if (e->items[i].direct &&
		    e->items[i].record.kind == CS_CLIENT_RECEIVED) {
			snprintf(text, sizeof text,
			    "Note: there are only two of you in that "
			    "conversation. If something happens to the account "
			    "of %s, they may guess who reported.",
			    e->items[i].record.from);
			line(arg, text);
			break;
		}
}
