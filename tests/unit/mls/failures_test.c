/* SPDX-License-Identifier: MIT */
/*
 * What is known to go wrong in libraries like this one, and does not here.
 * The linker puts the functions below in place of those that they count (see
 * tests/meson.build), so that work is counted and not timed.
 */

#include "crypto/hash.h"
#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "support/mls_scene.h"

/* ---- counted ------------------------------------------------------------ */

static struct {
	size_t verified, hashed, bytes, keys;
} count;

enum cs_err __real_cs_signature_verify(enum cs_sig sig, struct cs_view public,
    struct cs_view message, struct cs_view signature);
enum cs_err __wrap_cs_signature_verify(enum cs_sig sig, struct cs_view public,
    struct cs_view message, struct cs_view signature);
enum cs_err
__wrap_cs_signature_verify(enum cs_sig sig, struct cs_view public,
    struct cs_view message, struct cs_view signature)
{
	count.verified++;
	return __real_cs_signature_verify(sig, public, message, signature);
}

int __real_SHA256_Update(void *c, const void *data, size_t len);
int __wrap_SHA256_Update(void *c, const void *data, size_t len);
int
__wrap_SHA256_Update(void *c, const void *data, size_t len)
{
	count.hashed++;
	count.bytes += len;
	return __real_SHA256_Update(c, data, len);
}

enum cs_err __real_cs_signer_from_private(
    struct cs_signer **out, enum cs_sig sig, struct cs_view private);
enum cs_err __wrap_cs_signer_from_private(
    struct cs_signer **out, enum cs_sig sig, struct cs_view private);
enum cs_err
__wrap_cs_signer_from_private(
    struct cs_signer **out, enum cs_sig sig, struct cs_view private)
{
	count.keys++;
	return __real_cs_signer_from_private(out, sig, private);
}

enum cs_err __real_cs_signer_from_pair(struct cs_signer **out, enum cs_sig sig,
    struct cs_view private, struct cs_view public);
enum cs_err __wrap_cs_signer_from_pair(struct cs_signer **out, enum cs_sig sig,
    struct cs_view private, struct cs_view public);
enum cs_err
__wrap_cs_signer_from_pair(struct cs_signer **out, enum cs_sig sig,
    struct cs_view private, struct cs_view public)
{
	count.keys++;
	return __real_cs_signer_from_pair(out, sig, private, public);
}

void *__real_EVP_PKEY_new_raw_private_key(
    int type, void *e, const unsigned char *key, size_t len);
void *__wrap_EVP_PKEY_new_raw_private_key(
    int type, void *e, const unsigned char *key, size_t len);
void *
__wrap_EVP_PKEY_new_raw_private_key(
    int type, void *e, const unsigned char *key, size_t len)
{
	count.keys++;
	return __real_EVP_PKEY_new_raw_private_key(type, e, key, len);
}

/* ---- a large group ------------------------------------------------------ */

struct crowd {
	struct world_member *m;
	struct cs_view *key_packages;
	unsigned n;
	struct cs_buf commit, welcome;
	size_t bytes; /* hashed for the commit, and for one to join */
	size_t join_bytes, join_verified;
};

/* All are added by one commit, and the last one joins. */
static void
gather(struct crowd *c, unsigned n)
{
	struct cs_mls_commit_options opt;

	*c = (struct crowd){ .n = n };
	c->m = calloc(n, sizeof *c->m);
	c->key_packages = calloc(n, sizeof *c->key_packages);
	for (unsigned i = 0; i < n; i++) {
		assert_ok(world_member_init(&c->m[i], i));
		if (i > 0)
			c->key_packages[i - 1] =
			    cs_buf_view(&c->m[i].key_package);
	}
	assert_ok(world_found(&c->m[0], (struct cs_mls_extensions){ 0 }));
	opt = (struct cs_mls_commit_options){ .add = c->key_packages,
		.n_add = n - 1 };
	memset(&count, 0, sizeof count);
	assert_ok(world_commit(&c->m[0], &opt, &c->commit, &c->welcome));
	c->bytes = count.bytes;
	memset(&count, 0, sizeof count);
	assert_ok(world_join(&c->m[n - 1], &c->welcome));
	c->join_bytes = count.bytes;
	c->join_verified = count.verified;
	assert_true(world_agree(&c->m[0], &c->m[n - 1]));
}

static void
disperse(struct crowd *c)
{
	for (unsigned i = 0; i < c->n; i++)
		world_member_clear(&c->m[i]);
	free(c->m);
	free(c->key_packages);
	cs_buf_free(&c->commit);
	cs_buf_free(&c->welcome);
}

/*
 * A Welcome that hashes its whole GroupInfo once a joiner, or a joiner that
 * looks at all pairs: four times the members would cost 16 times as much.
 */
static void
test_not_quadratic(void **state)
{
	struct crowd small, large;

	(void)state;
	gather(&small, 64);
	gather(&large, 256);
	assert_in_range(large.bytes, 1, 5 * small.bytes);
	assert_in_range(large.join_bytes, 1, 5 * small.join_bytes);
	disperse(&small);
	disperse(&large);
}

/* A signature verified two to five times. */
static void
test_verified_once(void **state)
{
	const struct cs_mls_commit_options none = { 0 };
	struct crowd c;
	struct cs_buf message = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;

	(void)state;
	gather(&c, 64);
	/* Who joins: each leaf, and the GroupInfo. */
	assert_int_equal(c.join_verified, 65);
	/* A message: its own, and no leaf. */
	assert_ok(cs_mls_protect(
	    &message, c.m[0].group, cs_view(NULL, 0), cs_view_str("text")));
	memset(&count, 0, sizeof count);
	assert_ok(cs_mls_process(&got, c.m[63].group, cs_buf_view(&message)));
	cs_mls_received_clear(&got);
	assert_int_equal(count.verified, 1);
	/* A commit: the committer's, and its new leaf's. */
	assert_ok(world_commit(&c.m[0], &none, &commit, &welcome));
	memset(&count, 0, sizeof count);
	assert_ok(world_follow(&c.m[63], &commit));
	assert_int_equal(count.verified, 2);
	cs_buf_free(&message);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	disperse(&c);
}

/* A key that is built anew for each signature. */
static void
test_key_kept(void **state)
{
	(void)state;
	for (uint16_t suite = 1; suite <= 7; suite++) {
		struct world_member m[2];

		world_suite = suite;
		assert_ok(world_group(m, 2, (struct cs_mls_extensions){ 0 }));
		memset(&count, 0, sizeof count);
		for (int i = 0; i < 20; i++)
			assert_ok(world_talk(&m[0], &m[1], "text"));
		assert_int_equal(count.keys, 0);
		world_member_clear(&m[0]);
		world_member_clear(&m[1]);
	}
	world_suite = 1;
}

/* ---- ratchets ----------------------------------------------------------- */

static const struct cs_mls_extensions no_exts;

/* A ratchet that a stranger moves as far as a number says. */
static void
test_ratchet_limit(void **state)
{
	struct world_member m[2];
	struct cs_mls_options opt = cs_mls_options_default();
	struct cs_buf message = { 0 }, near = { 0 };
	struct cs_mls_received got;
	size_t work;

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	opt.auth = world_options().auth;
	opt.now_s = WORLD_NOW;
	cs_mls_group_set_options(m[1].group, &opt);
	for (unsigned i = 0; i <= 1001; i++) {
		cs_buf_reset(&message);
		assert_ok(cs_mls_protect(&message, m[0].group, cs_view(NULL, 0),
		    cs_view_str("text")));
		if (i == 1000)
			assert_ok(cs_buf_set(&near, cs_buf_view(&message)));
	}
	/* Number 1001 is too far, which costs next to nothing to see; */
	memset(&count, 0, sizeof count);
	assert_err(cs_mls_process(&got, m[1].group, cs_buf_view(&message)),
	    CS_ERR_LIMIT);
	work = count.hashed;
	assert_in_range(work, 1, 200);
	/* number 1000 is just within. */
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&near)));
	cs_mls_received_clear(&got);
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&message)));
	cs_mls_received_clear(&got);
	cs_buf_free(&message);
	cs_buf_free(&near);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* Too small defaults for what comes late, and ones without a bound. */
static void
test_defaults(void **state)
{
	struct world_member m[2];
	struct cs_mls_options opt = cs_mls_options_default();
	struct cs_buf late[6] = { 0 }, commit = { 0 }, welcome = { 0 };
	const struct cs_mls_commit_options none = { 0 };
	struct cs_mls_received got;

	(void)state;
	assert_int_equal(opt.max_skip, 1000);
	assert_int_equal(opt.past_epochs, 5);
	assert_int_equal(opt.past_seconds, 3 * 86400);
	opt.auth = world_options().auth;
	opt.now_s = WORLD_NOW;
	assert_ok(world_group(m, 2, no_exts));
	cs_mls_group_set_options(m[1].group, &opt);
	for (int i = 0; i < 6; i++) {
		assert_ok(cs_mls_protect(&late[i], m[0].group, cs_view(NULL, 0),
		    cs_view_str("text")));
		cs_buf_reset(&commit);
		assert_ok(world_commit(&m[0], &none, &commit, &welcome));
		assert_ok(world_follow(&m[1], &commit));
	}
	/* Five epochs back, and not six; */
	assert_err(cs_mls_process(&got, m[1].group, cs_buf_view(&late[0])),
	    CS_ERR_EPOCH);
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&late[1])));
	cs_mls_received_clear(&got);
	/* three days, and not a second more. */
	opt.now_s += 3 * 86400;
	cs_mls_group_set_options(m[1].group, &opt);
	assert_ok(cs_mls_process(&got, m[1].group, cs_buf_view(&late[2])));
	cs_mls_received_clear(&got);
	opt.now_s++;
	cs_mls_group_set_options(m[1].group, &opt);
	assert_err(cs_mls_process(&got, m[1].group, cs_buf_view(&late[3])),
	    CS_ERR_EPOCH);
	/* However much is asked for: bounded. */
	opt.max_skip = opt.past_epochs = opt.past_psks = UINT32_MAX;
	opt.past_seconds = 0;
	cs_mls_group_set_options(m[1].group, &opt);
	for (int i = 0; i <= CS_MLS_MAX_PAST_EPOCHS; i++) {
		cs_buf_reset(&commit);
		assert_ok(world_commit(&m[0], &none, &commit, &welcome));
		assert_ok(world_follow(&m[1], &commit));
	}
	assert_int_equal(m[1].group->n_past, CS_MLS_MAX_PAST_EPOCHS);
	for (int i = 0; i < 6; i++)
		cs_buf_free(&late[i]);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* ---- tags --------------------------------------------------------------- */

/* A comparison that stops early, or that takes the length from the message. */
static void
test_tags_whole(void **state)
{
	struct world_member m[2];
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, none = { 0 }, copy = { 0 };
	struct cs_mls_public_message message;
	struct cs_mls_received got;
	struct cs_reader r;
	struct cs_writer w;
	/* From the end: membership tag, confirmation tag, and their lengths. */
	const size_t tags = 2 * (1 + CS_SHA256_LEN);

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(cs_mls_commit_new(&staged, &commit, &none, m[0].group, &opt));
	for (size_t i = 0; i < tags; i++)
		for (unsigned bit = 1; bit < 256; bit <<= 1) {
			assert_ok(cs_buf_set(&copy, cs_buf_view(&commit)));
			copy.data[copy.len - 1 - i] ^= (uint8_t)bit;
			assert_int_not_equal(cs_mls_process(&got, m[1].group,
						 cs_buf_view(&copy)),
			    CS_OK);
		}
	/* Tags that are right as far as they go: 0, 1, 16 and 31 bytes. */
	for (size_t len = 0; len < CS_SHA256_LEN; len += len ? 15 : 1) {
		r = cs_reader(cs_buf_view(&commit));
		assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_PUBLIC);
		cs_mls_public_message_read(&r, &message);
		assert_ok(cs_reader_end(&r));
		message.membership_tag.len = len;
		cs_buf_reset(&copy);
		w = cs_writer(&copy);
		cs_mls_message_write(&w, CS_MLS_WIRE_PUBLIC);
		cs_mls_public_message_write(&w, &message);
		assert_ok(cs_writer_end(&w));
		assert_err(cs_mls_process(&got, m[1].group, cs_buf_view(&copy)),
		    CS_ERR_MAC);
	}
	assert_ok(world_follow(&m[1], &commit));
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&copy);
	cs_buf_free(&none);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* ---- our own commits ---------------------------------------------------- */

/*
 * A pending commit that stays stuck when its acknowledgement is lost, and an
 * own commit that comes back: it is known by its bytes, also after a restart,
 * and merged; and one that lost the race is dropped, and the group goes on.
 */
static void
test_pending(void **state)
{
	const struct cs_mls_commit_options opt = { 0 };
	const struct cs_mls_options options = world_options();
	struct world_member m[2];
	struct cs_mls_staged *staged;
	struct cs_mls_received got;
	struct cs_buf commit = { 0 }, other = { 0 }, none = { 0 },
		      saved = { 0 }, group = { 0 };

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(cs_mls_commit_new(&staged, &commit, &none, m[0].group, &opt));
	assert_ok(cs_mls_staged_save(staged, &saved));
	assert_ok(world_save(m[0].group, &group));
	cs_mls_staged_free(staged);
	cs_mls_group_free(m[0].group);
	/* Restarted; whether the commit was accepted is not known. */
	assert_ok(world_load(&m[0].group, cs_buf_view(&group), &options));
	assert_ok(cs_mls_staged_load(&staged, m[0].group, cs_buf_view(&saved)));
	/* The group is not stuck by it. */
	assert_ok(world_talk(&m[0], &m[1], "meanwhile"));
	assert_err(cs_mls_process(&got, m[0].group, cs_buf_view(&commit)),
	    CS_ERR_REPLAY);
	assert_true(cs_mls_staged_is(staged, cs_buf_view(&commit)));
	commit.data[commit.len - 1] ^= 1;
	assert_false(cs_mls_staged_is(staged, cs_buf_view(&commit)));
	commit.data[commit.len - 1] ^= 1;
	assert_ok(cs_mls_group_merge(m[0].group, staged));
	assert_ok(world_follow(&m[1], &commit));
	assert_true(world_agree(&m[0], &m[1]));
	/* Another one wins. */
	cs_buf_reset(&commit);
	assert_ok(cs_mls_commit_new(&staged, &commit, &none, m[0].group, &opt));
	assert_ok(world_commit(&m[1], &opt, &other, &none));
	assert_false(cs_mls_staged_is(staged, cs_buf_view(&other)));
	assert_ok(world_follow(&m[0], &other));
	assert_err(cs_mls_group_merge(m[0].group, staged), CS_ERR_EPOCH);
	assert_true(world_agree(&m[0], &m[1]));
	cs_buf_free(&commit);
	cs_buf_free(&other);
	cs_buf_free(&saved);
	cs_buf_free(&group);
	cs_buf_free(&none);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* A state that is saved in two steps: halves of two moments do not load. */
static void
test_one_step(void **state)
{
	const struct cs_mls_options options = world_options();
	const struct cs_mls_commit_options opt = { 0 };
	struct world_member m[2];
	struct cs_mls_group *g;
	struct cs_buf public[2] = { 0 }, secret[2] = { 0 }, copy = { 0 },
		      commit = { 0 }, none = { 0 };

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	assert_ok(cs_mls_group_save(m[1].group, &public[0], &secret[0]));
	assert_ok(world_commit(&m[0], &opt, &commit, &none));
	assert_ok(world_follow(&m[1], &commit));
	assert_true(cs_mls_group_public_changed(m[1].group));
	assert_ok(cs_mls_group_save(m[1].group, &public[1], &secret[1]));
	assert_false(cs_mls_group_public_changed(m[1].group));
	for (int p = 0; p < 2; p++)
		for (int s = 0; s < 2; s++) {
			assert_ok(cs_buf_set(&copy, cs_buf_view(&public[p])));
			assert_err(cs_mls_group_load(&g, &copy,
				       cs_buf_view(&secret[s]), &options),
			    p == s ? CS_OK : CS_ERR_CORRUPT);
			cs_mls_group_free(g);
			cs_buf_free(&copy);
		}
	for (int i = 0; i < 2; i++) {
		cs_buf_free(&public[i]);
		cs_buf_free(&secret[i]);
	}
	cs_buf_free(&commit);
	cs_buf_free(&none);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* To open one message of a stored group, no tree is parsed or hashed. */
static void
test_loading_is_flat(void **state)
{
	const struct cs_mls_options options = world_options();
	size_t hashed[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct crowd c;
		struct cs_mls_group *g;
		struct cs_mls_received got;
		struct cs_buf public = { 0 }, secret = { 0 }, none = { 0 },
			      message = { 0 };

		gather(&c, k == 0 ? 16 : 256);
		g = c.m[c.n - 1].group;
		assert_ok(cs_mls_group_save(g, &public, &secret));
		cs_mls_group_free(g);
		c.m[c.n - 1].group = NULL;
		assert_ok(cs_mls_protect(&message, c.m[0].group,
		    cs_view(NULL, 0), cs_view_str("text")));
		memset(&count, 0, sizeof count);
		assert_ok(cs_mls_group_load(
		    &g, &public, cs_buf_view(&secret), &options));
		assert_ok(cs_mls_process(&got, g, cs_buf_view(&message)));
		cs_mls_received_clear(&got);
		assert_false(cs_mls_group_public_changed(g));
		cs_buf_reset(&secret);
		assert_ok(cs_mls_group_save(g, NULL, &secret));
		hashed[k] = count.bytes;
		assert_int_equal(count.verified, 1);
		cs_mls_group_free(g);
		cs_buf_free(&secret);
		cs_buf_free(&none);
		cs_buf_free(&message);
		disperse(&c);
	}
	/* 16 times the members: the way down the secret tree is longer. */
	assert_in_range(hashed[1], 1, 2 * hashed[0]);
}

/* A commit in a warm tree hashes a path, not the tree. */
static void
test_warm_commit(void **state)
{
	const struct cs_mls_commit_options none = { 0 };
	size_t bytes[2];

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct crowd c;
		struct cs_buf commit = { 0 }, welcome = { 0 };

		gather(&c, k == 0 ? 16 : 64);
		for (unsigned i = 1; i < c.n - 1; i++)
			assert_ok(world_join(&c.m[i], &c.welcome));
		/* Everybody commits once, and all follow. */
		for (unsigned i = 0; i < c.n; i++) {
			cs_buf_reset(&commit);
			memset(&count, 0, sizeof count);
			assert_ok(
			    world_commit(&c.m[i], &none, &commit, &welcome));
			bytes[k] = count.bytes;
			for (unsigned j = 0; j < c.n; j++)
				if (j != i)
					assert_ok(
					    world_follow(&c.m[j], &commit));
		}
		cs_buf_free(&commit);
		cs_buf_free(&welcome);
		disperse(&c);
	}
	assert_in_range(bytes[1], 1, 2 * bytes[0]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_not_quadratic),
		cmocka_unit_test(test_verified_once),
		cmocka_unit_test(test_key_kept),
		cmocka_unit_test(test_ratchet_limit),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_tags_whole),
		cmocka_unit_test(test_pending),
		cmocka_unit_test(test_one_step),
		cmocka_unit_test(test_loading_is_flat),
		cmocka_unit_test(test_warm_commit),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
