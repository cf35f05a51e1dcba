/* SPDX-License-Identifier: MIT */
/* Pages and API of the site, with the hub's database behind them. */
#include "hub/site/routes.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "base/text.h"
#include "content/letter.h"
#include "crypto/init.h"
#include "hub/core/batch.h"
#include "hub/core/line.h"
#include "hub/core/tlog.h"
#include "hub/filings/answer.h"
#include "hub/requests.h"
#include "hub/site/far.h"
#include "hub/site/filing.h"
#include "hub/site/words.h"
#include "store/clock.h"
#include "support/desk_world.h"

#define URLENCODED "application/x-www-form-urlencoded"

struct world {
	struct hub_world w;
	struct dw_desk desk;
	struct cs_hpke_key seal;
	struct site site;
	struct cs_channel *network; /* the other end of the site's link */
	struct cs_channel *log;
	uint64_t visits;
};

static void
join(struct cs_channel **ours, struct cs_channel **theirs)
{
	const struct cs_channel_limits limits = { 8 * CS_MIB, 32 * CS_MIB };
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(ours, pair[0], &limits));
	assert_ok(cs_channel_new(theirs, pair[1], &limits));
}

/* Also after the one before has gone. */
static void
link_database(struct world *t)
{
	const struct cs_channel_limits limits = { HUB_TALK_MAX,
		HUB_TALK_WAITING };
	int pair[2];

	cs_channel_free(t->site.database);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(hub_link_new(t->w.hub, HUB_LINK_SITE, pair[0]));
	assert_ok(cs_channel_new(&t->site.database, pair[1], &limits));
}

static void
world_init(struct world *t)
{
	const struct test_operator *o = &t->w.operator;
	uint64_t now_s = cs_clock_ms() / CS_SECOND_MS;

	memset(t, 0, sizeof *t);
	hw_init(&t->w);
	dw_init(&t->desk, &t->w);
	t->w.hub->events = &hub_events;
	t->w.hub->connections = 16;
	t->w.hub->batch.max = CS_BUF_MAX;
	assert_ok(cs_hpke_key_new(&t->seal, CS_DHKEM_X25519));
	assert_ok(cs_role_key_cert_make(&t->w.hub->desk_seal_cert,
	    CS_ROLE_DESK_HPKE, cs_hpke_key_public(&t->seal).data, now_s - 60,
	    now_s + CS_DAY_S, &o->root));
	link_database(t);
	join(&t->site.links[0], &t->network);
	join(&t->w.hub->tlog.process, &t->log);
	t->w.hub->tlog.linked = true;
	assert_ok(hub_tlog_told(t->w.hub, 0));
	assert_true(hub_batch_end(t->w.hub));
	assert_ok(site_words_load(&t->site));
	snprintf(t->site.hub, sizeof t->site.hub, "%s", t->w.hub->name);
	memcpy(t->site.root_public, t->w.hub->root_public, CS_KEY_LEN);
}

static void
world_clear(struct world *t)
{
	cs_channel_free(t->site.database);
	cs_channel_free(t->site.links[0]);
	cs_channel_free(t->network);
	cs_channel_free(t->log);
	cs_channel_free(t->w.hub->tlog.process);
	t->w.hub->tlog.process = NULL;
	hub_links_free(t->w.hub);
	cs_buf_free(&t->w.hub->desk_seal_cert);
	cs_slots_free(&t->site.lines);
	site_words_free(&t->site);
	hw_clear(&t->w);
}

/* ---- one request ----------------------------------------------------------
 */

struct page {
	unsigned status;
	char type[64];
	char *text; /* to be freed */
};

/* The database's turn. */
static void
turn(struct world *t)
{
	struct cs_channel_message m;

	assert_ok(cs_channel_flush(t->site.database));
	assert_ok(hub_lines_run(t->w.hub, 0, NULL, 0));
	assert_true(hub_batch_end(t->w.hub));
	hub_lines_flush(t->w.hub);
	assert_ok(cs_channel_fill(t->site.database));
	while (cs_channel_next(&m, t->site.database))
		assert_ok(site_far_told(&t->site, &m));
}

static struct page
heard(struct world *t)
{
	struct page page = { 0 };
	struct cs_channel_message m;
	struct hub_talk_site_answer a;
	size_t at = sizeof a;

	assert_ok(cs_channel_flush(t->site.links[0]));
	assert_ok(cs_channel_fill(t->network));
	if (!cs_channel_next(&m, t->network))
		return page;
	assert_true(m.bytes.len >= sizeof a);
	memcpy(&a, m.bytes.data, sizeof a);
	page.status = a.status;
	snprintf(page.type, sizeof page.type, "%.*s", (int)a.type,
	    (const char *)m.bytes.data + at);
	at += (size_t)a.type + a.headers;
	page.text = strndup((const char *)m.bytes.data + at, m.bytes.len - at);
	assert_false(cs_channel_next(&m, t->network));
	return page;
}

static struct page
ask(struct world *t, const char *path, const char *type, struct cs_view body)
{
	struct site_visit *v = calloc(1, sizeof *v);
	struct page page = { 0 };

	assert_non_null(v);
	v->site = &t->site;
	v->number = ++t->visits;
	v->post = type != NULL;
	v->words = &t->site.languages[0];
	v->body.max = CS_BUF_MAX;
	snprintf(v->path, sizeof v->path, "%s", path);
	snprintf(v->type, sizeof v->type, "%s", type != NULL ? type : "");
	assert_ok(cs_buf_add(&v->body, body));
	t->site.bodies += body.len;
	site_route(v);
	for (int i = 0; i < 40 && !v->answered; i++)
		turn(t);
	page = heard(t);
	assert_true(v->answered);
	site_far_leave(v);
	turn(t);
	t->site.bodies -= v->body.len;
	cs_buf_free(&v->body);
	cs_buf_free(&v->whole);
	cs_buf_free(&v->desk_cert);
	cs_buf_free(&v->sign_cert);
	cs_buf_free(&v->tlog_cert);
	site_filing_free(v->filing);
	free(v);
	return page;
}

static struct page
get(struct world *t, const char *path)
{
	return ask(t, path, NULL, cs_view(NULL, 0));
}

static struct page
post(struct world *t, const char *path, const char *body)
{
	return ask(t, path, URLENCODED, cs_view_str(body));
}

static void
want(struct page *page, unsigned status, const char *text)
{
	assert_int_equal(page->status, status);
	if (strstr(page->text, text) == NULL)
		fail_msg("no \"%s\" in: %s", text, page->text);
	free(page->text);
	page->text = NULL;
}

/* ---- tests ----------------------------------------------------------------
 */

static void
test_pages(void **state)
{
	static const struct {
		const char *path, *text;
	} pages[] = { { "/notices", "/notices/file" },
		{ "/notices/file", "name=category" },
		{ "/notices/status", "name=secret" },
		{ "/notices/overdue", "Everything was answered in time." },
		{ "/notices/overdue.json", "\"overdue\":[]" },
		{ "/notices/overdue.atom", "<feed xmlns" },
		{ "/notices/report", "Transparency report" },
		{ "/notices/report.json", "\"months\":[]" },
		{ "/notices/report.csv", "month,what,category" },
		{ "/notices/photos", "No photo leaves this device" },
		{ "/notices/style.css", "--ground" },
		{ "/notices/photos.js", "look-hash" },
		{ "/notices/api/openapi.json", "\"openapi\"" },
		{ "/notices/api/v1/hub", "\"desk_cert\":\"Y" } };
	struct world t;
	struct page page;

	(void)state;
	world_init(&t);
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
		page = get(&t, pages[i].path);
		want(&page, 200, pages[i].text);
	}
	page = get(&t, "/notices/none");
	want(&page, 404, "There is nothing here.");
	page = get(&t, "/notices/api/none");
	want(&page, 404, "\"error\":\"nothing\"");
	page = get(&t, "/notices/more");
	want(&page, 405, "not done so");
	assert_int_equal(t.site.lines.n, 0);
	world_clear(&t);
}

/* A field of JSON, into ${out}. */
static void
json_text(char *out, size_t size, const char *json, const char *name)
{
	json_t *o = json_loads(json, 0, NULL);
	const char *s = json_string_value(json_object_get(o, name));

	assert_non_null(s);
	snprintf(out, size, "%s", s);
	json_decref(o);
}

static void
test_file(void **state)
{
	struct world t;
	struct page page;
	char secret[64], body[1024];

	(void)state;
	world_init(&t);
	page = post(&t, "/notices/file",
	    "category=fraud&text=a+%3Cb%3E&good_faith=1&places=x%0D%0Ay");
	want(&page, 200, "<bdi>1</bdi>");
	page = post(&t, "/notices/file", "category=fraud&good_faith=1");
	want(&page, 400, "Something is missing");
	page = post(&t, "/notices/file", "category=none&text=a&good_faith=1");
	want(&page, 400, "Something is missing");
	page = ask(&t, "/notices/file", "text/plain", cs_view_str("x"));
	want(&page, 400, "Something is missing");
	page = ask(&t, "/notices/api/v1/filings", "application/json",
	    cs_view_str("{\"what\":\"notice\",\"category\":\"danger\","
			"\"text\":\"help\",\"good_faith\":true,\"files\":["
			"{\"name\":\"a\",\"base64\":\"YQ==\"},"
			"{\"name\":\"b\",\"base64\":\"YmM=\"}]}"));
	assert_int_equal(page.status, 201);
	json_text(secret, sizeof secret, page.text, "secret");
	want(&page, 201, "{\"name\":\"b\",\"proved\":\"none\"");
	snprintf(body, sizeof body, "{\"number\":2,\"secret\":\"%s\"}", secret);
	page = ask(&t, "/notices/api/v1/status", "", cs_view_str(body));
	want(&page, 200, "\"number\":2,\"what\":\"notice\"");
	snprintf(body, sizeof body, "{\"number\":1,\"secret\":\"%s\"}", secret);
	page = ask(&t, "/notices/api/v1/status", "", cs_view_str(body));
	want(&page, 404, "\"error\":\"filing\"");
	page = ask(&t, "/notices/api/v1/status", "", cs_view_str("{}"));
	want(&page, 400, "\"error\":\"secret\"");
	snprintf(body, sizeof body, "number=2&secret=%s", secret);
	page = post(&t, "/notices/status", body);
	want(&page, 200, "action=\"/notices/more");
	snprintf(body, sizeof body,
	    "number=2&secret=%s&category=danger&text=more", secret);
	page = post(&t, "/notices/more", body);
	want(&page, 200, "<bdi>3</bdi>");
	page = post(&t, "/notices/appeal", body);
	want(&page, 409, "cannot be filed about it any more");
	assert_int_equal(t.site.bodies, 0);
	world_clear(&t);
}

/* What does not belong there is refused, and kept nowhere. */
static void
test_json(void **state)
{
	static const char *const bad[] = { "", "x", "[]", "{", "{}",
		"{\"what\":\"notice\"}",
		"{\"what\":\"nothing\",\"category\":\"fraud\",\"text\":\"x\"}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":\"yes\"}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":true,\"places\":[{\"kind\":\"moon\","
		"\"value\":\"x\"}]}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":true,\"hashes\":[{\"pdq\":\"zz\"}]}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":true,\"files\":[{\"name\":\"a\","
		"\"base64\":\"?\"}]}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":true,\"files\":[{\"name\":\"../a\","
		"\"base64\":\"YQ==\"}]}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"sealed\":\"\"}",
		"{\"what\":\"notice\",\"category\":\"fraud\",\"text\":\"x\","
		"\"good_faith\":true,\"about\":-1}" };
	struct world t;
	struct page page;

	(void)state;
	world_init(&t);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		page = ask(&t, "/notices/api/v1/filings", "application/json",
		    cs_view_str(bad[i]));
		want(&page, 400, "\"error\":\"malformed\"");
	}
	assert_int_equal(t.site.bodies, 0);
	world_clear(&t);
}

/* The database goes while something is asked: it is said, and the next one is
 * answered again. */
static void
test_gone(void **state)
{
	struct world t;
	struct site_visit v = { 0 };
	struct page page;

	(void)state;
	world_init(&t);
	v.site = &t.site;
	v.number = 1;
	v.words = &t.site.languages[0];
	snprintf(v.path, sizeof v.path, "/notices/overdue.json");
	site_route(&v);
	assert_false(v.answered);
	site_far_fail(&t.site);
	link_database(&t);
	page = heard(&t);
	want(&page, 503, "The hub cannot take that now");
	assert_int_equal(v.line, 0);
	page = get(&t, "/notices/overdue.json");
	want(&page, 200, "\"overdue\":[]");
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages),
		cmocka_unit_test(test_file),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_gone),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
