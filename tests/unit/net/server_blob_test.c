/* SPDX-License-Identifier: MIT */
/* Requests for blobs that the program answers later, or not at all. */
#include "net/server_blob.h"

#include "unit/net/net_raw.h"

#define WORDS "some words"
#define N_WORDS (sizeof WORDS - 1)

/* ---- the server, in the child -------------------------------------------- */

/* What the program does with a request; the first byte of the blob's id. */
enum conduct {
	WELL,        /* all that is asked for, later */
	NO,          /* it says later that there is none */
	SILENT,      /* it never says anything */
	SILENT_END,  /* nor what becomes of a body that has come */
	MID_BODY,    /* it says how it ends while the body comes */
	TOO_MUCH,    /* more bytes than are wanted */
	NOTHING,     /* no bytes, where some are wanted */
	BYTE_BY_BYTE /* few bytes at a time */
};

/* What waits to be said; and what happened, which a page tells. */
static struct waiting {
	struct cs_net_blob *blob;
	enum { OPENED, ENDED } what;
} waiting[16];
static size_t n_waiting;
static unsigned asked, over, said;
static size_t written;

static void
later(struct cs_net_blob *b, int what)
{
	if (n_waiting < sizeof waiting / sizeof *waiting)
		waiting[n_waiting++] = (struct waiting){ b, what };
}

static int
blob_open(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	asked++;
	b->total = N_WORDS;
	if (!b->put && b->length > b->total - b->offset)
		b->length = b->total - b->offset;
	if (b->id[0] != SILENT)
		later(b, OPENED);
	return CS_NET_LATER;
}

static int
blob_write(void *arg, struct cs_net_blob *b, struct cs_view bytes)
{
	(void)arg;
	if (b->id[0] == MID_BODY && written == 0)
		later(b, ENDED);
	written += bytes.len;
	return 0;
}

static int
blob_done(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	if (b->id[0] != SILENT_END)
		later(b, ENDED);
	return CS_NET_LATER;
}

static void
blob_read(void *arg, struct cs_net_blob *b)
{
	static uint64_t at;
	const uint8_t *words = (const uint8_t *)WORDS;

	(void)arg;
	switch (b->id[0]) {
	case TOO_MUCH:
		cs_net_blob_bytes(b, cs_view(words, (size_t)b->length + 1));
		return;
	case NOTHING:
		cs_net_blob_bytes(b, cs_view(NULL, 0));
		return;
	case BYTE_BY_BYTE:
		cs_net_blob_bytes(b, cs_view(words + at++ % N_WORDS, 1));
		return;
	default:
		cs_net_blob_bytes(
		    b, cs_view(words + b->offset, (size_t)b->length));
	}
}

static void
blob_over(void *arg, struct cs_net_blob *b)
{
	size_t n = 0;

	(void)arg;
	over++;
	/* It is not spoken of any longer. */
	for (size_t i = 0; i < n_waiting; i++)
		if (waiting[i].blob != b)
			waiting[n++] = waiting[i];
	n_waiting = n;
}

static const char *
page(void *arg, const char *path)
{
	static char text[128];

	(void)arg;
	if (strcmp(path, "/") != 0)
		return NULL;
	snprintf(text, sizeof text, "asked %u over %u said %u written %zu.\n",
	    asked, over, said, written);
	return text;
}

static void
say_what_waits(void)
{
	while (n_waiting != 0) {
		struct waiting w = waiting[--n_waiting];
		uint8_t conduct = w.blob->id[0];

		said++;
		if (w.what == OPENED)
			cs_net_blob_opened(w.blob, conduct == NO ? 404 : 0);
		else
			cs_net_blob_ended(
			    w.blob, conduct == MID_BODY ? 413 : 201);
	}
}

static void
serve_later(struct net_world *w, int ready)
{
	struct cs_net_server_config config = {
		.blob_open = blob_open,
		.blob_write = blob_write,
		.blob_done = blob_done,
		.blob_read = blob_read,
		.blob_over = blob_over,
		.page = page,
	};
	struct cs_net_server *server = NULL;

	if (cs_net_listen(&config.listener, 1, "127.0.0.1", w->port) != CS_OK ||
	    cs_tls_server_new(&config.tls, temp_path(&w->dir, "tls.pem"),
		temp_path(&w->dir, "tls.key")) != CS_OK ||
	    cs_net_server_new(&server, &config) != CS_OK ||
	    write(ready, "", 1) != 1)
		_exit(2);
	while (cs_net_server_run(server, 10) == CS_OK)
		say_what_waits();
	_exit(3);
}

/* ---- who asks ------------------------------------------------------------ */

static const struct net_certificate certificate = { "localhost", -3600, 3600 };

static void
ask(struct raw *r, const char *verb, enum conduct conduct, const char *fields)
{
	char head[512];
	int n = snprintf(head, sizeof head,
	    "%s /b/%02x000000000000000000000000000000 HTTP/1.1\r\n"
	    "Host: a\r\nAuthorization: Bearer x\r\n%s\r\n",
	    verb, conduct, fields);

	raw_say(r, head, (size_t)n);
}

static bool
hear(struct raw *r, const char *end)
{
	return raw_hear(r, end, strlen(end));
}

/* Ask until the server says ${what}. */
static void
await(const struct net_world *w, const char *what)
{
	struct raw r;
	bool heard = false;

	while (!heard) {
		raw_open(&r, w);
		raw_say(&r, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27);
		assert_true(hear(&r, ".\n"));
		heard = memmem(r.in, r.n, what, strlen(what)) != NULL;
		raw_close(&r);
	}
}

static void
test_put(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	net_fork(&w, serve_later, &certificate);
	raw_open(&r, &w);
	ask(&r, "PUT", WELL, "Content-Length: 10\r\n");
	raw_say(&r, WORDS, N_WORDS);
	assert_true(hear(&r, "HTTP/1.1 201 "));
	/* The connection goes on, and a body may be empty. */
	r.n = 0;
	ask(&r, "PUT", WELL, "Content-Length: 0\r\n");
	assert_true(hear(&r, "HTTP/1.1 201 "));
	await(&w, "over 2 said 4 written 10.");
	/* Whoever asks first is told to go on before there is a body. */
	r.n = 0;
	ask(&r, "PUT", WELL, "Content-Length: 10\r\nExpect: 100-continue\r\n");
	assert_true(hear(&r, "HTTP/1.1 100 Continue\r\n\r\n"));
	raw_say(&r, WORDS, N_WORDS);
	assert_true(hear(&r, "HTTP/1.1 201 "));
	/* Or told not to. */
	r.n = 0;
	ask(&r, "PUT", NO, "Content-Length: 10\r\nExpect: 100-continue\r\n");
	assert_true(hear(&r, "HTTP/1.1 404 "));
	assert_null(memmem(r.in, r.n, "100", 3));
	raw_close(&r);
	await(&w, "written 20.");
	net_world_clear(&w);
}

static void
test_get(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	net_fork(&w, serve_later, &certificate);
	raw_open(&r, &w);
	/* Two at once: the second waits for the first. */
	ask(&r, "GET", WELL, "");
	ask(&r, "GET", WELL, "Range: bytes=1-3\r\n");
	assert_true(hear(&r, "HTTP/1.1 200 "));
	assert_true(hear(&r, "\r\n\r\n" WORDS));
	assert_true(hear(&r, "Content-Range: bytes 1-3/10\r\n"));
	assert_true(hear(&r, "\r\n\r\nome"));
	r.n = 0;
	ask(&r, "GET", BYTE_BY_BYTE, "");
	assert_true(hear(&r, "\r\n\r\n" WORDS));
	r.n = 0;
	ask(&r, "GET", NO, "");
	assert_true(hear(&r, "HTTP/1.1 404 "));
	raw_close(&r);
	await(&w, "over 4 ");
	net_world_clear(&w);
}

/* Gone at once.  Whoever only says that it sends no more is still answered. */
static void
reset(struct raw *r)
{
	const struct linger none = { 1, 0 };

	assert_int_equal(
	    setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &none, sizeof none), 0);
	raw_close(r);
}

/* The program is told once, whether it had said anything or not. */
static void
test_dies(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	net_fork(&w, serve_later, &certificate);
	raw_open(&r, &w);
	ask(&r, "GET", SILENT, "");
	await(&w, "asked 1 over 0 ");
	reset(&r);
	await(&w, "over 1 said 0 ");
	raw_open(&r, &w);
	ask(&r, "PUT", SILENT, "Content-Length: 10\r\n");
	raw_say(&r, WORDS, 5);
	await(&w, "asked 2 over 1 ");
	reset(&r);
	await(&w, "over 2 said 0 written 0.");
	raw_open(&r, &w);
	ask(&r, "PUT", SILENT_END, "Content-Length: 10\r\n");
	raw_say(&r, WORDS, N_WORDS);
	await(&w, "over 2 said 1 written 10.");
	reset(&r);
	await(&w, "over 3 said 1 ");
	/* In the middle of a body. */
	raw_open(&r, &w);
	ask(&r, "PUT", WELL, "Content-Length: 10\r\n");
	raw_say(&r, WORDS, 5);
	await(&w, "written 15.");
	reset(&r);
	await(&w, "over 4 said 2 ");
	net_world_clear(&w);
}

/* What still comes of the body is dropped, and then the answer is given. */
static void
test_status_in_body(void **state)
{
	struct net_world w;
	struct raw r;

	(void)state;
	net_fork(&w, serve_later, &certificate);
	raw_open(&r, &w);
	ask(&r, "PUT", MID_BODY, "Content-Length: 10\r\n");
	raw_say(&r, WORDS, 4);
	await(&w, "over 0 said 2 written 4.");
	raw_say(&r, WORDS, N_WORDS - 4);
	assert_true(hear(&r, "HTTP/1.1 413 "));
	await(&w, "over 1 said 2 written 4.");
	/* Nothing of it is taken for another request. */
	r.n = 0;
	ask(&r, "GET", WELL, "");
	assert_true(hear(&r, "\r\n\r\n" WORDS));
	raw_close(&r);
	net_world_clear(&w);
}

/* Bytes that were not announced would be taken for another answer. */
static void
test_wrong_bytes(void **state)
{
	static const enum conduct wrong[] = { TOO_MUCH, NOTHING };
	struct net_world w;
	struct raw r;

	(void)state;
	net_fork(&w, serve_later, &certificate);
	for (size_t i = 0; i < 2; i++) {
		raw_open(&r, &w);
		ask(&r, "GET", wrong[i], "Range: bytes=0-4\r\n");
		assert_false(hear(&r, "never"));
		assert_null(memmem(r.in, r.n, "some", 4));
		raw_close(&r);
	}
	await(&w, "over 2 said 2 ");
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_put),
		cmocka_unit_test(test_get),
		cmocka_unit_test(test_dies),
		cmocka_unit_test(test_status_in_body),
		cmocka_unit_test(test_wrong_bytes),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
