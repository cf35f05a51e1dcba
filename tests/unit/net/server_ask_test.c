/* SPDX-License-Identifier: MIT */
/* What the program answers, and not at once. */
#include "net/server_ask.h"

#include "support/net_words.h"
#include "unit/net/net_raw.h"

#define PREFIX "/log/"
#define FORM "/form"
#define FORM_MAX 200000
#define HELD_MAX 8
#define BIG_ANSWER ((size_t)300000)
#define OF_OTHERS "Origin: https://other.example\r\n"

/* ---- the server, in the child: its paths are what it does ---------------- */

struct held {
	struct cs_net_ask *of;
	bool post, whole;
	size_t n, sum; /* of the body: bytes, and they added up */
	char word[16];
};

static struct held held_asks[HELD_MAX];
static unsigned overs;
static bool released;

static bool
asks(void *arg, bool post, struct cs_view path)
{
	const size_t n = sizeof PREFIX - 1;

	(void)arg;
	if (post)
		return cs_view_equal(path, cs_view_str(FORM));
	return path.len > n &&
	    cs_view_equal(cs_view(path.data, n), cs_view_str(PREFIX));
}

static bool
ask(void *arg, struct cs_net_ask *a, const struct cs_net_asked *what)
{
	const size_t n = sizeof PREFIX - 1;
	const struct cs_view path = what->target;
	struct cs_view word = cs_view(path.data + n, path.len - n);

	(void)arg;
	if (what->post)
		word = what->type;
	if (cs_view_equal(word, cs_view_str("busy")))
		return false;
	for (struct held *h = held_asks; h < held_asks + HELD_MAX; h++) {
		if (h->of != NULL || word.len >= sizeof h->word)
			continue;
		*h = (struct held){ .of = a, .post = what->post };
		memcpy(h->word, word.data, word.len);
		h->word[word.len] = '\0';
		a->user = h;
		return true;
	}
	return false;
}

static void
ask_over(void *arg, struct cs_net_ask *a)
{
	struct held *h = a->user;

	(void)arg;
	h->of = NULL;
	overs++;
}

/* A form that is "early" is answered before it is whole. */
static void
ask_bytes(void *arg, struct cs_net_ask *a, struct cs_view bytes)
{
	const struct cs_net_answer answer = { .status = 503 };
	struct held *h = a->user;

	(void)arg;
	h->n += bytes.len;
	for (size_t i = 0; i < bytes.len; i++)
		h->sum += bytes.data[i];
	if (strcmp(h->word, "early") == 0 && h->n >= 10)
		cs_net_ask_answer(a, &answer);
}

static void
ask_whole(void *arg, struct cs_net_ask *a)
{
	struct held *h = a->user;

	(void)arg;
	h->whole = true;
}

static void
answer_one(struct held *h)
{
	static uint8_t bytes[BIG_ANSWER];
	struct cs_net_answer answer = { .status = 200, .type = "text/plain" };
	char text[64];

	if (h->post && !h->whole)
		return;
	snprintf(text, sizeof text, "overs=%u", overs);
	if (h->post)
		snprintf(text, sizeof text, "n=%zu sum=%zu", h->n, h->sum);
	if (h->post)
		answer.fields = "X-Own: yes\r\n";
	answer.bytes = cs_view_str(text);
	answer.forever = strcmp(h->word, "forever") == 0;
	if (strcmp(h->word, "none") == 0)
		answer = (struct cs_net_answer){ .status = 404 };
	if (strcmp(h->word, "empty") == 0)
		answer.bytes = cs_view(NULL, 0);
	if (strcmp(h->word, "big") == 0) {
		memset(bytes, 'b', sizeof bytes);
		answer.bytes = CS_VIEW_OF(bytes);
	}
	released = released || strcmp(h->word, "release") == 0;
	cs_net_ask_answer(h->of, &answer);
}

/* Those that wait for it are answered after somebody asked for "release". */
static void
answer_all(void)
{
	bool now = released;

	released = false;
	for (struct held *h = held_asks; h < held_asks + HELD_MAX; h++)
		if (h->of != NULL && (now || strcmp(h->word, "wait") != 0))
			answer_one(h);
}

static void
serve_asks(struct net_world *w, int ready)
{
	struct cs_net_server *server = NULL;
	struct cs_net_server_config config = {
		.limits = limits,
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
		.asks = asks,
		.ask = ask,
		.ask_bytes = ask_bytes,
		.ask_whole = ask_whole,
		.ask_over = ask_over,
		.ask_max = FORM_MAX,
		.page = net_no_page,
	};

	(void)signal(SIGPIPE, SIG_IGN);
	if (cs_net_listen(&config.listener, 1, "127.0.0.1", w->port) != CS_OK ||
	    cs_tls_server_new(&config.tls, temp_path(&w->dir, "tls.pem"),
		temp_path(&w->dir, "tls.key")) != CS_OK ||
	    cs_net_server_new(&server, &config) != CS_OK ||
	    write(ready, "", 1) != 1)
		_exit(2);
	while (cs_net_server_run(server, 10) == CS_OK)
		answer_all();
	_exit(3);
}

static void
world_init(struct net_world *w)
{
	limits = (struct cs_net_limits){ 0 };
	net_fork(w, serve_asks, &good);
}

/* ---- whoever asks -------------------------------------------------------- */

static void
ask_for(struct raw *r, const char *word, const char *fields)
{
	char request[256];

	r->n = 0;
	snprintf(request, sizeof request,
	    "GET " PREFIX "%s HTTP/1.1\r\nHost: a\r\n%s\r\n", word, fields);
	raw_say(r, request, strlen(request));
}

static bool
hears(struct raw *r, const char *text)
{
	return raw_hear(r, text, strlen(text));
}

/* How many asks are over, as a connection of its own is told. */
static unsigned
overs_now(const struct net_world *w)
{
	struct raw r;
	unsigned n = 0;
	const char *at;

	raw_open(&r, w);
	ask_for(&r, "now", "Connection: close\r\n");
	assert_false(hears(&r, "never"));
	at = memmem(r.in, r.n, "overs=", 6);
	assert_non_null(at);
	assert_int_equal(sscanf(at, "overs=%u", &n), 1);
	raw_close(&r);
	return n;
}

static void
test_later(void **state)
{
	struct net_world w;
	struct raw first, second;

	(void)state;
	world_init(&w);
	raw_open(&first, &w);
	raw_open(&second, &w);
	ask_for(&first, "wait", "");
	/* Others are answered meanwhile, and it is not. */
	ask_for(&second, "now", "");
	assert_true(hears(&second, "overs=0"));
	ask_for(&second, "now", "");
	assert_true(hears(&second, "overs=1"));
	assert_int_equal(SSL_pending(first.ssl), 0);
	ask_for(&second, "release", "");
	assert_true(hears(&second, "overs=2"));
	assert_true(hears(&first, "overs="));
	assert_memory_equal(first.in, "HTTP/1.1 200", 12);
	/* The connection goes on. */
	ask_for(&first, "none", "");
	assert_true(hears(&first, "\r\n\r\n"));
	assert_memory_equal(first.in, "HTTP/1.1 404", 12);
	ask_for(&first, "busy", "");
	assert_true(hears(&first, "\r\n\r\n"));
	assert_memory_equal(first.in, "HTTP/1.1 503", 12);
	ask_for(&first, "empty", "");
	assert_true(hears(&first, "\r\n\r\n"));
	assert_memory_equal(first.in, "HTTP/1.1 200", 12);
	ask_for(&first, "now", "Connection: close\r\n");
	assert_false(hears(&first, "never"));
	assert_non_null(memmem(first.in, first.n, "overs=", 6));
	raw_close(&first);
	raw_close(&second);
	net_world_clear(&w);
}

/* Two requests at once are answered in their order. */
static void
test_order(void **state)
{
	static const char two[] =
	    "GET " PREFIX "wait HTTP/1.1\r\nHost: a\r\n\r\n"
	    "GET " PREFIX "none HTTP/1.1\r\nHost: a\r\n"
	    "Connection: close\r\n\r\n";
	struct net_world w;
	struct raw r, other;
	const char *ok, *none;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	raw_say(&r, two, sizeof two - 1);
	raw_open(&other, &w);
	ask_for(&other, "release", "");
	assert_true(hears(&other, "overs="));
	assert_false(hears(&r, "never"));
	ok = memmem(r.in, r.n, "HTTP/1.1 200", 12);
	none = memmem(r.in, r.n, "HTTP/1.1 404", 12);
	assert_non_null(ok);
	assert_non_null(none);
	assert_true(ok < none);
	raw_close(&r);
	raw_close(&other);
	net_world_clear(&w);
}

/* Whoever asked is gone before the answer: it goes nowhere, and that ask is
 * over once. */
static void
test_gone(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < 3; i++) {
		unsigned before = overs_now(&w);

		raw_open(&r, &w);
		ask_for(&r, "wait", "");
		/* It has come. */
		usleep(100000);
		raw_close(&r);
		raw_open(&r, &w);
		ask_for(&r, "release", "");
		assert_true(hears(&r, "overs="));
		raw_close(&r);
		/* The look before, the one that waited, the release. */
		assert_int_equal(overs_now(&w), before + 3);
	}
	net_world_clear(&w);
}

static void
test_big(void **state)
{
	static char all[BIG_ANSWER + 4096];
	size_t n = 0;
	struct net_world w;
	struct raw r;
	int got;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	ask_for(&r, "big", "Connection: close\r\n");
	while ((got = SSL_read(r.ssl, all + n, (int)(sizeof all - n))) > 0)
		n += (size_t)got;
	assert_true(n > BIG_ANSWER);
	for (size_t i = n - BIG_ANSWER; i < n; i++)
		assert_int_equal(all[i], 'b');
	assert_memory_equal(all + n - BIG_ANSWER - 4, "\r\n\r\n", 4);
	raw_close(&r);
	net_world_clear(&w);
}

static void
test_caches(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	ask_for(&r, "forever", "");
	assert_true(hears(&r, "overs="));
	assert_non_null(memmem(r.in, r.n, "immutable", 9));
	ask_for(&r, "now", "");
	assert_true(hears(&r, "overs="));
	assert_null(memmem(r.in, r.n, "immutable", 9));
	assert_non_null(memmem(r.in, r.n, "no-cache", 8));
	raw_close(&r);
	net_world_clear(&w);
}

/* A page of somebody else's may read that, and nothing else. */
static void
test_origins(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	ask_for(&r, "now", OF_OTHERS);
	assert_true(hears(&r, "overs="));
	assert_memory_equal(r.in, "HTTP/1.1 200", 12);
	assert_non_null(
	    memmem(r.in, r.n, "Access-Control-Allow-Origin: *\r\n", 32));
	raw_close(&r);
#define STATUS(request) raw_status(&w, request "Host: a\r\n" OF_OTHERS "\r\n")
	assert_int_equal(STATUS("GET / HTTP/1.1\r\n"), 403);
	assert_int_equal(STATUS("GET /log HTTP/1.1\r\n"), 403);
	assert_int_equal(STATUS("GET /b/x HTTP/1.1\r\n"), 403);
	assert_int_equal(STATUS("PUT " PREFIX "now HTTP/1.1\r\n"), 403);
	assert_int_equal(STATUS("POST " PREFIX "now HTTP/1.1\r\n"), 405);
	assert_int_equal(STATUS("OPTIONS " PREFIX "now HTTP/1.1\r\n"), 405);
	assert_int_equal(
	    STATUS("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n"
		   "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
		   "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
		   "Sec-WebSocket-Protocol: countersign.v1\r\n"),
	    403);
#undef STATUS
	/* A GET with a body is none. */
	assert_int_equal(raw_status(&w,
			     "GET " PREFIX "now HTTP/1.1\r\nHost: a\r\n"
			     "Content-Length: 3\r\n\r\nabc"),
	    400);
	assert_int_equal(
	    raw_status(&w, "PUT " PREFIX "now HTTP/1.1\r\nHost: a\r\n\r\n"),
	    404);
	net_world_clear(&w);
}

/* ---- forms --------------------------------------------------------------- */

static void
post(struct raw *r, const char *type, size_t n, const char *fields)
{
	char head[256];

	r->n = 0;
	snprintf(head, sizeof head,
	    "POST " FORM " HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\n%s\r\n",
	    type, n, fields);
	raw_say(r, head, strlen(head));
}

/* ${n} bytes "a", in pieces. */
static void
say_body(struct raw *r, size_t n)
{
	static char bytes[10000];

	memset(bytes, 'a', sizeof bytes);
	while (n != 0) {
		size_t piece = n < sizeof bytes ? n : sizeof bytes;

		raw_say(r, bytes, piece);
		n -= piece;
	}
}

static void
test_form(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	post(&r, "now", 100003, "");
	say_body(&r, 100003);
	assert_true(hears(&r, "n=100003 sum=9700291"));
	assert_non_null(memmem(r.in, r.n, "X-Own: yes\r\n", 12));
	assert_null(memmem(r.in, r.n, "Access-Control", 14));
	/* The same connection goes on; without a body, too. */
	post(&r, "now", 0, "");
	assert_true(hears(&r, "n=0 sum=0"));
	post(&r, "now", 3, "Expect: 100-continue\r\n");
	assert_true(hears(&r, "100 Continue\r\n\r\n"));
	say_body(&r, 3);
	assert_true(hears(&r, "n=3 sum=291"));
	/* Answered before it is whole: the rest is skipped. */
	post(&r, "early", 5000, "");
	say_body(&r, 20);
	assert_true(hears(&r, "503"));
	say_body(&r, 4980);
	ask_for(&r, "now", "");
	assert_true(hears(&r, "overs=4"));
	raw_close(&r);
	net_world_clear(&w);
}

static void
test_form_bounds(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	world_init(&w);
	raw_open(&r, &w);
	post(&r, "now", FORM_MAX, "");
	say_body(&r, FORM_MAX);
	assert_true(hears(&r, "n=200000"));
	post(&r, "now", FORM_MAX + 1, "");
	assert_false(hears(&r, "never"));
	assert_memory_equal(r.in, "HTTP/1.1 413", 12);
	raw_close(&r);
	/* How long is it? */
	assert_int_equal(
	    raw_status(&w, "POST " FORM " HTTP/1.1\r\nHost: a\r\n\r\n"), 411);
	/* One that breaks off goes nowhere, and is over. */
	raw_open(&r, &w);
	post(&r, "now", 100, "");
	say_body(&r, 50);
	raw_close(&r);
	assert_int_equal(overs_now(&w), 2);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_later),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_big),
		cmocka_unit_test(test_caches),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_form),
		cmocka_unit_test(test_form_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
