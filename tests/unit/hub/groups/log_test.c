/* SPDX-License-Identifier: MIT */
/* Messages wait for their stamps until the round ends, and are then in the log
 * as if each had been stamped when it came. */
#include "hub/core/batch.h"
#include "hub/groups/log.h"

#include "crypto/hash.h"
#include "crypto/init.h"
#include "hub/core/sign.h"
#include "support/hub_world.h"

#define EPOCH 3

struct world {
	struct hub_world w;
	struct cs_hub *hub;
	struct hw_person alma;
	struct hw_device phone;
	struct hub_signing signing; /* in front of the signer */
	unsigned n_awaited, fails_at;
	enum cs_err fails_with; /* CS_OK: it refuses */
};

/* ---- a signer that fails ------------------------------------------------- */

static enum cs_err
order(void *arg, uint8_t kind, struct cs_view what)
{
	struct world *t = arg;

	return t->w.signer.signing.order(&t->w.signer, kind, what);
}

static enum cs_err
await(void *arg, struct cs_buf *answer)
{
	struct world *t = arg;
	enum cs_err err = t->w.signer.signing.await(&t->w.signer, answer);

	if (err == CS_OK && ++t->n_awaited == t->fails_at) {
		cs_buf_reset(answer);
		err = t->fails_with;
	}
	return err;
}

/* ---- groups and messages ------------------------------------------------- */

static void
make_group(struct world *t, const char *id)
{
	static const uint8_t chain[CS_HASH_LEN];

	assert_ok(cs_db_exec(t->hub->db,
	    "INSERT INTO grp(id,seq,chain,epoch,last_ms,created)"
	    " VALUES(?,0,?,?,0,0)",
	    cs_blob(cs_view_str(id)), cs_blob(CS_VIEW_OF(chain)),
	    cs_int(EPOCH)));
}

static void
world_init(struct world *t)
{
	memset(t, 0, sizeof *t);
	hw_init(&t->w);
	t->hub = t->w.hub;
	hw_person(&t->w, &t->alma, &t->phone, "alma");
	make_group(t, "family");
	make_group(t, "work");
	t->signing = (struct hub_signing){ order, await, t };
	t->hub->signing = &t->signing;
}

static void
world_clear(struct world *t)
{
	hw_device_clear(&t->phone);
	hw_clear(&t->w);
}

/* What a device hands in with ${text} for a message. */
static struct hub_entry
entry(struct world *t, const char *text, uint8_t content)
{
	struct hub_entry e = {
		.message = cs_view_str(text),
		.by = &t->phone.conn,
		.epoch = EPOCH,
		.content = content,
	};

	memcpy(e.account, t->alma.account, CS_ID_LEN);
	memcpy(e.device, t->phone.id, CS_ID_LEN);
	if (content == CS_MLS_CONTENT_APPLICATION)
		memset(e.tag, 0x7a, sizeof e.tag);
	assert_ok(cs_sha256(e.msg_hash, e.message));
	return e;
}

/* The group with what waits. */
static struct hub_group
load(struct world *t, const char *id)
{
	struct hub_group group;

	assert_ok(hub_group_load(&group, t->hub, cs_view_str(id)));
	hub_log_overlay(&group, t->hub);
	return group;
}

/* Append ${text}; its answer, if ${answered}, is a byte and the stamp. */
static struct hub_appended
append(struct world *t, const char *id, const char *text, uint8_t content)
{
	struct hub_group group = load(t, id);
	struct hub_entry e = entry(t, text, content);
	struct hub_appended out = { 0 };

	assert_ok(hub_batch_begin(t->hub));
	assert_ok(hub_log_append(&out, t->hub, &group, &e));
	assert_int_equal(group.seq, out.seq);
	assert_int_equal(out.waits, content == CS_MLS_CONTENT_APPLICATION);
	return out;
}

static uint64_t
say(struct world *t, const char *id, const char *text)
{
	struct hub_appended out =
	    append(t, id, text, CS_MLS_CONTENT_APPLICATION);

	cs_buf_free(&out.stamp);
	return out.seq;
}

static uint64_t
rows(struct world *t, const char *id)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->hub->db,
	    "SELECT COUNT(*) FROM log WHERE grp=?", cs_blob(cs_view_str(id))));
	return n;
}

/* The row of the group is at ${seq}, whatever waits. */
static void
assert_row(struct world *t, const char *id, uint64_t seq)
{
	uint64_t n;

	assert_ok(cs_db_get_int(&n, t->hub->db,
	    "SELECT seq FROM grp WHERE id=?", cs_blob(cs_view_str(id))));
	assert_int_equal(n, seq);
}

/* ---- what a member checks ------------------------------------------------ */

/* One entry as it is stored: its stamp verifies, and follows ${chain}. */
static void
check_entry(struct world *t, const char *id, uint64_t seq, const char *text,
    uint8_t content, uint8_t chain[static CS_HASH_LEN])
{
	struct hub_entry e = entry(t, text, content);
	struct cs_stamp_key_cert cert;
	struct cs_buf stamp = { 0 };
	struct cs_stamp s;
	struct cs_rows found;

	assert_ok(cs_db_query(&found, t->hub->db,
	    "SELECT stamp,message,msg_hash,content FROM log"
	    " WHERE grp=? AND seq=?",
	    cs_blob(cs_view_str(id)), cs_int(seq)));
	assert_true(cs_rows_next(&found));
	assert_ok(cs_buf_set(&stamp, cs_col_blob(&found, 0)));
	assert_view_equal(cs_col_blob(&found, 1), e.message);
	assert_view_equal(cs_col_blob(&found, 2), CS_VIEW_OF(e.msg_hash));
	assert_int_equal(cs_col_int(&found, 3), content);
	assert_false(cs_rows_next(&found));
	assert_ok(cs_rows_end(&found, CS_OK));
	assert_ok(cs_stamp_parse(&s, cs_buf_view(&stamp)));
	cs_buf_free(&stamp);
	assert_int_equal(s.group_seq, seq);
	assert_int_equal(s.accepted_ms, t->hub->now_ms);
	assert_memory_equal(s.chain_prev, chain, CS_HASH_LEN);
	assert_int_equal(s.flags,
	    content == CS_MLS_CONTENT_APPLICATION ? 0 : CS_STAMP_HANDSHAKE);
	memcpy(s.operator_id, t->hub->operator_id, sizeof s.operator_id);
	assert_ok(cs_group_ref(s.group_ref, cs_view_str(id)));
	s.epoch = EPOCH;
	memcpy(s.account, e.account, CS_ID_LEN);
	memcpy(s.device, e.device, CS_ID_LEN);
	memcpy(s.tag, e.tag, sizeof s.tag);
	memcpy(s.msg_hash, e.msg_hash, sizeof s.msg_hash);
	assert_ok(cs_stamp_key_cert_parse(&cert,
	    cs_buf_view(&t->hub->stamp_cert), CS_VIEW_OF(t->hub->root_public)));
	assert_ok(cs_stamp_verify(&s, &cert, t->hub->root_public));
	assert_ok(cs_stamp_chain(chain, &s));
}

/* The log is ${texts}, in order; those that begin with '!' are commits. */
static void
check_log(struct world *t, const char *id, const char *const *texts, size_t n)
{
	uint8_t chain[CS_HASH_LEN] = { 0 };
	struct hub_group group = load(t, id);

	assert_int_equal(rows(t, id), n);
	for (size_t i = 0; i < n; i++)
		check_entry(t, id, i + 1, texts[i],
		    texts[i][0] == '!' ? CS_MLS_CONTENT_COMMIT
				       : CS_MLS_CONTENT_APPLICATION,
		    chain);
	assert_row(t, id, n);
	assert_int_equal(group.seq, n);
	assert_memory_equal(group.chain, chain, sizeof chain);
}

/* ---- the tests ----------------------------------------------------------- */

static void
test_pending(void **state)
{
	static const char *const family[] = { "one", "two", "three" };
	static const char *const work[] = { "other" };
	struct world t;

	(void)state;
	world_init(&t);
	assert_int_equal(say(&t, "family", "one"), 1);
	assert_int_equal(say(&t, "work", "other"), 1);
	assert_int_equal(say(&t, "family", "two"), 2);
	assert_int_equal(say(&t, "family", "three"), 3);
	/* In the log of the round, and not in the database. */
	assert_int_equal(load(&t, "family").seq, 3);
	assert_int_equal(load(&t, "work").seq, 1);
	assert_int_equal(load(&t, "family").last_ms, t.hub->now_ms);
	assert_row(&t, "family", 0);
	assert_int_equal(rows(&t, "family"), 0);
	assert_ok(hub_log_flush(t.hub));
	check_log(&t, "family", family, 3);
	check_log(&t, "work", work, 1);
	assert_true(hub_batch_end(t.hub));
	/* Nothing waits: nothing happens. */
	assert_ok(hub_log_flush(t.hub));
	check_log(&t, "family", family, 3);
	world_clear(&t);
}

static void
read_stamp(struct world *t, struct cs_buf *out, uint64_t seq)
{
	struct cs_rows found;

	assert_ok(cs_db_query(&found, t->hub->db,
	    "SELECT stamp FROM log WHERE seq=?", cs_int(seq)));
	assert_true(cs_rows_next(&found));
	assert_ok(cs_buf_set(out, cs_col_blob(&found, 0)));
	assert_ok(cs_rows_end(&found, CS_OK));
}

/* The stamp of an answer is put where the answer has room for it. */
static void
test_answers(void **state)
{
	static const char *const texts[] = { "one", "two", "3" };
	struct cs_buf *batch, row = { 0 };
	struct world t;

	(void)state;
	world_init(&t);
	batch = &t.hub->batch;
	for (uint32_t i = 0; i < 3; i++) {
		struct hub_appended out =
		    append(&t, "family", texts[i], CS_MLS_CONTENT_APPLICATION);
		struct hub_request rq = {
			.hub = t.hub, .conn = &t.phone.conn, .id = i
		};
		struct cs_wire_submit_answer answer = { out.seq,
			cs_buf_view(&out.stamp) };

		assert_int_equal(out.stamp.len, CS_STAMP_WIRE_MAX);
		/* To the second nobody is waiting for an answer. */
		if (i != 1) {
			assert_ok(hub_answer(
			    &rq, &cs_wire_submit_answer_shape, &answer));
			hub_log_answer_at(t.hub, batch->len - out.stamp.len);
		}
		cs_buf_free(&out.stamp);
	}
	assert_ok(hub_log_flush(t.hub));
	assert_int_equal(t.hub->n_out, 2);
	for (size_t i = 0; i < 2; i++) {
		const struct hub_outgoing *o = &t.hub->out[i];
		struct cs_wire_submit_answer answer;
		struct cs_wire_frame frame;

		assert_ok(cs_wire_frame_parse(
		    &frame, cs_view(batch->data + o->from, o->to - o->from)));
		assert_ok(cs_wire_parse(
		    &answer, &cs_wire_submit_answer_shape, frame.body));
		assert_int_equal(answer.group_seq, 2 * i + 1);
		read_stamp(&t, &row, answer.group_seq);
		assert_true(cs_view_equal(answer.stamp, cs_buf_view(&row)));
	}
	cs_buf_free(&row);
	world_clear(&t);
}

/* All of a round are signed together, as far as a batch goes; each proves
 * itself, and the log knows how many batches there were. */
static void
test_batches(void **state)
{
	static const size_t n = 2 * CS_STAMPS_MAX + 3;
	struct cs_buf row = { 0 };
	struct cs_stamp s;
	struct world t;

	(void)state;
	world_init(&t);
	for (size_t i = 0; i < n; i++)
		say(&t, "family", "x");
	assert_ok(hub_log_flush(t.hub));
	assert_int_equal(t.n_awaited, 3);
	for (size_t i = 0; i < n; i++) {
		size_t in = i / CS_STAMPS_MAX;

		read_stamp(&t, &row, i + 1);
		assert_ok(cs_stamp_parse(&s, cs_buf_view(&row)));
		assert_int_equal(s.batch.entry, 0);
		assert_int_equal(s.batch.number, in);
		assert_int_equal(s.batch.at, i % CS_STAMPS_MAX);
		assert_int_equal(s.batch.n, in == 2 ? 3 : CS_STAMPS_MAX);
	}
	cs_buf_free(&row);
	assert_true(hub_batch_end(t.hub));
	/* The next round goes on behind them. */
	say(&t, "family", "y");
	assert_ok(hub_log_flush(t.hub));
	read_stamp(&t, &row, n + 1);
	assert_ok(cs_stamp_parse(&s, cs_buf_view(&row)));
	assert_int_equal(s.batch.number, 3);
	cs_buf_free(&row);
	world_clear(&t);
}

static bool
waits(struct world *t, const char *id, const char *text)
{
	uint8_t hash[CS_HASH_LEN];

	assert_ok(cs_sha256(hash, cs_view_str(text)));
	return hub_log_waits(t->hub, cs_view_str(id), hash);
}

/* A message that comes twice in a round is found, although no row has it. */
static void
test_repeated(void **state)
{
	struct world t;

	(void)state;
	world_init(&t);
	assert_false(waits(&t, "family", "one"));
	say(&t, "family", "one");
	say(&t, "work", "two");
	assert_true(waits(&t, "family", "one"));
	assert_true(waits(&t, "work", "two"));
	assert_false(waits(&t, "work", "one"));
	assert_false(waits(&t, "family", "two"));
	assert_ok(hub_log_flush(t.hub));
	assert_false(waits(&t, "family", "one"));
	world_clear(&t);
}

/* A handshake is stored at once, behind what waited. */
static void
test_handshake(void **state)
{
	static const char *const family[] = { "one", "two", "!commit",
		"three" };
	static const char *const work[] = { "other" };
	struct hub_appended out;
	struct world t;

	(void)state;
	world_init(&t);
	say(&t, "family", "one");
	say(&t, "work", "other");
	say(&t, "family", "two");
	out = append(&t, "family", "!commit", CS_MLS_CONTENT_COMMIT);
	assert_int_equal(out.seq, 3);
	cs_buf_free(&out.stamp);
	check_log(&t, "family", family, 3);
	check_log(&t, "work", work, 1);
	assert_int_equal(say(&t, "family", "three"), 4);
	assert_ok(hub_log_flush(t.hub));
	check_log(&t, "family", family, 4);
	world_clear(&t);
}

/* One stamp is not to be had: nothing of the round is stored, and the next
 * begins where the last one did. */
static void
check_failure(unsigned fails_at, enum cs_err with, enum cs_err expected)
{
	static const char *const before[] = { "before" };
	static const char *const after[] = { "before", "after" };
	struct world t;

	world_init(&t);
	say(&t, "family", "before");
	assert_ok(hub_log_flush(t.hub));
	assert_true(hub_batch_end(t.hub));
	say(&t, "family", "one");
	say(&t, "work", "other");
	/* Three batches. */
	for (size_t i = 0; i < 2 * CS_STAMPS_MAX; i++)
		say(&t, "family", "two");
	t.n_awaited = 0;
	t.fails_at = fails_at;
	t.fails_with = with;
	assert_err(hub_log_flush(t.hub), expected);
	assert_int_equal(t.hub->n_pending, 0);
	assert_int_equal(t.hub->n_orders, 0);
	assert_false(hub_batch_end(t.hub));
	check_log(&t, "family", before, 1);
	check_log(&t, "work", NULL, 0);
	assert_false(waits(&t, "family", "one"));
	/* Another signer knows nothing of the earlier one's orders. */
	t.w.signer.first += t.w.signer.n;
	t.w.signer.n = 0;
	t.fails_at = 0;
	assert_int_equal(say(&t, "family", "after"), 2);
	assert_ok(hub_log_flush(t.hub));
	assert_true(hub_batch_end(t.hub));
	check_log(&t, "family", after, 2);
	world_clear(&t);
}

static void
test_failures(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		check_failure(i, CS_OK, CS_ERR_EXPIRED);
		check_failure(i, CS_ERR_CLOSED, CS_ERR_CLOSED);
	}
}

/* The handshake finds that what was before it cannot be stored. */
static void
test_handshake_fails(void **state)
{
	struct hub_group group;
	struct hub_appended out = { 0 };
	struct hub_entry e;
	struct world t;

	(void)state;
	world_init(&t);
	say(&t, "family", "one");
	t.fails_at = 1;
	group = load(&t, "family");
	e = entry(&t, "!commit", CS_MLS_CONTENT_COMMIT);
	assert_err(hub_log_append(&out, t.hub, &group, &e), CS_ERR_EXPIRED);
	assert_true(t.hub->broken);
	assert_false(hub_batch_end(t.hub));
	check_log(&t, "family", NULL, 0);
	cs_buf_free(&out.stamp);
	world_clear(&t);
}

/* FRANKING, rule 7: a clock that goes back is not followed. */
static void
test_time(void **state)
{
	static const char *const family[] = { "one", "two" };
	struct world t;
	uint64_t then;

	(void)state;
	world_init(&t);
	then = t.hub->now_ms;
	say(&t, "family", "one");
	t.hub->now_ms -= 30 * CS_SECOND_MS;
	say(&t, "family", "two");
	assert_ok(hub_log_flush(t.hub));
	t.hub->now_ms = then;
	check_log(&t, "family", family, 2);
	world_clear(&t);
}

/* What the signer would refuse is known before, and fails by itself. */
static void
test_possible(void **state)
{
	struct world t;
	uint64_t now;

	(void)state;
	world_init(&t);
	now = t.hub->now_ms;
	assert_true(hub_stamp_possible(t.hub, now));
	assert_true(hub_stamp_possible(t.hub, now + HUB_STAMP_AHEAD_MS));
	assert_false(t.hub->stamps_refused);
	assert_false(hub_stamp_possible(t.hub, now + HUB_STAMP_AHEAD_MS + 1));
	assert_true(t.hub->stamps_refused);
	assert_false(hub_stamp_possible(
	    t.hub, (t.hub->stamp_from_s - 1) * CS_SECOND_MS));
	t.hub->now_ms = t.hub->stamp_until_s * CS_SECOND_MS;
	assert_true(hub_stamp_possible(t.hub, t.hub->now_ms));
	t.hub->now_ms += CS_SECOND_MS;
	assert_false(hub_stamp_possible(t.hub, t.hub->now_ms));
	assert_false(hub_stamp_possible(t.hub, now));
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_batches),
		cmocka_unit_test(test_repeated),
		cmocka_unit_test(test_handshake),
		cmocka_unit_test(test_failures),
		cmocka_unit_test(test_handshake_fails),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_possible),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
