/* SPDX-License-Identifier: MIT */
/* Whom one trusts; the forms are those of C2SP tlog-policy. */
#include "tlog/policy.h"

#include <stdio.h>

#include "crypto/init.h"
#include "support/test.h"

#define ORIGIN "log.example/1"
#define TEXT ORIGIN "\n5\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
#define NOW 2000000000
#define KEYS 40

/* LOG, and K0, K1 and so on in a policy stand for keys' text. */
static struct cs_sign_key log_with, with[KEYS];
static struct cs_note_key log_key;
static struct cs_tlog_cosigner who[KEYS];
static struct cs_tlog_policy policy;
static unsigned line;

static int
setup(void **state)
{
	uint8_t seed[CS_SIGN_SEED_LEN] = { 200 };
	char name[16];

	(void)state;
	assert_ok(cs_crypto_init());
	assert_ok(cs_sign_key_from_seed(&log_with, seed));
	assert_ok(cs_note_key(&log_key, ORIGIN, log_with.public));
	for (size_t i = 0; i < KEYS; i++) {
		seed[0] = (uint8_t)(i + 1);
		snprintf(name, sizeof name, "w%zu", i);
		assert_ok(cs_sign_key_from_seed(&with[i], seed));
		assert_ok(cs_tlog_cosigner(&who[i], name, with[i].public));
	}
	return 0;
}

/* Put keys where they are named. */
static void
expand(struct cs_buf *out, const char *text)
{
	char key[CS_NOTE_KEY_SIZE];
	unsigned i;
	int n;

	while (*text != '\0') {
		if (strncmp(text, "LOG", 3) == 0) {
			cs_note_key_text(key, &log_key);
			n = 3;
		} else if (sscanf(text, "K%u%n", &i, &n) == 1) {
			assert_true(i < KEYS);
			cs_tlog_cosigner_text(key, &who[i]);
		} else {
			assert_ok(cs_buf_add(out, cs_view(text++, 1)));
			continue;
		}
		assert_ok(cs_buf_add(out, cs_view_str(key)));
		text += n;
	}
}

static enum cs_err
parse(const char *text)
{
	struct cs_buf expanded = { 0 };
	enum cs_err err;

	expand(&expanded, text);
	err = cs_tlog_policy_parse(&policy, &line, cs_buf_view(&expanded));
	cs_buf_free(&expanded);
	return err;
}

/* The example of C2SP tlog-policy, with names in other alphabets. */
#define EXAMPLE                                                                \
	"# policy\n\n \t\n"                                                    \
	"log LOG https://log.example/\n"                                       \
	"witness X1 K0 https://w.example/w1\n"                                 \
	"witness X2\tK1\n"                                                     \
	"  witness X\xc3\xa9 K2\t \n"                                          \
	"group X-witnesses 2 X1 X2 X\xc3\xa9\n"                                \
	"\t# more\n"                                                           \
	"witness Y1 K3\nwitness Y2 K4\nwitness Y3 K5\n"                        \
	"group Y-witnesses any Y1 Y2 Y3\n"                                     \
	"group X-and-Y all X-witnesses Y-witnesses\n"                          \
	"quorum X-and-Y\n"

static void
test_read(void **state)
{
	(void)state;
	assert_ok(parse(EXAMPLE));
	assert_int_equal(policy.n_logs, 1);
	assert_string_equal(policy.logs[0].key.name, ORIGIN);
	assert_string_equal(policy.logs[0].url, "https://log.example/");
	assert_int_equal(policy.n_witnesses, 6);
	assert_string_equal(policy.witnesses[0].url, "https://w.example/w1");
	assert_string_equal(policy.witnesses[1].name, "X2");
	assert_string_equal(policy.witnesses[1].url, "");
	assert_string_equal(policy.witnesses[5].who.key.name, "w5");
	assert_int_equal(policy.n_groups, 3);
	assert_int_equal(policy.groups[0].k, 2);
	assert_int_equal(policy.groups[0].n, 3);
	assert_int_equal(policy.groups[1].k, 1);
	assert_int_equal(policy.groups[2].k, 2);
	assert_int_equal(policy.quorum, CS_TLOG_POLICY_EACH + 2);
	assert_ok(parse("quorum none\n"));
	assert_int_equal(policy.quorum, CS_TLOG_POLICY_NONE);
	assert_ok(parse("witness all K0\nquorum all\n"));
	assert_int_equal(policy.quorum, 0);
	/* A group of a group, and one that nobody needs. */
	assert_ok(parse("witness a K0\ngroup b 1 a\ngroup c all b\n"
			"witness d K1\ngroup e any d\nquorum c\n"));
}

static void
test_refused(void **state)
{
	static const struct {
		const char *text;
		enum cs_err err;
		unsigned line;
	} bad[] = {
		{ "", CS_ERR_FORMAT, 0 },
		{ "log LOG\n", CS_ERR_FORMAT, 0 },
		{ "quorum none", CS_ERR_FORMAT, 1 },
		{ "quorum none\nx", CS_ERR_FORMAT, 2 },
		{ "quorum none\r\n", CS_ERR_FORMAT, 0 },
		{ "\x7f\nquorum none\n", CS_ERR_FORMAT, 0 },
		{ "quorum\n", CS_ERR_FORMAT, 1 },
		{ "quorum none none\n", CS_ERR_FORMAT, 1 },
		{ "quorum none # nobody\n", CS_ERR_FORMAT, 1 },
		{ "Quorum none\n", CS_ERR_FORMAT, 1 },
		{ "quorum none\nquorum none\n", CS_ERR_EXISTS, 2 },
		{ "quorum a\nwitness a K0\n", CS_ERR_NOT_FOUND, 1 },
		{ "log\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "log x\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "log LOG a b\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "log LOG\nlog LOG\nquorum none\n", CS_ERR_EXISTS, 2 },
		/* A witness's key signs no checkpoint, nor the other way. */
		{ "log K0\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "witness a LOG\nquorum a\n", CS_ERR_FORMAT, 1 },
		{ "witness\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "witness a\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "witness none K0\nquorum none\n", CS_ERR_EXISTS, 1 },
		{ "witness a K0 b c\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "witness a K0\nwitness a K1\nquorum a\n", CS_ERR_EXISTS, 2 },
		{ "witness a K0\nwitness b K0\nquorum a\n", CS_ERR_EXISTS, 2 },
		{ "witness a K0\ngroup a any a\nquorum a\n", CS_ERR_EXISTS, 2 },
		{ "group none any a\nquorum none\n", CS_ERR_EXISTS, 1 },
		{ "group a\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "group a any\nquorum none\n", CS_ERR_FORMAT, 1 },
		{ "group a any a\nquorum a\n", CS_ERR_NOT_FOUND, 1 },
		{ "group a any none\nquorum a\n", CS_ERR_NOT_FOUND, 1 },
		{ "witness a K0\ngroup b 0 a\nquorum b\n", CS_ERR_FORMAT, 2 },
		{ "witness a K0\ngroup b 2 a\nquorum b\n", CS_ERR_FORMAT, 2 },
		{ "witness a K0\ngroup b 01 a\nquorum b\n", CS_ERR_FORMAT, 2 },
		{ "witness a K0\ngroup b -1 a\nquorum b\n", CS_ERR_FORMAT, 2 },
		{ "witness a K0\ngroup b some a\nquorum b\n", CS_ERR_FORMAT,
		    2 },
		{ "witness a K0\ngroup b any a a\nquorum b\n", CS_ERR_EXISTS,
		    2 },
		{ "witness a K0\ngroup b any a\ngroup c any a\nquorum b\n",
		    CS_ERR_EXISTS, 3 },
		{ "mirror a K0\nquorum none\n", CS_ERR_FORMAT, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		assert_err(parse(bad[i].text), bad[i].err);
		assert_int_equal(line, bad[i].line);
	}
	assert_err(cs_tlog_policy_parse(
		       &policy, &line, cs_view("quorum none\n\0\n", 14)),
	    CS_ERR_FORMAT);
}

/* A witness of that number, and a group of it alone. */
static void
add(struct cs_buf *text, unsigned i)
{
	char one[128];

	snprintf(one, sizeof one, "witness a%u K%u\ngroup g%u any a%u\n", i, i,
	    i, i);
	expand(text, one);
}

static void
test_limits(void **state)
{
	struct cs_buf text = { 0 };
	char name[CS_TLOG_POLICY_URL_MAX + 2] = "", said[1024];
	uint8_t *at;

	(void)state;
	for (unsigned i = 0; i < CS_TLOG_POLICY_EACH; i++)
		add(&text, i);
	assert_ok(cs_buf_add(&text, cs_view_str("quorum g31\n")));
	assert_ok(cs_tlog_policy_parse(&policy, &line, cs_buf_view(&text)));
	assert_int_equal(policy.n_groups, CS_TLOG_POLICY_EACH);
	add(&text, CS_TLOG_POLICY_EACH);
	assert_err(cs_tlog_policy_parse(&policy, &line, cs_buf_view(&text)),
	    CS_ERR_LIMIT);
	cs_buf_reset(&text);
	memset(name, 'n', CS_TLOG_POLICY_NAME_MAX);
	snprintf(said, sizeof said, "witness %s K0\nquorum none\n", name);
	assert_ok(parse(said));
	name[CS_TLOG_POLICY_NAME_MAX] = 'n';
	snprintf(said, sizeof said, "witness %s K0\nquorum none\n", name);
	assert_err(parse(said), CS_ERR_LIMIT);
	memset(name, 'n', CS_TLOG_POLICY_URL_MAX);
	snprintf(said, sizeof said, "witness a K0 %s\nquorum none\n", name);
	assert_ok(parse(said));
	name[CS_TLOG_POLICY_URL_MAX] = 'n';
	snprintf(said, sizeof said, "witness a K0 %s\nquorum none\n", name);
	assert_err(parse(said), CS_ERR_LIMIT);
	assert_ok(cs_buf_add(&text, cs_view_str("quorum none\n")));
	assert_ok(cs_buf_extend(&text, CS_TLOG_POLICY_MAX - text.len, &at));
	memset(at, '\n', text.len - (size_t)(at - text.data));
	assert_ok(cs_tlog_policy_parse(&policy, &line, cs_buf_view(&text)));
	assert_ok(cs_buf_add(&text, cs_view_str("\n")));
	assert_err(cs_tlog_policy_parse(&policy, &line, cs_buf_view(&text)),
	    CS_ERR_LIMIT);
	cs_buf_free(&text);
}

/* ---- checkpoints -------------------------------------------------------- */

static struct cs_tlog_witnessed shown;
static struct cs_buf note;

static void
begin_note(void)
{
	struct cs_tlog_checkpoint c;

	cs_buf_reset(&note);
	assert_ok(cs_tlog_checkpoint_parse(&c, cs_view_str(TEXT)));
	assert_ok(cs_tlog_checkpoint_sign(&note, &c, &log_key, &log_with));
}

static void
cosign(size_t i, uint64_t time_s)
{
	char cosigned[CS_TLOG_COSIGN_LINE_SIZE];

	assert_ok(cs_tlog_cosign(
	    cosigned, &who[i], &with[i], cs_view_str(TEXT), time_s));
	assert_ok(cs_buf_add(&note, cs_view_str(cosigned)));
}

static enum cs_err
verify(void)
{
	return cs_tlog_policy_verify(
	    &shown, &policy, cs_buf_view(&note), NULL, NOW);
}

static void
test_quorum(void **state)
{
	(void)state;
	assert_ok(parse(EXAMPLE));
	begin_note();
	assert_err(verify(), CS_ERR_DENIED);
	cosign(0, 100);
	cosign(1, 300);
	assert_err(verify(), CS_ERR_DENIED);
	assert_int_equal(shown.times[0], 100);
	assert_int_equal(shown.times[2], 0);
	assert_true(shown.by_s == UINT64_MAX && shown.as_of_s == 0);
	cosign(4, 200);
	assert_ok(verify());
	assert_int_equal(shown.checkpoint.size, 5);
	assert_int_equal(shown.by_s, 300);
	assert_int_equal(shown.as_of_s, 100);
	/* One more of X: two of them by 150, and two of them since 150. */
	cosign(2, 150);
	assert_ok(verify());
	assert_int_equal(shown.by_s, 200);
	assert_int_equal(shown.as_of_s, 150);
	/* Somebody who is not of the policy counts nothing. */
	cosign(7, 1);
	assert_ok(verify());
	assert_int_equal(shown.by_s, 200);
}

static void
test_one(void **state)
{
	(void)state;
	assert_ok(parse("log LOG\nwitness a K0\nwitness b K1\nquorum a\n"));
	begin_note();
	cosign(1, 100);
	assert_err(verify(), CS_ERR_DENIED);
	cosign(0, 50);
	assert_ok(verify());
	assert_int_equal(shown.by_s, 50);
	assert_int_equal(shown.as_of_s, 50);
	assert_ok(parse("log LOG\nwitness a K0\nquorum none\n"));
	assert_ok(verify());
	assert_true(shown.by_s == UINT64_MAX && shown.as_of_s == 0);
	assert_int_equal(shown.times[0], 50);
}

/* Times that nobody can have seen. */
static void
test_times(void **state)
{
	static const uint64_t bad[] = { 0, NOW + CS_TLOG_POLICY_AHEAD_S + 1,
		CS_TLOG_COSIGN_TIME_MAX };

	(void)state;
	assert_ok(parse("log LOG\nwitness a K0\nquorum a\n"));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		begin_note();
		cosign(0, bad[i]);
		assert_err(verify(), CS_ERR_DENIED);
	}
	begin_note();
	cosign(0, NOW + CS_TLOG_POLICY_AHEAD_S);
	assert_ok(verify());
}

static void
test_logs(void **state)
{
	(void)state;
	begin_note();
	cosign(0, 100);
	assert_ok(parse("witness a K0\nquorum a\n"));
	assert_err(verify(), CS_ERR_NOT_FOUND);
	/* The log may be known from elsewhere. */
	assert_ok(cs_tlog_policy_verify(
	    &shown, &policy, cs_buf_view(&note), &log_key, NOW));
	assert_int_equal(shown.by_s, 100);
	assert_ok(parse("log LOG\nwitness a K0\nquorum a\n"));
	assert_ok(verify());
	for (size_t i = 0; i < note.len; i++) {
		note.data[i] ^= 1;
		assert_int_not_equal(verify(), CS_OK);
		note.data[i] ^= 1;
	}
	for (size_t n = 0; n < note.len; n++)
		assert_int_not_equal(cs_tlog_policy_verify(&shown, &policy,
					 cs_view(note.data, n), NULL, NOW),
		    CS_OK);
	cs_buf_free(&note);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_quorum),
		cmocka_unit_test(test_one),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_logs),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
