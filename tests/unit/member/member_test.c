/* SPDX-License-Identifier: MIT */
#include "member/member.h"

#include <jansson.h>

#include "crypto/init.h"
#include "member/member_call.h"
#include "support/test.h"
#include "support/told_world.h"

struct scene {
	struct told_world w;
	char home[256], exchange[256];
	struct cs_member *m;
	char events[256];
};

static void
note(void *arg, struct cs_view json)
{
	struct scene *s = arg;
	json_t *o = json_loadb((const char *)json.data, json.len, 0, NULL);

	assert_non_null(o);
	strncat(s->events, json_string_value(json_object_get(o, "event")), 20);
	strcat(s->events, " ");
	json_decref(o);
}

/* The home of told_world.h, closed, and opened by the methods. */
static void
scene_init(struct scene *s)
{
	struct cs_member_config config;
	struct client_group g;
	char id[30];

	memset(s, 0, sizeof *s);
	told_world_init(&s->w);
	g = told_group(&s->w, "village", id);
	told_message(&s->w, &g, 1, CS_CLIENT_RECEIVED, "good \"morning\"");
	told_message(&s->w, &g, 2, CS_CLIENT_SENT, "and to you");
	snprintf(s->home, sizeof s->home, "%s", temp_path(&s->w.dir, "alma"));
	snprintf(s->exchange, sizeof s->exchange, "%s",
	    temp_path(&s->w.dir, "exchange"));
	cs_client_close(s->w.c);
	s->w.c = NULL;
	config = (struct cs_member_config){ .home = s->home,
		.exchange = s->exchange,
		.event = note,
		.arg = s };
	assert_ok(cs_member_new(&s->m, &config));
}

static void
scene_clear(struct scene *s)
{
	cs_member_free(s->m);
	told_world_clear(&s->w);
}

/* What ${method} gives; with ${code}, the error that it has to have. */
static json_t *
do_it(struct scene *s, const char *method, const char *take, const char *code)
{
	struct cs_buf answer = { 0 };
	json_t *all, *inner;

	assert_ok(cs_member_do(s->m, method, cs_view_str(take), &answer));
	all = json_loadb((const char *)answer.data, answer.len, 0, NULL);
	assert_non_null(all);
	inner = json_object_get(all, "error");
	if (code == NULL) {
		assert_null(inner);
		inner = json_incref(json_object_get(all, "give"));
	} else {
		assert_non_null(inner);
		assert_string_equal(
		    json_string_value(json_object_get(inner, "code")), code);
		assert_true(
		    json_string_length(json_object_get(inner, "sentence")) > 5);
		inner = NULL;
	}
	json_decref(all);
	cs_buf_free(&answer);
	return inner;
}

static const char *
text_of(const json_t *o, const char *name)
{
	return json_string_value(json_object_get(o, name));
}

static void
test_reads(void **state)
{
	struct scene s;
	json_t *got;
	char take[128];

	(void)state;
	scene_init(&s);
	got = do_it(&s, "state", "", NULL);
	assert_string_equal(text_of(got, "phase"), "locked");
	json_decref(got);
	(void)do_it(&s, "conversations", "", "passphrase");
	(void)do_it(&s, "open", "{}", NULL);
	assert_string_equal(s.events, "activity activity state ");
	got = do_it(&s, "state", "", NULL);
	assert_string_equal(text_of(got, "name"), "alma");
	assert_true(json_is_false(json_object_get(got, "online")));
	json_decref(got);
	got = do_it(&s, "conversations", "", NULL);
	assert_int_equal(json_array_size(got), 1);
	assert_string_equal(text_of(json_array_get(got, 0), "name"), "village");
	snprintf(take, sizeof take, "{\"id\":\"%s\",\"most\":5}",
	    text_of(json_array_get(got, 0), "id"));
	json_decref(got);
	got = do_it(&s, "messages", take, NULL);
	assert_int_equal(json_array_size(got), 2);
	assert_string_equal(
	    text_of(json_array_get(got, 0), "text"), "good \"morning\"");
	assert_string_equal(text_of(json_array_get(got, 1), "kind"), "sent");
	json_decref(got);
	got = do_it(&s, "search", "{\"words\":[\"MORNING\"]}", NULL);
	assert_int_equal(json_array_size(got), 1);
	json_decref(got);
	got = do_it(&s, "people", "", NULL);
	assert_int_equal(json_array_size(got), 0);
	json_decref(got);
	assert_false(cs_member_turn(s.m, 0));
	scene_clear(&s);
}

/* Everything that comes from a page is looked at before it is used. */
static void
test_hostile(void **state)
{
	static const struct {
		const char *method, *take;
	} bad[] = {
		{ "messages", "" },
		{ "messages", "[]" },
		{ "messages", "{" },
		{ "messages", "\"x\"" },
		{ "messages", "{\"id\":1}" },
		{ "messages", "{\"id\":\"x\",\"id\":\"y\"}" },
		{ "messages", "{\"id\":\"x\",\"other\":1}" },
		{ "messages", "{\"id\":\"x\",\"most\":-1}" },
		{ "messages", "{\"id\":\"x\",\"most\":1.5}" },
		{ "messages", "{\"id\":\"x\",\"most\":9007199254740993}" },
		{ "messages", "{\"id\":\"x\",\"before\":\"xyz0\"}" },
		{ "messages", "{\"id\":\"x\",\"before\":\"abc\"}" },
		{ "messages", "{\"id\":\"a\\u0000b\"}" },
		{ "messages", "{\"id\":null}" },
		{ "search", "{\"words\":\"x\"}" },
		{ "search", "{\"words\":[1]}" },
		{ "search", "{\"words\":[]}" },
		{ "send", "{\"to\":\"x\",\"photo\":\"../client.db\"}" },
		{ "send", "{\"to\":\"x\",\"photo\":\"\"}" },
		{ "restore", "{\"file\":\"/etc/passwd\"}" },
		{ "settings", "{\"receipts\":\"on\"}" },
		{ "settings", "{\"unknown_senders\":\"maybe\"}" },
		{ "group_role",
		    "{\"id\":\"x\",\"name\":\"y\",\"role\":\"king\"}" },
		{ "report_prepare", "{\"ids\":[],\"reason\":\"spam\"}" },
		{ "evidence", "{\"ids\":[\"0101\"],\"to_key\":\"12\"}" },
	};
	struct scene s;

	(void)state;
	scene_init(&s);
	(void)do_it(&s, "open", "{}", NULL);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		(void)do_it(&s, bad[i].method, bad[i].take, "format");
	(void)do_it(&s, "nothing", "", "not-found");
	(void)do_it(&s, "report_send", "", "misuse");
	(void)do_it(&s, "link_agree", "", "misuse");
	(void)do_it(&s, "join", "{\"link\":\"x\",\"name\":\"y\"}", "exists");
	scene_clear(&s);
}

/* The table and the functions are one: each name once, a READ or a CALL. */
static void
test_table(void **state)
{
	size_t n = 0;

	(void)state;
	for (const struct member_method *x = member_methods; x->name != NULL;
	     x++, n++) {
		assert_non_null(x->run);
		assert_int_equal(cs_member_kind(x->name), x->kind);
		for (const struct member_method *y = member_methods; y != x;
		     y++)
			assert_string_not_equal(x->name, y->name);
	}
	assert_true(n > 50);
	assert_int_equal(cs_member_kind("state"), CS_MEMBER_READ);
	assert_int_equal(cs_member_kind("send"), CS_MEMBER_CALL);
	assert_int_equal(cs_member_kind("state "), CS_MEMBER_NONE);
}

static enum cs_err
list_once(void *arg)
{
	struct scene *s = arg;
	struct cs_buf answer = { 0 };
	enum cs_err err =
	    cs_member_do(s->m, "conversations", cs_view_str("{}"), &answer);

	/* Without memory there is an answer that says so, or none. */
	if (err == CS_OK && answer.len > 8 &&
	    memcmp(answer.data, "{\"error\"", 8) == 0)
		err = CS_ERR_NOMEM;
	cs_buf_free(&answer);
	return err;
}

/* A release, and its twins; the note is the example of crypto/note_test.c. */
static void
test_release(void **state)
{
#define KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define NOTE                                                                   \
	"If you think cryptography is the answer to your problem,\\n"          \
	"then you don't know what your problem is.\\n\\n"                      \
	"\xe2\x80\x94 PeterNeumann "                                           \
	"x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqf" \
	"qdngotpRZb6KE6RyyBwJnAM=\\n"
	static const struct {
		const char *take;
		bool is;
	} all[] = {
		{ "{\"note\":\"" NOTE "\",\"key\":\"" KEY "\"}", true },
		{ "{\"note\":\"x" NOTE "\",\"key\":\"" KEY "\"}", false },
		{ "{\"note\":\"" NOTE "\",\"key\":\"x" KEY "\"}", false },
		{ "{\"note\":\"\",\"key\":\"" KEY "\"}", false },
		{ "{\"note\":\"" NOTE "\",\"key\":\"\"}", false },
	};
	struct scene s;

	(void)state;
	scene_init(&s);
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		json_t *give = do_it(&s, "release_check", all[i].take, NULL);

		assert_int_equal(
		    json_is_true(json_object_get(give, "signed")), all[i].is);
		json_decref(give);
	}
	(void)do_it(&s, "release_check", "{}", "format");
	scene_clear(&s);
}

/* Asked twice, it is connected; what was wrong before is not said again. */
static void
test_connect(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	(void)do_it(&s, "open", "{}", NULL);
	(void)do_it(&s, "words_renew", "{}", "closed");
	assert_string_not_equal(cs_client_problem(s.m->c), "");
	json_decref(do_it(&s, "state", "", NULL));
	assert_string_not_equal(cs_client_problem(s.m->c), "");
	s.m->c->link.online = s.m->connected = true;
	(void)do_it(&s, "connect", "{}", NULL);
	assert_string_equal(cs_client_problem(s.m->c), "");
	s.m->c->link.online = false;
	(void)do_it(&s, "connect", "{}", "closed");
	assert_false(s.m->connected);
	scene_clear(&s);
}

static void
test_allocations(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s);
	(void)do_it(&s, "open", "{}", NULL);
	cs_test_allocations(list_once, &s);
	scene_clear(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_release),
		cmocka_unit_test(test_connect),
		cmocka_unit_test(test_allocations),
	};

	assert_ok(cs_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
