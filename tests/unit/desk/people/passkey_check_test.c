/* SPDX-License-Identifier: MIT */
#include "crypto/init.h"
#include "crypto/sign.h"
#include "crypto/signer.h"
#include "crypto/suite.h"
#include "desk/people/passkey_check.h"
#include "unit/desk/passkey_vectors.h"
#include "unit/desk/passkey_world.h"

#define CREATE "webauthn.create"
#define GET "webauthn.get"

static struct desk_passkey_wanted
wanted_of(const char *hex)
{
	return (struct desk_passkey_wanted){ .rp_id = "example.org",
		.origin = "https://example.org",
		.challenge = cs_test_unhex(hex).data };
}

/* ---- published values --------------------------------------------------- */

static void
test_vectors_made(void **state)
{
	static const enum cs_err want[VECTORS] = {
		[V_NONE] = CS_ERR_DENIED, /* not verified */
		[V_SELF] = CS_OK,
		[V_CROSS] = CS_ERR_MISMATCH,
		[V_TOP] = CS_ERR_MISMATCH,
		[V_LONG] = CS_ERR_DENIED,
		[V_EDDSA] = CS_ERR_DENIED,
	};

	(void)state;
	for (size_t i = 0; i < VECTORS; i++) {
		const struct passkey_vector *v = &vectors[i];
		struct desk_passkey_wanted w = wanted_of(v->made_challenge);
		struct desk_passkey_data made;
		struct cs_view in = cs_test_unhex(v->attestation);

		assert_ok(desk_passkey_attestation_parse(&made, in));
		assert_view_equal(made.id, cs_test_unhex(v->id));
		assert_int_equal(made.count, 0);
		assert_err(desk_passkey_made(&made, &w,
			       cs_test_unhex(v->made_client_data), in),
		    want[i]);
	}
}

static void
known_of(struct desk_passkey_known *out, const struct passkey_vector *v)
{
	struct desk_passkey_data made;

	assert_ok(desk_passkey_attestation_parse(
	    &made, cs_test_unhex(v->attestation)));
	*out = (struct desk_passkey_known){ .key = made.key,
		.count = made.count,
		.backup_eligible = (made.flags & DESK_PASSKEY_BE) != 0 };
}

static void
test_vectors_used(void **state)
{
	static const enum cs_err want[VECTORS] = {
		[V_NONE] = CS_ERR_DENIED,
		[V_SELF] = CS_ERR_DENIED,
		[V_CROSS] = CS_ERR_MISMATCH,
		[V_TOP] = CS_ERR_MISMATCH,
		[V_LONG] = CS_OK,
		[V_EDDSA] = CS_ERR_DENIED,
	};

	(void)state;
	for (size_t i = 0; i < VECTORS; i++) {
		const struct passkey_vector *v = &vectors[i];
		struct desk_passkey_wanted w = wanted_of(v->used_challenge);
		struct cs_view client = cs_test_unhex(v->used_client_data),
			       data = cs_test_unhex(v->data),
			       signature = cs_test_unhex(v->signature);
		struct desk_passkey_known known, other;
		struct desk_passkey_data used;

		known_of(&known, v);
		known_of(&other, &vectors[(i + 1) % VECTORS]);
		/* Every signature here is right, whatever else is wrong. */
		assert_ok(desk_passkey_signature_check(
		    &known.key, data, client, signature));
		assert_int_not_equal(desk_passkey_signature_check(
					 &other.key, data, client, signature),
		    CS_OK);
		assert_err(desk_passkey_used(
			       &used, &w, &known, client, data, signature),
		    want[i]);
	}
}

/* ---- what the browser says ---------------------------------------------- */

static void
test_client_data(void **state)
{
	static const uint8_t other[DESK_PASSKEY_CHALLENGE_LEN] = "another";
	static const struct {
		const char *type, *origin, *more;
		const uint8_t *challenge;
		enum cs_err err;
	} cases[] = {
		{ GET, ORIGIN, "", challenge, CS_OK },
		{ GET, ORIGIN, ",\"crossOrigin\":false", challenge, CS_OK },
		{ GET, ORIGIN, ",\"of a later version\":[1]", challenge,
		    CS_OK },
		{ CREATE, ORIGIN, "", challenge, CS_ERR_MISMATCH },
		{ GET, ORIGIN, "", other, CS_ERR_MISMATCH },
		{ GET, ORIGIN "/", "", challenge, CS_ERR_MISMATCH },
		{ GET, "http://desk.example:7744", "", challenge,
		    CS_ERR_MISMATCH },
		{ GET, "https://desk.example", "", challenge, CS_ERR_MISMATCH },
		{ GET, "https://www.desk.example:7744", "", challenge,
		    CS_ERR_MISMATCH },
		{ GET, ORIGIN, ",\"crossOrigin\":true", challenge,
		    CS_ERR_MISMATCH },
		{ GET, ORIGIN, ",\"crossOrigin\":\"false\"", challenge,
		    CS_ERR_MISMATCH },
		{ GET, ORIGIN, ",\"topOrigin\":\"" ORIGIN "\"", challenge,
		    CS_ERR_MISMATCH },
		/* Members that are given twice with different values. */
		{ CREATE, ORIGIN, ",\"type\":\"" GET "\"", challenge,
		    CS_ERR_FORMAT },
		{ GET, ORIGIN, "}{", challenge, CS_ERR_FORMAT },
		{ GET, ORIGIN, "} ", challenge, CS_ERR_FORMAT },
		{ GET, ORIGIN, ",", challenge, CS_ERR_FORMAT },
	};
	struct cs_buf b = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		client_data(&b, cases[i].type, cases[i].challenge,
		    cases[i].origin, cases[i].more);
		assert_err(
		    desk_passkey_client_check(cs_buf_view(&b), &site, GET),
		    cases[i].err);
	}
	client_data(&b, GET, challenge, ORIGIN, "");
	for (size_t n = 0; n < b.len; n++)
		assert_err(
		    desk_passkey_client_check(cs_view(b.data, n), &site, GET),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&b, cs_view_str("x")));
	assert_err(desk_passkey_client_check(cs_buf_view(&b), &site, GET),
	    CS_ERR_FORMAT);
	assert_ok(cs_buf_set(&b, cs_view_str("[]")));
	assert_err(desk_passkey_client_check(cs_buf_view(&b), &site, GET),
	    CS_ERR_FORMAT);
	assert_ok(cs_buf_set(&b, cs_view_str("{\"type\":1}")));
	assert_err(desk_passkey_client_check(cs_buf_view(&b), &site, GET),
	    CS_ERR_MISMATCH);
	/* Blanks are JSON, but no browser writes so many. */
	client_data(&b, GET, challenge, ORIGIN, "");
	while (b.len <= DESK_PASSKEY_CLIENT_DATA_MAX)
		assert_ok(cs_buf_add(&b, cs_view_str(" ")));
	assert_err(desk_passkey_client_check(cs_buf_view(&b), &site, GET),
	    CS_ERR_LIMIT);
	b.len--;
	assert_ok(desk_passkey_client_check(cs_buf_view(&b), &site, GET));
	cs_buf_free(&b);
}

/* ---- being made --------------------------------------------------------- */

static enum cs_err
make(struct desk_passkey_data *out, const struct authenticator *a)
{
	static struct cs_buf client, object;

	client_data(&client, CREATE, challenge, ORIGIN, "");
	attestation(&object, a);
	return desk_passkey_made(
	    out, &site, cs_buf_view(&client), cs_buf_view(&object));
}

static void
test_made(void **state)
{
	static const enum cs_sig sigs[] = { CS_ECDSA_P256, CS_ED25519 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct desk_passkey_data made;
		struct authenticator a;

		authenticator_init(&a, sigs[i]);
		a.count = 7;
		a.flags |= DESK_PASSKEY_BE | DESK_PASSKEY_BS;
		assert_ok(make(&made, &a));
		assert_view_equal(made.id, CS_VIEW_OF(a.id));
		assert_int_equal(made.count, 7);
		assert_int_equal(made.key.sig, sigs[i]);
		assert_view_equal(cs_view(made.key.public, made.key.len),
		    cs_signer_public(a.key));
		a.flags = DESK_PASSKEY_UP;
		assert_err(make(&made, &a), CS_ERR_DENIED);
		a.flags = DESK_PASSKEY_UV;
		assert_err(make(&made, &a), CS_ERR_DENIED);
		a.flags = DESK_PASSKEY_UP | DESK_PASSKEY_UV | DESK_PASSKEY_BS;
		assert_err(make(&made, &a), CS_ERR_FORMAT);
		a.flags = DESK_PASSKEY_UP | DESK_PASSKEY_UV;
		a.rp_id = "example";
		assert_err(make(&made, &a), CS_ERR_MISMATCH);
		a.rp_id = SITE;
		/* {"credProtect": 2} */
		a.extensions = cs_test_unhex("a16b6372656450726f7465637402");
		assert_ok(make(&made, &a));
		a.extensions = cs_test_unhex("81a0"); /* no map */
		assert_err(make(&made, &a), CS_ERR_FORMAT);
		a.extensions = cs_test_unhex("a000");
		assert_err(make(&made, &a), CS_ERR_FORMAT);
		authenticator_clear(&a);
	}
}

/* The attestation object around it: the right members, no more and no fewer. */
static void
test_attestation(void **state)
{
	static const struct {
		const char *format, *statement;
		enum cs_err err;
	} cases[] = {
		{ "none", "a0", CS_OK },
		{ "none", "a1616101", CS_ERR_LIMIT },
		{ "none", "80", CS_ERR_FORMAT },
		{ "packed", "a263616c67266373696740", CS_OK },
		{ "packed", "a263616c672663616c6726", CS_ERR_FORMAT },
		{ "packed", "a1617881818181818180", CS_ERR_LIMIT },
		{ "fido-u2f", "a0", CS_ERR_UNSUPPORTED },
		{ "None", "a0", CS_ERR_UNSUPPORTED },
	};
	struct cs_buf data = { 0 }, object = { 0 };
	struct desk_passkey_data made;
	struct authenticator a;

	(void)state;
	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_data(&data, &a, true);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		attestation_of(&object, cases[i].format,
		    cs_test_unhex(cases[i].statement), cs_buf_view(&data));
		assert_err(
		    desk_passkey_attestation_parse(&made, cs_buf_view(&object)),
		    cases[i].err);
	}
	attestation(&object, &a);
	for (size_t n = 0; n < object.len; n++)
		assert_err(desk_passkey_attestation_parse(
			       &made, cs_view(object.data, n)),
		    CS_ERR_FORMAT);
	assert_ok(cs_buf_add(&object, cs_view("", 1)));
	assert_err(desk_passkey_attestation_parse(&made, cs_buf_view(&object)),
	    CS_ERR_FORMAT);
	/* The same of what is inside. */
	assert_ok(cs_buf_add(&data, cs_view("", 1)));
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_MAKE),
	    CS_ERR_FORMAT);
	for (size_t n = 0; n + 1 < data.len; n++)
		assert_err(desk_passkey_data_parse(
			       &made, cs_view(data.data, n), DESK_PASSKEY_MAKE),
		    CS_ERR_FORMAT);
	data.len--;
	assert_ok(desk_passkey_data_parse(
	    &made, cs_buf_view(&data), DESK_PASSKEY_MAKE));
	/* Data of a new passkey is not taken as that of a used one, or the
	 * other way round. */
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_SIGN_IN),
	    CS_ERR_FORMAT);
	data.data[32] ^= DESK_PASSKEY_AT;
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_MAKE),
	    CS_ERR_FORMAT);
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_SIGN_IN),
	    CS_ERR_FORMAT);
	authenticator_data(&data, &a, false);
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_MAKE),
	    CS_ERR_FORMAT);
	data.data[32] ^= DESK_PASSKEY_AT;
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_SIGN_IN),
	    CS_ERR_FORMAT);
	cs_buf_free(&data);
	cs_buf_free(&object);
	authenticator_clear(&a);
}

/* Data that ends in the COSE key ${hex}. */
static enum cs_err
parse_key(const char *hex)
{
	static struct cs_buf data;
	struct desk_passkey_data made;
	struct authenticator a;
	size_t key_len = 77;

	authenticator_init(&a, CS_ECDSA_P256);
	authenticator_data(&data, &a, true);
	authenticator_clear(&a);
	data.len -= key_len;
	assert_ok(cs_buf_add(&data, cs_test_unhex(hex)));
	return desk_passkey_data_parse(
	    &made, cs_buf_view(&data), DESK_PASSKEY_MAKE);
}

#define X "afefa16f97ca9b2d23eb86ccb64098d20db90856062eb249c33a9b672f26df61"
#define Y "930a56b87a2fca66334b03458abf879717c12cc68ed73290af2e2664796b9220"
#define ED "44e06ddd331c36a8dc667bab52bcae63486c916aa5e339e6acebaa84934bf832"
#define ZERO "0000000000000000000000000000000000000000000000000000000000000000"

static void
test_keys(void **state)
{
	static const struct {
		const char *hex;
		enum cs_err err;
	} cases[] = {
		{ "a5010203262001215820" X "225820" Y, CS_OK },
		{ "a4010103272006215820" ED, CS_OK },
		/* ES384, RS256, ES256K */
		{ "a501020338222002215820" X "225820" Y, CS_ERR_UNSUPPORTED },
		{ "a4010303390100204101214101", CS_ERR_UNSUPPORTED },
		{ "a5010203382e2008215820" X "225820" Y, CS_ERR_UNSUPPORTED },
		/* Another curve or kind of key than the algorithm's. */
		{ "a5010203262002215820" X "225820" Y, CS_ERR_UNSUPPORTED },
		{ "a5010103262001215820" X "225820" Y, CS_ERR_UNSUPPORTED },
		{ "a4010103272004215820" ED, CS_ERR_UNSUPPORTED },
		{ "a5010203262001215820" X "225820" X, CS_ERR_KEY },
		{ "a5010203262001215820" ZERO "225820" ZERO, CS_ERR_KEY },
		{ "a4010103272006215820" ZERO, CS_ERR_KEY }, /* small order */
		{ "a4010203272006215820" ED, CS_ERR_UNSUPPORTED },
		{ "a5010103272006215820" ED "2300", CS_ERR_UNSUPPORTED },
		/* A compressed point: a sign in the place of y. */
		{ "a5010203262001215820" X "22f5", CS_ERR_FORMAT },
		/* In another order, given twice, one too many, too few, or
		 * short. */
		{ "a503012601022001215820" X "225820" Y, CS_ERR_FORMAT },
		{ "a6010203262001215820" X "225820" Y "2300", CS_ERR_LIMIT },
		{ "a4010203262001215820" X, CS_ERR_UNSUPPORTED },
		{ "a501020326200121581f" X, CS_ERR_FORMAT },
		{ "bf010203262001215820" X "225820" Y "ff", CS_ERR_FORMAT },
		{ "a0", CS_ERR_FORMAT },
		{ "", CS_ERR_FORMAT },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_err(parse_key(cases[i].hex), cases[i].err);
}

static void
test_ids(void **state)
{
	struct desk_passkey_data made;
	struct cs_buf data = { 0 };
	struct authenticator a;

	(void)state;
	authenticator_init(&a, CS_ED25519);
	authenticator_data(&data, &a, true);
	data.data[53] = 0x04; /* 1024 + 32 bytes */
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_MAKE),
	    CS_ERR_LIMIT);
	/* None at all: the key follows its length. */
	data.data[53] = data.data[54] = 0;
	memmove(data.data + 55, data.data + 55 + sizeof a.id,
	    data.len - 55 - sizeof a.id);
	data.len -= sizeof a.id;
	assert_err(desk_passkey_data_parse(
		       &made, cs_buf_view(&data), DESK_PASSKEY_MAKE),
	    CS_ERR_FORMAT);
	cs_buf_free(&data);
	authenticator_clear(&a);
}

/* ---- being used --------------------------------------------------------- */

static enum cs_err
use(const struct authenticator *a, const struct desk_passkey_known *known)
{
	static struct cs_buf client, data, signature;
	struct desk_passkey_data used;

	client_data(&client, GET, challenge, ORIGIN, "");
	authenticator_data(&data, a, false);
	sign(&signature, a->key, cs_buf_view(&data), cs_buf_view(&client));
	return desk_passkey_used(&used, &site, known, cs_buf_view(&client),
	    cs_buf_view(&data), cs_buf_view(&signature));
}

static void
test_used(void **state)
{
	static const enum cs_sig sigs[] = { CS_ECDSA_P256, CS_ED25519 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct desk_passkey_known known = { .count = 3 }, other;
		struct desk_passkey_data made;
		struct authenticator a, b;

		authenticator_init(&a, sigs[i]);
		authenticator_init(&b, sigs[i]);
		assert_ok(make(&made, &b));
		other = known;
		other.key = made.key;
		assert_ok(make(&made, &a));
		known.key = made.key;
		a.count = 4;
		assert_ok(use(&a, &known));
		assert_err(use(&a, &other), CS_ERR_SIGNATURE);
		/* It goes on counting. */
		a.count = 3;
		assert_err(use(&a, &known), CS_ERR_REPLAY);
		a.count = 0;
		assert_err(use(&a, &known), CS_ERR_REPLAY);
		a.count = UINT32_MAX;
		assert_ok(use(&a, &known));
		/* Many never count. */
		known.count = 0;
		a.count = 0;
		assert_ok(use(&a, &known));
		a.flags = DESK_PASSKEY_UP;
		assert_err(use(&a, &known), CS_ERR_DENIED);
		a.flags = DESK_PASSKEY_UV;
		assert_err(use(&a, &known), CS_ERR_DENIED);
		a.flags = DESK_PASSKEY_UP | DESK_PASSKEY_UV;
		a.rp_id = "localhost";
		assert_err(use(&a, &known), CS_ERR_MISMATCH);
		a.rp_id = SITE;
		/* A passkey that could not be copied suddenly can be; and
		 * the other way round. */
		a.flags |= DESK_PASSKEY_BE;
		assert_err(use(&a, &known), CS_ERR_MISMATCH);
		known.backup_eligible = true;
		assert_ok(use(&a, &known));
		a.flags |= DESK_PASSKEY_BS;
		assert_ok(use(&a, &known));
		a.flags = DESK_PASSKEY_UP | DESK_PASSKEY_UV;
		assert_err(use(&a, &known), CS_ERR_MISMATCH);
		authenticator_clear(&a);
		authenticator_clear(&b);
	}
}

/* Everything that comes with a signature. */
struct all {
	struct cs_buf client, data, signature;
	struct desk_passkey_known known;
};

static enum cs_err
use_all(const struct all *x)
{
	struct desk_passkey_data used;

	return desk_passkey_used(&used, &site, &x->known,
	    cs_buf_view(&x->client), cs_buf_view(&x->data),
	    cs_buf_view(&x->signature));
}

static void
all_init(struct all *x, enum cs_sig sig)
{
	struct desk_passkey_data made;
	struct authenticator a;

	memset(x, 0, sizeof *x);
	authenticator_init(&a, sig);
	assert_ok(make(&made, &a));
	x->known.key = made.key;
	client_data(&x->client, GET, challenge, ORIGIN, "");
	authenticator_data(&x->data, &a, false);
	sign(&x->signature, a.key, cs_buf_view(&x->data),
	    cs_buf_view(&x->client));
	authenticator_clear(&a);
}

static void
all_clear(struct all *x)
{
	cs_buf_free(&x->client);
	cs_buf_free(&x->data);
	cs_buf_free(&x->signature);
}

/* Any bit changed, and one byte too many or too few. */
static void
tamper(const struct all *x, struct cs_buf *b)
{
	for (size_t bit = 0; bit < 8 * b->len; bit++) {
		b->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(use_all(x), CS_OK);
		b->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_ok(use_all(x));
	b->len--;
	assert_int_not_equal(use_all(x), CS_OK);
	b->len++;
	assert_ok(cs_buf_add(b, cs_view_str("}")));
	assert_int_not_equal(use_all(x), CS_OK);
	b->len--;
	assert_ok(use_all(x));
}

static void
test_tampered(void **state)
{
	struct all x;

	(void)state;
	all_init(&x, CS_ECDSA_P256);
	tamper(&x, &x.client);
	tamper(&x, &x.data);
	tamper(&x, &x.signature);
	while (x.signature.len <= DESK_PASSKEY_SIGNATURE_MAX)
		assert_ok(cs_buf_add(&x.signature, cs_view_str("x")));
	assert_err(use_all(&x), CS_ERR_LIMIT);
	all_clear(&x);
}

static enum cs_err
use_all_allocating(void *arg)
{
	return use_all(arg);
}

static void
test_allocations(void **state)
{
	struct all x;

	(void)state;
	all_init(&x, CS_ED25519);
	cs_test_allocations(use_all_allocating, &x);
	all_clear(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_made),
		cmocka_unit_test(test_vectors_used),
		cmocka_unit_test(test_client_data),
		cmocka_unit_test(test_made),
		cmocka_unit_test(test_attestation),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_used),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
