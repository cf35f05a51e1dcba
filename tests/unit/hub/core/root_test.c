/* SPDX-License-Identifier: MIT */
/* What a root signs, and what a hub takes from it. */
#include <stdio.h>

#include "base/writer.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "franking/cert.h"
#include "franking/signed.h"
#include "hub/core/keys.h"
#include "hub/core/root.h"
#include "support/test.h"

#define NOW ((uint64_t)1800000000)

static struct cs_sign_key root, other_root, keys[6];
static struct hub_root_request request;
static struct cs_buf bytes, answer;

static struct cs_view
written(struct cs_buf *out, const struct hub_root_request *r)
{
	cs_buf_reset(out);
	assert_ok(hub_root_request_write(out, r));
	return cs_buf_view(out);
}

static void
make_request(void)
{
	struct cs_buf pem = { 0 };
	uint8_t tls[CS_TLS_PUBLIC_LEN];

	request.made = NOW;
	strcpy(request.name, "hub.example");
	memcpy(request.root, root.public, sizeof request.root);
	assert_ok(cs_tls_key_generate(&pem, tls));
	hub_root_request_add(&request, HUB_ROOT_STAMP, keys[0].public);
	hub_root_request_add(&request, HUB_ROOT_TLS, tls);
	for (int kind = HUB_ROOT_EXTERNAL; kind <= HUB_ROOT_DESK_SIGN; kind++)
		hub_root_request_add(
		    &request, (enum hub_root_kind)kind, keys[kind - 2].public);
	(void)written(&bytes, &request);
	assert_ok(
	    hub_root_answer_make(&answer, cs_buf_view(&bytes), &root, NOW));
	cs_buf_free(&pem);
}

static enum cs_err
verify(struct cs_view a, uint64_t now)
{
	struct hub_root_answer out;

	return hub_root_answer_verify(
	    &out, a, cs_buf_view(&bytes), root.public, now);
}

static void
test_round(void **state)
{
	struct hub_root_request parsed;
	struct hub_root_answer out;
	struct cs_stamp_key_cert stamp;
	struct cs_role_key_cert role;
	char print[HUB_ROOT_PRINT_SIZE];

	(void)state;
	assert_ok(hub_root_request_parse(&parsed, cs_buf_view(&bytes)));
	assert_memory_equal(&parsed, &request, sizeof parsed);
	assert_ok(hub_root_answer_verify(
	    &out, cs_buf_view(&answer), cs_buf_view(&bytes), root.public, NOW));
	assert_int_equal(out.n, HUB_ROOT_KEYS);
	assert_ok(cs_stamp_key_cert_verify(
	    &stamp, out.certs[0], CS_VIEW_OF(root.public), NOW));
	assert_memory_equal(stamp.public, keys[0].public, CS_KEY_LEN);
	assert_ok(cs_role_key_cert_verify(&role, out.certs[6],
	    CS_VIEW_OF(root.public), CS_ROLE_DESK_SIGNING, NOW));
	assert_ok(hub_root_fingerprint(print, cs_buf_view(&bytes)));
	assert_int_equal(strlen(print), HUB_ROOT_PRINT_SIZE - 1);
}

/* A hub without a desk. */
static void
test_without_desk(void **state)
{
	struct hub_root_request few = request, parsed;
	struct cs_buf in = { 0 }, out = { 0 };
	struct hub_root_answer a;

	(void)state;
	few.n = HUB_ROOT_KEYS_OF_A_HUB;
	assert_ok(hub_root_answer_make(&out, written(&in, &few), &root, NOW));
	assert_ok(hub_root_answer_verify(
	    &a, cs_buf_view(&out), cs_buf_view(&in), root.public, NOW));
	assert_int_equal(a.n, HUB_ROOT_KEYS_OF_A_HUB);
	/* Half a desk, and a hub that lacks a key, are none. */
	few.n = 6;
	assert_err(
	    hub_root_request_parse(&parsed, written(&in, &few)), CS_ERR_FORMAT);
	few.n = 4;
	assert_err(
	    hub_root_request_parse(&parsed, written(&in, &few)), CS_ERR_FORMAT);
	cs_buf_free(&in);
	cs_buf_free(&out);
}

static void
test_request_malformed(void **state)
{
	struct hub_root_request parsed, bad;
	struct cs_buf in = { 0 };

	(void)state;
	for (size_t n = 0; n < bytes.len; n++)
		assert_err(
		    hub_root_request_parse(&parsed, cs_view(bytes.data, n)),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&in, cs_buf_view(&bytes)));
	assert_ok(cs_buf_add(&in, cs_view("x", 1)));
	assert_err(
	    hub_root_request_parse(&parsed, cs_buf_view(&in)), CS_ERR_FORMAT);
	in.len--;
	in.data[sizeof "countersign/root-request/v1"] = 3;
	assert_err(
	    hub_root_request_parse(&parsed, cs_buf_view(&in)), CS_ERR_VERSION);
	cs_buf_reset(&in);
	for (size_t i = 0; i <= HUB_ROOT_REQUEST_MAX; i++)
		assert_ok(cs_buf_add(&in, cs_view("x", 1)));
	assert_err(
	    hub_root_request_parse(&parsed, cs_buf_view(&in)), CS_ERR_LIMIT);
	/* Twice the same kind; an end before the beginning; no key. */
	bad = request;
	bad.keys[3].kind = HUB_ROOT_EXTERNAL;
	assert_err(
	    hub_root_request_parse(&parsed, written(&in, &bad)), CS_ERR_FORMAT);
	bad = request;
	bad.keys[0].not_after = bad.keys[0].not_before;
	assert_err(
	    hub_root_request_parse(&parsed, written(&in, &bad)), CS_ERR_FORMAT);
	bad = request;
	memset(bad.keys[0].public, 0, CS_KEY_LEN);
	assert_err(
	    hub_root_request_parse(&parsed, written(&in, &bad)), CS_ERR_KEY);
	cs_buf_free(&in);
}

/* It goes into an X.509 certificate, and on a terminal. */
static void
test_request_name(void **state)
{
	static const char *const names[] = { "", ".hub", "-hub", "hub,DNS:bank",
		"Hub", "hub example", "hub\x1b[2J", "hub\n" };
	struct hub_root_request parsed, bad = request;
	struct cs_buf in = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		snprintf(bad.name, sizeof bad.name, "%s", names[i]);
		assert_err(hub_root_request_parse(&parsed, written(&in, &bad)),
		    CS_ERR_FORMAT);
	}
	cs_buf_free(&in);
}

/* Does the root sign ${bad}, at ${now}? */
static enum cs_err
sign(const struct hub_root_request *bad, uint64_t now)
{
	struct cs_buf in = { 0 }, out = { 0 };
	enum cs_err err =
	    hub_root_answer_make(&out, written(&in, bad), &root, now);

	if (err)
		assert_int_equal(out.len, 0);
	cs_buf_free(&in);
	cs_buf_free(&out);
	return err;
}

static void
test_not_signed(void **state)
{
	struct hub_root_request bad = request;

	(void)state;
	memcpy(bad.root, other_root.public, sizeof bad.root);
	assert_err(sign(&bad, NOW), CS_ERR_MISMATCH);
	for (size_t i = 0; i < request.n; i++) {
		bad = request;
		bad.keys[i].not_after++;
		assert_err(sign(&bad, NOW), CS_ERR_LIMIT);
		bad = request;
		bad.keys[i].not_before--;
		assert_err(sign(&bad, NOW), CS_ERR_LIMIT);
	}
	/* Now is the first second, the last; one before and one after. */
	assert_ok(sign(&request, NOW - CS_DAY_S));
	assert_ok(sign(&request, NOW + HUB_STAMP_DAYS * CS_DAY_S));
	assert_err(sign(&request, NOW - CS_DAY_S - 1), CS_ERR_EXPIRED);
	assert_err(sign(&request, NOW + HUB_STAMP_DAYS * CS_DAY_S + 1),
	    CS_ERR_EXPIRED);
	/* A point that is not on the curve. */
	bad = request;
	bad.keys[1].public[64] ^= 1;
	assert_err(sign(&bad, NOW), CS_ERR_KEY);
}

static void
test_answer_changed(void **state)
{
	struct hub_root_answer out;

	(void)state;
	for (size_t i = 0; i < answer.len; i++) {
		answer.data[i] ^= 1;
		assert_int_not_equal(verify(cs_buf_view(&answer), NOW), CS_OK);
		answer.data[i] ^= 1;
	}
	for (size_t n = 0; n < answer.len; n++)
		assert_int_not_equal(
		    verify(cs_view(answer.data, n), NOW), CS_OK);
	assert_err(
	    verify(cs_buf_view(&answer), NOW - CS_DAY_S - 1), CS_ERR_EXPIRED);
	assert_err(
	    verify(cs_buf_view(&answer), NOW + HUB_STAMP_DAYS * CS_DAY_S + 1),
	    CS_ERR_EXPIRED);
	assert_err(hub_root_answer_verify(&out, cs_buf_view(&answer),
		       cs_buf_view(&bytes), other_root.public, NOW),
	    CS_ERR_CERT);
	assert_ok(verify(cs_buf_view(&answer), NOW));
}

/* The answer of ${by} that says it is to our request, and has the certificates
 * of ${from}, those of ${certs_by}. */
static enum cs_err
verify_forged(const struct hub_root_request *from,
    const struct cs_sign_key *certs_by, const struct cs_sign_key *by)
{
	static const char label[] = "countersign/root-answer/v1";
	struct hub_root_request theirs = *from;
	struct cs_buf in = { 0 }, made = { 0 }, out = { 0 };
	struct hub_root_answer a;
	struct cs_writer w;
	uint8_t hash[CS_SHA256_LEN];
	size_t mark;
	enum cs_err err;

	memcpy(theirs.root, certs_by->public, sizeof theirs.root);
	assert_ok(
	    hub_root_answer_make(&made, written(&in, &theirs), certs_by, NOW));
	assert_ok(hub_root_answer_verify(
	    &a, cs_buf_view(&made), cs_buf_view(&in), certs_by->public, NOW));
	assert_ok(cs_sha256(hash, cs_buf_view(&bytes)));
	w = cs_signed_begin(&out, cs_view(label, sizeof label));
	cs_write_bytes(&w, CS_VIEW_OF(hash));
	mark = cs_write_open(&w);
	for (size_t i = 0; i < a.n; i++)
		cs_write_vec(&w, a.certs[i]);
	cs_write_close(&w, mark);
	assert_ok(cs_signed_end(&w, 0, by));
	err = verify(cs_buf_view(&out), NOW);
	cs_buf_free(&in);
	cs_buf_free(&made);
	cs_buf_free(&out);
	return err;
}

/* The root's name on the whole does not make good what is in it. */
static void
test_answer_forged(void **state)
{
	struct hub_root_request theirs = request;

	(void)state;
	assert_ok(verify_forged(&request, &root, &root));
	assert_err(verify_forged(&request, &root, &other_root), CS_ERR_CERT);
	assert_err(verify_forged(&request, &other_root, &root), CS_ERR_CERT);
	theirs.n = HUB_ROOT_KEYS_OF_A_HUB;
	assert_err(verify_forged(&theirs, &root, &root), CS_ERR_MISMATCH);
	for (size_t i = 0; i < request.n; i++) {
		theirs = request;
		theirs.keys[i].not_after--;
		assert_err(
		    verify_forged(&theirs, &root, &root), CS_ERR_MISMATCH);
		theirs = request;
		theirs.keys[i].not_before++;
		assert_err(
		    verify_forged(&theirs, &root, &root), CS_ERR_MISMATCH);
		if (i == 1)
			continue; /* no other point at hand */
		theirs = request;
		memcpy(theirs.keys[i].public, other_root.public, CS_KEY_LEN);
		assert_err(
		    verify_forged(&theirs, &root, &root), CS_ERR_MISMATCH);
	}
	theirs = request;
	strcpy(theirs.name, "hub.example.com");
	assert_err(verify_forged(&theirs, &root, &root), CS_ERR_MISMATCH);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round),
		cmocka_unit_test(test_without_desk),
		cmocka_unit_test(test_request_malformed),
		cmocka_unit_test(test_request_name),
		cmocka_unit_test(test_not_signed),
		cmocka_unit_test(test_answer_changed),
		cmocka_unit_test(test_answer_forged),
	};
	int failed;

	if (cs_crypto_init() != CS_OK || cs_sign_key_new(&root) != CS_OK ||
	    cs_sign_key_new(&other_root) != CS_OK)
		return 1;
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (cs_sign_key_new(&keys[i]) != CS_OK)
			return 1;
	make_request();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	cs_buf_free(&bytes);
	cs_buf_free(&answer);
	return failed;
}
