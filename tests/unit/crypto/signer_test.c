/* SPDX-License-Identifier: MIT */
/* RFC 8032, section 7.4 (Ed448), and every scheme beside what it refuses. */

#include <pthread.h>

#include "crypto/init.h"
#include "crypto/random.h"
#include "crypto/signer.h"
#include "support/test.h"

static const struct scheme {
	enum cs_sig sig;
	size_t private_len, public_len;
} schemes[] = {
	{ CS_ED25519, 32, 32 },
	{ CS_ED448, 57, 57 },
	{ CS_ECDSA_P256, 32, 65 },
	{ CS_ECDSA_P384, 48, 97 },
	{ CS_ECDSA_P521, 66, 133 },
};
#define N_SCHEMES (sizeof schemes / sizeof schemes[0])

/* A signer, and what it signed. */
struct made {
	struct cs_signer *s;
	uint8_t signature[CS_SIG_MAX + 1];
	size_t n;
};

static struct made
make(enum cs_sig sig, struct cs_view message)
{
	struct made m = { 0 };

	assert_ok(cs_signer_new(&m.s, sig));
	assert_ok(cs_signer_sign(m.signature, &m.n, m.s, message));
	assert_true(m.n <= CS_SIG_MAX);
	return m;
}

static enum cs_err
verify(const struct made *m, struct cs_view message)
{
	return cs_signature_verify(cs_signer_sig(m->s), cs_signer_public(m->s),
	    message, cs_view(m->signature, m->n));
}

static void
test_ed448_vectors(void **state)
{
	static const struct {
		const char *private, *public, *message, *signature;
	} vectors[] = {
		{ "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960e"
		  "f6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
		    "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d"
		    "80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe825618"
		    "0",
		    "",
		    "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823"
		    "d41a591f2b233f034f628281f2fd7a22ddd47d7828c59bd0a21bfd39"
		    "80ff0d2028d4b18a9df63e006c5d1c2d345b925d8dc00b4104852db9"
		    "9ac5c7cdda8530a113a0f4dbb61149f05a7363268c71d95808ff2e65"
		    "2600" },
		{ "c4eab05d357007c632f3dbb48489924d552b08fe0c353a0d4a1f00ac"
		  "da2c463afbea67c5e8d2877c5e3bc397a659949ef8021e954e0a12274e",
		    "43ba28f430cdff456ae531545f7ecd0ac834a55d9358c0372bfa0c6c"
		    "6798c0866aea01eb00742802b8438ea4cb82169c235160627b4c3a948"
		    "0",
		    "03",
		    "26b8f91727bd62897af15e41eb43c377efb9c610d48f2335cb0bd008"
		    "7810f4352541b143c4b981b7e18f62de8ccdf633fc1bf037ab7cd779"
		    "805e0dbcc0aae1cbcee1afb2e027df36bc04dcecbf154336c19f0af7"
		    "e0a6472905e799f1953d2a0ff3348ab21aa4adafd1d234441cf807c0"
		    "3a00" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
		struct cs_view message = cs_test_unhex(vectors[i].message);
		struct cs_view want = cs_test_unhex(vectors[i].signature);
		uint8_t out[CS_SIG_MAX];
		struct cs_signer *s;
		size_t n;

		assert_ok(cs_signer_from_private(
		    &s, CS_ED448, cs_test_unhex(vectors[i].private)));
		assert_view_equal(
		    cs_signer_public(s), cs_test_unhex(vectors[i].public));
		assert_ok(cs_signer_sign(out, &n, s, message));
		assert_view_equal(cs_view(out, n), want);
		assert_ok(cs_signature_verify(
		    CS_ED448, cs_signer_public(s), message, want));
		cs_signer_free(s);
	}
}

static void
test_round_trips(void **state)
{
	struct cs_view message = cs_view_str("message");

	(void)state;
	for (size_t i = 0; i < N_SCHEMES; i++) {
		struct made m = make(schemes[i].sig, message);
		struct cs_signer *same;

		assert_int_equal(cs_signer_sig(m.s), schemes[i].sig);
		assert_int_equal(
		    cs_signer_private(m.s).len, schemes[i].private_len);
		assert_int_equal(
		    cs_signer_public(m.s).len, schemes[i].public_len);
		assert_true(cs_signature_public_valid(
		    schemes[i].sig, cs_signer_public(m.s)));
		assert_ok(verify(&m, message));
		assert_ok(
		    cs_signer_sign(m.signature, &m.n, m.s, cs_view(NULL, 0)));
		assert_ok(verify(&m, cs_view(NULL, 0)));
		/* Again from its private key. */
		assert_ok(cs_signer_from_private(
		    &same, schemes[i].sig, cs_signer_private(m.s)));
		assert_view_equal(
		    cs_signer_public(same), cs_signer_public(m.s));
		cs_signer_free(same);
		assert_ok(cs_signer_from_pair(&same, schemes[i].sig,
		    cs_signer_private(m.s), cs_signer_public(m.s)));
		assert_view_equal(
		    cs_signer_public(same), cs_signer_public(m.s));
		/* One owner of two. */
		assert_ptr_equal(cs_signer_hold(same), same);
		cs_signer_free(same);
		assert_ok(cs_signer_sign(m.signature, &m.n, same, message));
		assert_ok(verify(&m, message));
		cs_signer_free(same);
		assert_err(cs_signer_from_pair(&same, schemes[i].sig,
			       cs_signer_private(m.s), cs_view(NULL, 0)),
		    CS_ERR_KEY);
		assert_null(same);
		assert_int_equal(
		    cs_sig_private_len(schemes[i].sig), schemes[i].private_len);
		assert_int_equal(
		    cs_sig_public_len(schemes[i].sig), schemes[i].public_len);
		cs_signer_free(m.s);
	}
	assert_null(cs_signer_hold(NULL));
	cs_signer_free(NULL);
}

static void
test_from_ed25519(void **state)
{
	struct cs_sign_key key;
	struct cs_signer *s;
	uint8_t a[CS_SIG_MAX], b[CS_SIGNATURE_LEN];
	size_t n;

	(void)state;
	assert_ok(cs_sign_key_new(&key));
	assert_ok(cs_signer_from_ed25519(&s, &key));
	assert_view_equal(cs_signer_private(s), CS_VIEW_OF(key.seed));
	assert_view_equal(cs_signer_public(s), CS_VIEW_OF(key.public));
	assert_ok(cs_signer_sign(a, &n, s, cs_view_str("m")));
	assert_ok(cs_sign(b, &key, cs_view_str("m")));
	assert_view_equal(cs_view(a, n), CS_VIEW_OF(b));
	cs_signer_free(s);
}

/* Any bit of message, signature and key counts, and so do the lengths. */
static void
test_tampered(void **state)
{
	uint8_t message[3] = { 1, 2, 3 }, public[CS_SIG_PUBLIC_MAX + 1];

	(void)state;
	for (size_t i = 0; i < N_SCHEMES; i++) {
		struct made m = make(schemes[i].sig, CS_VIEW_OF(message));
		struct cs_view key = cs_signer_public(m.s);
		enum cs_err err;
		size_t n = m.n;

		message[1] ^= 1;
		assert_err(verify(&m, CS_VIEW_OF(message)), CS_ERR_SIGNATURE);
		message[1] ^= 1;
		for (size_t at = 0; at < n; at += 5) {
			m.signature[at] ^= 4;
			assert_err(
			    verify(&m, CS_VIEW_OF(message)), CS_ERR_SIGNATURE);
			m.signature[at] ^= 4;
			m.n = at;
			assert_err(
			    verify(&m, CS_VIEW_OF(message)), CS_ERR_SIGNATURE);
			m.n = n;
		}
		m.signature[n] = 0;
		m.n = n + 1;
		assert_err(verify(&m, CS_VIEW_OF(message)), CS_ERR_SIGNATURE);
		m.n = n;
		assert_ok(verify(&m, CS_VIEW_OF(message)));

		memcpy(public, key.data, key.len);
		public[key.len] = 0;
		public[key.len / 2] ^= 1;
		err = cs_signature_verify(schemes[i].sig,
		    cs_view(public, key.len), CS_VIEW_OF(message),
		    cs_view(m.signature, n));
		/* Off the curve, if that is looked at by itself. */
		assert_err(err,
		    schemes[i].sig < CS_ECDSA_P256 ? CS_ERR_SIGNATURE
						   : CS_ERR_KEY);
		public[key.len / 2] ^= 1;
		for (size_t len = 0; len <= key.len + 1; len++) {
			if (len == key.len)
				continue;
			assert_err(
			    cs_signature_verify(schemes[i].sig,
				cs_view(public, len), CS_VIEW_OF(message),
				cs_view(m.signature, n)),
			    CS_ERR_KEY);
			assert_false(cs_signature_public_valid(
			    schemes[i].sig, cs_view(public, len)));
		}
		cs_signer_free(m.s);
	}
}

/* A key of one scheme is none of another. */
static void
test_other_scheme(void **state)
{
	struct cs_view message = cs_view_str("message");
	struct cs_signer *s;

	(void)state;
	for (size_t i = 0; i < N_SCHEMES; i++) {
		struct made m = make(schemes[i].sig, message);

		for (size_t k = 0; k < N_SCHEMES; k++) {
			if (k == i)
				continue;
			assert_err(cs_signature_verify(schemes[k].sig,
				       cs_signer_public(m.s), message,
				       cs_view(m.signature, m.n)),
			    CS_ERR_KEY);
			assert_false(cs_signature_public_valid(
			    schemes[k].sig, cs_signer_public(m.s)));
			if (schemes[k].private_len == schemes[i].private_len)
				continue;
			assert_err(cs_signer_from_private(&s, schemes[k].sig,
				       cs_signer_private(m.s)),
			    CS_ERR_KEY);
			assert_null(s);
		}
		cs_signer_free(m.s);
	}
	assert_err(cs_signer_new(&s, (enum cs_sig)9), CS_ERR_UNSUPPORTED);
	assert_null(s);
	assert_err(
	    cs_signature_verify((enum cs_sig)9, message, message, message),
	    CS_ERR_UNSUPPORTED);
	assert_false(cs_signature_public_valid((enum cs_sig)9, message));
}

/* SP 800-186, section 3.2.1: the orders of the groups. */
static void
test_scalar_range(void **state)
{
	static const struct {
		enum cs_sig sig;
		const char *order;
	} cases[] = {
		{ CS_ECDSA_P256,
		    "ffffffff00000000ffffffffffffffff"
		    "bce6faada7179e84f3b9cac2fc632551" },
		{ CS_ECDSA_P384,
		    "ffffffffffffffffffffffffffffffffffffffffffffffff"
		    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973" },
		{ CS_ECDSA_P521,
		    "01ffffffffffffffffffffffffffffffff"
		    "ffffffffffffffffffffffffffffffff"
		    "fa51868783bf2f966b7fcc0148f709a5"
		    "d03bb5c9b8899c47aebb6fb71e91386409" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct cs_view order = cs_test_unhex(cases[i].order);
		uint8_t scalar[CS_SIG_PRIVATE_MAX + 1] = { 0 };
		struct cs_signer *s;

		assert_err(cs_signer_from_private(
			       &s, cases[i].sig, cs_view(scalar, order.len)),
		    CS_ERR_KEY);
		scalar[order.len - 1] = 1;
		assert_ok(cs_signer_from_private(
		    &s, cases[i].sig, cs_view(scalar, order.len)));
		cs_signer_free(s);
		assert_err(cs_signer_from_private(&s, cases[i].sig,
			       cs_view(scalar, order.len - 1)),
		    CS_ERR_KEY);
		assert_err(cs_signer_from_private(&s, cases[i].sig,
			       cs_view(scalar, order.len + 1)),
		    CS_ERR_KEY);
		assert_err(cs_signer_from_private(&s, cases[i].sig, order),
		    CS_ERR_KEY);
		memcpy(scalar, order.data, order.len);
		scalar[order.len - 1]--;
		assert_ok(cs_signer_from_private(
		    &s, cases[i].sig, cs_view(scalar, order.len)));
		cs_signer_free(s);
		scalar[order.len - 1] += 2;
		assert_err(cs_signer_from_private(
			       &s, cases[i].sig, cs_view(scalar, order.len)),
		    CS_ERR_KEY);
		assert_null(s);
	}
}

/* The first bytes that cs_random() gives are no scalar, the next are. */
static void
fill_twice(void *arg, uint8_t *out, size_t n)
{
	unsigned *calls = arg;

	memset(out, (*calls)++ == 0 ? 0xff : 0x01, n);
}

static void
test_rejection(void **state)
{
	(void)state;
	for (size_t i = 2; i < N_SCHEMES; i++) {
		struct cs_signer *s;
		unsigned calls = 0;

		cs_random_replace(fill_twice, &calls);
		assert_ok(cs_signer_new(&s, schemes[i].sig));
		cs_random_replace(NULL, NULL);
		assert_int_equal(calls, 2);
		assert_int_equal(cs_signer_private(s).data[0], 0x01);
		cs_signer_free(s);
	}
}

/* Other spellings of a point: compressed, hybrid, infinity, not reduced. */
static void
test_points(void **state)
{
	struct made m = make(CS_ECDSA_P256, cs_view_str("m"));
	struct cs_view key = cs_signer_public(m.s);
	uint8_t other[65];
	uint8_t infinity[1] = { 0 };
	/* SP 800-186, section 3.2.1.3: p; x = 0 is on the curve. */
	struct cs_view p = cs_test_unhex("ffffffff00000001000000000000000000000"
					 "000ffffffffffffffffffffffff");
	struct cs_view y0 =
	    cs_test_unhex("66485c780e2f83d72433bd5d84a06bb6541c2"
			  "af31dae871728bf856a174f93f4");

	(void)state;
	memcpy(other, key.data, sizeof other);
	other[0] = 2 | (other[64] & 1);
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, cs_view(other, 33)));
	other[0] = 6 | (other[64] & 1);
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(other)));
	assert_err(cs_signature_verify(CS_ECDSA_P256, CS_VIEW_OF(other),
		       cs_view_str("m"), cs_view(m.signature, m.n)),
	    CS_ERR_KEY);
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(infinity)));
	memset(other, 0, sizeof other);
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(other)));
	other[0] = 4;
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(other)));
	memcpy(other + 33, y0.data, 32);
	assert_true(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(other)));
	memcpy(other + 1, p.data, 32);
	assert_false(
	    cs_signature_public_valid(CS_ECDSA_P256, CS_VIEW_OF(other)));
	cs_signer_free(m.s);
}

/* A signature whose two numbers are 32 bytes long, so that all that follows
 * has its place: 30 44 02 20 r 02 20 s. */
static struct made
make_even(struct cs_view message)
{
	for (;;) {
		struct made m = make(CS_ECDSA_P256, message);

		if (m.n == 70 && m.signature[3] == 32)
			return m;
		cs_signer_free(m.s);
	}
}

/* X.690: one value has one encoding in DER; BER has many. */
static void
test_der(void **state)
{
	struct cs_view message = cs_view_str("m");
	const size_t r = 2, s = 36;
	struct made m, x;

	(void)state;
	m = make_even(message);
	assert_ok(verify(&m, message));
	/* A length in two bytes. */
	x = m;
	x.signature[1] = 0x81;
	x.signature[2] = 68;
	memcpy(x.signature + 3, m.signature + 2, 68);
	x.n++;
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	/* A number with a zero too many in front. */
	x = m;
	x.signature[1]++;
	x.signature[r + 1]++;
	x.signature[r + 2] = 0;
	memcpy(x.signature + r + 3, m.signature + r + 2, m.n - r - 2);
	x.n++;
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	/* Something after the two numbers, inside and outside. */
	x = m;
	x.signature[1] += 2;
	x.signature[m.n] = 5;
	x.signature[m.n + 1] = 0;
	x.n += 2;
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	x.signature[1] -= 2;
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	/* Zero, negative, and the order itself. */
	x = m;
	memset(x.signature + s + 2, 0, 32);
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	x = m;
	x.signature[s + 2] |= 0x80;
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	x.n = 8;
	memcpy(x.signature, "\x30\x06\x02\x01\x00\x02\x01\x00", 8);
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	x.n = 8;
	memcpy(x.signature, "\x30\x06\x02\x01\x01\x02\x01\x01", 8);
	assert_err(verify(&x, message), CS_ERR_SIGNATURE);
	cs_signer_free(m.s);
}

/* s and s + n say the same to who does not look. */
static void
test_s_not_reduced(void **state)
{
	static const uint8_t order[] = { 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0,
		0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
		0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2,
		0xfc, 0x63, 0x25, 0x51 };
	struct cs_view message = cs_view_str("m");
	struct made m;
	unsigned carry = 0;

	(void)state;
	m = make_even(message);
	for (size_t i = 32; i-- > 0;) {
		carry += (unsigned)m.signature[38 + i] + order[i];
		m.signature[38 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	/* 33 bytes now, with the carry in front. */
	assert_int_equal(carry, 1);
	memmove(m.signature + 39, m.signature + 38, 32);
	m.signature[38] = 1;
	m.signature[37]++;
	m.signature[1]++;
	m.n++;
	assert_err(verify(&m, message), CS_ERR_SIGNATURE);
	cs_signer_free(m.s);
}

/* Ed448's points of small order, and spellings that are not canonical. */
static void
test_ed448_small_order(void **state)
{
	uint8_t key[57] = { 0 }, identity[114] = { 1 };
	struct cs_view message = cs_view_str("any");

	(void)state;
	for (unsigned i = 0; i < 10; i++) {
		memset(key, i / 2 < 2 ? 0 : 0xff, 56);
		key[56] = i % 2 != 0 ? 0x80 : 0;
		switch (i / 2) {
		case 1: /* 1 */
			key[0] = 1;
			break;
		case 2: /* p - 1 */
			key[0] = key[28] = 0xfe;
			break;
		case 3: /* p */
			key[28] = 0xfe;
			break;
		case 4: /* p + 1 */
			memset(key, 0, 28);
			break;
		default:
			break;
		}
		assert_false(
		    cs_signature_public_valid(CS_ED448, CS_VIEW_OF(key)));
		assert_err(cs_signature_verify(CS_ED448, CS_VIEW_OF(key),
			       message, CS_VIEW_OF(identity)),
		    CS_ERR_KEY);
	}
}

/* RFC 8032, section 5.2.7: S is below the order. */
static void
test_ed448_s_not_canonical(void **state)
{
	struct cs_view message = cs_view_str("m");
	struct cs_view order =
	    cs_test_unhex("f34458ab92c27823558fc58d72c26c219036d6ae49db4ec4"
			  "e923ca7cffffffffffffffffffffffffffffffffffffffff"
			  "ffffffffffffff3f");
	struct made m = make(CS_ED448, message);
	unsigned carry = 0;

	(void)state;
	assert_ok(verify(&m, message));
	for (size_t i = 0; i < 56; i++) {
		carry += (unsigned)m.signature[57 + i] + order.data[i];
		m.signature[57 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	m.signature[113] = (uint8_t)carry;
	assert_err(verify(&m, message), CS_ERR_SIGNATURE);
	cs_signer_free(m.s);
}

/* One signer, two threads that sign and verify. */
static void *
work(void *arg)
{
	const struct cs_signer *s = arg;
	uint8_t signature[CS_SIG_MAX];
	size_t n;

	for (uint8_t i = 0; i < 20; i++) {
		struct cs_view message = cs_view(&i, 1);

		if (cs_signer_sign(signature, &n, s, message) ||
		    cs_signature_verify(cs_signer_sig(s), cs_signer_public(s),
			message, cs_view(signature, n)))
			return arg;
		signature[n / 2] ^= 1;
		if (cs_signature_verify(cs_signer_sig(s), cs_signer_public(s),
			message, cs_view(signature, n)) != CS_ERR_SIGNATURE)
			return arg;
		cs_signer_free(cs_signer_hold(arg));
	}
	return NULL;
}

static void
test_threads(void **state)
{
	(void)state;
	for (size_t i = 0; i < N_SCHEMES; i++) {
		pthread_t threads[2];
		struct cs_signer *s;
		void *failed;

		assert_ok(cs_signer_new(&s, schemes[i].sig));
		for (size_t k = 0; k < 2; k++)
			assert_int_equal(
			    pthread_create(&threads[k], NULL, work, s), 0);
		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(pthread_join(threads[k], &failed), 0);
			assert_null(failed);
		}
		cs_signer_free(s);
	}
}

static enum cs_err
try_signer(void *arg)
{
	const struct scheme *scheme = arg;
	struct cs_view message = cs_view_str("m");
	struct made m = { 0 };
	enum cs_err err;

	if ((err = cs_signer_new(&m.s, scheme->sig)) == CS_OK &&
	    (err = cs_signer_sign(m.signature, &m.n, m.s, message)) == CS_OK)
		err = verify(&m, message);
	cs_signer_free(m.s);
	return err;
}

static enum cs_err
try_from_ed25519(void *arg)
{
	struct cs_signer *s;
	enum cs_err err = cs_signer_from_ed25519(&s, arg);

	cs_signer_free(s);
	return err;
}

static void
test_allocations(void **state)
{
	struct scheme scheme;
	struct cs_sign_key key;

	(void)state;
	for (size_t i = 0; i < N_SCHEMES; i++) {
		scheme = schemes[i];
		cs_test_allocations(try_signer, &scheme);
	}
	assert_ok(cs_sign_key_new(&key));
	cs_test_allocations(try_from_ed25519, &key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ed448_vectors),
		cmocka_unit_test(test_round_trips),
		cmocka_unit_test(test_from_ed25519),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_other_scheme),
		cmocka_unit_test(test_scalar_range),
		cmocka_unit_test(test_rejection),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_der),
		cmocka_unit_test(test_s_not_reduced),
		cmocka_unit_test(test_ed448_small_order),
		cmocka_unit_test(test_ed448_s_not_canonical),
		cmocka_unit_test(test_threads),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
