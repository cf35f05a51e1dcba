/* SPDX-License-Identifier: MIT */
/* What the log's process takes from witnesses, and shows. */
#include "hub/tlog/witnessed.h"

#include "crypto/init.h"
#include "store/file.h"
#include "support/temp_dir.h"

#define ORIGIN "hub.example/log"
#define NOW ((uint64_t)1800000000 * 1000)
#define WITNESSES 3 /* of whom two are a quorum */

static struct cs_sign_key with, other_with, witness_with[WITNESSES + 1];
static struct cs_tlog_cosigner witness[WITNESSES + 1];
static struct cs_note_key key, other_key;
static const struct cs_tlog_owner owner = { &key, &with };

struct world {
	struct temp_dir dir;
	char path[300], cosigned[300];
	struct cs_tlog_policy policy;
	struct cs_tlog_writer *writer;
	struct hub_witnessed *w;
};

static int
set_up(void **state)
{
	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_new(&with));
	assert_ok(cs_sign_key_new(&other_with));
	assert_ok(cs_note_key(&key, ORIGIN, with.public));
	assert_ok(cs_note_key(&other_key, ORIGIN, other_with.public));
	/* The last one is a stranger. */
	for (size_t i = 0; i <= WITNESSES; i++) {
		char name[16];

		snprintf(name, sizeof name, "w%zu.example", i);
		assert_ok(cs_sign_key_new(&witness_with[i]));
		assert_ok(cs_tlog_cosigner(
		    &witness[i], name, witness_with[i].public));
	}
	return 0;
}

static void
make_policy(struct cs_tlog_policy *out)
{
	char text[2048] = "", line[400], who[CS_NOTE_KEY_SIZE];
	unsigned at;

	for (size_t i = 0; i < WITNESSES; i++) {
		cs_tlog_cosigner_text(who, &witness[i]);
		snprintf(line, sizeof line, "witness w%zu %s http://w%zu/\n", i,
		    who, i);
		strcat(text, line);
	}
	strcat(text, "group two 2 w0 w1 w2\nquorum two\n");
	assert_ok(cs_tlog_policy_parse(out, &at, cs_view_str(text)));
}

static void
open_world(struct world *t, bool policy)
{
	assert_ok(cs_tlog_writer_open(&t->writer, t->path, &owner, NULL));
	assert_ok(hub_witnessed_new(
	    &t->w, t->writer, &key, policy ? &t->policy : NULL, t->cosigned));
}

static void
close_world(struct world *t)
{
	hub_witnessed_free(t->w);
	cs_tlog_writer_close(t->writer);
}

static void
append(struct cs_tlog_writer *writer, int n, const char *word)
{
	struct cs_view entry = cs_view_str(word);
	uint64_t first;

	for (int i = 0; i < n; i++)
		assert_ok(cs_tlog_writer_append(writer, &first, &entry, 1));
}

static void
world_init(struct world *t, bool policy)
{
	memset(t, 0, sizeof *t);
	t->dir = temp_dir_new();
	snprintf(t->path, sizeof t->path, "%s/log", t->dir.path);
	snprintf(
	    t->cosigned, sizeof t->cosigned, "%s/log/cosigned", t->dir.path);
	make_policy(&t->policy);
	assert_ok(cs_tlog_writer_create(&t->writer, t->path, &owner));
	cs_tlog_writer_close(t->writer);
	open_world(t, policy);
	append(t->writer, 3, "entry");
}

static void
world_clear(struct world *t)
{
	close_world(t);
	temp_dir_clear(&t->dir);
}

static struct cs_view
text_of(struct cs_view note)
{
	struct cs_view text, lines;

	assert_ok(cs_note_split(&text, &lines, note));
	return text;
}

/* The line of witness ${i} on ${note}. */
static struct cs_view
line_of(size_t i, struct cs_view note, uint64_t time_s)
{
	static char line[CS_TLOG_COSIGN_LINE_SIZE];

	assert_ok(cs_tlog_cosign(
	    line, &witness[i], &witness_with[i], text_of(note), time_s));
	return cs_view_str(line);
}

static uint64_t
size_of(struct cs_view note)
{
	struct cs_tlog_checkpoint c;

	assert_ok(cs_tlog_checkpoint_open(&c, note, &key, cs_view_str(ORIGIN)));
	return c.size;
}

/* How many of the policy's witnesses have cosigned ${note}. */
static unsigned
cosigners(struct cs_view note)
{
	unsigned n = 0;

	for (size_t i = 0; i < WITNESSES; i++) {
		uint64_t time_s;

		n += cs_tlog_cosigned(&time_s, note, &witness[i]) == CS_OK;
	}
	return n;
}

static void
test_nobody(void **state)
{
	struct world t;
	struct cs_view note;
	uint64_t number;

	(void)state;
	world_init(&t, false);
	assert_false(hub_witnessed_next(&note, &number, t.w));
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 3);
	append(t.writer, 1, "entry");
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 4);
	world_clear(&t);
}

static void
test_quorum(void **state)
{
	struct world t;
	struct cs_view note, none;
	struct cs_buf asked = { 0 }, kept = { 0 };
	uint64_t number, other;

	(void)state;
	world_init(&t, true);
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 3);
	assert_true(hub_witnessed_next(&note, &number, t.w));
	assert_int_equal(size_of(note), 3);
	assert_ok(cs_buf_set(&asked, note));
	/* One at a time. */
	append(t.writer, 2, "entry");
	assert_false(hub_witnessed_next(&none, &other, t.w));
	assert_ok(hub_witnessed_line(
	    t.w, number, line_of(0, cs_buf_view(&asked), NOW / 1000), NOW));
	assert_int_equal(cosigners(hub_witnessed_shown(t.w, NOW)), 0);
	assert_err(cs_file_read(&kept, t.cosigned, CS_TLOG_NOTE_MAX),
	    CS_ERR_NOT_FOUND);
	assert_ok(hub_witnessed_line(
	    t.w, number, line_of(2, cs_buf_view(&asked), NOW / 1000), NOW));
	assert_int_equal(cosigners(hub_witnessed_shown(t.w, NOW)), 2);
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 3);
	assert_ok(cs_file_read(&kept, t.cosigned, CS_TLOG_NOTE_MAX));
	assert_view_equal(cs_buf_view(&kept), hub_witnessed_shown(t.w, NOW));
	/* The log has grown meanwhile, so its own checkpoint is another. */
	assert_int_equal(cosigners(cs_tlog_writer_note(t.writer)), 0);
	assert_ok(hub_witnessed_line(
	    t.w, number, line_of(1, cs_buf_view(&asked), NOW / 1000), NOW));
	assert_int_equal(cosigners(hub_witnessed_shown(t.w, NOW)), 3);
	assert_ok(hub_witnessed_asked(t.w, number));
	assert_true(hub_witnessed_next(&note, &number, t.w));
	assert_int_equal(size_of(note), 5);
	/* This time it has not. */
	assert_ok(
	    hub_witnessed_line(t.w, number, line_of(0, note, NOW / 1000), NOW));
	assert_int_equal(cosigners(cs_tlog_writer_note(t.writer)), 0);
	assert_ok(
	    hub_witnessed_line(t.w, number, line_of(1, note, NOW / 1000), NOW));
	assert_int_equal(cosigners(cs_tlog_writer_note(t.writer)), 2);
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 5);
	assert_ok(
	    hub_witnessed_line(t.w, number, line_of(2, note, NOW / 1000), NOW));
	assert_ok(hub_witnessed_asked(t.w, number));
	assert_int_equal(cosigners(cs_tlog_writer_note(t.writer)), 3);
	/* It was asked about. */
	assert_false(hub_witnessed_next(&note, &number, t.w));
	/* And the log goes on, also after it was opened again. */
	append(t.writer, 1, "entry");
	close_world(&t);
	open_world(&t, true);
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 6);
	cs_buf_free(&asked);
	cs_buf_free(&kept);
	world_clear(&t);
}

/* What is in public/ has lines, and is asked about without them. */
static void
test_opened_again(void **state)
{
	struct world t;
	struct cs_view note;
	uint64_t number;

	(void)state;
	world_init(&t, true);
	assert_true(hub_witnessed_next(&note, &number, t.w));
	for (size_t i = 0; i < 2; i++)
		assert_ok(hub_witnessed_line(
		    t.w, number, line_of(i, note, NOW / 1000), NOW));
	close_world(&t);
	open_world(&t, true);
	assert_int_equal(cosigners(hub_witnessed_shown(t.w, NOW)), 2);
	assert_true(hub_witnessed_next(&note, &number, t.w));
	assert_int_equal(cosigners(note), 0);
	assert_int_equal(size_of(note), 3);
	world_clear(&t);
}

static void
refuse(struct world *t, uint64_t number, struct cs_view line)
{
	assert_err(hub_witnessed_line(t->w, number, line, NOW), CS_ERR_DENIED);
	assert_int_equal(cosigners(hub_witnessed_shown(t->w, NOW)), 0);
	assert_int_equal(cosigners(cs_tlog_writer_note(t->writer)), 0);
}

/* Whoever brings lines is trusted with nothing. */
static void
test_refused(void **state)
{
	struct world t;
	struct cs_view note, line;
	struct cs_buf asked = { 0 }, two = { 0 };
	char own[CS_NOTE_LINE_SIZE];
	uint64_t number;

	(void)state;
	world_init(&t, true);
	refuse(&t, 1, line_of(0, cs_tlog_writer_note(t.writer), NOW / 1000));
	assert_true(hub_witnessed_next(&note, &number, t.w));
	assert_ok(cs_buf_set(&asked, note));
	note = cs_buf_view(&asked);
	/* Another number; a stranger; no time; in the future. */
	refuse(&t, number + 1, line_of(0, note, NOW / 1000));
	refuse(&t, number, line_of(WITNESSES, note, NOW / 1000));
	refuse(&t, number, line_of(0, note, 0));
	refuse(&t, number,
	    line_of(0, note, NOW / 1000 + CS_TLOG_POLICY_AHEAD_S + 1));
	/* Cut, none, two, and what is no line. */
	line = line_of(0, note, NOW / 1000);
	refuse(&t, number, cs_view(line.data, line.len - 1));
	refuse(&t, number, cs_view(line.data + 1, line.len - 1));
	refuse(&t, number, cs_view(NULL, 0));
	refuse(&t, number, cs_view_str("\n"));
	refuse(&t, number, cs_view_str("entry\n"));
	assert_ok(cs_buf_add(&two, line));
	assert_ok(cs_buf_add(&two, line_of(1, note, NOW / 1000)));
	refuse(&t, number, cs_buf_view(&two));
	/* A wrong signature. */
	cs_buf_reset(&two);
	assert_ok(cs_buf_add(&two, line_of(0, note, NOW / 1000)));
	two.data[two.len - 20] = two.data[two.len - 20] == 'A' ? 'B' : 'A';
	refuse(&t, number, cs_buf_view(&two));
	/* On another text. */
	append(t.writer, 1, "entry");
	refuse(
	    &t, number, line_of(0, cs_tlog_writer_note(t.writer), NOW / 1000));
	/* One of the log's own, which says nothing. */
	assert_ok(cs_note_sign(own, &key, &with, text_of(note)));
	refuse(&t, number, cs_view_str(own));
	/* The same again. */
	assert_ok(
	    hub_witnessed_line(t.w, number, line_of(0, note, NOW / 1000), NOW));
	assert_err(
	    hub_witnessed_line(t.w, number, line_of(0, note, NOW / 1000), NOW),
	    CS_ERR_DENIED);
	/* After all were asked. */
	assert_ok(hub_witnessed_asked(t.w, number + 1));
	assert_ok(hub_witnessed_asked(t.w, number));
	refuse(&t, number, line_of(1, note, NOW / 1000));
	cs_buf_free(&asked);
	cs_buf_free(&two);
	world_clear(&t);
}

/* A note has room for fifteen of them. */
static void
test_room(void **state)
{
	struct world t;
	struct cs_view note;
	uint64_t number;

	(void)state;
	world_init(&t, true);
	assert_true(hub_witnessed_next(&note, &number, t.w));
	for (unsigned i = 0; i < CS_NOTE_LINES_MAX + 1; i++)
		assert_err(hub_witnessed_line(t.w, number,
			       line_of(0, note, NOW / 1000 - 100 + i), NOW),
		    i < CS_NOTE_LINES_MAX - 1 ? CS_OK : CS_ERR_DENIED);
	assert_ok(hub_witnessed_asked(t.w, number));
	assert_int_equal(cosigners(cs_tlog_writer_note(t.writer)), 1);
	world_clear(&t);
}

/* What is shown waits for a quorum, and not for ever, and never goes back. */
static void
test_shown(void **state)
{
	struct world t;
	struct cs_view note;
	struct cs_buf asked = { 0 };
	uint64_t number;

	(void)state;
	world_init(&t, true);
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 3);
	append(t.writer, 1, "entry");
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW)), 3);
	assert_int_equal(size_of(hub_witnessed_shown(
			     t.w, NOW + HUB_WITNESSED_PATIENCE_MS - 1)),
	    3);
	assert_true(hub_witnessed_next(&note, &number, t.w));
	assert_ok(cs_buf_set(&asked, note));
	append(t.writer, 1, "entry");
	assert_int_equal(
	    size_of(hub_witnessed_shown(t.w, NOW + HUB_WITNESSED_PATIENCE_MS)),
	    5);
	/* The quorum of what came before is too late. */
	for (size_t i = 0; i < 2; i++)
		assert_ok(hub_witnessed_line(t.w, number,
		    line_of(i, cs_buf_view(&asked), NOW / 1000), NOW));
	assert_int_equal(
	    size_of(hub_witnessed_shown(t.w, NOW + HUB_WITNESSED_PATIENCE_MS)),
	    5);
	/* The same size with one is not. */
	assert_ok(hub_witnessed_asked(t.w, number));
	assert_true(hub_witnessed_next(&note, &number, t.w));
	for (size_t i = 0; i < 2; i++)
		assert_ok(hub_witnessed_line(
		    t.w, number, line_of(i, note, NOW / 1000), NOW));
	assert_int_equal(cosigners(hub_witnessed_shown(t.w, NOW)), 2);
	/* A clock that was set back does not hold it up. */
	append(t.writer, 1, "entry");
	assert_int_equal(size_of(hub_witnessed_shown(t.w, NOW - CS_DAY_MS)), 6);
	cs_buf_free(&asked);
	world_clear(&t);
}

/* The checkpoint of another log of ${n} entries, of the same origin, that
 * ${owner} signs. */
static void
make_note(struct cs_buf *out, const struct world *t,
    const struct cs_tlog_owner *by, int n, const char *word)
{
	struct cs_tlog_writer *writer;
	char path[320];
	static int logs;

	snprintf(path, sizeof path, "%s/log-%d", t->dir.path, logs++);
	assert_ok(cs_tlog_writer_create(&writer, path, by));
	append(writer, n, word);
	assert_ok(cs_buf_set(out, cs_tlog_writer_note(writer)));
	cs_tlog_writer_close(writer);
}

static void
test_disagrees(void **state)
{
	const struct cs_tlog_owner others = { &other_key, &other_with };
	struct world t;
	struct cs_buf note = { 0 };
	uint64_t more = 0;

	(void)state;
	world_init(&t, true);
	/* The same log, later, or another one as long. */
	make_note(&note, &t, &owner, 7, "entry");
	assert_ok(hub_witnessed_disagrees(&more, t.w, cs_buf_view(&note)));
	assert_int_equal(more, 7);
	make_note(&note, &t, &owner, 3, "other");
	assert_ok(hub_witnessed_disagrees(&more, t.w, cs_buf_view(&note)));
	assert_int_equal(more, 4);
	make_note(&note, &t, &owner, 2, "other");
	assert_ok(hub_witnessed_disagrees(&more, t.w, cs_buf_view(&note)));
	assert_int_equal(more, 4);
	/* What proves nothing: the log itself, somebody else's, none. */
	for (int n = 0; n <= 3; n++) {
		make_note(&note, &t, &owner, n, "entry");
		assert_err(
		    hub_witnessed_disagrees(&more, t.w, cs_buf_view(&note)),
		    CS_ERR_DENIED);
	}
	make_note(&note, &t, &others, 7, "entry");
	assert_err(hub_witnessed_disagrees(&more, t.w, cs_buf_view(&note)),
	    CS_ERR_DENIED);
	assert_err(hub_witnessed_disagrees(&more, t.w, cs_view(note.data, 20)),
	    CS_ERR_DENIED);
	assert_err(hub_witnessed_disagrees(&more, t.w, cs_view(NULL, 0)),
	    CS_ERR_DENIED);
	cs_buf_free(&note);
	world_clear(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_opened_again),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_room),
		cmocka_unit_test(test_shown),
		cmocka_unit_test(test_disagrees),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
