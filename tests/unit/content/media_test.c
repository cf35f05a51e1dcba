/* SPDX-License-Identifier: MIT */
#include "content/media.h"
#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "support/test.h"

static const uint8_t key[32] = { 1, 2, 3 };

/* A file and what its sender announces about it. */
struct file {
	struct cs_buf plain, sealed;
	struct cs_mimi_external part;
};

static void
make(struct file *f, size_t n, size_t piece, const char *type)
{
	struct cs_media_sealer *s = NULL;
	struct cs_media_digests d;
	uint8_t *p;

	memset(f, 0, sizeof *f);
	cs_test_fixed_random(n);
	assert_ok(cs_buf_extend(&f->plain, n, &p));
	for (size_t i = 0; i < n; i++)
		p[i] = (uint8_t)(i * 7 + i / 256);
	assert_ok(cs_media_sealer_new(&s, key));
	for (size_t i = 0; i < n; i += piece)
		assert_ok(cs_media_sealer_add(s, &f->sealed,
		    cs_view(p + i, n - i < piece ? n - i : piece)));
	assert_ok(cs_media_sealer_end(s, &f->sealed, &d));
	assert_err(cs_media_sealer_end(s, &f->sealed, &d), CS_ERR_MISUSE);
	cs_media_sealer_free(s);
	cs_test_real_random();
	assert_int_equal(f->sealed.len, cs_media_sealed_size(n));
	f->part.content_type = cs_view_str(type);
	memcpy(f->part.key, key, 32);
	f->part.size = f->sealed.len;
	f->part.plain_size = n;
	assert_ok(cs_sha256(f->part.content_hash, cs_buf_view(&f->sealed)));
	assert_ok(cs_sha256(f->part.plain_sha256, cs_buf_view(&f->plain)));
	assert_ok(cs_media_sealer_new(&s, key));
	cs_media_sealer_free(s);
}

static void
clear(struct file *f)
{
	cs_buf_free(&f->plain);
	cs_buf_free(&f->sealed);
}

/* Open ${sealed} as ${part} says, in pieces. */
static enum cs_err
open_as(struct cs_buf *out, const struct cs_mimi_external *part,
    struct cs_view sealed, size_t piece)
{
	struct cs_media_opener *o = NULL;
	enum cs_err err = cs_media_opener_new(&o, part);

	for (size_t i = 0; i < sealed.len && err == CS_OK; i += piece)
		err = cs_media_opener_add(o, out,
		    cs_view(sealed.data + i,
			sealed.len - i < piece ? sealed.len - i : piece));
	if (err == CS_OK)
		err = cs_media_opener_end(o, out);
	cs_media_opener_free(o);
	return err;
}

static enum cs_err
try(const struct cs_mimi_external *part, struct cs_view sealed)
{
	struct cs_buf out = { 0 };
	enum cs_err err = open_as(&out, part, sealed, 1000);

	cs_buf_free(&out);
	return err;
}

static void
test_there_and_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, 65537, 131072,
		200001 };
	static const size_t pieces[] = { 1, 777, 65536, 300000 };

	(void)state;
	for (size_t i = 0; i < 7; i++)
		for (size_t j = 0; j < 4; j++) {
			struct cs_buf out = { 0 };
			struct file f;

			make(&f, sizes[i], pieces[j], "text/plain");
			assert_ok(open_as(&out, &f.part, cs_buf_view(&f.sealed),
			    pieces[3 - j]));
			assert_view_equal(
			    cs_buf_view(&out), cs_buf_view(&f.plain));
			cs_buf_free(&out);
			clear(&f);
		}
	assert_int_equal(cs_media_sealed_size(0), 52 + 16);
	assert_int_equal(cs_media_sealed_size(65536), 52 + 65536 + 16);
	assert_int_equal(cs_media_sealed_size(65537), 52 + 65537 + 32);
}

static void
test_tampered(void **state)
{
	struct file f;
	struct cs_buf swapped = { 0 };
	struct cs_mimi_external part;
	const size_t chunk = CS_MEDIA_CHUNK + CS_AEAD_TAG_LEN;

	(void)state;
	make(&f, 3 * CS_MEDIA_CHUNK, 5000, "text/plain");
	for (size_t i = 0; i < f.sealed.len; i += i < 60 ? 1 : 9973) {
		enum cs_err err;

		f.sealed.data[i] ^= 1;
		err = try(&f.part, cs_buf_view(&f.sealed));
		f.sealed.data[i] ^= 1;
		assert_err(err,
		    i < 4            ? CS_ERR_FORMAT
			: i < 4 + 48 ? CS_ERR_MAC
				     : CS_ERR_DECRYPT);
	}
	/* Chunks in another order, and the last one in the middle. */
	assert_ok(cs_buf_add(&swapped, cs_view(f.sealed.data, 52)));
	assert_ok(
	    cs_buf_add(&swapped, cs_view(f.sealed.data + 52 + chunk, chunk)));
	assert_ok(cs_buf_add(&swapped, cs_view(f.sealed.data + 52, chunk)));
	assert_err(try(&f.part, cs_buf_view(&swapped)), CS_ERR_DECRYPT);
	/* Cut where a chunk ends: the announced size says that more comes. */
	assert_err(try(&f.part, cs_view(f.sealed.data, 52 + 2 * chunk)),
	    CS_ERR_DIGEST);
	/* The same, with hashes of what is left. */
	part = f.part;
	assert_ok(cs_sha256(
	    part.content_hash, cs_view(f.sealed.data, 52 + 2 * chunk)));
	assert_ok(cs_sha256(
	    part.plain_sha256, cs_view(f.plain.data, 2 * CS_MEDIA_CHUNK)));
	assert_err(
	    try(&part, cs_view(f.sealed.data, 52 + 2 * chunk)), CS_ERR_DIGEST);
	/* The same, and announced so: the chunk is not marked as the last. */
	f.part.plain_size = 2 * CS_MEDIA_CHUNK;
	f.part.size = cs_media_sealed_size(f.part.plain_size);
	assert_err(try(&f.part, cs_view(f.sealed.data, 52 + 2 * chunk)),
	    CS_ERR_DECRYPT);
	assert_err(try(&f.part, cs_buf_view(&f.sealed)), CS_ERR_LIMIT);
	cs_buf_free(&swapped);
	clear(&f);
}

static void
test_announced_otherwise(void **state)
{
	struct file f;
	struct cs_mimi_external part;

	(void)state;
	make(&f, 1000, 1000, "text/plain");
	part = f.part;
	part.key[0] ^= 1;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_MAC);
	part = f.part;
	part.content_hash[31] ^= 1;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_DIGEST);
	part = f.part;
	part.plain_sha256[31] ^= 1;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_DIGEST);
	part = f.part;
	part.size++;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_DIGEST);
	part = f.part;
	part.plain_size--;
	part.size--;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_LIMIT);
	part.plain_size += 2;
	part.size += 2;
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_DIGEST);
	part.plain_size = CS_MEDIA_FILE_MAX + 1;
	part.size = cs_media_sealed_size(part.plain_size);
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_LIMIT);
	part = f.part;
	part.content_type = cs_view_str("IMAGE/png");
	part.plain_size = CS_MEDIA_PHOTO_MAX + 1;
	part.size = cs_media_sealed_size(part.plain_size);
	assert_err(try(&part, cs_buf_view(&f.sealed)), CS_ERR_LIMIT);
	clear(&f);
}

/* Nothing comes out any more after the first failure. */
static void
test_failure_stays(void **state)
{
	struct file f;
	struct cs_media_opener *o = NULL;
	struct cs_buf out = { 0 };

	(void)state;
	make(&f, 1000, 1000, "text/plain");
	assert_ok(cs_media_opener_new(&o, &f.part));
	f.sealed.data[60] ^= 1;
	assert_err(cs_media_opener_add(o, &out, cs_buf_view(&f.sealed)),
	    CS_ERR_DECRYPT);
	f.sealed.data[60] ^= 1;
	assert_err(cs_media_opener_add(o, &out, cs_buf_view(&f.sealed)),
	    CS_ERR_DECRYPT);
	assert_err(cs_media_opener_end(o, &out), CS_ERR_DECRYPT);
	assert_int_equal(out.len, 0);
	cs_media_opener_free(o);
	cs_buf_free(&out);
	clear(&f);
}

static void
test_types(void **state)
{
	static const struct {
		const char *type;
		const char *begin;
		size_t n;
		enum cs_err want;
	} cases[] = {
		{ "image/jpeg", "\xff\xd8\xff\xe0", 4, CS_OK },
		{ "image/JPEG", "\xff\xd8\xff\xe0", 4, CS_OK },
		{ "image/png", "\x89PNG\r\n\x1a\n", 8, CS_OK },
		{ "image/webp", "RIFF\0\0\0\0WEBPVP8L", 16, CS_OK },
		{ "image/png", "\xff\xd8\xff\xe0", 4, CS_ERR_TYPE },
		{ "image/jpeg", "\x89PNG\r\n\x1a\n", 8, CS_ERR_TYPE },
		{ "image/jpeg", "<svg>", 5, CS_ERR_TYPE },
		{ "image/jpeg", "\xff\xd8", 2, CS_ERR_TYPE },
		{ "image/webp", "RIFF\0\0\0\0WAVE", 12, CS_ERR_TYPE },
		{ "image/svg+xml", "<svg>", 5, CS_ERR_TYPE },
		{ "Image/gif", "GIF89a", 6, CS_ERR_TYPE },
		{ "image/png", "", 0, CS_ERR_TYPE },
		{ "text/plain", "\xff\xd8\xff\xe0", 4, CS_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct cs_media_sealer *s = NULL;
		struct cs_media_digests d;
		struct cs_mimi_external part = { 0 };
		struct cs_buf sealed = { 0 };

		assert_ok(cs_media_sealer_new(&s, key));
		assert_ok(cs_media_sealer_add(
		    s, &sealed, cs_view(cases[i].begin, cases[i].n)));
		assert_ok(cs_media_sealer_end(s, &sealed, &d));
		cs_media_sealer_free(s);
		memcpy(part.key, key, 32);
		memcpy(part.content_hash, d.content_hash, 32);
		memcpy(part.plain_sha256, d.plain_sha256, 32);
		part.size = d.size;
		part.plain_size = d.plain_size;
		part.content_type = cs_view_str(cases[i].type);
		assert_err(try(&part, cs_buf_view(&sealed)), cases[i].want);
		cs_buf_free(&sealed);
	}
}

static void
test_sealer_limit(void **state)
{
	struct cs_media_sealer *s = NULL;
	struct cs_buf out = { 0 };

	(void)state;
	assert_ok(cs_media_sealer_new(&s, key));
	assert_ok(cs_media_sealer_add(s, &out, cs_view("a", 1)));
	assert_err(cs_media_sealer_add(
		       s, &out, cs_view("a", (size_t)CS_MEDIA_FILE_MAX)),
	    CS_ERR_LIMIT);
	cs_media_sealer_free(s);
	cs_buf_free(&out);
}

/* ---- a ciphertext of two keys -------------------------------------------
 *
 * AES-GCM does not commit to its key: GHASH is linear, so one block of a
 * ciphertext can be chosen such that a tag is right under both (Dodis et al.
 * 2018).  Elements of GF(2^128) as in NIST SP 800-38D, section 6.
 */

struct gf {
	uint8_t b[16];
};

static struct gf
gf_add(struct gf x, struct gf y)
{
	for (int i = 0; i < 16; i++)
		x.b[i] ^= y.b[i];
	return x;
}

static struct gf
gf_mul(struct gf x, struct gf y)
{
	struct gf z = { { 0 } };

	for (int i = 0; i < 128; i++) {
		uint8_t low = y.b[15] & 1;

		if (x.b[i / 8] >> (7 - i % 8) & 1)
			z = gf_add(z, y);
		for (int j = 15; j > 0; j--)
			y.b[j] = (uint8_t)(y.b[j] >> 1 | y.b[j - 1] << 7);
		y.b[0] >>= 1;
		if (low)
			y.b[0] ^= 0xe1;
	}
	return z;
}

/* x^(2^128 - 2) */
static struct gf
gf_inverse(struct gf x)
{
	struct gf out = { { 0x80 } }, power = x;

	for (int i = 1; i < 128; i++) {
		power = gf_mul(power, power);
		out = gf_mul(out, power);
	}
	return out;
}

struct gcm {
	uint8_t aead[32], commit[32];
	struct gf h, e; /* E(0) and E(J0) */
};

static const uint8_t last_nonce[12] = { [11] = 1 };

static struct gf
tag_of(const struct gcm *g, struct cs_view aad)
{
	struct cs_aead_params p = { CS_AES256GCM, CS_VIEW_OF(g->aead),
		CS_VIEW_OF(last_nonce), aad };
	struct gf tag;

	assert_ok(cs_aead_seal_to(tag.b, &p, cs_view(NULL, 0)));
	return tag;
}

/* Tags of nothing give away what GHASH is made of. */
static void
learn(struct gcm *g, const uint8_t k[static 32], const uint8_t salt[static 16])
{
	static const uint8_t zero[16];
	struct gf len = { { 0 } };
	uint8_t prk[32], okm[64];

	assert_ok(
	    cs_hkdf_extract(prk, CS_SHA256, cs_view(salt, 16), cs_view(k, 32)));
	assert_ok(cs_hkdf_expand(okm, 64, CS_SHA256, CS_VIEW_OF(prk),
	    cs_view_str("countersign/media/v1")));
	memcpy(g->aead, okm, 32);
	memcpy(g->commit, okm + 32, 32);
	g->e = tag_of(g, cs_view(NULL, 0));
	len.b[7] = 128; /* bits of aad */
	g->h =
	    gf_mul(gf_add(tag_of(g, CS_VIEW_OF(zero)), g->e), gf_inverse(len));
}

static struct gf
ghash(const struct gcm *g, struct gf c1, struct gf c2)
{
	struct gf len = { { 0 } }, x;

	len.b[14] = 1; /* 256 bits of ciphertext */
	x = gf_mul(c1, g->h);
	x = gf_mul(gf_add(x, c2), g->h);
	x = gf_mul(gf_add(x, len), g->h);
	return gf_add(x, g->e);
}

static void
make_two_key_file(uint8_t file[static 100], const struct gcm *a,
    const struct gcm *b, const uint8_t salt[static 16])
{
	const struct gf zero = { { 0 } };
	struct gf c1 = { "sixteen bytes: C" }, c2, tag, squares;

	/* c2 * (Ha^2 + Hb^2) = the rest of both, added. */
	squares = gf_add(gf_mul(a->h, a->h), gf_mul(b->h, b->h));
	c2 = gf_mul(gf_add(ghash(a, c1, zero), ghash(b, c1, zero)),
	    gf_inverse(squares));
	tag = ghash(a, c1, c2);
	memcpy(file, "CSM1", 4);
	memcpy(file + 4, salt, 16);
	memcpy(file + 20, a->commit, 32);
	memcpy(file + 52, c1.b, 16);
	memcpy(file + 68, c2.b, 16);
	memcpy(file + 84, tag.b, 16);
}

static void
test_two_keys(void **state)
{
	static const uint8_t other[32] = { 9, 9 }, salt[16] = { 5 };
	struct gcm g[2];
	struct cs_mimi_external part = { 0 };
	uint8_t file[100], plain[2][32];

	(void)state;
	learn(&g[0], key, salt);
	learn(&g[1], other, salt);
	make_two_key_file(file, &g[0], &g[1], salt);
	/* As far as AES-GCM goes, it opens to two things. */
	for (int i = 0; i < 2; i++) {
		struct cs_aead_params p = { CS_AES256GCM, CS_VIEW_OF(g[i].aead),
			CS_VIEW_OF(last_nonce), cs_view(NULL, 0) };

		assert_ok(
		    cs_aead_open_to(plain[i], &p, cs_view(file + 52, 48)));
	}
	assert_memory_not_equal(plain[0], plain[1], 32);
	/* Here it opens to the one that its commitment names. */
	for (int i = 0; i < 2; i++)
		for (int commit = 0; commit < 2; commit++) {
			memcpy(file + 20, g[commit].commit, 32);
			memcpy(part.key, i == 0 ? key : other, 32);
			part.size = sizeof file;
			part.plain_size = 32;
			assert_ok(
			    cs_sha256(part.content_hash, CS_VIEW_OF(file)));
			assert_ok(
			    cs_sha256(part.plain_sha256, CS_VIEW_OF(plain[i])));
			assert_err(try(&part, CS_VIEW_OF(file)),
			    i == commit ? CS_OK : CS_ERR_MAC);
		}
}

static enum cs_err
seal_and_open(void *arg)
{
	struct file *f = arg;
	struct cs_media_sealer *s = NULL;
	struct cs_media_digests d;
	struct cs_buf out = { 0 };
	enum cs_err err;

	if ((err = cs_media_sealer_new(&s, key)) ||
	    (err = cs_media_sealer_add(s, &out, cs_buf_view(&f->plain))) ||
	    (err = cs_media_sealer_end(s, &out, &d)))
		goto out;
	cs_buf_reset(&out);
	err = open_as(&out, &f->part, cs_buf_view(&f->sealed), 10000);
out:
	cs_media_sealer_free(s);
	cs_buf_free(&out);
	return err;
}

static void
test_allocations(void **state)
{
	struct file f;

	(void)state;
	make(&f, 70000, 70000, "text/plain");
	cs_test_allocations(seal_and_open, &f);
	clear(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_there_and_back),
		cmocka_unit_test(test_tampered),
		cmocka_unit_test(test_announced_otherwise),
		cmocka_unit_test(test_failure_stays),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_sealer_limit),
		cmocka_unit_test(test_two_keys),
		cmocka_unit_test(test_allocations),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
