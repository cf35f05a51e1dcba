/* SPDX-License-Identifier: MIT */
/* A client and a server, over TLS on this machine. */
#include "net/client.h"

#include "crypto/random.h"
#include "support/net_world.h"

#define FRAME_SHORT 1000 /* until a frame says "long" */
#define FRAME_LONG ((size_t)1 << 20)

static const struct net_certificate good = { "localhost", -3600, 3600 };

/* ---- the server: an echo that knows some words -------------------------- */

struct peer {
	bool long_frames;
};

static enum cs_err
opened(void *arg, struct cs_net_conn *c, void **user)
{
	static struct peer peers[64];
	static unsigned next;

	(void)arg;
	*user = &peers[next++ % 64];
	((struct peer *)*user)->long_frames = false;
	return cs_net_conn_send(c, cs_view_str("hello"));
}

static size_t
frame_max(void *arg, void *user)
{
	const struct peer *p = user;

	(void)arg;
	return p->long_frames ? FRAME_LONG : FRAME_SHORT;
}

static void
frame(void *arg, struct cs_net_conn *c, void *user, struct cs_view bytes)
{
	struct peer *p = user;
	uint8_t exporter[32];

	(void)arg;
	if (cs_view_equal(bytes, cs_view_str("exporter"))) {
		if (cs_net_conn_exporter(c, exporter) != CS_OK)
			_exit(4);
		(void)!cs_net_conn_send(c, CS_VIEW_OF(exporter));
	} else if (cs_view_equal(bytes, cs_view_str("close"))) {
		(void)!cs_net_conn_send(c, cs_view_str("bye"));
		cs_net_conn_close(c);
	} else if (cs_view_equal(bytes, cs_view_str("silence"))) {
		return;
	} else if (cs_view_equal(bytes, cs_view_str("flood"))) {
		static const uint8_t block[1 << 20];
		enum cs_err err = CS_OK;

		/* Nobody reads meanwhile: at some point it is enough. */
		for (int i = 0; i < 32 && err == CS_OK; i++)
			err = cs_net_conn_send(c, CS_VIEW_OF(block));
		if (err != CS_ERR_LIMIT)
			_exit(5);
	} else {
		p->long_frames = cs_view_equal(bytes, cs_view_str("long"));
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
no_blob(void *arg, struct cs_net_blob *b)
{
	(void)arg;
	(void)b;
	return 404;
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
		.blob_open = no_blob,
	    });
}

/* ---- tests -------------------------------------------------------------- */

static struct cs_net_client *
connect_to(const struct net_world *w)
{
	struct cs_net_client_config config = net_client_config(w);
	struct cs_net_client *c;
	struct cs_buf in = { 0 };

	assert_ok(cs_net_client_open(&c, &config));
	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_view_equal(cs_buf_view(&in), cs_view_str("hello"));
	cs_buf_free(&in);
	return c;
}

static void
say(struct cs_net_client *c, struct cs_view frame, struct cs_view answer)
{
	struct cs_buf in = { 0 };

	assert_ok(cs_net_client_send(c, frame));
	assert_ok(cs_net_client_recv(c, &in, 20000));
	assert_view_equal(cs_buf_view(&in), answer);
	cs_buf_free(&in);
}

/* Frames of every size arrive whole and in order. */
static void
test_frames(void **state)
{
	static uint8_t bytes[FRAME_LONG];
	static const size_t sizes[] = { 1, 125, 126, 999, 1000, 65535, 65536,
		FRAME_LONG };
	struct net_world w;
	struct cs_net_client *c;
	struct cs_buf in = { 0 };

	(void)state;
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	cs_random(bytes, sizeof bytes);
	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		/* What is longer than usual has to be announced. */
		if (sizes[i] > FRAME_SHORT)
			say(c, cs_view_str("long"), cs_view_str("long"));
		say(c, cs_view(bytes, sizes[i]), cs_view(bytes, sizes[i]));
	}
	for (uint8_t i = 0; i < 100; i++)
		assert_ok(cs_net_client_send(c, cs_view(&i, 1)));
	for (uint8_t i = 0; i < 100; i++) {
		assert_ok(cs_net_client_recv(c, &in, 20000));
		assert_view_equal(cs_buf_view(&in), cs_view(&i, 1));
	}
	cs_buf_free(&in);
	cs_net_client_close(c);
	net_world_clear(&w);
}

/* A frame that is longer than the connection may send ends it, and no other
 * one. */
static void
test_too_long(void **state)
{
	static const uint8_t bytes[FRAME_SHORT + 1];
	struct net_world w;
	struct cs_net_client *c, *other;
	struct cs_buf in = { 0 };

	(void)state;
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	assert_ok(cs_net_client_send(c, CS_VIEW_OF(bytes)));
	assert_err(cs_net_client_recv(c, &in, 20000), CS_ERR_CLOSED);
	assert_err(
	    cs_net_client_send(c, cs_view_str("still there?")), CS_ERR_CLOSED);
	say(other, cs_view_str("I am"), cs_view_str("I am"));
	cs_buf_free(&in);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* A reader that stalls costs the server its limit, and is cut off. */
static void
test_flood(void **state)
{
	struct net_world w;
	struct cs_net_client *c, *other;
	struct cs_buf in = { 0 };
	enum cs_err err;

	(void)state;
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	assert_ok(cs_net_client_send(c, cs_view_str("flood")));
	say(other, cs_view_str("I am"), cs_view_str("I am"));
	do
		err = cs_net_client_recv(c, &in, 20000);
	while (err == CS_OK);
	assert_err(err, CS_ERR_CLOSED);
	cs_buf_free(&in);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

/* Both ends export the same secret, and each connection another one. */
static void
test_exporter(void **state)
{
	struct net_world w;
	struct cs_net_client *c, *other;
	uint8_t ours[32], others[32];

	(void)state;
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	other = connect_to(&w);
	assert_ok(cs_net_client_exporter(c, ours));
	assert_ok(cs_net_client_exporter(other, others));
	say(c, cs_view_str("exporter"), CS_VIEW_OF(ours));
	say(other, cs_view_str("exporter"), CS_VIEW_OF(others));
	assert_memory_not_equal(ours, others, sizeof ours);
	cs_net_client_close(c);
	cs_net_client_close(other);
	net_world_clear(&w);
}

static void
test_end(void **state)
{
	struct net_world w;
	struct cs_net_client *c;
	struct cs_buf in = { 0 };

	(void)state;
	net_fork(&w, serve, &good);
	c = connect_to(&w);
	assert_ok(cs_net_client_send(c, cs_view_str("silence")));
	assert_err(cs_net_client_recv(c, &in, 100), CS_ERR_TIMEOUT);
	say(c, cs_view_str("still well"), cs_view_str("still well"));
	/* What was queued is sent before the end. */
	say(c, cs_view_str("close"), cs_view_str("bye"));
	assert_err(cs_net_client_recv(c, &in, 20000), CS_ERR_CLOSED);
	cs_buf_free(&in);
	cs_net_client_close(c);
	net_world_clear(&w);
}

/* ---- somebody else answers ---------------------------------------------- */

static void
refused(const struct net_certificate *certificate, enum cs_err want)
{
	struct net_world w;
	struct cs_net_client_config config;
	struct cs_net_client *c;

	net_fork(&w, serve, certificate);
	config = net_client_config(&w);
	assert_err(cs_net_client_open(&c, &config), want);
	assert_null(c);
	net_world_clear(&w);
}

static void
test_other_server(void **state)
{
	static const struct net_certificate other_name = { "example.org", -60,
		60 };
	static const struct net_certificate over = { "localhost", -7200,
		-3600 };
	static const struct net_certificate to_come = { "localhost", 3600,
		7200 };
	struct cs_net_client_config config;
	struct cs_net_client *c;
	struct cs_sign_key root;
	struct net_world w;

	(void)state;
	refused(&other_name, CS_ERR_MISMATCH);
	refused(&over, CS_ERR_EXPIRED);
	refused(&to_come, CS_ERR_EXPIRED);
	net_fork(&w, serve, &good);
	config = net_client_config(&w);
	assert_ok(cs_sign_key_new(&root));
	config.root_public = root.public;
	assert_err(cs_net_client_open(&c, &config), CS_ERR_CERT);
	assert_null(c);
	config = net_client_config(&w);
	config.port = net_free_port();
	assert_err(cs_net_client_open(&c, &config), CS_ERR_CLOSED);
	net_world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_flood),
		cmocka_unit_test(test_exporter),
		cmocka_unit_test(test_end),
		cmocka_unit_test(test_other_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
