/* SPDX-License-Identifier: MIT */
/* What a network process may have the files' process do, and what not. */
#include "hub/files/transfers.h"

#include <sys/stat.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "support/files_world.h"

#define SIZE 300000
#define NUMBER 5

struct world {
	struct files_world w;
	uint8_t bytes[SIZE];
	struct hub_pass pass; /* of the whole blob, to be written */
};

static struct world *t;

static int
set_up(void **state)
{
	t = calloc(1, sizeof *t);
	*state = t;
	fw_init(&t->w);
	cs_random(t->bytes, sizeof t->bytes);
	t->pass = (struct hub_pass){
		.size = SIZE,
		.length = SIZE,
		.until_ms = cs_clock_ms() + CS_HOUR_MS,
		.put = 1,
	};
	memset(t->pass.id, 0x1d, CS_ID_LEN);
	memset(t->pass.account, 0xac, CS_ID_LEN);
	assert_ok(cs_sha256(t->pass.sha256, CS_VIEW_OF(t->bytes)));
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	fw_clear(&t->w);
	free(t);
	return 0;
}

static void
say(uint8_t kind, uint64_t number, struct cs_view bytes)
{
	assert_ok(cs_channel_put(t->w.network, kind, number, bytes));
}

static void
say_begin(uint64_t number, const struct hub_pass *pass)
{
	struct hub_talk_grant grant = fw_grant(pass);

	say(HUB_TALK_BEGIN, number, HUB_TALK_OF(grant));
}

static void
say_bytes(uint64_t number, size_t from, size_t to)
{
	say(HUB_TALK_BYTES, number, cs_view(t->bytes + from, to - from));
}

/* The next that is said to the network; false: nothing is. */
static bool
hear(struct cs_channel_message *m, struct cs_channel *c)
{
	fw_run(&t->w);
	if (cs_channel_next(m, c))
		return true;
	(void)!cs_channel_fill(c);
	return cs_channel_next(m, c);
}

static void
assert_heard(uint8_t kind, uint64_t number, struct cs_view bytes)
{
	struct cs_channel_message m;

	assert_true(hear(&m, t->w.network));
	assert_int_equal(m.kind, kind);
	assert_int_equal(m.about, number);
	assert_view_equal(m.bytes, bytes);
}

static void
assert_status(uint64_t number, int32_t status)
{
	assert_heard(HUB_TALK_STATUS, number, HUB_TALK_OF(status));
}

static void
assert_taken(uint64_t number, uint64_t n)
{
	assert_heard(HUB_TALK_TAKEN, number, HUB_TALK_OF(n));
}

static void
assert_nothing_heard(void)
{
	struct cs_channel_message m;

	assert_false(hear(&m, t->w.network));
	assert_non_null(t->w.link.channel);
}

/* The files' process has ended the link. */
static void
assert_over(void)
{
	fw_run(&t->w);
	assert_null(t->w.link.channel);
	assert_int_equal(t->w.link.transfers.n, 0);
	fw_link(&t->w);
}

/* The database notes that a blob is there, or says why not. */
static void
note(int32_t status)
{
	struct cs_channel_message m;

	assert_true(hear(&m, t->w.database));
	assert_int_equal(m.kind, HUB_TALK_COMPLETE);
	assert_view_equal(m.bytes, CS_VIEW_OF(t->pass.id));
	assert_ok(cs_channel_put(
	    t->w.database, HUB_TALK_NOTED, m.about, HUB_TALK_OF(status)));
}

static void
upload(void)
{
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, SIZE);
	assert_taken(NUMBER, SIZE);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	/* Nobody is told before it is noted. */
	assert_nothing_heard();
	note(201);
	assert_status(NUMBER, 201);
	assert_int_equal(t->w.link.transfers.n, 0);
}

/* ---- writing ------------------------------------------------------------- */

static void
test_put(void **state)
{
	(void)state;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, 1000);
	assert_taken(NUMBER, 1000);
	say(HUB_TALK_DROP, NUMBER, cs_view(NULL, 0));
	/* What was under way then is about nothing. */
	say_bytes(NUMBER, 1000, 2000);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	say(HUB_TALK_DROP, NUMBER, cs_view(NULL, 0));
	assert_nothing_heard();
	/* A part, and the rest. */
	t->pass.offset = 1000;
	t->pass.length = 1000;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 1000, 2000);
	assert_taken(NUMBER, 1000);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	assert_status(NUMBER, 202);
	t->pass.offset = 0;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 409);
	hub_folder_remove(t->w.files.folder, t->pass.id);
	t->pass.length = SIZE;
	upload();
}

/* Nobody is told that something is there which the database has not noted. */
static void
test_not_noted(void **state)
{
	(void)state;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, SIZE);
	assert_taken(NUMBER, SIZE);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	note(404);
	assert_status(NUMBER, 404);
	/* Gone while it waits for the word; then there is none at all. */
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, SIZE);
	assert_taken(NUMBER, SIZE);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	fw_run(&t->w);
	fw_database(&t->w);
	assert_status(NUMBER, 507);
	assert_int_equal(t->w.files.questions.n, 0);
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, SIZE);
	assert_taken(NUMBER, SIZE);
	files_database_leave(&t->w.files);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	assert_status(NUMBER, 507);
}

/* No more than the pass is for: a disk is full soon. */
static void
test_too_many_bytes(void **state)
{
	(void)state;
	t->pass.length = 1000;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, 1000);
	assert_taken(NUMBER, 1000);
	say_bytes(NUMBER, 1000, 1001);
	assert_over();
	assert_int_equal(hub_folder_stored(t->w.fd, t->pass.id), 1000);
	t->pass.offset = 1000;
	t->pass.length = SIZE - 1000;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_bytes(NUMBER, 0, SIZE - 999);
	assert_over();
	assert_int_equal(hub_folder_stored(t->w.fd, t->pass.id), 1000);
}

/* ---- passes -------------------------------------------------------------- */

static void
test_passes(void **state)
{
	struct hub_talk_grant grant = fw_grant(&t->pass);
	uint8_t *bytes = (uint8_t *)&grant;
	struct hub_pass pass = t->pass;

	(void)state;
	/* Any bit but of the status, which is for the network, and of zeroes
	 * between. */
	for (size_t i = offsetof(struct hub_talk_grant, pass); i < sizeof grant;
	     i++) {
		bytes[i] ^= 4;
		say(HUB_TALK_BEGIN, NUMBER, HUB_TALK_OF(grant));
		assert_status(NUMBER, 401);
		bytes[i] ^= 4;
	}
	pass.until_ms = cs_clock_ms() - 1;
	say_begin(NUMBER, &pass);
	assert_status(NUMBER, 401);
	pass = t->pass;
	pass.put = 2;
	say_begin(NUMBER, &pass);
	assert_status(NUMBER, 401);
	pass = t->pass;
	pass.length++;
	say_begin(NUMBER, &pass);
	assert_status(NUMBER, 413);
	/* Before the database has said by which key it makes them. */
	t->w.files.have_terms = false;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 401);
	assert_int_equal(t->w.link.transfers.n, 0);
}

/* ---- reading ------------------------------------------------------------- */

static void
say_more(uint64_t n)
{
	say(HUB_TALK_MORE, NUMBER, HUB_TALK_OF(n));
}

/* Pieces come, ${n} bytes in all, from ${from} on. */
static void
assert_read(size_t from, size_t n)
{
	struct cs_channel_message m;

	while (n != 0) {
		assert_true(hear(&m, t->w.network));
		assert_int_equal(m.kind, HUB_TALK_BYTES);
		assert_int_equal(m.about, NUMBER);
		assert_in_range(m.bytes.len, 1, n);
		assert_memory_equal(m.bytes.data, t->bytes + from, m.bytes.len);
		from += m.bytes.len;
		n -= m.bytes.len;
	}
}

static void
test_get(void **state)
{
	(void)state;
	upload();
	t->pass.put = 0;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	/* Not before it is asked for, and no more than that. */
	assert_nothing_heard();
	say_more(10);
	assert_read(0, 10);
	assert_nothing_heard();
	say_more(HUB_TALK_FILE_WINDOW);
	assert_read(10, HUB_TALK_FILE_WINDOW);
	say_more(HUB_TALK_FILE_WINDOW);
	assert_read(
	    10 + HUB_TALK_FILE_WINDOW, SIZE - 10 - HUB_TALK_FILE_WINDOW);
	assert_nothing_heard();
	assert_int_equal(t->w.link.transfers.n, 0);
	/* A piece of it; one that is removed meanwhile is read to its end. */
	t->pass.offset = 77;
	t->pass.length = 3;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	hub_folder_remove(t->w.files.folder, t->pass.id);
	say_more(HUB_TALK_FILE_WINDOW);
	assert_read(77, 3);
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 404);
}

/* Less is on disk than the database believes. */
static void
test_get_short(void **state)
{
	(void)state;
	upload();
	t->pass.put = 0;
	t->pass.offset = SIZE - 5;
	t->pass.length = 6;
	say_begin(NUMBER, &t->pass);
	assert_status(NUMBER, 0);
	say_more(HUB_TALK_FILE_WINDOW);
	assert_read(SIZE - 5, 5);
	assert_status(NUMBER, 500);
}

/* ---- what no process of ours says -----------------------------------------
 */

static void
test_broken_rules(void **state)
{
	uint64_t much = HUB_TALK_FILE_WINDOW + 1, few = 1;
	struct hub_talk_grant grant = fw_grant(&t->pass);

	(void)state;
	say(HUB_TALK_BEGIN, 0, HUB_TALK_OF(grant));
	assert_over();
	say(HUB_TALK_BEGIN, NUMBER, cs_view(&grant, sizeof grant - 1));
	assert_over();
	say(HUB_TALK_BEGIN, 65537, HUB_TALK_OF(grant));
	assert_over();
	say(HUB_TALK_STATUS, NUMBER, cs_view(NULL, 0));
	assert_over();
	say_begin(NUMBER, &t->pass);
	say_begin(NUMBER, &t->pass);
	assert_over();
	/* Of one that is written. */
	say_begin(NUMBER, &t->pass);
	say(HUB_TALK_MORE, NUMBER, HUB_TALK_OF(few));
	assert_over();
	upload();
	/* Of one that is read. */
	t->pass.put = 0;
	say_begin(NUMBER, &t->pass);
	say_bytes(NUMBER, 0, 1);
	assert_over();
	say_begin(NUMBER, &t->pass);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	assert_over();
	say_begin(NUMBER, &t->pass);
	say(HUB_TALK_MORE, NUMBER, HUB_TALK_OF(much));
	assert_over();
	say_begin(NUMBER, &t->pass);
	say(HUB_TALK_MORE, NUMBER, cs_view(&few, 7));
	assert_over();
}

/* While the database is asked, nothing more of it is taken. */
static void
test_waits_for_word(void **state)
{
	(void)state;
	say_begin(NUMBER, &t->pass);
	say_bytes(NUMBER, 0, SIZE);
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	say(HUB_TALK_WHOLE, NUMBER, cs_view(NULL, 0));
	assert_over();
	/* The word that comes now is about nobody. */
	note(201);
	fw_run(&t->w);
	assert_non_null(t->w.files.database);
	assert_int_equal(t->w.files.questions.n, 0);
}

/* The database is not believed everything, either. */
static void
test_database(void **state)
{
	static const uint8_t bytes[3];
	const uint8_t kinds[] = { HUB_TALK_TERMS, HUB_TALK_REMOVE,
		HUB_TALK_NOTED, HUB_TALK_COMPLETE };

	(void)state;
	for (size_t i = 0; i < sizeof kinds; i++) {
		assert_ok(cs_channel_put(
		    t->w.database, kinds[i], 1, CS_VIEW_OF(bytes)));
		fw_run(&t->w);
		assert_null(t->w.files.database);
		fw_database(&t->w);
		assert_non_null(t->w.files.database);
	}
	upload();
	assert_ok(cs_channel_put(
	    t->w.database, HUB_TALK_REMOVE, 0, CS_VIEW_OF(t->pass.id)));
	fw_run(&t->w);
	assert_int_equal(hub_folder_read(t->w.files.folder, t->pass.id), -1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_put),
		TEST(test_not_noted),
		TEST(test_too_many_bytes),
		TEST(test_passes),
		TEST(test_get),
		TEST(test_get_short),
		TEST(test_broken_rules),
		TEST(test_waits_for_word),
		TEST(test_database),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
