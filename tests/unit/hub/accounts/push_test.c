/* SPDX-License-Identifier: MIT */
/* Where browsers get their pushes, and when one is sent: the other end of the
 * channel is here. */
#include "hub/accounts/push.h"

#include <stdio.h>
#include <sys/socket.h>

#include "crypto/init.h"
#include "crypto/web_push.h"
#include "hub/accounts/device.h"
#include "hub/core/push.h"
#include "hub/talk/talk.h"
#include "support/hub_world.h"

#define HERE "https://push.example.net/x"

struct world {
	struct hub_world w;
	struct hub_conf conf;
	struct hw_person alma;
	struct hw_device phone;
	struct cs_channel *service;
	struct cs_web_push_key key;
};

static void
world_init(struct world *t)
{
	const struct cs_channel_limits limits = { 4096, CS_MIB };
	struct cs_channel *ours;
	int pair[2];

	memset(t, 0, sizeof *t);
	assert_ok(cs_crypto_init());
	hw_init(&t->w);
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	snprintf(t->conf.push_hosts[0].host, HUB_ORIGIN_SIZE, "%s",
	    "push.example.net");
	t->conf.push_hosts[0].port = 443;
	t->conf.n_push_hosts = 1;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
	assert_ok(cs_channel_new(&ours, pair[0], &limits));
	assert_ok(cs_channel_new(&t->service, pair[1], &limits));
	hub_pushes_link(t->w.hub, ours);
	assert_ok(hub_pushes_new(t->w.hub, &t->conf));
	assert_ok(cs_web_push_key_new(&t->key));
}

static void
world_clear(struct world *t)
{
	hub_pushes_free(t->w.hub);
	cs_channel_free(t->service);
	hw_device_clear(&t->phone);
	hw_clear(&t->w);
}

static void
service_says(
    struct world *t, uint8_t kind, uint64_t about, struct cs_view bytes)
{
	assert_ok(cs_channel_put(t->service, kind, about, bytes));
	assert_ok(cs_channel_flush(t->service));
	hub_pushes_serve(t->w.hub);
}

static uint16_t
set(struct world *t, struct hub_conn *c, const char *endpoint, size_t *key_len)
{
	struct cs_wire_push_set m = { .endpoint = cs_view_str(endpoint) };
	struct cs_wire_push_set_answer answer = { { NULL, 0 } };
	uint16_t code;

	memcpy(m.key, t->key.public, sizeof m.key);
	code = hw_ask(&t->w, c, hub_push_set, &cs_wire_push_set_shape, &m,
	    &cs_wire_push_set_answer_shape, &answer);
	if (key_len != NULL)
		*key_len = answer.key.len;
	return code;
}

static uint64_t
rows(struct world *t)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->w.hub->db, "SELECT COUNT(*) FROM push"));
	return n;
}

/* How many pushes have come out; the number of the last. */
static unsigned
heard(struct world *t, uint64_t *number)
{
	struct cs_channel_message m;
	unsigned n = 0;

	hub_pushes_flush(t->w.hub);
	if (cs_channel_fill(t->service) != CS_OK)
		return 0;
	while (cs_channel_next(&m, t->service)) {
		struct hub_talk_push what;

		assert_int_equal(m.kind, HUB_TALK_PUSH);
		assert_true(hub_talk_copy(&what, sizeof what, m.bytes));
		assert_view_equal(
		    cs_view(what.endpoint, what.length), cs_view_str(HERE));
		assert_memory_equal(
		    what.public, t->key.public, sizeof what.public);
		if (number != NULL)
			*number = m.about;
		n++;
	}
	return n;
}

static void
test_set(void **state)
{
	struct world t;
	struct cs_wire_empty empty = { 0 };
	size_t n = 1;

	(void)state;
	world_init(&t);
	/* Before the process has said its key nothing is taken. */
	assert_int_equal(set(&t, &t.phone.conn, "", &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), CS_WIRE_E_PUSH);
	service_says(&t, HUB_TALK_PUSH_KEY, 0, CS_VIEW_OF(t.key.public));
	assert_int_equal(set(&t, &t.phone.conn, "", &n), 0);
	assert_int_equal(n, CS_WEB_PUSH_PUBLIC_LEN);
	assert_int_equal(rows(&t), 0);
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), 0);
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), 0);
	assert_int_equal(rows(&t), 1);
	assert_int_equal(
	    set(&t, &t.phone.conn, "https://evil.org/x", NULL), CS_WIRE_E_PUSH);
	assert_int_equal(
	    set(&t, &t.phone.conn, "https://push.example.net:444/x", NULL),
	    CS_WIRE_E_PUSH);
	t.key.public[64] ^= 1;
	assert_int_equal(
	    set(&t, &t.phone.conn, HERE, NULL), CS_WIRE_E_MALFORMED);
	assert_int_equal(
	    hw_ask(&t.w, &t.phone.conn, hub_push_clear, &cs_wire_empty_shape,
		&empty, &cs_wire_empty_shape, &empty),
	    0);
	assert_int_equal(rows(&t), 0);
	world_clear(&t);
}

/* At most so many of an account: the oldest make room. */
static void
test_few(void **state)
{
	struct world t;
	struct hub_conn other;

	(void)state;
	world_init(&t);
	service_says(&t, HUB_TALK_PUSH_KEY, 0, CS_VIEW_OF(t.key.public));
	other = t.phone.conn;
	for (uint8_t i = 1; i <= HUB_PUSH_DEVICES_MAX + 3; i++) {
		memset(other.device, i, sizeof other.device);
		t.w.hub->now_ms++;
		assert_int_equal(set(&t, &other, HERE, NULL), 0);
		assert_int_equal(rows(&t),
		    i < HUB_PUSH_DEVICES_MAX ? i : HUB_PUSH_DEVICES_MAX);
	}
	world_clear(&t);
}

static void
test_sent(void **state)
{
	struct world t;
	const uint8_t *device;
	static const uint8_t stranger[CS_ID_LEN] = { 9 };
	int32_t status = 201;
	uint64_t number;

	(void)state;
	world_init(&t);
	device = t.phone.id;
	hub_push_waits(t.w.hub, device);
	service_says(&t, HUB_TALK_PUSH_KEY, 0, CS_VIEW_OF(t.key.public));
	hub_push_waits(t.w.hub, device);
	assert_int_equal(heard(&t, NULL), 0);
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), 0);
	hub_push_waits(t.w.hub, stranger);
	assert_int_equal(heard(&t, NULL), 0);
	hub_push_waits(t.w.hub, device);
	hub_push_waits(t.w.hub, device);
	assert_int_equal(heard(&t, &number), 1);
	t.w.hub->now_ms += HUB_PUSH_EVERY_MS - 1;
	hub_push_waits(t.w.hub, device);
	assert_int_equal(heard(&t, NULL), 0);
	t.w.hub->now_ms++;
	hub_push_waits(t.w.hub, device);
	assert_int_equal(heard(&t, &number), 1);
	/* What the service says of it. */
	service_says(&t, HUB_TALK_PUSHED, number, HUB_TALK_OF(status));
	status = 410;
	service_says(&t, HUB_TALK_PUSHED, number + 1, HUB_TALK_OF(status));
	service_says(&t, HUB_TALK_PUSHED, UINT64_MAX, HUB_TALK_OF(status));
	assert_int_equal(rows(&t), 1);
	/* It has said anew meanwhile where it is. */
	t.w.hub->now_ms++;
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), 0);
	service_says(&t, HUB_TALK_PUSHED, number, HUB_TALK_OF(status));
	assert_int_equal(rows(&t), 1);
	t.w.hub->now_ms += HUB_PUSH_EVERY_MS;
	hub_push_waits(t.w.hub, device);
	assert_int_equal(heard(&t, &number), 1);
	service_says(&t, HUB_TALK_PUSHED, number, HUB_TALK_OF(status));
	assert_int_equal(rows(&t), 0);
	world_clear(&t);
}

/* A process that breaks the rules is left, and nothing else happens. */
static void
test_rules(void **state)
{
	struct world t;
	size_t n = 1;

	(void)state;
	for (uint8_t kind = 0; kind < 5; kind++) {
		world_init(&t);
		service_says(
		    &t, HUB_TALK_PUSH_KEY, 0, CS_VIEW_OF(t.key.public));
		service_says(&t, kind, 0, cs_view("x", 1));
		assert_int_equal(hub_pushes_fd(t.w.hub), -1);
		assert_null(hub_pushes_key(t.w.hub));
		assert_int_equal(set(&t, &t.phone.conn, "", &n), 0);
		assert_int_equal(n, 0);
		hub_push_waits(t.w.hub, t.phone.id);
		world_clear(&t);
	}
}

static void
test_forgotten(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	service_says(&t, HUB_TALK_PUSH_KEY, 0, CS_VIEW_OF(t.key.public));
	assert_int_equal(set(&t, &t.phone.conn, HERE, NULL), 0);
	assert_ok(hub_device_forget(t.w.hub, t.phone.id));
	assert_int_equal(rows(&t), 0);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_set),
		cmocka_unit_test(test_few),
		cmocka_unit_test(test_sent),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
