/* SPDX-License-Identifier: MIT */
#include "content/custody.h"
#include "crypto/init.h"
#include "franking/cert.h"
#include "support/test.h"

#define NOW_S 1700000000u

struct record {
	struct cs_sign_key root, desk;
	uint8_t report[16], bundle[32], head[32];
	struct cs_buf cert, entries, bytes;
};

static void
add(struct record *r, const char *actor, const char *what)
{
	struct cs_custody_entry e = { .at_ms = NOW_S * (uint64_t)1000,
		.actor = cs_view_str(actor),
		.what = cs_view_str(what) };

	assert_ok(cs_custody_entry_write(&r->entries, r->head, &e));
	assert_memory_equal(e.hash, r->head, 32);
}

static void
make(struct record *r, uint64_t n)
{
	cs_buf_reset(&r->bytes);
	assert_ok(cs_custody_write(&r->bytes,
	    &(struct cs_custody_input){ .report = r->report,
		.bundle_sha256 = r->bundle,
		.desk_cert = cs_buf_view(&r->cert),
		.entries = cs_buf_view(&r->entries),
		.n = n,
		.head = r->head },
	    &r->desk));
}

static void
init(struct record *r, enum cs_role role)
{
	memset(r, 0, sizeof *r);
	assert_ok(cs_sign_key_new(&r->root));
	assert_ok(cs_sign_key_new(&r->desk));
	memset(r->report, 7, sizeof r->report);
	memset(r->bundle, 8, sizeof r->bundle);
	assert_ok(cs_role_key_cert_make(&r->cert, role, r->desk.public,
	    NOW_S - 100, NOW_S + 100, &r->root));
	assert_ok(cs_custody_begin(r->head, r->report, r->bundle));
	add(r, "R-1", "photo seen, small");
	add(r, "R-2", "exported, not sealed");
	make(r, 2);
}

static void
clear(struct record *r)
{
	cs_buf_free(&r->cert);
	cs_buf_free(&r->entries);
	cs_buf_free(&r->bytes);
}

static void
test_good(void **state)
{
	struct cs_custody *c;
	struct record r;

	(void)state;
	init(&r, CS_ROLE_DESK_SIGNING);
	assert_true(cs_custody_is(cs_buf_view(&r.bytes)));
	assert_ok(cs_custody_check(&c, cs_buf_view(&r.bytes), r.root.public));
	assert_ok(c->cert_err);
	assert_ok(c->signature_err);
	assert_int_equal(c->n, 2);
	assert_memory_equal(c->head, r.head, 32);
	assert_memory_equal(c->report, r.report, 16);
	assert_true(cs_view_equal(
	    c->entries[1].what, cs_view_str("exported, not sealed")));
	cs_custody_free(c);
	clear(&r);
}

/* Not a byte of it can be another one. */
static void
test_every_byte(void **state)
{
	struct cs_custody *c;
	struct record r;

	(void)state;
	init(&r, CS_ROLE_DESK_SIGNING);
	for (size_t i = 0; i < r.bytes.len; i++) {
		r.bytes.data[i] ^= 1;
		if (cs_custody_check(
			&c, cs_buf_view(&r.bytes), r.root.public) == CS_OK) {
			assert_true(c->cert_err || c->signature_err);
			cs_custody_free(c);
		} else {
			assert_null(c);
		}
		r.bytes.data[i] ^= 1;
	}
	for (size_t n = 0; n < r.bytes.len; n++)
		assert_int_not_equal(
		    cs_custody_check(
			&c, cs_view(r.bytes.data, n), r.root.public),
		    CS_OK);
	clear(&r);
}

/* Entries left out, added or in another order; keys of others. */
static void
test_lies(void **state)
{
	struct cs_sign_key other;
	struct cs_custody *c;
	struct record r;

	(void)state;
	init(&r, CS_ROLE_DESK_SIGNING);
	/* One left out, with the signature over both. */
	cs_buf_reset(&r.entries);
	{
		uint8_t head[32];

		memcpy(head, r.head, 32);
		assert_ok(cs_custody_begin(r.head, r.report, r.bundle));
		add(&r, "R-2", "exported, not sealed");
		memcpy(r.head, head, 32);
	}
	make(&r, 2);
	assert_ok(cs_custody_check(&c, cs_buf_view(&r.bytes), r.root.public));
	assert_err(c->signature_err, CS_ERR_SIGNATURE);
	cs_custody_free(c);
	clear(&r);
	/* A key that is the desk's for something else. */
	init(&r, CS_ROLE_DESK_HPKE);
	assert_ok(cs_custody_check(&c, cs_buf_view(&r.bytes), r.root.public));
	assert_int_not_equal(c->cert_err, CS_OK);
	cs_custody_free(c);
	/* Another operator. */
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_custody_check(&c, cs_buf_view(&r.bytes), other.public));
	assert_int_not_equal(c->cert_err, CS_OK);
	cs_custody_free(c);
	clear(&r);
}

static void
test_limits(void **state)
{
	char text[CS_CUSTODY_TEXT_MAX + 2];
	struct cs_custody_entry e = { .actor = cs_view_str("R") };
	struct cs_buf out = { 0 };
	uint8_t hash[32] = { 0 };

	(void)state;
	memset(text, 'x', sizeof text);
	e.what = cs_view(text, CS_CUSTODY_TEXT_MAX);
	assert_ok(cs_custody_entry_write(&out, hash, &e));
	e.what = cs_view(text, CS_CUSTODY_TEXT_MAX + 1);
	assert_err(cs_custody_entry_write(&out, hash, &e), CS_ERR_LIMIT);
	cs_buf_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_every_byte),
		cmocka_unit_test(test_lies),
		cmocka_unit_test(test_limits),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
