/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "crypto/init.h"
#include "crypto/suite.h"
#include "franking/csev.h"
#include "support/operator.h"
#include "support/test.h"

#define NOW_S 1700000000u

static const uint8_t hashes[96], many[CS_CSEV_DATA_MAX + 1];

/* Something of everything, and nothing that means anything. */
static struct cs_csev *
make(void)
{
	struct cs_csev *c = calloc(1, sizeof *c);

	assert_non_null(c);
	c->report_id[0] = 1;
	c->created_ms = 2;
	c->mode = CS_CSEV_NAMED;
	c->reason = 3;
	c->note = cs_view_str("note");
	c->auth = cs_view_str("auth");
	c->n_items = 2;
	for (size_t i = 0; i < 2; i++) {
		struct cs_csev_item *item = &c->items[i];

		item->application_data = cs_view_str("data");
		item->epoch = 4;
		item->leaf = 5;
		item->sender_seq = 6;
		item->claimed_ms = 7;
		item->stamp = cs_view_str("stamp");
	}
	c->items[1].n_media = 3;
	c->items[1].media[1].has_key = true;
	c->items[1].media[1].key[0] = 8;
	c->items[1].media[2].has_key = true;
	c->items[1].media[2].has_bytes = true;
	c->items[1].media[2].bytes = cs_view_str("bytes");
	c->n_gaps = 1;
	c->gaps[0].first_seq = 9;
	c->gaps[0].leafhashes = CS_VIEW_OF(hashes);
	c->n_keys = 3;
	c->keys[0].type = CS_CSEV_ROOT;
	c->keys[1].type = CS_CSEV_CREDENTIAL;
	c->keys[1].cert = cs_view_str("cert");
	c->keys[2].type = CS_CSEV_STAMP_KEY_CERT;
	c->keys[2].cert = cs_view_str("cert");
	return c;
}

/* Write ${c} and read it: how that ends.  Frees ${c}. */
static enum cs_err
roundtrip(struct cs_csev *c)
{
	struct cs_buf b = { 0 };
	struct cs_csev *got = NULL;
	enum cs_err err;

	assert_ok(cs_csev_write(&b, c));
	err = cs_csev_parse(&got, cs_buf_view(&b));
	if (err)
		assert_null(got);
	cs_csev_free(got);
	cs_buf_free(&b);
	free(c);
	return err;
}

static void
test_there_and_back(void **state)
{
	struct cs_csev *c = make(), *got = NULL;
	struct cs_buf b = { 0 }, again = { 0 };

	(void)state;
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_parse(&got, cs_buf_view(&b)));
	assert_int_equal(got->n_items, 2);
	assert_int_equal(got->items[1].n_media, 3);
	assert_false(got->items[1].media[0].has_key);
	assert_int_equal(got->items[1].media[1].key[0], 8);
	assert_view_equal(got->items[1].media[2].bytes, cs_view_str("bytes"));
	assert_int_equal(got->gaps[0].leafhashes.len, 96);
	assert_view_equal(got->note, cs_view_str("note"));
	assert_view_equal(got->auth, cs_view_str("auth"));
	assert_int_equal(
	    got->before_auth.len + 5 + got->behind_auth.len, b.len);
	assert_ok(cs_csev_write(&again, got));
	assert_view_equal(cs_buf_view(&b), cs_buf_view(&again));
	cs_csev_free(got);
	free(c);
	cs_buf_free(&b);
	cs_buf_free(&again);
}

/* One spelling: what parses is written the same way again. */
static void
test_strict(void **state)
{
	struct cs_csev *c = make(), *got = NULL;
	struct cs_buf b = { 0 }, again = { 0 };
	enum cs_err err;

	(void)state;
	assert_ok(cs_csev_write(&b, c));
	for (size_t i = 0; i < b.len; i++) {
		assert_int_not_equal(
		    cs_csev_parse(&got, cs_view(b.data, i)), CS_OK);
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (uint8_t)(1 << bit);
			err = cs_csev_parse(&got, cs_buf_view(&b));
			if (err == CS_OK) {
				cs_buf_reset(&again);
				assert_ok(cs_csev_write(&again, got));
				assert_view_equal(
				    cs_buf_view(&again), cs_buf_view(&b));
				cs_csev_free(got);
			} else {
				assert_int_equal(
				    cs_err_class(err), CS_ERR_CLASS_THEIRS);
			}
			b.data[i] ^= (uint8_t)(1 << bit);
		}
	}
	assert_ok(cs_buf_add(&b, cs_view("", 1)));
	assert_err(cs_csev_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	free(c);
	cs_buf_free(&b);
	cs_buf_free(&again);
}

static void
test_header(void **state)
{
	struct cs_csev *c = make(), *got;
	struct cs_buf b = { 0 };

	(void)state;
	assert_ok(cs_csev_write(&b, c));
	b.data[7] = '2';
	assert_err(cs_csev_parse(&got, cs_buf_view(&b)), CS_ERR_VERSION);
	b.data[7] = '1';
	b.data[0] = 'D';
	assert_err(cs_csev_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	b.data[0] = 'C';
	/* reporter_mode, behind magic, id and time */
	assert_int_equal(b.data[32], 1);
	b.data[32] = 2;
	assert_err(cs_csev_parse(&got, cs_buf_view(&b)), CS_ERR_FORMAT);
	free(c);
	cs_buf_free(&b);
}

static void
test_limits(void **state)
{
	struct cs_csev *c;

	(void)state;
	c = make();
	c->n_items = 0;
	assert_err(roundtrip(c), CS_ERR_FORMAT);
	c = make();
	c->n_items = CS_CSEV_ITEMS_MAX;
	assert_ok(roundtrip(c));
	c = make();
	c->note = cs_view(many, CS_CSEV_NOTE_MAX);
	assert_ok(roundtrip(c));
	c = make();
	c->note = cs_view(many, CS_CSEV_NOTE_MAX + 1);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	c = make();
	c->auth = cs_view(many, CS_CSEV_AUTH_MAX + 1);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	c = make();
	c->items[0].application_data = CS_VIEW_OF(many);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	c = make();
	c->items[0].stamp = cs_view(many, CS_STAMP_WIRE_MAX + 1);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	c = make();
	c->keys[1].cert = cs_view(many, CS_CREDENTIAL_MAX + 1);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	c = make();
	c->gaps[0].leafhashes = cs_view(hashes, 95);
	assert_err(roundtrip(c), CS_ERR_FORMAT);
	c = make();
	c->gaps[0].leafhashes = cs_view(hashes, 0);
	assert_err(roundtrip(c), CS_ERR_FORMAT);
}

/* One hash, and one entry, more than there may be. */
static void
test_too_many(void **state)
{
	const size_t n = (size_t)32 * (CS_CSEV_HASHES_MAX + 1);
	uint8_t *zero = calloc(n, 1);
	struct cs_csev *c, *got;
	struct cs_buf b = { 0 };
	size_t from;

	(void)state;
	assert_non_null(zero);
	c = make();
	c->gaps[0].leafhashes = cs_view(zero, n - 32);
	assert_ok(roundtrip(c));
	c = make();
	c->gaps[0].leafhashes = cs_view(zero, n);
	assert_err(roundtrip(c), CS_ERR_LIMIT);
	/* Keys at the end: one more than there may be, by hand. */
	c = make();
	c->n_keys = CS_CSEV_KEYS_MAX;
	for (size_t i = 0; i < CS_CSEV_KEYS_MAX; i++)
		c->keys[i].type = CS_CSEV_ROOT;
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_parse(&got, cs_buf_view(&b)));
	cs_csev_free(got);
	from = b.len - 33 * CS_CSEV_KEYS_MAX - 2;
	assert_int_equal((b.data[from] & 0x3f) << 8 | b.data[from + 1],
	    33 * CS_CSEV_KEYS_MAX);
	assert_ok(cs_buf_reserve(&b, 33));
	assert_ok(cs_buf_add(&b, cs_view(b.data + from + 2, 33)));
	b.data[from] = 0x40 | (33 * (CS_CSEV_KEYS_MAX + 1)) >> 8;
	b.data[from + 1] = (uint8_t)(33 * (CS_CSEV_KEYS_MAX + 1));
	assert_err(cs_csev_parse(&got, cs_buf_view(&b)), CS_ERR_LIMIT);
	free(c);
	free(zero);
	cs_buf_free(&b);
}

static void
test_auth(void **state)
{
	struct cs_sign_key account, device;
	struct cs_device_cert cert = { .account = { 1 },
		.handle = cs_view_str("alma"),
		.device = { 2 },
		.not_before = NOW_S - 5,
		.not_after = NOW_S + 5 };
	struct test_operator operator;
	struct cs_identity reporter;
	struct cs_buf b = { 0 }, auth = { 0 }, credential = { 0 };
	struct cs_csev *c = make(), *got = NULL;
	struct cs_view root;

	(void)state;
	test_operator_init(&operator, NOW_S);
	root = CS_VIEW_OF(operator.root.public);
	assert_ok(cs_sign_key_new(&account));
	assert_ok(cs_sign_key_new(&device));
	memcpy(cert.public, device.public, 32);
	test_credential(&credential, &operator, & cert, &account);
	c->created_ms = (uint64_t)NOW_S * 1000;
	c->auth = cs_view(NULL, 0);
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_sign(
	    &auth, cs_buf_view(&b), cs_buf_view(&credential), &device));
	c->auth = cs_buf_view(&auth);
	cs_buf_reset(&b);
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_parse(&got, cs_buf_view(&b)));
	assert_ok(cs_csev_verify_auth(&reporter, got, root));
	assert_view_equal(reporter.account.handle, cs_view_str("alma"));
	assert_err(cs_csev_verify_auth(
		       &reporter, got, CS_VIEW_OF(operator.registrar.public)),
	    CS_ERR_CERT);
	got->created_ms += 6000;
	assert_err(cs_csev_verify_auth(&reporter, got, root), CS_ERR_EXPIRED);
	got->created_ms -= 6000;
	got->behind_auth.len--;
	assert_err(cs_csev_verify_auth(&reporter, got, root), CS_ERR_SIGNATURE);
	got->behind_auth.len++;
	got->auth.len--;
	assert_err(cs_csev_verify_auth(&reporter, got, root), CS_ERR_FORMAT);
	got->auth = cs_view(NULL, 0);
	assert_err(cs_csev_verify_auth(&reporter, got, root), CS_ERR_FORMAT);
	cs_csev_free(got);
	free(c);
	cs_buf_free(&b);
	cs_buf_free(&auth);
	cs_buf_free(&credential);
	test_operator_clear(&operator);
}

/* Without a name, a key that is made for it signs. */
static void
test_auth_unnamed(void **state)
{
	static const uint8_t nobody[16];
	struct cs_buf b = { 0 }, auth = { 0 }, again = { 0 };
	struct cs_csev *c = make(), *got = NULL;
	struct cs_identity reporter;
	const struct cs_view no_root = { NULL, 0 };

	(void)state;
	c->mode = CS_CSEV_UNNAMED;
	c->auth = cs_view(NULL, 0);
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_sign_unnamed(&auth, cs_buf_view(&b)));
	assert_ok(cs_csev_sign_unnamed(&again, cs_buf_view(&b)));
	/* Two have nothing in common. */
	assert_int_equal(auth.len, 32 + CS_SIGNATURE_LEN);
	assert_memory_not_equal(auth.data, again.data, 32);
	c->auth = cs_buf_view(&auth);
	cs_buf_reset(&b);
	assert_ok(cs_csev_write(&b, c));
	assert_ok(cs_csev_parse(&got, cs_buf_view(&b)));
	assert_ok(cs_csev_verify_auth(&reporter, got, no_root));
	assert_memory_equal(reporter.account.account, nobody, 16);
	got->behind_auth.len--;
	assert_err(
	    cs_csev_verify_auth(&reporter, got, no_root), CS_ERR_SIGNATURE);
	got->behind_auth.len++;
	/* The signature of a named one does not do. */
	got->mode = CS_CSEV_NAMED;
	assert_int_not_equal(
	    cs_csev_verify_auth(&reporter, got, no_root), CS_OK);
	got->mode = CS_CSEV_UNNAMED;
	got->auth = cs_view(NULL, 0);
	assert_err(cs_csev_verify_auth(&reporter, got, no_root), CS_ERR_FORMAT);
	cs_csev_free(got);
	free(c);
	cs_buf_free(&b);
	cs_buf_free(&auth);
	cs_buf_free(&again);
}

static enum cs_err
write_and_parse(void *arg)
{
	struct cs_buf b = { 0 };
	struct cs_csev *got = NULL;
	enum cs_err err = cs_csev_write(&b, arg);

	if (err == CS_OK)
		err = cs_csev_parse(&got, cs_buf_view(&b));
	cs_csev_free(got);
	cs_buf_free(&b);
	return err;
}

static void
test_allocations(void **state)
{
	struct cs_csev *c = make();

	(void)state;
	cs_test_allocations(write_and_parse, c);
	free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_strict),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_auth),
		cmocka_unit_test(test_auth_unnamed),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
