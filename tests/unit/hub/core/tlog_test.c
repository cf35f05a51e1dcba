/* SPDX-License-Identifier: MIT */
/* The hub's side of its log: turns, numbers and what is sent; and what it does
 * when the log, or the database, was put back. */
#include "hub/core/tlog.h"

#include "base/text.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "family/channel.h"
#include "hub/core/batch.h"
#include "hub/core/sign.h"
#include "hub/groups/log.h"
#include "support/hub_world.h"

#define MOST_BYTES (HUB_TALK_TLOG_MOST * (size_t)(1 + CS_TLOG_ENTRY_LONGEST))

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct cs_channel *log; /* the other end */
};

/* Somebody who is the log's process: says what the test says. */
static void
link_log(struct world *t)
{
	const struct cs_channel_limits small = { CS_KIB, 4 * CS_MIB };
	const struct cs_channel_limits large = { MOST_BYTES, CS_MIB };
	int pair[2];

	cs_channel_free(t->log);
	cs_channel_free(t->hub->tlog.process);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	assert_ok(cs_channel_new(&t->hub->tlog.process, pair[0], &small));
	assert_ok(cs_channel_new(&t->log, pair[1], &large));
	t->hub->tlog.linked = true;
	t->hub->tlog.ready = false;
}

static void
world_init(struct world *t)
{
	memset(t, 0, sizeof *t);
	hw_init(&t->w);
	t->hub = t->w.hub;
	/* What the signer's keys have put there. */
	assert_ok(cs_db_exec(t->hub->db, "DELETE FROM tlog_queue"));
	link_log(t);
}

static void
world_clear(struct world *t)
{
	cs_channel_free(t->log);
	cs_channel_free(t->hub->tlog.process);
	hw_clear(&t->w);
}

static void
told(struct world *t, uint64_t size)
{
	assert_ok(hub_tlog_told(t->hub, size));
	assert_true(hub_batch_end(t->hub));
}

static void
end_turn(struct world *t)
{
	t->hub->now_ms += HUB_TURN_MS;
	assert_ok(hub_tlog_turn(t->hub));
	assert_true(hub_batch_end(t->hub));
	assert_ok(hub_tlog_send(t->hub));
}

/* Entries that have come to the log's process: ${*first} is the number of the
 * first. */
static size_t
heard(struct world *t, uint64_t *first, struct cs_buf *entries)
{
	struct cs_channel_message m;
	size_t n = 0;

	assert_ok(cs_channel_fill(t->log));
	if (!cs_channel_next(&m, t->log))
		return 0;
	assert_int_equal(m.kind, HUB_TALK_TLOG_ENTRIES);
	*first = m.about;
	cs_buf_reset(entries);
	/* Each with its length; here all are commitments. */
	for (size_t at = 0; at < m.bytes.len; n++) {
		assert_int_equal(m.bytes.data[at], CS_TLOG_COMMIT_LEN);
		assert_true(m.bytes.len - at > CS_TLOG_COMMIT_LEN);
		assert_ok(cs_buf_add(entries,
		    cs_view(m.bytes.data + at + 1, CS_TLOG_COMMIT_LEN)));
		at += 1 + CS_TLOG_COMMIT_LEN;
	}
	return n;
}

static void
leaf_of(uint8_t out[static CS_HASH_LEN], uint64_t entry, uint32_t number)
{
	char text[64];

	snprintf(text, sizeof text, "batch %u of %llu", number,
	    (unsigned long long)entry);
	assert_ok(cs_sha256(out, cs_view_str(text)));
}

/* A batch in this turn; its number. */
static struct cs_stamp_batch
stamp(struct world *t)
{
	struct cs_stamp_batch b = { .n = 1 };
	uint8_t leaf[CS_HASH_LEN];

	assert_ok(hub_batch_begin(t->hub));
	assert_ok(hub_tlog_batch(&b, t->hub));
	leaf_of(leaf, b.entry, b.number);
	assert_ok(hub_tlog_batch_store(t->hub, &b, leaf));
	return b;
}

/* The path of each of ${n} batches leads to ${entry}, the bytes of number
 * ${at}. */
static void
check_paths(struct world *t, uint64_t at, uint32_t n, const uint8_t *entry)
{
	for (uint32_t i = 0; i < n; i++) {
		uint8_t leaf[CS_HASH_LEN], got[CS_TLOG_COMMIT_LEN];
		struct cs_tlog_turn turn;

		leaf_of(leaf, at, i);
		assert_ok(hub_tlog_path(&turn, t->hub, at, i));
		assert_int_equal(turn.batches, n);
		assert_ok(cs_tlog_turn_entry(got, &turn, i, leaf));
		assert_memory_equal(got, entry, sizeof got);
	}
}

static void
test_turns(void **state)
{
	/* Tiles of a turn's tree are 256 wide. */
	static const uint32_t sizes[] = { 0, 1, 300, 0, 256, 2, 513 };
	struct world t;
	struct cs_buf entries = { 0 };
	struct cs_tlog_turn turn;
	uint64_t first = 0;

	(void)state;
	world_init(&t);
	told(&t, 0);
	for (uint64_t n = 0; n < sizeof sizes / sizeof *sizes; n++) {
		for (uint32_t i = 0; i < sizes[n]; i++) {
			struct cs_stamp_batch b = stamp(&t);

			assert_int_equal(b.entry, n);
			assert_int_equal(b.number, i);
			if (i % 100 == 0)
				assert_true(hub_batch_end(t.hub));
		}
		assert_err(hub_tlog_path(&turn, t.hub, n, 0), CS_ERR_NOT_FOUND);
		end_turn(&t);
		assert_int_equal(heard(&t, &first, &entries), 1);
		assert_int_equal(first, n);
		assert_int_equal(entries.data[1], CS_TLOG_STAMPS);
		told(&t, n + 1);
		check_paths(&t, n, sizes[n], entries.data);
		assert_err(
		    hub_tlog_path(&turn, t.hub, n, sizes[n]), CS_ERR_NOT_FOUND);
	}
	cs_buf_free(&entries);
	world_clear(&t);
}

/* A turn lasts so long, and empty ones look like others. */
static void
test_time(void **state)
{
	struct world t;
	struct cs_buf entries = { 0 };
	uint64_t first;

	(void)state;
	world_init(&t);
	/* Not before the log's process has said anything. */
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 0);
	assert_false(hub_tlog_fits(t.hub));
	told(&t, 0);
	assert_true(hub_tlog_fits(t.hub));
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	t.hub->now_ms += HUB_TURN_MS - 1;
	assert_ok(hub_tlog_turn(t.hub));
	assert_ok(hub_tlog_send(t.hub));
	assert_int_equal(heard(&t, &first, &entries), 0);
	t.hub->now_ms += 1;
	assert_ok(hub_tlog_turn(t.hub));
	assert_true(hub_batch_end(t.hub));
	assert_ok(hub_tlog_send(t.hub));
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(first, 1);
	/* A clock that was set back does not stop them. */
	t.hub->now_ms -= CS_DAY_MS;
	assert_ok(hub_tlog_turn(t.hub));
	assert_true(hub_batch_end(t.hub));
	assert_ok(hub_tlog_send(t.hub));
	assert_int_equal(heard(&t, &first, &entries), 1);
	cs_buf_free(&entries);
	world_clear(&t);
}

/* What waits gets its numbers when the turn ends, behind the stamps. */
static void
test_queue(void **state)
{
	static const uint8_t salt[CS_TLOG_SALT_LEN] = { 9 };
	uint8_t want[CS_TLOG_COMMIT_LEN];
	struct world t;
	struct cs_buf entries = { 0 };
	uint64_t first = 0;

	(void)state;
	world_init(&t);
	told(&t, 0);
	assert_ok(hub_batch_begin(t.hub));
	assert_ok(hub_tlog_add(
	    t.hub, CS_TLOG_ACTION, salt, cs_view_str("an action")));
	assert_ok(hub_tlog_add(
	    t.hub, CS_TLOG_CERTIFICATE, NULL, cs_view_str("a key")));
	assert_int_equal(stamp(&t).entry, 0);
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 3);
	assert_int_equal(first, 0);
	check_paths(&t, 0, 1, entries.data);
	assert_ok(cs_tlog_commit(
	    want, CS_TLOG_ACTION, salt, cs_view_str("an action")));
	assert_memory_equal(
	    entries.data + CS_TLOG_COMMIT_LEN, want, sizeof want);
	assert_ok(cs_tlog_commit(
	    want, CS_TLOG_CERTIFICATE, NULL, cs_view_str("a key")));
	assert_memory_equal(
	    entries.data + 2 * (size_t)CS_TLOG_COMMIT_LEN, want, sizeof want);
	/* Once. */
	told(&t, 3);
	assert_int_equal(stamp(&t).entry, 3);
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(first, 3);
	cs_buf_free(&entries);
	world_clear(&t);
}

/* A round that is undone takes its numbers back. */
static void
test_undone(void **state)
{
	struct world t;
	struct cs_stamp_batch b;
	struct cs_buf entries = { 0 };
	uint64_t first = 0;

	(void)state;
	world_init(&t);
	told(&t, 0);
	(void)stamp(&t);
	assert_true(hub_batch_end(t.hub));
	b = stamp(&t);
	assert_int_equal(b.number, 1);
	b = stamp(&t);
	assert_int_equal(b.number, 2);
	cs_db_rollback(t.hub->db);
	hub_tlog_undone(t.hub);
	b = stamp(&t);
	assert_int_equal(b.entry, 0);
	assert_int_equal(b.number, 1);
	assert_true(hub_batch_end(t.hub));
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	check_paths(&t, 0, 2, entries.data);
	cs_buf_free(&entries);
	world_clear(&t);
}

/* What the log's process has not got is sent again; what it has is not. */
static void
test_sent_again(void **state)
{
	struct world t;
	struct cs_buf entries = { 0 }, before = { 0 };
	uint64_t first = 0;

	(void)state;
	world_init(&t);
	told(&t, 0);
	end_turn(&t);
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &before), 1);
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(first, 1);
	assert_ok(cs_buf_add(&before, cs_buf_view(&entries)));
	/* It was killed before it had any of them, and then after one. */
	for (uint64_t has = 0; has < 3; has++) {
		link_log(&t);
		assert_ok(hub_tlog_send(t.hub));
		assert_int_equal(heard(&t, &first, &entries), 0);
		told(&t, has);
		assert_ok(hub_tlog_send(t.hub));
		assert_int_equal(heard(&t, &first, &entries), 2 - has);
		if (has == 2)
			break;
		assert_int_equal(first, has);
		assert_memory_equal(entries.data,
		    before.data + has * CS_TLOG_COMMIT_LEN, entries.len);
	}
	cs_buf_free(&entries);
	cs_buf_free(&before);
	world_clear(&t);
}

static bool
stamps(struct world *t)
{
	return hub_stamp_possible(t->hub, t->hub->now_ms);
}

/* A log of ${size} entries: nothing is stamped, nor goes into it. */
static void
check_refused(struct world *t, uint64_t size, enum hub_tlog_state state)
{
	struct cs_buf entries = { 0 };
	uint64_t first;

	link_log(t);
	told(t, size);
	assert_int_equal(hub_tlog_state(t->hub), state);
	assert_false(stamps(t));
	end_turn(t);
	assert_int_equal(heard(t, &first, &entries), 0);
	cs_buf_free(&entries);
}

static void
test_put_back(void **state)
{
	struct world t;
	struct cs_buf entries = { 0 };
	uint64_t first;

	(void)state;
	world_init(&t);
	assert_false(stamps(&t));
	told(&t, 0);
	assert_true(stamps(&t));
	for (int i = 0; i < 3; i++) {
		end_turn(&t);
		assert_int_equal(heard(&t, &first, &entries), 1);
		told(&t, (uint64_t)i + 1);
	}
	/* It had three. */
	check_refused(&t, 2, HUB_TLOG_SHORT);
	/* The database knows of three. */
	check_refused(&t, 4, HUB_TLOG_LONG);
	/* The right one is there again. */
	link_log(&t);
	told(&t, 3);
	assert_int_equal(hub_tlog_state(t.hub), HUB_TLOG_FITS);
	assert_true(stamps(&t));
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(first, 3);
	cs_buf_free(&entries);
	world_clear(&t);
}

/* Somebody proves that there were more. */
static void
test_more(void **state)
{
	struct world t;
	struct cs_buf entries = { 0 };
	uint64_t first;

	(void)state;
	world_init(&t);
	told(&t, 0);
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	told(&t, 1);
	/* No more than is known. */
	assert_ok(hub_tlog_more(t.hub, 1));
	assert_true(hub_batch_end(t.hub));
	assert_true(stamps(&t));
	assert_ok(hub_tlog_more(t.hub, 5));
	assert_true(hub_batch_end(t.hub));
	assert_int_equal(hub_tlog_state(t.hub), HUB_TLOG_SHORT);
	assert_false(stamps(&t));
	/* That is remembered. */
	t.hub->tlog.state = HUB_TLOG_FITS;
	t.hub->tlog.loaded = false;
	link_log(&t);
	told(&t, 1);
	assert_int_equal(hub_tlog_state(t.hub), HUB_TLOG_SHORT);
	cs_buf_free(&entries);
	world_clear(&t);
}

/* After a restart all is where it was. */
static void
test_started_anew(void **state)
{
	struct world t;
	struct cs_buf entries = { 0 };
	uint64_t first = 0;

	(void)state;
	world_init(&t);
	told(&t, 0);
	end_turn(&t);
	(void)stamp(&t);
	(void)stamp(&t);
	assert_true(hub_batch_end(t.hub));
	cs_channel_free(t.hub->tlog.process);
	memset(&t.hub->tlog, 0, sizeof t.hub->tlog);
	link_log(&t);
	told(&t, 0);
	assert_ok(hub_tlog_send(t.hub));
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(stamp(&t).number, 2);
	assert_true(hub_batch_end(t.hub));
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(first, 1);
	check_paths(&t, 1, 3, entries.data);
	cs_buf_free(&entries);
	world_clear(&t);
}

static void
test_request(void **state)
{
	struct world t;
	struct hw_person alma;
	struct hw_device phone;
	struct cs_wire_tlog_turn_get m = { .entry = 0, .number = 0 };
	struct cs_wire_tlog_turn answer;
	struct cs_tlog_turn turn;
	struct cs_buf entries = { 0 };
	uint8_t leaf[CS_HASH_LEN], got[CS_TLOG_COMMIT_LEN];
	uint64_t first;

	(void)state;
	world_init(&t);
	hw_person(&t.w, &alma, &phone, "alma");
	told(&t, 0);
	(void)stamp(&t);
	assert_true(hub_batch_end(t.hub));
#define ASK()                                                                  \
	hw_ask(&t.w, &phone.conn, hub_tlog_turn_get,                           \
	    &cs_wire_tlog_turn_get_shape, &m, &cs_wire_tlog_turn_shape,        \
	    &answer)
	assert_int_equal(ASK(), CS_WIRE_E_WAITING);
	end_turn(&t);
	assert_int_equal(heard(&t, &first, &entries), 1);
	assert_int_equal(ASK(), 0);
	assert_ok(cs_tlog_turn_parse(&turn, answer.turn));
	leaf_of(leaf, 0, 0);
	assert_ok(cs_tlog_turn_entry(got, &turn, 0, leaf));
	assert_memory_equal(got, entries.data, sizeof got);
	m.number = 1;
	assert_int_equal(ASK(), CS_WIRE_E_UNAVAILABLE);
	m.number = UINT32_MAX;
	assert_int_equal(ASK(), CS_WIRE_E_UNAVAILABLE);
	m.entry = 1;
	assert_int_equal(ASK(), CS_WIRE_E_WAITING);
	m.entry = UINT64_MAX;
	assert_int_equal(ASK(), CS_WIRE_E_WAITING);
#undef ASK
	cs_buf_free(&entries);
	hw_device_clear(&phone);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_turns),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_undone),
		cmocka_unit_test(test_sent_again),
		cmocka_unit_test(test_put_back),
		cmocka_unit_test(test_more),
		cmocka_unit_test(test_started_anew),
		cmocka_unit_test(test_request),
	};

	assert_int_equal(cs_crypto_init(), 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
