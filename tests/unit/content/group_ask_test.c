/* SPDX-License-Identifier: MIT */
/* Asking by a link: only members read it, and it is of one person, for one
 * link. */
#include "content/group_ask.h"

#include "base/writer.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW_S 1700000000u
#define AT_MS ((uint64_t)NOW_S * 1000)

static const uint8_t account[16] = { 6 }, other_account[16] = { 7 };

struct world {
	struct test_operator operator;
	struct cs_sign_key account_key, device;
	struct cs_buf credential;
	struct cs_hpke_key key;
	struct cs_group_link link;
	struct cs_buf letter, plain;
};

static void
world_init(struct world *w)
{
	uint8_t secret[CS_GROUP_LINK_SECRET_LEN] = { 3 };
	struct cs_device_cert cert = { .handle = cs_view_str("dora"),
		.device = { 7 },
		.not_before = NOW_S - 1000,
		.not_after = NOW_S + 1000 };

	memset(w, 0, sizeof *w);
	test_operator_init(&w->operator, NOW_S);
	assert_ok(cs_sign_key_new(&w->account_key));
	assert_ok(cs_sign_key_new(&w->device));
	memcpy(cert.account, account, 16);
	memcpy(cert.public, w->device.public, 32);
	test_credential(&w->credential, &w->operator, & cert, &w->account_key);
	assert_ok(cs_group_link_key(&w->key, secret));
	memcpy(w->link.root, w->operator.root.public, 32);
	memcpy(w->link.key, w->key.public, 32);
	w->link.ref[0] = 9;
}

static void
world_clear(struct world *w)
{
	cs_buf_free(&w->credential);
	cs_buf_free(&w->letter);
	cs_buf_free(&w->plain);
	test_operator_clear(&w->operator);
}

static void
seal(struct world *w, const char *text)
{
	const struct cs_group_ask ask = { .at_ms = AT_MS,
		.text = cs_view_str(text) };

	cs_buf_reset(&w->letter);
	assert_ok(cs_group_ask_seal(&w->letter, &ask, &w->link,
	    cs_buf_view(&w->credential), &w->device));
}

static enum cs_err
open_it(struct world *w, struct cs_group_ask *got)
{
	return cs_group_ask_open(
	    got, &w->plain, cs_buf_view(&w->letter), &w->link, &w->key);
}

/* Both sides call the link the same, and by all that is in it. */
static void
test_rendezvous(void **state)
{
	uint8_t a[32], b[32];
	struct world w;
	uint8_t *parts[] = { w.link.root, w.link.key, w.link.ref };

	(void)state;
	world_init(&w);
	assert_ok(cs_group_link_rendezvous(a, &w.link));
	for (size_t i = 0; i < 3; i++) {
		parts[i][5] ^= 1;
		assert_ok(cs_group_link_rendezvous(b, &w.link));
		assert_memory_not_equal(a, b, 32);
		parts[i][5] ^= 1;
	}
	assert_ok(cs_group_link_rendezvous(b, &w.link));
	assert_memory_equal(a, b, 32);
	world_clear(&w);
}

static void
test_letter(void **state)
{
	struct cs_identity who;
	struct cs_group_ask got;
	struct world w;
	size_t len;

	(void)state;
	world_init(&w);
	seal(&w, "It is me.");
	assert_ok(open_it(&w, &got));
	assert_int_equal(got.at_ms, AT_MS);
	assert_view_equal(got.text, cs_view_str("It is me."));
	assert_ok(cs_group_ask_check(&who, &got, &w.link, account, NOW_S));
	assert_view_equal(who.account.handle, cs_view_str("dora"));
	/* How long it is tells nothing of a short sentence; there may be none.
	 */
	len = w.letter.len;
	seal(&w, "");
	assert_int_equal(w.letter.len, len);
	assert_int_equal((len - 32 - 16) % 512, 0);
	assert_ok(open_it(&w, &got));
	assert_int_equal(got.text.len, 0);
	assert_null(memmem(w.letter.data, w.letter.len, "dora", 4));
	for (size_t i = 0; i < w.letter.len; i += 7) {
		w.letter.data[i] ^= 1;
		assert_err(open_it(&w, &got), CS_ERR_DECRYPT);
		w.letter.data[i] ^= 1;
	}
	for (size_t n = 0; n < len; n += 9) {
		enum cs_err err = cs_group_ask_open(
		    &got, &w.plain, cs_view(w.letter.data, n), &w.link, &w.key);

		assert_err(err, n < 32 ? CS_ERR_FORMAT : CS_ERR_DECRYPT);
	}
	world_clear(&w);
}

/* Not for another link, by another key, of another account, at another time. */
static void
test_twins(void **state)
{
	uint8_t secret[CS_GROUP_LINK_SECRET_LEN] = { 4 };
	struct cs_hpke_key other;
	struct cs_identity who;
	struct cs_group_ask got;
	struct world w;

	(void)state;
	world_init(&w);
	seal(&w, "It is me.");
	assert_ok(cs_group_link_key(&other, secret));
	assert_err(cs_group_ask_open(
		       &got, &w.plain, cs_buf_view(&w.letter), &w.link, &other),
	    CS_ERR_DECRYPT);
	w.link.ref[0] ^= 1;
	assert_err(open_it(&w, &got), CS_ERR_DECRYPT);
	w.link.ref[0] ^= 1;
	assert_ok(open_it(&w, &got));
	assert_err(
	    cs_group_ask_check(&who, &got, &w.link, other_account, NOW_S),
	    CS_ERR_MISMATCH);
	assert_err(
	    cs_group_ask_check(&who, &got, &w.link, account, NOW_S + 2000),
	    CS_ERR_EXPIRED);
	w.link.ref[0] ^= 1;
	assert_err(cs_group_ask_check(&who, &got, &w.link, account, NOW_S),
	    CS_ERR_SIGNATURE);
	w.link.ref[0] ^= 1;
	got.at_ms++;
	assert_err(cs_group_ask_check(&who, &got, &w.link, account, NOW_S),
	    CS_ERR_SIGNATURE);
	got.at_ms--;
	got.text = cs_view_str("It is he.");
	assert_err(cs_group_ask_check(&who, &got, &w.link, account, NOW_S),
	    CS_ERR_SIGNATURE);
	world_clear(&w);
}

/* What ${plain} is as a letter. */
static enum cs_err
says(struct world *w, struct cs_view plain)
{
	uint8_t rendezvous[32];
	struct cs_group_ask got;

	cs_buf_reset(&w->letter);
	assert_ok(cs_group_link_rendezvous(rendezvous, &w->link));
	assert_ok(cs_hpke_seal_once(&w->letter,
	    cs_suite_find(CS_SUITE_X25519_AES128), CS_VIEW_OF(w->link.key),
	    cs_view_str("countersign/group-ask/v1"), CS_VIEW_OF(rendezvous),
	    plain));
	return open_it(w, &got);
}

/* Letters that no program of ours writes. */
static void
test_inside(void **state)
{
	struct cs_buf good = { 0 };
	struct cs_group_ask got;
	struct cs_view v;
	struct world w;

	(void)state;
	world_init(&w);
	seal(&w, "a");
	assert_ok(open_it(&w, &got));
	assert_ok(cs_buf_set(&good, cs_buf_view(&w.plain)));
	v = cs_buf_view(&good);
	assert_ok(says(&w, v));
	good.data[0] = 2;
	assert_err(says(&w, v), CS_ERR_VERSION);
	good.data[0] = 1;
	good.data[good.len - 1] = 1;
	assert_err(says(&w, v), CS_ERR_FORMAT);
	good.data[good.len - 1] = 0;
	good.data[10] = 0xff; /* the text */
	assert_err(says(&w, v), CS_ERR_FORMAT);
	good.data[10] = 'a';
	assert_err(says(&w, cs_view(v.data, v.len - 1)), CS_ERR_FORMAT);
	assert_err(says(&w, cs_view(v.data, 0)), CS_ERR_FORMAT);
	/* More zeroes than there need to be are another spelling. */
	assert_ok(cs_buf_reserve(&good, 512));
	memset(good.data + good.len, 0, 512);
	good.len += 512;
	assert_err(says(&w, cs_buf_view(&good)), CS_ERR_FORMAT);
	cs_buf_free(&good);
	world_clear(&w);
}

static void
test_bounds(void **state)
{
	char text[CS_GROUP_ASK_TEXT_MAX + 2] = "";
	struct cs_group_ask ask = { .at_ms = AT_MS };
	struct world w;

	(void)state;
	world_init(&w);
	memset(text, 'a', sizeof text - 1);
	ask.text = cs_view(text, CS_GROUP_ASK_TEXT_MAX);
	assert_ok(cs_group_ask_seal(
	    &w.letter, &ask, &w.link, cs_buf_view(&w.credential), &w.device));
	ask.text = cs_view(text, CS_GROUP_ASK_TEXT_MAX + 1);
	assert_err(cs_group_ask_seal(&w.letter, &ask, &w.link,
		       cs_buf_view(&w.credential), &w.device),
	    CS_ERR_LIMIT);
	ask.text = cs_view_str("\xff");
	assert_err(cs_group_ask_seal(&w.letter, &ask, &w.link,
		       cs_buf_view(&w.credential), &w.device),
	    CS_ERR_FORMAT);
	ask.text = cs_view_str("");
	memset(w.link.key, 0, sizeof w.link.key);
	assert_err(cs_group_ask_seal(&w.letter, &ask, &w.link,
		       cs_buf_view(&w.credential), &w.device),
	    CS_ERR_KEY);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rendezvous),
		cmocka_unit_test(test_letter),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_inside),
		cmocka_unit_test(test_bounds),
	};

	return cs_crypto_init() == CS_OK
	    ? cmocka_run_group_tests(tests, NULL, NULL)
	    : 1;
}
