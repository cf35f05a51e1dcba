/* SPDX-License-Identifier: MIT */
/* Messages between two processes, both of which are this one. */
#include "family/channel.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/alloc.h"
#include "support/test.h"

#define LONGEST 1000
#define HEAD_LEN 13

struct ends {
	struct cs_channel *a, *b;
};

static void
raw_pair(int pair[static 2])
{
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
}

static struct cs_channel *
channel(int fd, size_t message, size_t waiting)
{
	const struct cs_channel_limits limits = { message, waiting };
	struct cs_channel *c;

	assert_ok(cs_channel_new(&c, fd, &limits));
	return c;
}

static struct ends
ends_new(size_t message, size_t waiting)
{
	int pair[2];

	raw_pair(pair);
	return (struct ends){ channel(pair[0], message, waiting),
		channel(pair[1], message, waiting) };
}

static void
ends_clear(struct ends *e)
{
	cs_channel_free(e->a);
	cs_channel_free(e->b);
}

/* A message as it is on the socket; how long it is. */
static size_t
packed(uint8_t *out, uint8_t kind, uint64_t about, uint32_t length)
{
	memcpy(out, &length, sizeof length);
	out[4] = kind;
	memcpy(out + 5, &about, sizeof about);
	for (uint32_t i = 0; i < length; i++)
		out[HEAD_LEN + i] = (uint8_t)(about + i);
	return HEAD_LEN + (size_t)length;
}

static void
assert_packed(const struct cs_channel_message *m, uint8_t kind, uint64_t about,
    size_t length)
{
	assert_int_equal(m->kind, kind);
	assert_int_equal(m->about, about);
	assert_int_equal(m->bytes.len, length);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(m->bytes.data[i], (uint8_t)(about + i));
}

static void
test_order(void **state)
{
	static uint8_t message[HEAD_LEN + LONGEST];
	struct ends e = ends_new(LONGEST, 1 << 20);
	struct cs_channel_message m;
	size_t length, queued = 0;

	(void)state;
	for (uint64_t i = 0; i < 500; i++) {
		length = (size_t)(i * 7 % (LONGEST + 1));
		packed(message, (uint8_t)i, i, (uint32_t)length);
		assert_ok(cs_channel_put(
		    e.a, (uint8_t)i, i, cs_view(message + HEAD_LEN, length)));
		queued += HEAD_LEN + length;
	}
	assert_int_equal(cs_channel_waiting(e.a), queued);
	for (uint64_t i = 0; i < 500; i++) {
		while (!cs_channel_next(&m, e.b)) {
			assert_ok(cs_channel_flush(e.a));
			assert_ok(cs_channel_fill(e.b));
		}
		assert_packed(
		    &m, (uint8_t)i, i, (size_t)(i * 7 % (LONGEST + 1)));
	}
	assert_false(cs_channel_next(&m, e.b));
	assert_int_equal(cs_channel_waiting(e.a), 0);
	ends_clear(&e);
}

/* However the bytes are cut up, the messages are the same. */
static void
test_pieces(void **state)
{
	static uint8_t stream[4 * (HEAD_LEN + LONGEST)];
	static const uint32_t lengths[] = { 0, 1, LONGEST, 30 };
	struct cs_channel_message m;
	size_t whole = 0;

	(void)state;
	for (size_t i = 0; i < 4; i++)
		whole += packed(
		    stream + whole, (uint8_t)(i + 1), ~(uint64_t)i, lengths[i]);
	for (size_t piece = 1; piece <= whole; piece += 1 + piece / 8) {
		struct cs_channel *c;
		size_t n = 0;
		int pair[2];

		raw_pair(pair);
		c = channel(pair[1], LONGEST, 100);
		for (size_t at = 0; at < whole; at += piece) {
			size_t now = whole - at < piece ? whole - at : piece;

			assert_int_equal(write(pair[0], stream + at, now), now);
			assert_ok(cs_channel_fill(c));
			while (cs_channel_next(&m, c)) {
				assert_packed(&m, (uint8_t)(n + 1),
				    ~(uint64_t)n, lengths[n]);
				n++;
			}
		}
		assert_int_equal(n, 4);
		/* Nothing has come: that is no end. */
		assert_ok(cs_channel_fill(c));
		assert_false(cs_channel_next(&m, c));
		cs_channel_free(c);
		close(pair[0]);
	}
}

static void
test_parts(void **state)
{
	struct ends e = ends_new(LONGEST, LONGEST);
	const struct cs_view parts[] = { cs_view_str("one"), cs_view(NULL, 0),
		cs_view_str("two") };
	struct cs_channel_message m;

	(void)state;
	assert_ok(cs_channel_put_parts(e.a, 1, 2, parts, 3));
	assert_ok(cs_channel_put_parts(e.a, 3, 4, NULL, 0));
	assert_ok(cs_channel_flush(e.a));
	assert_ok(cs_channel_fill(e.b));
	assert_true(cs_channel_next(&m, e.b));
	assert_int_equal(m.kind, 1);
	assert_int_equal(m.about, 2);
	assert_view_equal(m.bytes, cs_view_str("onetwo"));
	assert_true(cs_channel_next(&m, e.b));
	assert_int_equal(m.kind, 3);
	assert_int_equal(m.bytes.len, 0);
	ends_clear(&e);
}

/* What announces too much is not waited for, and nothing comes after it. */
static void
test_too_long(void **state)
{
	static uint8_t stream[2 * (HEAD_LEN + LONGEST)];
	struct cs_channel_message m;
	struct cs_channel *c;
	int pair[2];
	size_t n;

	(void)state;
	raw_pair(pair);
	c = channel(pair[1], LONGEST, 100);
	packed(stream, 1, 1, LONGEST + 1);
	assert_int_equal(write(pair[0], stream, HEAD_LEN), HEAD_LEN);
	assert_err(cs_channel_fill(c), CS_ERR_LIMIT);
	assert_false(cs_channel_next(&m, c));
	assert_err(cs_channel_fill(c), CS_ERR_CLOSED);
	cs_channel_free(c);
	close(pair[0]);

	/* The second of a piece: the first is a message all the same. */
	raw_pair(pair);
	c = channel(pair[1], LONGEST, 100);
	n = packed(stream, 1, 1, LONGEST);
	packed(stream + n, 2, 2, 0);
	memset(stream + n, 0xff, 4);
	assert_int_equal(write(pair[0], stream, n + HEAD_LEN), n + HEAD_LEN);
	assert_ok(cs_channel_fill(c));
	assert_true(cs_channel_next(&m, c));
	assert_packed(&m, 1, 1, LONGEST);
	assert_false(cs_channel_next(&m, c));
	assert_err(cs_channel_fill(c), CS_ERR_CLOSED);
	assert_err(cs_channel_put(c, 1, 1, cs_view(NULL, 0)), CS_ERR_CLOSED);
	assert_err(cs_channel_flush(c), CS_ERR_CLOSED);
	cs_channel_free(c);
	close(pair[0]);
}

/* Whoever does not read is not waited for without end. */
static void
test_waiting(void **state)
{
	static uint8_t bytes[LONGEST];
	const size_t room = (size_t)100 * (HEAD_LEN + LONGEST);
	struct ends e = ends_new(LONGEST, room);

	(void)state;
	for (size_t i = 0; i < 100; i++)
		assert_ok(cs_channel_put(e.a, 1, i, CS_VIEW_OF(bytes)));
	assert_int_equal(cs_channel_waiting(e.a), room);
	assert_err(cs_channel_put(e.a, 1, 0, cs_view(NULL, 0)), CS_ERR_LIMIT);
	assert_err(cs_channel_put(e.a, 1, 0, cs_view(NULL, 0)), CS_ERR_CLOSED);
	assert_int_equal(cs_channel_waiting(e.a), 0);
	assert_err(cs_channel_flush(e.a), CS_ERR_CLOSED);
	ends_clear(&e);
}

/* What was sent is not lost by the sender's end. */
static void
test_gone(void **state)
{
	struct ends e = ends_new(LONGEST, LONGEST);
	struct cs_channel_message m;

	(void)state;
	assert_ok(cs_channel_put(e.a, 1, 1, cs_view_str("first")));
	assert_ok(cs_channel_put(e.a, 1, 2, cs_view_str("last")));
	assert_ok(cs_channel_flush(e.a));
	cs_channel_free(e.a);
	e.a = NULL;
	assert_ok(cs_channel_fill(e.b));
	assert_err(cs_channel_fill(e.b), CS_ERR_CLOSED);
	assert_true(cs_channel_next(&m, e.b));
	assert_view_equal(m.bytes, cs_view_str("first"));
	assert_true(cs_channel_next(&m, e.b));
	assert_view_equal(m.bytes, cs_view_str("last"));
	assert_false(cs_channel_next(&m, e.b));
	ends_clear(&e);

	/* Nobody is there to be told anything. */
	e = ends_new(LONGEST, LONGEST);
	cs_channel_free(e.b);
	e.b = NULL;
	assert_ok(cs_channel_put(e.a, 1, 1, cs_view_str("first")));
	assert_err(cs_channel_flush(e.a), CS_ERR_CLOSED);
	assert_err(cs_channel_put(e.a, 1, 1, cs_view_str("x")), CS_ERR_CLOSED);
	ends_clear(&e);
}

static void
test_await(void **state)
{
	struct ends e = ends_new(LONGEST, LONGEST);
	struct cs_channel_message m;

	(void)state;
	assert_ok(cs_channel_put(e.a, 1, 1, cs_view_str("question")));
	assert_err(cs_channel_await(&m, e.a, 1), CS_ERR_TIMEOUT);
	/* It has been sent, though. */
	assert_ok(cs_channel_await(&m, e.b, 0x7fff));
	assert_view_equal(m.bytes, cs_view_str("question"));
	assert_ok(cs_channel_put(e.b, 2, 1, cs_view_str("answer")));
	assert_ok(cs_channel_put(e.b, 3, 0, cs_view_str("more")));
	assert_ok(cs_channel_flush(e.b));
	assert_ok(cs_channel_await(&m, e.a, 0x7fff));
	assert_view_equal(m.bytes, cs_view_str("answer"));
	/* The second has come with the first: nothing has to be read. */
	assert_ok(cs_channel_await(&m, e.a, 0));
	assert_view_equal(m.bytes, cs_view_str("more"));
	cs_channel_free(e.b);
	e.b = NULL;
	assert_err(cs_channel_await(&m, e.a, 0x7fff), CS_ERR_CLOSED);
	ends_clear(&e);
}

static enum cs_err
send_one(void *arg)
{
	struct ends e = { NULL, NULL };
	struct cs_channel_message m;
	const struct cs_channel_limits limits = { LONGEST, LONGEST };
	int pair[2];
	enum cs_err err;

	(void)arg;
	raw_pair(pair);
	if ((err = cs_channel_new(&e.a, pair[0], &limits))) {
		close(pair[1]);
		return err;
	}
	if ((err = cs_channel_new(&e.b, pair[1], &limits)) ||
	    (err = cs_channel_put(e.a, 1, 2, cs_view_str("words"))) ||
	    (err = cs_channel_flush(e.a)) || (err = cs_channel_fill(e.b)))
		goto out;
	assert_true(cs_channel_next(&m, e.b));
out:
	ends_clear(&e);
	return err;
}

/* The socket is the channel's, also where there is no channel. */
static void
test_allocations(void **state)
{
	int before = dup(0), after;

	(void)state;
	close(before);
	cs_test_allocations(send_one, NULL);
	after = dup(0);
	assert_int_equal(before, after);
	close(after);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_gone),
		cmocka_unit_test(test_await),
		cmocka_unit_test(test_allocations),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
