/* SPDX-License-Identifier: MIT */
#include "hub/site/channel.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/text.h"
#include "content/evidence.h"
#include "content/evidence_write.h"
#include "content/sniff.h"
#include "hub/site/answer.h"
#include "hub/site/far.h"
#include "hub/site/fields.h"
#include "hub/site/filing.h"
#include "hub/site/form.h"
#include "hub/site/html.h"
#include "hub/site/receipt.h"
#include "hub/site/refuse.h"
#include "hub/site/take.h"
#include "wire/channels.h"

#define POSTS 10 /* of a page */
#define PREFIX "/c/"
#define HEX (2 * CS_ID_LEN)
#define WHOLE_MAX ((size_t)20 << 20)

/* ---- what was asked for ---------------------------------------------------
 */

enum part { PAGE, FEED, PROOF, PHOTO, REPORT };

struct place {
	enum part part;
	uint8_t id[CS_ID_LEN];
	uint64_t seq;
	uint32_t n; /* of a photo */
};

static bool
number(uint64_t *out, const char **at)
{
	int n = 0;

	if (**at < '1' || **at > '9' ||
	    sscanf(*at, "%18" SCNu64 "%n", out, &n) != 1)
		return false;
	*at += n;
	return true;
}

static bool
parse_place(struct place *out, const char *path)
{
	char hex[HEX + 1] = "";
	const char *at = path + strlen(PREFIX);
	uint64_t n;

	memset(out, 0, sizeof *out);
	if (strlen(path) < strlen(PREFIX) + HEX)
		return false;
	memcpy(hex, at, HEX);
	at += HEX;
	if (cs_unhex(out->id, sizeof out->id, hex) != CS_OK)
		return false;
	if (*at == '\0')
		return true;
	if (strcmp(at, ".atom") == 0) {
		out->part = FEED;
		return true;
	}
	if (*at++ != '/' || !number(&out->seq, &at))
		return false;
	if (strcmp(at, ".csev") == 0)
		out->part = PROOF;
	else if (strcmp(at, "/report") == 0)
		out->part = REPORT;
	else if (*at++ == '/' && number(&n, &at) && *at == '\0' &&
	    n <= CS_MIMI_PARTS_MAX) {
		out->part = PHOTO;
		out->n = (uint32_t)n - 1;
	} else {
		return false;
	}
	return true;
}

/* ---- a post ---------------------------------------------------------------
 */

/* What is shown has to be proved, as anywhere else. */
static struct cs_evidence *
open_post(const struct site_visit *v, struct cs_view bundle)
{
	struct cs_evidence *e = NULL;

	if (cs_evidence_check(&e, bundle, v->site->root_public) != CS_OK ||
	    e->n_items != 1 || !e->all_proved) {
		cs_evidence_free(e);
		return NULL;
	}
	return e;
}

static bool
is_photo(const struct cs_mimi_external *part)
{
	static const char *const shown[] = { "image/jpeg", "image/png",
		"image/webp" };

	for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
		if (cs_view_equal(part->content_type, cs_view_str(shown[i])))
			return true;
	return false;
}

static void
put_files(struct site_html *h, const char *id,
    const struct cs_wire_channel_item *item, const struct cs_mimi_content *c)
{
	for (size_t i = 0; i < c->n_external; i++) {
		if (!is_photo(&c->external[i]) || item->pieces == 0) {
			site_put(h, "<p class=quiet>%w</p>", "channel.file");
			continue;
		}
		/* Without a script: the box is what is touched. */
		if (item->veiled)
			site_put(h,
			    "<label class=veil><input type=checkbox "
			    "aria-label=\"%w\"><span>%w</span>",
			    "channel.unveil", "channel.unveil");
		site_put(h, "<img loading=lazy alt=\"%w\" src=\"/c/%s/%d/%d\">",
		    "channel.photo", id, item->seq, (uint64_t)i + 1);
		if (item->veiled)
			site_put(h, "</label>");
	}
}

/* The post without its files, in an element that is left open; NULL: it is not
 * proved, and is not shown. */
static struct cs_evidence *
put_said(struct site_html *h, const struct cs_wire_channel_item *item)
{
	struct cs_evidence *e = open_post(h->visit, item->head);
	struct cs_view handle;

	if (e == NULL) {
		site_put(h, "<article><p class=problem>%w</p></article>",
		    "channel.unproved");
		return NULL;
	}
	handle = e->items[0].proof.sender.account.handle;
	site_put(h,
	    "<article id=p%d><header><b dir=auto>%v</b> "
	    "<span class=quiet>%t</span></header>",
	    item->seq, &handle, item->at_ms);
	site_put_lines(h, e->items[0].proof.content.text);
	return e;
}

static void
put_post(struct site_html *h, const char *id,
    const struct cs_wire_channel_item *item)
{
	struct cs_evidence *e = put_said(h, item);

	if (e == NULL)
		return;
	put_files(h, id, item, &e->items[0].proof.content);
	site_put(h, "<footer><a href=\"/c/%s/%d/report", id, item->seq);
	site_put_language(h, "?");
	site_put(h,
	    "\">%w</a> · <a href=\"/c/%s/%d.csev\" "
	    "download=\"post-%d.csev\">%w</a></footer></article>",
	    "channel.report", id, item->seq, item->seq, "channel.proof");
	cs_evidence_free(e);
}

/* ---- the page -------------------------------------------------------------
 */

/* What is over is over, and why. */
static void
put_over(struct site_html *h, const struct cs_wire_channel_page *page)
{
	const char *reason = cs_reason_name(page->reason);
	char key[64];

	if (page->state == CS_WIRE_CHANNEL_OVER) {
		site_put(h, "<p class=warn>%w</p>", "channel.over");
		return;
	}
	snprintf(
	    key, sizeof key, "reason.%s", reason != NULL ? reason : "other");
	site_put(h, "<p class=problem>%w</p><dl><dt>%w</dt><dd>%w</dd>",
	    "channel.closed", "channel.why", key);
	if (page->closed_ms != 0)
		site_put(h, "<dt>%w</dt><dd>%t</dd>", "channel.when",
		    page->closed_ms);
	site_put(h, "</dl><p class=quiet>%w</p>", "channel.appeal");
}

static void
show_page(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_channel_page page;
	struct cs_wire_channel_item item = { 0 };
	struct place place;
	char id[HEX + 1];
	struct cs_view rest;
	struct site_html h;

	if (!site_answered(&page, &cs_wire_channel_page_shape, v, answer) ||
	    !parse_place(&place, v->path))
		return;
	cs_hex(id, CS_VIEW_OF(place.id));
	h = site_html(v, "channel.title");
	site_put(&h, "<h2 dir=auto>%v</h2>", &page.title);
	if (page.state != CS_WIRE_CHANNEL_OPEN) {
		put_over(&h, &page);
		site_html_answer(v, &h, 410);
		return;
	}
	site_put(&h, "<p class=quiet>%w</p>", "channel.what");
	rest = page.posts.raw;
	while (cs_wire_next(&item, &cs_wire_channel_item_shape, &rest))
		put_post(&h, id, &item);
	if (page.posts.n == 0)
		site_put(&h, "<p>%w</p>", "channel.empty");
	if (page.more) {
		site_put(&h, "<p><a href=\"/c/%s?before=%d", id, item.seq);
		site_put_language(&h, "&amp;");
		site_put(&h, "\">%w</a></p>", "more.rows");
	}
	site_put(&h, "<p class=quiet><a href=\"/c/%s.atom\">Atom</a></p>", id);
	site_html_answer(v, &h, 200);
}

/* ---- a feed ---------------------------------------------------------------
 */

static const char *
stamp(char out[static 32], uint64_t ms)
{
	time_t s = (time_t)(ms / CS_SECOND_MS);
	struct tm tm;

	out[0] = '\0';
	if (gmtime_r(&s, &tm) != NULL)
		strftime(out, 32, "%Y-%m-%dT%H:%M:%SZ", &tm);
	return out;
}

static void
put_entry(struct site_html *h, const char *id,
    const struct cs_wire_channel_item *item)
{
	struct cs_evidence *e = open_post(h->visit, item->head);
	struct cs_view handle, text;
	char when[32];

	if (e == NULL)
		return;
	handle = e->items[0].proof.sender.account.handle;
	text = e->items[0].proof.content.text;
	site_put(h,
	    "<entry><id>tag:%s,2026:channel:%s:%d</id><title>%v</title>"
	    "<updated>%s</updated><author><name>%v</name></author>"
	    "<link href=\"%s/c/%s#p%d\"/><content>%v</content></entry>\n",
	    h->visit->site->hub, id, item->seq, &handle,
	    stamp(when, item->at_ms), &handle, h->visit->site->origin, id,
	    item->seq, &text);
	cs_evidence_free(e);
}

static void
show_feed(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct site_html h = { .visit = v, .out = { .max = CS_BUF_MAX } };
	struct cs_wire_channel_page page;
	struct cs_wire_channel_item item;
	struct place place;
	char id[HEX + 1], when[32];
	uint64_t newest_ms = 0;
	struct cs_view rest;

	if (!site_answered(&page, &cs_wire_channel_page_shape, v, answer) ||
	    !parse_place(&place, v->path))
		return;
	if (page.state != CS_WIRE_CHANNEL_OPEN) {
		site_refuse(v, 410, "channel-over", 0);
		return;
	}
	cs_hex(id, CS_VIEW_OF(place.id));
	rest = page.posts.raw;
	if (cs_wire_next(&item, &cs_wire_channel_item_shape, &rest))
		newest_ms = item.at_ms;
	site_put(&h,
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\">"
	    "<id>tag:%s,2026:channel:%s</id><title>%v</title>"
	    "<updated>%s</updated>"
	    "<link rel=\"self\" href=\"%s/c/%s.atom\"/>\n",
	    v->site->hub, id, &page.title,
	    stamp(when, newest_ms != 0 ? newest_ms : page.created_ms),
	    v->site->origin, id);
	rest = page.posts.raw;
	while (cs_wire_next(&item, &cs_wire_channel_item_shape, &rest))
		put_entry(&h, id, &item);
	site_put(&h, "</feed>\n");
	if (h.err)
		site_refuse(v, 500, "unavailable", 0);
	else
		site_answer(v, 200, "application/atom+xml; charset=utf-8",
		    cs_buf_view(&h.out), SITE_KEEP_FRESH);
	cs_buf_free(&h.out);
}

static void
ask_posts(struct site_visit *v, uint64_t before, uint8_t max, site_step *step)
{
	struct cs_wire_channel_read m = { .before = before, .max = max };
	struct place place;

	if (!parse_place(&place, v->path))
		return;
	memcpy(m.id, place.id, sizeof m.id);
	site_far_ask(
	    v, CS_WIRE_CHANNEL_READ, &cs_wire_channel_read_shape, &m, step);
}

static void
ask_page(struct site_visit *v)
{
	const char *before = strstr(v->query, "before=");
	struct place place;
	uint64_t seq = 0;

	if (before != NULL) {
		before += strlen("before=");
		if (!number(&seq, &before))
			seq = 0;
	}
	if (!parse_place(&place, v->path))
		return;
	ask_posts(v, seq, POSTS, place.part == FEED ? show_feed : show_page);
}

/* ---- one post, whole -------------------------------------------------------
 */

/* Called with all of its bytes, which are in the visit's body. */
typedef void use_post(struct site_visit *v, struct cs_view bundle);

static void show_form(struct site_visit *v, const struct place *place,
    const struct cs_wire_channel_item *item);
static void show_proof(struct site_visit *v, struct cs_view bundle);
static void show_photo(struct site_visit *v, struct cs_view bundle);
static void file_report(struct site_visit *v, struct cs_view bundle);

static void
use(struct site_visit *v, struct cs_view bundle)
{
	struct place place;
	static use_post *const uses[] = { [PROOF] = show_proof,
		[PHOTO] = show_photo,
		[REPORT] = file_report };

	if (parse_place(&place, v->path))
		uses[place.part](v, bundle);
}

static void ask_piece(struct site_visit *v, uint32_t n);

static void
on_piece(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_channel_bytes got;
	uint32_t n = v->piece;

	if (!site_answered(&got, &cs_wire_channel_bytes_shape, v, answer))
		return;
	v->whole.max = WHOLE_MAX;
	if (cs_buf_add(&v->whole, got.bytes) != CS_OK)
		site_refuse(v, 503, "unavailable", 0);
	else if (n + 1 < got.pieces)
		ask_piece(v, n + 1);
	else
		use(v, cs_buf_view(&v->whole));
}

static void
ask_piece(struct site_visit *v, uint32_t n)
{
	struct cs_wire_channel_bytes_get m = { .n = n };
	struct place place;

	if (!parse_place(&place, v->path))
		return;
	memcpy(m.id, place.id, sizeof m.id);
	m.seq = place.seq;
	v->piece = n;
	site_far_ask(v, CS_WIRE_CHANNEL_BYTES, &cs_wire_channel_bytes_get_shape,
	    &m, on_piece);
}

/* The post that was asked for is the newest before the number behind it. */
static void
on_post(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_channel_page page;
	struct cs_wire_channel_item item;
	struct place place;
	struct cs_view rest;

	if (!site_answered(&page, &cs_wire_channel_page_shape, v, answer) ||
	    !parse_place(&place, v->path))
		return;
	rest = page.posts.raw;
	if (page.state != CS_WIRE_CHANNEL_OPEN)
		site_refuse(v, 410, "channel-over", 0);
	else if (!cs_wire_next(&item, &cs_wire_channel_item_shape, &rest) ||
	    item.seq != place.seq)
		site_refuse(v, 404, "nothing", 0);
	else if (place.part == REPORT && !v->post)
		show_form(v, &place, &item);
	else if (item.pieces != 0)
		ask_piece(v, 0);
	else
		use(v, item.head);
}

static void
ask_post(struct site_visit *v)
{
	struct place place;

	if (parse_place(&place, v->path))
		ask_posts(v, place.seq + 1, 1, on_post);
}

/* ---- what becomes of it ----------------------------------------------------
 */

static void
show_proof(struct site_visit *v, struct cs_view bundle)
{
	site_answer(
	    v, 200, "application/octet-stream", bundle, SITE_KEEP_FRESH);
}

/* Decrypt the photo, which was proved to be the one that was committed to. */
static enum cs_err
decrypt(struct cs_buf *out, const struct cs_evidence_item *item, uint32_t n)
{
	const struct cs_mimi_external *part = &item->proof.content.external[n];
	struct cs_media_opener *o = NULL;
	enum cs_err err = cs_media_opener_new(&o, part);

	out->max = CS_MEDIA_PHOTO_MAX;
	if (err == CS_OK &&
	    (err = cs_media_opener_add(o, out, item->media[n].bytes)) == CS_OK)
		err = cs_media_opener_end(o, out);
	cs_media_opener_free(o);
	return err;
}

static void
show_photo(struct site_visit *v, struct cs_view bundle)
{
	struct cs_evidence *e = open_post(v, bundle);
	struct cs_buf photo = { 0 };
	const char *type = NULL;
	struct place place;

	if (e != NULL && parse_place(&place, v->path) &&
	    place.n < e->items[0].n_media &&
	    e->items[0].media[place.n].err == CS_OK &&
	    e->items[0].media[place.n].has_bytes &&
	    decrypt(&photo, &e->items[0], place.n) == CS_OK)
		/* Its own bytes say what it is. */
		type = cs_media_sniff(cs_buf_view(&photo));
	if (type != NULL)
		site_answer(v, 200, type, cs_buf_view(&photo), SITE_KEEP_FRESH);
	else
		site_refuse(v, 404, "nothing", 0);
	cs_buf_free(&photo);
	cs_evidence_free(e);
}

/* ---- a report --------------------------------------------------------------
 */

static void
show_form(struct site_visit *v, const struct place *place,
    const struct cs_wire_channel_item *item)
{
	struct site_html h = site_html(v, "channel.report.title");
	struct cs_evidence *e = put_said(&h, item);
	char id[HEX + 1];

	/* What nobody saw is not reported. */
	if (e == NULL) {
		site_html_answer(v, &h, 200);
		return;
	}
	cs_evidence_free(e);
	cs_hex(id, CS_VIEW_OF(place->id));
	site_put(&h,
	    "</article><p>%w</p><form method=post action=\"/c/%s/%d/report",
	    "channel.report.what", id, place->seq);
	site_put_language(&h, "?");
	site_put(&h, "\">");
	site_put_categories(&h);
	site_put(&h,
	    "<label for=text><b>%w</b></label><textarea id=text name=text "
	    "rows=5 maxlength=16000 required dir=auto></textarea>"
	    "<label class=check><input type=checkbox name=good_faith value=1 "
	    "required><span>%w</span></label><button>%w</button></form>",
	    "field.text", "field.good_faith", "file.do");
	site_html_answer(v, &h, 200);
}

/* As a notice, with the post as evidence: what the desk gets is proved. */
static enum cs_err
fill_in(struct site_visit *v, const struct site_form *form,
    struct cs_view bundle, const struct place *place)
{
	struct site_filing *f = v->filing;
	char link[512], id[HEX + 1];
	enum cs_err err;

	cs_hex(id, CS_VIEW_OF(place->id));
	snprintf(link, sizeof link, "%s/c/%s#p%" PRIu64, v->site->origin, id,
	    place->seq);
	f->wire.what = CS_FILING_NOTICE;
	f->wire.category =
	    cs_filing_category_named(site_form_value(form, "category"));
	if (site_form_value(form, "good_faith").len != 0)
		f->wire.flags = CS_FILING_GOOD_FAITH;
	memcpy(f->wire.channel, place->id, sizeof f->wire.channel);
	f->wire.post = place->seq;
	if ((err = site_take_text(
		 &f->body.text, f, site_form_value(form, "text"))) ||
	    (err = site_take_place(
		 f, CS_FILING_PLACE_GROUP, cs_view_str(link))))
		return err;
	return site_take_file(f, cs_view_str("post.csev"), bundle);
}

static void
file_report(struct site_visit *v, struct cs_view bundle)
{
	struct place place;
	struct site_form form;
	enum cs_err err =
	    site_form_parse(&form, cs_view_str(v->type), cs_buf_view(&v->body));

	/* It lasts as long as the visit. */
	if (err == CS_OK && v->whole.len == 0) {
		v->whole.max = WHOLE_MAX;
		err = cs_buf_set(&v->whole, bundle);
	}
	if (err == CS_OK && site_filing_new(v) == NULL)
		err = CS_ERR_NOMEM;
	if (err == CS_OK && parse_place(&place, v->path) &&
	    (err = fill_in(v, &form, cs_buf_view(&v->whole), &place)) ==
		CS_OK) {
		v->filing->done = site_receipt_show;
		site_filing_go_on(v);
	}
	site_form_clear(&form);
	if (err)
		site_refuse_err(v, err);
}

/* ---- the directory ---------------------------------------------------------
 */

static void
show_directory(struct site_visit *v, const struct cs_wire_frame *answer)
{
	struct cs_wire_channel_directory list;
	struct cs_wire_channel_listed c;
	char id[HEX + 1];
	struct cs_view rest;
	struct site_html h;

	if (!site_answered(&list, &cs_wire_channel_directory_shape, v, answer))
		return;
	if (!list.there) {
		site_refuse(v, 404, "directory", 0);
		return;
	}
	h = site_html(v, "channel.directory");
	site_put(&h, "<nav class=ways>");
	rest = list.channels.raw;
	while (cs_wire_next(&c, &cs_wire_channel_listed_shape, &rest)) {
		cs_hex(id, CS_VIEW_OF(c.id));
		site_put(&h, "<a class=way href=\"/c/%s", id);
		site_put_language(&h, "?");
		site_put(&h, "\"><b dir=auto>%v</b><span>%t</span></a>",
		    &c.title, c.last_ms);
	}
	site_put(&h, "</nav>");
	if (list.channels.n == 0)
		site_put(&h, "<p>%w</p>", "channel.empty");
	site_html_answer(v, &h, 200);
}

static void
ask_directory(struct site_visit *v)
{
	const struct cs_wire_empty m = { 0 };

	site_far_ask(v, CS_WIRE_CHANNEL_DIRECTORY, &cs_wire_empty_shape, &m,
	    show_directory);
}

void
site_channels(struct site_visit *v)
{
	struct place place;

	if (!v->post &&
	    (strcmp(v->path, "/c") == 0 || strcmp(v->path, PREFIX) == 0)) {
		site_far_greet(v, ask_directory);
		return;
	}
	if (strncmp(v->path, PREFIX, strlen(PREFIX)) != 0 ||
	    !parse_place(&place, v->path)) {
		site_refuse(v, 404, "nothing", 0);
		return;
	}
	if (v->post != (place.part == REPORT) && v->post)
		site_refuse(v, 405, "method", 0);
	else if (place.part == PAGE || place.part == FEED)
		site_far_greet(v, ask_page);
	else
		site_far_greet(v, ask_post);
}
