/* SPDX-License-Identifier: MIT */
/* A connection that another process has: with the real one, and with one that
 * lies. */
#include "net/client_far.h"
#include "net/server_blob.h"

#include "net/client_http.h"
#include "net/client_part.h"
#include "support/net_world.h"
#include "support/part_world.h"
#include "wire/frame.h"

#define SIZE ((size_t)300000)
#define PATH "/b/00112233445566778899aabbccddeeff"

static const struct net_certificate good = { "localhost", -3600, 3600 };
static const struct net_certificate expired = { "localhost", -7200, -3600 };

/* ---- the server: an echo, and one blob in memory ------------------------ */

static uint8_t blob[SIZE];
static size_t blob_at;

static enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	(void)arg;
	(void)c;
	(void)user;
	return CS_OK;
}

static size_t
frame_max(void *arg, void *user)
{
	(void)arg;
	(void)user;
	return CS_WIRE_FRAME_MAX;
}

static void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	uint8_t exporter[32];

	(void)arg;
	(void)user;
	if (cs_view_equal(bytes, cs_view_str("exporter"))) {
		if (cs_net_conn_exporter(c, exporter) != CS_OK)
			_exit(4);
		(void)!cs_net_conn_send(c, CS_VIEW_OF(exporter));
	} else if (cs_view_equal(bytes, cs_view_str("close"))) {
		cs_net_conn_close(c);
	} else if (!cs_view_equal(bytes, cs_view_str("silence"))) {
		(void)!cs_net_conn_send(c, bytes);
	}
}

static void
closed(void *arg, struct cs_net_conn *c, void *user)
{
	(void)arg;
	(void)c;
	(void)user;
}

static int
blob_open(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	if (!cs_view_equal(b->token, cs_view_str("right")))
		return 401;
	b->total = SIZE;
	if (b->put ? b->offset != 0 || b->length != SIZE : b->offset >= SIZE)
		return 409;
	if (!b->put && b->length > SIZE - b->offset)
		b->length = SIZE - b->offset;
	blob_at = b->offset;
	return 0;
}

static int
blob_write(void *arg, struct cs_net_blob *b, struct cs_view bytes)
{
	(void)arg;
	(void)b;
	if (bytes.len > SIZE - blob_at)
		return 400;
	memcpy(blob + blob_at, bytes.data, bytes.len);
	blob_at += bytes.len;
	return 0;
}

static int
blob_done(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	(void)b;
	return blob_at == SIZE ? 201 : 202;
}

static void
blob_read(void *arg, struct cs_net_blob *b)
{
	size_t n = SIZE - blob_at < 10000 ? SIZE - blob_at : 10000;

	(void)arg;
	cs_net_blob_bytes(b, cs_view(blob + blob_at, n));
	blob_at += n;
}

static void
blob_over(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	(void)b;
}

static void
serve(struct net_world *w, int ready)
{
	net_serve(w, ready,
	    (struct cs_net_server_config){
		.opened = opened,
		.frame_max = frame_max,
		.frame = frame,
		.closed = closed,
		.blob_open = blob_open,
		.blob_write = blob_write,
		.blob_done = blob_done,
		.blob_read = blob_read,
		.blob_over = blob_over,
	    });
}

/* ---- the real process --------------------------------------------------- */

struct scene {
	struct net_world w;
	struct part_world link;
	struct cs_net_client_config config;
	struct cs_net_far *far;
	struct cs_net_client *c;
	struct cs_buf got;
	uint8_t bytes[SIZE];
	size_t at;
};

static void
scene_init(struct scene *s, const struct net_certificate *certificate)
{
	memset(s, 0, sizeof *s);
	net_fork(&s->w, serve, certificate);
	part_start(&s->link, cs_net_client_part_main);
	part_go(&s->link);
	s->config = net_client_config(&s->w);
	assert_ok(
	    cs_net_far_new(&s->far, part_join(&s->link, "desk"), &s->config));
	s->config.far = s->far;
	for (size_t i = 0; i < SIZE; i++)
		s->bytes[i] = (uint8_t)(i * i >> 3);
}

static void
scene_clear(struct scene *s)
{
	cs_net_client_close(s->c);
	cs_net_far_free(s->far);
	cs_buf_free(&s->got);
	net_world_clear(&s->w);
}

static void
say(struct scene *s, struct cs_view words)
{
	assert_ok(cs_net_client_send(s->c, words));
	assert_ok(cs_net_client_recv(s->c, &s->got, 20000));
	assert_view_equal(cs_buf_view(&s->got), words);
}

static struct scene scene;

/* As if it were done here: frames, the exporter, a silence, an end, again. */
static void
test_frames(void **state)
{
	struct scene *s = &scene;
	uint8_t exporter[32];

	(void)state;
	scene_init(s, &good);
	for (int i = 0; i < 3; i++) {
		assert_ok(cs_net_client_open(&s->c, &s->config));
		say(s, cs_view_str("hello"));
		say(s, cs_view(s->bytes, SIZE));
		assert_ok(cs_net_client_send(s->c, cs_view_str("exporter")));
		assert_ok(cs_net_client_recv(s->c, &s->got, 20000));
		assert_ok(cs_net_client_exporter(s->c, exporter));
		assert_view_equal(cs_buf_view(&s->got), CS_VIEW_OF(exporter));
		assert_err(
		    cs_net_client_recv(s->c, &s->got, 10), CS_ERR_TIMEOUT);
		say(s, cs_view_str("still here"));
		if (i == 1) {
			assert_ok(
			    cs_net_client_send(s->c, cs_view_str("close")));
			assert_err(cs_net_client_recv(s->c, &s->got, 20000),
			    CS_ERR_CLOSED);
		}
		cs_net_client_close(s->c);
		s->c = NULL;
		assert_true(cs_net_far_works(s->far));
	}
	assert_int_equal(part_end(&s->link), 0);
	/* It is noticed that it is gone. */
	assert_err(cs_net_client_open(&s->c, &s->config), CS_ERR_CLOSED);
	assert_false(cs_net_far_works(s->far));
	scene_clear(s);
}

/* Why somebody is not the hub, and that nobody answers, comes over here; and
 * what was once so is not said of the next. */
static void
test_refused(void **state)
{
	struct scene *s = &scene;

	(void)state;
	scene_init(s, &expired);
	assert_err(cs_net_client_open(&s->c, &s->config), CS_ERR_EXPIRED);
	assert_err(cs_net_client_open(&s->c, &s->config), CS_ERR_EXPIRED);
	net_world_clear(&s->w);
	assert_err(cs_net_client_open(&s->c, &s->config), CS_ERR_CLOSED);
	assert_true(cs_net_far_works(s->far));
	/* The stream ends, and so does the process. */
	cs_net_far_free(s->far);
	assert_int_equal(part_wait(&s->link), 0);
}

static enum cs_err
give(void *arg, uint8_t *bytes, size_t n)
{
	struct scene *s = arg;

	assert_true(n <= SIZE - s->at);
	memcpy(bytes, s->bytes + s->at, n);
	s->at += n;
	return CS_OK;
}

static enum cs_err
take(void *arg, uint8_t *bytes, size_t n)
{
	struct scene *s = arg;

	return cs_buf_add(&s->got, cs_view(bytes, n));
}

static enum cs_err
stop(void *arg, uint8_t *bytes, size_t n)
{
	(void)arg;
	(void)bytes;
	(void)n;
	return CS_ERR_DISK_FULL;
}

static void
test_blobs(void **state)
{
	struct scene *s = &scene;
	struct cs_net_transfer t = {
		.path = PATH,
		.token = "right",
		.length = SIZE,
		.total = SIZE,
		.move = give,
		.arg = s,
	};

	(void)state;
	scene_init(s, &good);
	assert_ok(cs_net_client_open(&s->c, &s->config));
	assert_ok(cs_net_client_put(s->c, &t));
	assert_int_equal(t.status, 201);
	assert_int_equal(t.moved, SIZE);
	t.move = take;
	assert_ok(cs_net_client_get(s->c, &t));
	assert_int_equal(t.status, 200);
	assert_view_equal(cs_buf_view(&s->got), cs_view(s->bytes, SIZE));
	t.offset = SIZE - 1000;
	cs_buf_reset(&s->got);
	assert_ok(cs_net_client_get(s->c, &t));
	assert_int_equal(t.status, 206);
	assert_view_equal(
	    cs_buf_view(&s->got), cs_view(s->bytes + SIZE - 1000, 1000));
	/* Our own failure is told, and spoils nothing that follows. */
	t.offset = 0;
	t.move = stop;
	assert_err(cs_net_client_get(s->c, &t), CS_ERR_DISK_FULL);
	assert_err(cs_net_client_put(s->c, &t), CS_ERR_DISK_FULL);
	t.token = "wrong";
	assert_ok(cs_net_client_get(s->c, &t));
	assert_int_equal(t.status, 401);
	say(s, cs_view_str("still here"));
	cs_net_client_close(s->c);
	s->c = NULL;
	assert_int_equal(part_end(&s->link), 0);
	scene_clear(s);
}

/* It ends rather than guess what somebody wants who asks out of order. */
static void
test_asked_out_of_order(void **state)
{
	static const struct {
		uint8_t kind;
		size_t length;
	} asked[] = {
		{ CS_NET_FAR_OPEN, 0 },
		{ CS_NET_FAR_SEND, 5 },
		{ CS_NET_FAR_RECV, 4 },
		{ CS_NET_FAR_HUB, 38 },
		{ CS_NET_FAR_GO, 0 },
		{ 99, 0 },
	};
	static const uint8_t zeros[64];
	struct part_world link;

	(void)state;
	for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
		int fd;

		part_start(&link, cs_net_client_part_main);
		part_go(&link);
		fd = part_join(&link, "desk");
		part_say(fd, asked[i].kind, 1, (uint32_t)asked[i].length,
		    cs_view(zeros, asked[i].length));
		assert_int_equal(part_wait(&link), 1);
		close(fd);
	}
}

/* ---- one that lies ------------------------------------------------------ */

static struct cs_net_far *
far_of(int *other)
{
	const uint8_t root[32] = { 0 };
	const struct cs_net_client_config config = {
		.host = "localhost",
		.port = 1,
		.root_public = root,
		.timeout_ms = 1000,
	};
	struct cs_net_far *far;
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_net_far_new(&far, pair[0], &config));
	*other = pair[1];
	return far;
}

enum call { OPEN, SEND, RECV, EXPORTER, GET, PUT };

static enum cs_err
call(struct cs_net_far *far, enum call which)
{
	struct cs_net_transfer t = {
		.path = PATH,
		.token = "right",
		.length = 10,
		.total = 10,
		.move = give,
		.arg = &scene,
	};
	struct cs_buf got = { 0 };
	uint8_t exporter[32];
	enum cs_err err;

	scene.at = 0;
	switch (which) {
	case OPEN:
		return cs_net_far_open(far);
	case SEND:
		return cs_net_far_send(far, cs_view_str("x"));
	case RECV:
		err = cs_net_far_recv(far, &got, 1);
		cs_buf_free(&got);
		return err;
	case EXPORTER:
		return cs_net_far_exporter(far, exporter);
	case GET:
		return cs_net_far_get(far, &t);
	default:
		return cs_net_far_put(far, &t);
	}
}

#define DONE CS_NET_FAR_DONE
#define CHAIN 0x4a /* as it stands in a word below */
static const uint8_t zeros[CS_NET_FAR_PIECE_MAX + 1];

/* One word to a call after the connection was opened: question 2. */
static const struct lie {
	enum call which;
	uint8_t kind;
	uint64_t about;
	uint32_t announced;
	struct cs_view bytes;
} lies[] = {
	/* No answer, one to another question, or of another kind. */
	{ SEND, DONE, 1, 3, { zeros, 3 } },
	{ SEND, DONE, 3, 3, { zeros, 3 } },
	{ SEND, 0, 2, 3, { zeros, 3 } },
	{ SEND, 99, 2, 3, { zeros, 3 } },
	{ SEND, CS_NET_FAR_SEND, 2, 3, { zeros, 3 } },
	{ SEND, CS_NET_FAR_PIECE, 2, 3, { zeros, 3 } },
	/* Too short, too long, with more than there is to say. */
	{ SEND, DONE, 2, 2, { zeros, 2 } },
	{ SEND, DONE, 2, 0, { NULL, 0 } },
	{ SEND, DONE, 2, 4, { zeros, 4 } },
	{ SEND, DONE, 2, 3, { (const uint8_t *)"\0\0\1", 3 } },
	{ RECV, DONE, 2, CS_WIRE_FRAME_MAX + 100, { zeros, 3 } },
	{ RECV, DONE, 2, UINT32_MAX, { zeros, 3 } },
	{ RECV, DONE, 2, CS_WIRE_FRAME_MAX, { zeros, 3 } },
	/* Errors that no connection has, and one with a frame. */
	{ RECV, DONE, 2, 3, { (const uint8_t *)"\x4a\0\0", 3 } },
	{ RECV, DONE, 2, 3, { (const uint8_t *)"\xff\0\0", 3 } },
	{ RECV, DONE, 2, 4, { (const uint8_t *)"\7\0\0x", 4 } },
	/* An exporter of another length. */
	{ EXPORTER, DONE, 2, 3 + 31, { zeros, 3 + 31 } },
	{ EXPORTER, DONE, 2, 3 + 33, { zeros, 3 + 33 } },
	/* Pieces that are none, too long, or wanted too many. */
	{ GET, CS_NET_FAR_PIECE, 2, 0, { NULL, 0 } },
	{ GET, CS_NET_FAR_PIECE, 2, sizeof zeros, { zeros, sizeof zeros } },
	{ GET, CS_NET_FAR_WANT, 2, 4, { (const uint8_t *)"\0\0\0\1", 4 } },
	{ GET, DONE, 2, 5, { zeros, 5 } },
	{ PUT, CS_NET_FAR_WANT, 2, 4, { zeros, 4 } },
	{ PUT, CS_NET_FAR_WANT, 2, 4, { (const uint8_t *)"\0\0\0\x0b", 4 } },
	{ PUT, CS_NET_FAR_WANT, 2, 5, { (const uint8_t *)"\0\0\0\1x", 5 } },
	{ PUT, CS_NET_FAR_PIECE, 2, 1, { zeros, 1 } },
};

/* It costs the connection, and nothing else. */
static void
test_lies(void **state)
{
	(void)state;
	assert_int_equal(CS_ERR_CHAIN, CHAIN);
	for (size_t i = 0; i < sizeof lies / sizeof *lies; i++) {
		const struct lie *l = &lies[i];
		struct cs_net_far *far;
		int other;

		far = far_of(&other);
		part_say(other, DONE, 1, 3, cs_view(zeros, 3));
		assert_ok(call(far, OPEN));
		part_say(other, l->kind, l->about, l->announced, l->bytes);
		/* What would end a transfer that was none. */
		if (l->which == GET || l->which == PUT)
			part_say(other, DONE, 2, 3,
			    cs_view((const uint8_t *)"\0\0\xc8", 3));
		shutdown(other, SHUT_WR);
		assert_err(call(far, l->which), CS_ERR_CLOSED);
		assert_false(cs_net_far_works(far));
		for (enum call c = OPEN; c <= PUT; c++)
			assert_err(call(far, c), CS_ERR_CLOSED);
		cs_net_far_close(far);
		cs_net_far_free(far);
		close(other);
	}
}

/* Answers that are none are not kept for later questions. */
static void
test_too_many_answers(void **state)
{
	struct cs_net_far *far;
	int other;

	(void)state;
	far = far_of(&other);
	assert_err(call(far, SEND), CS_ERR_CLOSED); /* nothing is open */
	part_say(other, DONE, 1, 3, cs_view(zeros, 3));
	part_say(other, DONE, 1, 3, cs_view(zeros, 3));
	assert_ok(call(far, OPEN));
	assert_err(call(far, OPEN), CS_ERR_CLOSED); /* it is open */
	assert_err(call(far, SEND), CS_ERR_CLOSED);
	assert_false(cs_net_far_works(far));
	cs_net_far_free(far);
	close(other);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_blobs),
		cmocka_unit_test(test_asked_out_of_order),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_too_many_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
