/* SPDX-License-Identifier: MIT */
/* What a witness takes and what it refuses; the statuses are those of C2SP
 * tlog-witness, "add-checkpoint". */
#include "tlog/witness.h"

#include <stdio.h>

#include "crypto/init.h"
#include "support/test.h"
#include "support/tlog_tree.h"

#define ORIGIN "log.example/1"
#define WITNESS "witness.example/w1"
#define TIME_S 1679315147

static struct tlog_tree tree;
static struct cs_sign_key log_with, witness_with, other_with;
static struct cs_note_key log_key, other_key;
static struct cs_tlog_cosigner who;
static struct cs_tlog_witness_log known; /* what the witness has */
static enum cs_err finds;

static int
setup(void **state)
{
	static const uint8_t a[CS_SIGN_SEED_LEN] = { 1 };
	static const uint8_t b[CS_SIGN_SEED_LEN] = { 2 };
	static const uint8_t c[CS_SIGN_SEED_LEN] = { 3 };

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&log_with, a));
	assert_ok(cs_sign_key_from_seed(&witness_with, b));
	assert_ok(cs_sign_key_from_seed(&other_with, c));
	assert_ok(cs_note_key(&log_key, ORIGIN, log_with.public));
	assert_ok(cs_note_key(&other_key, ORIGIN, other_with.public));
	assert_ok(cs_tlog_cosigner(&who, WITNESS, witness_with.public));
	tlog_tree_make(&tree);
	return 0;
}

static enum cs_err
find(void *arg, struct cs_tlog_witness_log *out, struct cs_view origin)
{
	(void)arg;
	if (finds != CS_OK)
		return finds;
	if (!cs_view_equal(origin, cs_view_str(ORIGIN)))
		return CS_ERR_NOT_FOUND;
	*out = known;
	return CS_OK;
}

/* The witness has cosigned the tree of ${size}. */
static void
know(uint64_t size)
{
	memset(&known, 0, sizeof known);
	known.key = log_key;
	known.size = size;
	if (size != 0)
		assert_ok(
		    cs_tlog_root(&known.root, size, tlog_tree_node, &tree));
	finds = CS_OK;
}

static void
make_note(struct cs_buf *note, const char *origin, uint64_t size,
    const struct cs_note_key *key, const struct cs_sign_key *with)
{
	struct cs_tlog_checkpoint c = { .origin = cs_view_str(origin),
		.size = size };

	assert_ok(cs_tlog_root(&c.root, size, tlog_tree_node, &tree));
	assert_ok(cs_tlog_checkpoint_sign(note, &c, key, with));
}

/* The request from ${old} to ${size}. */
static void
make_request(struct cs_buf *body, uint64_t old, uint64_t size)
{
	struct cs_tlog_witness_request rq = { .old = old };
	struct cs_buf note = { 0 };

	make_note(&note, ORIGIN, size, &log_key, &log_with);
	rq.note = cs_buf_view(&note);
	assert_ok(cs_tlog_consistency_make(
	    &rq.proof, old, size, tlog_tree_node, &tree));
	assert_ok(cs_tlog_witness_request_write(body, &rq));
	cs_buf_free(&note);
}

static int
decide(struct cs_view body)
{
	struct cs_tlog_witness_verdict v;

	assert_ok(cs_tlog_witness_decide(&v, body, find, NULL));
	return v.status;
}

static int
decide_text(const char *text)
{
	return decide(cs_view_str(text));
}

/* Every growth of small trees, from every size that it has. */
static void
test_taken(void **state)
{
	static const uint64_t sizes[] = { 0, 1, 2, 3, 7, 8, 9, 255, 256, 257,
		1000 };

	(void)state;
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		for (size_t j = i; j < sizeof sizes / sizeof *sizes; j++) {
			struct cs_tlog_witness_verdict v;
			struct cs_buf body = { 0 };

			know(sizes[i]);
			make_request(&body, sizes[i], sizes[j]);
			assert_ok(cs_tlog_witness_decide(
			    &v, cs_buf_view(&body), find, NULL));
			assert_int_equal(v.status, 200);
			assert_int_equal(v.checkpoint.size, sizes[j]);
			assert_view_equal(
			    v.checkpoint.origin, cs_view_str(ORIGIN));
			cs_buf_free(&body);
		}
}

/* Every byte of a request matters, and so does its end. */
static void
test_tampered(void **state)
{
	struct cs_buf body = { 0 };

	(void)state;
	know(100);
	make_request(&body, 100, 1000);
	assert_int_equal(decide(cs_buf_view(&body)), 200);
	for (size_t i = 0; i < body.len; i++) {
		body.data[i] ^= 1;
		assert_int_not_equal(decide(cs_buf_view(&body)), 200);
		body.data[i] ^= 1;
	}
	for (size_t n = 0; n < body.len; n++)
		assert_int_not_equal(decide(cs_view(body.data, n)), 200);
	assert_ok(cs_buf_add(&body, cs_view_str("\n")));
	assert_int_not_equal(decide(cs_buf_view(&body)), 200);
	cs_buf_free(&body);
}

static void
test_sizes(void **state)
{
	struct cs_tlog_witness_verdict v;
	struct cs_buf body = { 0 };

	(void)state;
	/* From another size than the witness has, also with a proof that is
	 * right: it says which. */
	know(300);
	make_request(&body, 100, 1000);
	assert_ok(cs_tlog_witness_decide(&v, cs_buf_view(&body), find, NULL));
	assert_int_equal(v.status, 409);
	assert_int_equal(v.size, 300);
	/* Back, and from nothing, as a log says that knows no better. */
	cs_buf_reset(&body);
	make_request(&body, 100, 200);
	assert_int_equal(decide(cs_buf_view(&body)), 409);
	cs_buf_reset(&body);
	make_request(&body, 0, 1000);
	assert_int_equal(decide(cs_buf_view(&body)), 409);
	/* From a size beyond the checkpoint. */
	know(300);
	cs_buf_reset(&body);
	make_request(&body, 200, 200);
	memcpy(body.data, "old 300", 7);
	assert_int_equal(decide(cs_buf_view(&body)), 400);
	cs_buf_free(&body);
}

static int
decide_parts(const char *first, const struct cs_buf *note)
{
	struct cs_buf body = { 0 };
	int status;

	assert_ok(cs_buf_add(&body, cs_view_str(first)));
	assert_ok(cs_buf_add(&body, cs_buf_view(note)));
	status = decide(cs_buf_view(&body));
	cs_buf_free(&body);
	return status;
}

/* The log signs another tree than before: of the same size, or larger. */
static void
test_fork(void **state)
{
	struct cs_buf body = { 0 }, note = { 0 };

	(void)state;
	know(100);
	make_request(&body, 100, 100);
	assert_int_equal(decide(cs_buf_view(&body)), 200);
	known.root.bytes[0] ^= 1;
	assert_int_equal(decide(cs_buf_view(&body)), 422);
	cs_buf_reset(&body);
	make_request(&body, 100, 1000);
	assert_int_equal(decide(cs_buf_view(&body)), 422);
	/* A proof where there is nothing to prove, and none where there is. */
	make_note(&note, ORIGIN, 100, &log_key, &log_with);
	know(0);
	assert_int_equal(decide_parts("old 0\n\n", &note), 200);
	assert_int_equal(
	    decide_parts(
		"old 0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
		&note),
	    422);
	know(99);
	assert_int_equal(decide_parts("old 99\n\n", &note), 422);
	know(100);
	assert_int_equal(
	    decide_parts(
		"old 100\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n\n",
		&note),
	    422);
	cs_buf_free(&body);
	cs_buf_free(&note);
}

static void
sign_text(struct cs_buf *note, const char *text)
{
	char line[CS_NOTE_LINE_SIZE];

	assert_ok(cs_note_sign(line, &log_key, &log_with, cs_view_str(text)));
	assert_ok(cs_buf_add(note, cs_view_str(text)));
	assert_ok(cs_buf_add(note, cs_view_str("\n")));
	assert_ok(cs_buf_add(note, cs_view_str(line)));
}

/* An empty tree has one root; who says another is asked first who they are. */
static void
test_empty(void **state)
{
	struct cs_buf note = { 0 };

	(void)state;
	know(0);
	sign_text(&note,
	    ORIGIN "\n0\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n");
	assert_int_equal(decide_parts("old 0\n\n", &note), 422);
	known.key = other_key;
	assert_int_equal(decide_parts("old 0\n\n", &note), 403);
	finds = CS_ERR_NOT_FOUND;
	assert_int_equal(decide_parts("old 0\n\n", &note), 404);
	know(0);
	cs_buf_reset(&note);
	sign_text(&note,
	    ORIGIN "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	assert_int_equal(decide_parts("old 0\n\n", &note), 200);
	cs_buf_free(&note);
}

static void
test_who(void **state)
{
	struct cs_tlog_witness_verdict v;
	struct cs_buf body = { 0 }, note = { 0 };

	(void)state;
	know(0);
	make_note(&note, "log.example/2", 10, &log_key, &log_with);
	assert_int_equal(decide_parts("old 0\n\n", &note), 404);
	/* Signed by nobody whom the witness knows, under that name. */
	cs_buf_reset(&note);
	make_note(&note, ORIGIN, 10, &other_key, &other_with);
	assert_int_equal(decide_parts("old 0\n\n", &note), 403);
	/* Under the key's own id, by another key. */
	memcpy(other_key.id, log_key.id, sizeof log_key.id);
	cs_buf_reset(&note);
	make_note(&note, ORIGIN, 10, &other_key, &other_with);
	assert_int_equal(decide_parts("old 0\n\n", &note), 403);
	assert_ok(cs_note_key(&other_key, ORIGIN, other_with.public));
	/* What the witness cannot find out is no verdict. */
	make_request(&body, 0, 10);
	finds = CS_ERR_CORRUPT;
	assert_err(cs_tlog_witness_decide(&v, cs_buf_view(&body), find, NULL),
	    CS_ERR_CORRUPT);
	cs_buf_free(&body);
	cs_buf_free(&note);
}

static void
test_malformed(void **state)
{
	static const char *const bad[] = { "", "\n", "old", "old 0", "old 0\n",
		"old 0\n\n", "old\n\n", "old \n\n", "old 00\n\n", "old +1\n\n",
		"old -1\n\n", "old 1 \n\n", "old  1\n\n", "OLD 0\n\n",
		"old 4611686018427387905\n\n", "old 18446744073709551616\n\n",
		"old 0\r\n\r\n", "old 0\nAAAA\n\n", "old 0\n \n", "old 0\n\n\n",
		"old 0\n\n" ORIGIN "\n", "subtree 8 13\n\n" };
	struct cs_buf note = { 0 };

	(void)state;
	know(0);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_int_equal(decide_text(bad[i]), 400);
	make_note(&note, ORIGIN, 10, &log_key, &log_with);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (strcmp(bad[i], "old 0\n\n") != 0)
			assert_int_equal(decide_parts(bad[i], &note), 400);
	assert_int_equal(decide_parts("old 0\n\n", &note), 200);
	cs_buf_free(&note);
}

/* As many hashes as a proof can have, and one more. */
static void
test_hashes(void **state)
{
	static const char hash[] =
	    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
	char first[8 + (CS_TLOG_PROOF_MAX + 1) * sizeof hash] = "old 0\n";
	size_t at = strlen(first);
	struct cs_buf note = { 0 };

	(void)state;
	know(0);
	make_note(&note, ORIGIN, 10, &log_key, &log_with);
	for (int i = 1; i <= CS_TLOG_PROOF_MAX + 1; i++) {
		memcpy(first + at, hash, sizeof hash);
		at += sizeof hash - 1;
		memcpy(first + at, "\n", 2);
		assert_int_equal(decide_parts(first, &note),
		    i <= CS_TLOG_PROOF_MAX ? 422 : 400);
	}
	cs_buf_free(&note);
}

/* A note that is too long, whole or in its text. */
static void
test_too_long(void **state)
{
	struct cs_tlog_witness_request rq;
	struct cs_buf body = { 0 };
	uint8_t *at;

	(void)state;
	know(0);
	assert_ok(cs_buf_add(&body, cs_view_str("old 0\n\n")));
	assert_ok(cs_buf_extend(&body, CS_TLOG_NOTE_MAX, &at));
	memset(at, 'a', CS_TLOG_NOTE_MAX);
	assert_ok(cs_tlog_witness_request_parse(&rq, cs_buf_view(&body)));
	assert_int_equal(rq.note.len, CS_TLOG_NOTE_MAX);
	assert_int_equal(decide(cs_buf_view(&body)), 400);
	assert_ok(cs_buf_add(&body, cs_view_str("a")));
	assert_err(cs_tlog_witness_request_parse(&rq, cs_buf_view(&body)),
	    CS_ERR_LIMIT);
	assert_int_equal(decide(cs_buf_view(&body)), 400);
	cs_buf_free(&body);
}

/* What is kept is verified, and nothing else is. */
static void
test_keep(void **state)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE], others[CS_NOTE_LINE_SIZE];
	struct cs_tlog_witness_verdict v;
	struct cs_tlog_checkpoint c;
	struct cs_buf body = { 0 }, kept = { 0 };
	struct cs_view text, lines;
	uint64_t at;

	(void)state;
	know(7);
	make_request(&body, 7, 9);
	assert_ok(cs_tlog_witness_decide(&v, cs_buf_view(&body), find, NULL));
	assert_ok(cs_note_sign(others, &other_key, &other_with, v.text));
	assert_ok(cs_buf_add(&body, cs_view_str(others)));
	assert_ok(cs_tlog_witness_decide(&v, cs_buf_view(&body), find, NULL));
	assert_int_equal(v.status, 200);
	assert_ok(cs_tlog_cosign(line, &who, &witness_with, v.text, TIME_S));
	assert_ok(cs_tlog_witness_keep(&kept, &v, cs_view_str(line)));
	assert_ok(cs_tlog_checkpoint_open(
	    &c, cs_buf_view(&kept), &log_key, cs_view_str(ORIGIN)));
	assert_int_equal(c.size, 9);
	assert_ok(cs_tlog_cosigned(&at, cs_buf_view(&kept), &who));
	assert_int_equal(at, TIME_S);
	assert_err(cs_note_verify(&text, cs_buf_view(&kept), &other_key),
	    CS_ERR_NOT_FOUND);
	assert_ok(cs_note_split(&text, &lines, cs_buf_view(&kept)));
	assert_view_equal(text, v.text);
	cs_buf_free(&body);
	cs_buf_free(&kept);
}

/* ---- the log ------------------------------------------------------------ */

static enum cs_err
take(const struct cs_buf *note, const char *answer)
{
	struct cs_buf lines = { 0 };
	uint64_t at;
	enum cs_err err = cs_tlog_witness_take(
	    &lines, &at, cs_view_str(answer), cs_buf_view(note), &who);

	assert_true((err == CS_OK) == (lines.len != 0));
	cs_buf_free(&lines);
	return err;
}

static void
test_take(void **state)
{
	char line[CS_TLOG_COSIGN_LINE_SIZE], other[CS_TLOG_COSIGN_LINE_SIZE],
	    zero[CS_TLOG_COSIGN_LINE_SIZE], answer[8192];
	struct cs_tlog_cosigner somebody;
	struct cs_buf note = { 0 }, lines = { 0 };
	struct cs_view text, rest;
	uint64_t at;

	(void)state;
	assert_ok(cs_tlog_cosigner(&somebody, "b", other_with.public));
	make_note(&note, ORIGIN, 9, &log_key, &log_with);
	assert_ok(cs_note_split(&text, &rest, cs_buf_view(&note)));
	assert_ok(cs_tlog_cosign(line, &who, &witness_with, text, TIME_S));
	assert_ok(cs_tlog_cosign(zero, &who, &witness_with, text, 0));
	assert_ok(cs_tlog_cosign(other, &somebody, &other_with, text, TIME_S));
	snprintf(answer, sizeof answer, "%s%s%s", other, line, other);
	assert_ok(cs_tlog_witness_take(
	    &lines, &at, cs_view_str(answer), cs_buf_view(&note), &who));
	assert_view_equal(cs_buf_view(&lines), cs_view_str(line));
	assert_int_equal(at, TIME_S);
	assert_err(take(&note, ""), CS_ERR_NOT_FOUND);
	assert_err(take(&note, other), CS_ERR_NOT_FOUND);
	assert_err(take(&note, zero), CS_ERR_SIGNATURE);
	for (size_t i = 0; line[i] != '\0'; i++) {
		char was = line[i];

		line[i] ^= 1;
		assert_int_not_equal(take(&note, line), CS_OK);
		line[i] = '\0';
		assert_int_not_equal(take(&note, line), CS_OK);
		line[i] = was;
	}
	/* Of several, the last in time. */
	assert_ok(cs_tlog_cosign(zero, &who, &witness_with, text, TIME_S - 1));
	snprintf(answer, sizeof answer, "%s%s%s", zero, line, zero);
	cs_buf_reset(&lines);
	assert_ok(cs_tlog_witness_take(
	    &lines, &at, cs_view_str(answer), cs_buf_view(&note), &who));
	assert_view_equal(cs_buf_view(&lines), cs_view_str(line));
	assert_int_equal(at, TIME_S);
	/* One that holds does not save one that does not. */
	zero[strlen(zero) - 8] ^= 1;
	snprintf(answer, sizeof answer, "%s%s", line, zero);
	assert_err(take(&note, answer), CS_ERR_SIGNATURE);
	snprintf(answer, sizeof answer, "%s\n", line);
	assert_err(take(&note, answer), CS_ERR_FORMAT);
	answer[0] = '\0';
	for (int i = 0; i <= CS_NOTE_LINES_MAX; i++)
		strncat(answer, other, sizeof answer - strlen(answer) - 1);
	assert_err(take(&note, answer), CS_ERR_FORMAT);
	/* On another text. */
	cs_buf_reset(&note);
	make_note(&note, ORIGIN, 10, &log_key, &log_with);
	assert_err(take(&note, line), CS_ERR_SIGNATURE);
	cs_buf_free(&note);
	cs_buf_free(&lines);
}

static void
test_size(void **state)
{
	static const char *const bad[] = { "", "\n", "1", "1\n\n", "1\n2\n",
		"01\n", "-1\n", " 1\n", "1 \n", "x\n" };
	uint64_t n = 5;

	(void)state;
	assert_ok(cs_tlog_witness_size_parse(&n, cs_view_str("0\n")));
	assert_int_equal(n, 0);
	assert_ok(cs_tlog_witness_size_parse(&n, cs_view_str("20852163\n")));
	assert_int_equal(n, 20852163);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_err(cs_tlog_witness_size_parse(&n, cs_view_str(bad[i])),
		    CS_ERR_FORMAT);
	assert_err(cs_tlog_witness_size_parse(
		       &n, cs_view_str("4611686018427387905\n")),
	    CS_ERR_LIMIT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_fork),
		cmocka_unit_test(test_empty),
		cmocka_unit_test(test_who),
		cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_hashes),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_keep),
		cmocka_unit_test(test_take),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
