/* SPDX-License-Identifier: MIT */
/* Messages that come late, twice, or changed. */

#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

static const struct cs_mls_extensions no_exts;

static struct cs_buf
say(struct world_member *m, const char *text)
{
	struct cs_buf out = { 0 };

	assert_ok(cs_mls_protect(
	    &out, m->group, cs_view(NULL, 0), cs_view_str(text)));
	return out;
}

static enum cs_err
hear(struct world_member *m, const struct cs_buf *message, const char *text)
{
	struct cs_mls_received got;
	enum cs_err err;

	err = cs_mls_process(&got, m->group, cs_buf_view(message));
	if (err == CS_OK)
		assert_view_equal(cs_buf_view(&got.data), cs_view_str(text));
	cs_mls_received_clear(&got);
	return err;
}

static void
test_order(void **state)
{
	struct world_member m[2];
	struct cs_buf msg[30];
	char text[8];

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	for (int i = 0; i < 30; i++) {
		snprintf(text, sizeof text, "n%d", i);
		msg[i] = say(&m[0], text);
	}
	assert_ok(hear(&m[1], &msg[5], "n5"));
	assert_ok(hear(&m[1], &msg[2], "n2"));
	assert_err(hear(&m[1], &msg[2], ""), CS_ERR_REPLAY);
	assert_err(hear(&m[1], &msg[5], ""), CS_ERR_REPLAY);
	/* The window is 20: number 27 is too far, 26 is not. */
	assert_err(hear(&m[1], &msg[27], ""), CS_ERR_LIMIT);
	assert_ok(hear(&m[1], &msg[26], "n26"));
	/* 20 keys are kept, the oldest went. */
	assert_err(hear(&m[1], &msg[4], ""), CS_ERR_REPLAY);
	assert_ok(hear(&m[1], &msg[6], "n6"));
	assert_ok(hear(&m[1], &msg[25], "n25"));
	assert_ok(hear(&m[1], &msg[27], "n27"));
	for (int i = 0; i < 30; i++)
		cs_buf_free(&msg[i]);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

static void
test_past_epochs(void **state)
{
	struct world_member m[2];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf old = { 0 }, older, commit = { 0 }, none = { 0 };

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	older = say(&m[0], "older");
	for (int i = 0; i < 3; i++) {
		if (i == 1)
			old = say(&m[0], "old");
		cs_buf_reset(&commit);
		assert_ok(world_commit(&m[1], &opt, &commit, &none));
		assert_ok(world_follow(&m[0], &commit));
	}
	/* Two past epochs are kept, the third is gone. */
	assert_ok(hear(&m[1], &old, "old"));
	assert_err(hear(&m[1], &old, ""), CS_ERR_REPLAY);
	assert_err(hear(&m[1], &older, ""), CS_ERR_EPOCH);
	cs_buf_free(&old);
	cs_buf_free(&older);
	cs_buf_free(&commit);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* Every changed byte is refused, and nothing at all changes by it. */
static void
tampered(struct world_member *m, const struct cs_buf *message)
{
	struct cs_buf before = { 0 }, after = { 0 };
	struct cs_mls_received got;
	enum cs_err err;

	assert_ok(world_save(m->group, &before));
	for (size_t i = 0; i <= message->len; i++) {
		struct cs_buf copy = { 0 };

		assert_ok(cs_buf_set(&copy, cs_buf_view(message)));
		if (i < message->len)
			copy.data[i] ^= 0x20;
		else
			copy.len--;
		err = cs_mls_process(&got, m->group, cs_buf_view(&copy));
		assert_int_equal(cs_err_class(err), CS_ERR_CLASS_THEIRS);
		cs_buf_reset(&after);
		assert_ok(world_save(m->group, &after));
		assert_view_equal(cs_buf_view(&before), cs_buf_view(&after));
		cs_buf_free(&copy);
	}
	/* One byte too many. */
	assert_ok(cs_buf_set(&after, cs_buf_view(message)));
	assert_ok(cs_buf_add(&after, cs_view_str("x")));
	assert_err(
	    cs_mls_process(&got, m->group, cs_buf_view(&after)), CS_ERR_FORMAT);
	cs_buf_free(&before);
	cs_buf_free(&after);
}

static void
test_tampered(void **state)
{
	struct world_member m[3];
	uint32_t two = 2;
	struct cs_mls_commit_options opt = { .remove = &two, .n_remove = 1 };
	struct cs_mls_staged *staged = NULL;
	struct cs_buf data, proposal = { 0 }, commit = { 0 }, none = { 0 };

	(void)state;
	cs_test_fixed_random(7);
	assert_ok(world_group(m, 3, no_exts));
	data = say(&m[0], "some text");
	tampered(&m[1], &data);
	assert_ok(hear(&m[1], &data, "some text"));
	assert_ok(cs_mls_commit_new(&staged, &commit, &none, m[0].group, &opt));
	tampered(&m[1], &commit);
	cs_mls_staged_free(staged);
	assert_ok(cs_mls_propose_update(&proposal, m[0].group));
	tampered(&m[1], &proposal);
	cs_buf_free(&data);
	cs_buf_free(&proposal);
	cs_buf_free(&commit);
	for (int i = 0; i < 3; i++)
		world_member_clear(&m[i]);
	cs_test_real_random();
}

/* Neither a Welcome nor a key package with a changed byte is of use. */
static void
test_tampered_welcome(void **state)
{
	struct world_member m[2];
	struct cs_view kp;
	struct cs_mls_commit_options opt = { .add = &kp, .n_add = 1 };
	struct cs_mls_key_package_info info;
	struct cs_buf commit = { 0 }, welcome = { 0 };
	enum cs_err err;

	(void)state;
	assert_ok(world_member_init(&m[0], 0));
	assert_ok(world_member_init(&m[1], 1));
	assert_ok(world_found(&m[0], no_exts));
	kp = cs_buf_view(&m[1].key_package);
	for (size_t i = 0; i < m[1].key_package.len; i++) {
		m[1].key_package.data[i] ^= 1;
		assert_int_not_equal(
		    cs_mls_key_package_check(&info, kp, WORLD_NOW), CS_OK);
		m[1].key_package.data[i] ^= 1;
	}
	assert_ok(world_commit(&m[0], &opt, &commit, &welcome));
	for (size_t i = 0; i < welcome.len; i++) {
		welcome.data[i] ^= 1;
		err = world_join(&m[1], &welcome);
		assert_int_equal(cs_err_class(err), CS_ERR_CLASS_THEIRS);
		welcome.data[i] ^= 1;
	}
	assert_ok(world_join(&m[1], &welcome));
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_past_epochs),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_tampered_welcome),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
