/* SPDX-License-Identifier: MIT */
/*
 * Does anything branch on a secret?  Under valgrind secrets are marked as if
 * they had never been written; whoever decides something by one is reported.
 * What becomes public is marked as written where it does: these functions are
 * put behind ours (--wrap in tests/meson.build).
 *
 * Without valgrind it only says that these members understand one another.
 */
#if __has_include(<valgrind/memcheck.h>)

#include <valgrind/memcheck.h>

#include "crypto/aead.h"
#include "crypto/curve.h"
#include "crypto/hpke.h"
#include "crypto/init.h"
#include "crypto/label.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "support/mls_world.h"

#else
#define RUNNING_ON_VALGRIND 0
#define VALGRIND_COUNT_ERRORS 0
#define VALGRIND_MAKE_MEM_UNDEFINED(p, n) (0)
#define VALGRIND_MAKE_MEM_DEFINED(p, n) (0)
#define VALGRIND_GET_VBITS(p, marks, n) (0)
#endif

static void
classify(const void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_UNDEFINED(p, n);
}

static void
declassify(const void *p, size_t n)
{
	(void)VALGRIND_MAKE_MEM_DEFINED(p, n);
}

/* ---- where secrets become public -------------------------------------------
 */

#define WRAP(result, name, ...)                                                \
	result __real_##name(__VA_ARGS__);                                     \
	result __wrap_##name(__VA_ARGS__);                                     \
	result __wrap_##name(__VA_ARGS__)

/* That two are equal is told to whoever sees the answer. */
WRAP(bool, cs_equal_ct, const void *a, const void *b, size_t n)
{
	bool equal = __real_cs_equal_ct(a, b, n);

	declassify(&equal, sizeof equal);
	return equal;
}

/* A public key is what it says. */
WRAP(enum cs_err, cs_hpke_key_derive, struct cs_hpke_key *out, enum cs_kem kem,
    struct cs_view ikm)
{
	enum cs_err err = __real_cs_hpke_key_derive(out, kem, ikm);

	declassify(&err, sizeof err);
	declassify(out->public, sizeof out->public);
	return err;
}

WRAP(enum cs_err, cs_hpke_key_from_private, struct cs_hpke_key *out,
    enum cs_kem kem, struct cs_view private)
{
	enum cs_err err = __real_cs_hpke_key_from_private(out, kem, private);

	declassify(&err, sizeof err);
	declassify(out->public, sizeof out->public);
	return err;
}

/* So is that a number is a scalar: others are thrown away. */
WRAP(bool, cs_curve_scalar_valid, enum cs_curve c, struct cs_view scalar)
{
	bool valid = __real_cs_curve_scalar_valid(c, scalar);

	declassify(&valid, sizeof valid);
	return valid;
}

WRAP(enum cs_err, cs_signer_sign, uint8_t out[static CS_SIG_MAX], size_t *n,
    const struct cs_signer *s, struct cs_view message)
{
	enum cs_err err = __real_cs_signer_sign(out, n, s, message);

	declassify(&err, sizeof err);
	declassify(n, sizeof *n);
	declassify(out, CS_SIG_MAX);
	return err;
}

/* A ciphertext; and that a tag is right, with what was under it: the parts
 * that stay secret are marked again below. */
WRAP(enum cs_err, cs_aead_seal_to, uint8_t *out,
    const struct cs_aead_params *params, struct cs_view plain)
{
	enum cs_err err = __real_cs_aead_seal_to(out, params, plain);

	declassify(&err, sizeof err);
	declassify(out, plain.len + CS_AEAD_TAG_LEN);
	return err;
}

WRAP(enum cs_err, cs_aead_seal, struct cs_buf *out,
    const struct cs_aead_params *params, struct cs_view plain)
{
	enum cs_err err = __real_cs_aead_seal(out, params, plain);

	declassify(&err, sizeof err);
	declassify(out->data, out->len);
	return err;
}

WRAP(enum cs_err, cs_aead_open_to, uint8_t *out,
    const struct cs_aead_params *params, struct cs_view sealed)
{
	enum cs_err err = __real_cs_aead_open_to(out, params, sealed);

	declassify(&err, sizeof err);
	declassify(out, sealed.len - CS_AEAD_TAG_LEN);
	return err;
}

WRAP(enum cs_err, cs_aead_open, struct cs_buf *out,
    const struct cs_aead_params *params, struct cs_view sealed)
{
	enum cs_err err = __real_cs_aead_open(out, params, sealed);

	declassify(&err, sizeof err);
	declassify(out->data, out->len);
	return err;
}

/* Tags travel. */
WRAP(enum cs_err, cs_mls_confirmation_tag, uint8_t *out,
    const struct cs_suite *suite, const struct cs_mls_confirmation_key *key,
    struct cs_view confirmed)
{
	enum cs_err err =
	    __real_cs_mls_confirmation_tag(out, suite, key, confirmed);

	declassify(out, suite->hash_len);
	return err;
}

WRAP(enum cs_err, cs_mls_public_message_seal, struct cs_buf *out,
    const struct cs_mls_unverified *content, const struct cs_suite *suite,
    const struct cs_mls_membership_key *key, struct cs_view context)
{
	enum cs_err err = __real_cs_mls_public_message_seal(
	    out, content, suite, key, context);

	declassify(out->data, out->len);
	return err;
}

/* ---- where secrets come from ------------------------------------------------
 */

WRAP(enum cs_err, cs_hpke_key_new, struct cs_hpke_key *out, enum cs_kem kem)
{
	enum cs_err err = __real_cs_hpke_key_new(out, kem);

	classify(out->private, out->private_len);
	return err;
}

/* A path secret under HPKE; what is longer is GroupSecrets, see below. */
WRAP(enum cs_err, cs_decrypt_with_label, struct cs_buf *out,
    const struct cs_suite *suite, const struct cs_hpke_key *key,
    struct cs_view label, struct cs_view context, struct cs_view kem_output,
    struct cs_view ciphertext)
{
	enum cs_err err = __real_cs_decrypt_with_label(
	    out, suite, key, label, context, kem_output, ciphertext);

	declassify(&err, sizeof err);
	if (err == CS_OK && out->len == suite->hash_len)
		classify(out->data, out->len);
	return err;
}

WRAP(enum cs_err, cs_mls_welcome_secret, struct cs_mls_welcome_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk)
{
	enum cs_err err = __real_cs_mls_welcome_secret(out, suite, joiner, psk);

	classify(out->b, suite->hash_len);
	return err;
}

WRAP(enum cs_err, cs_mls_epoch_secret, struct cs_mls_epoch_secret *out,
    const struct cs_suite *suite, const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk, struct cs_view context)
{
	enum cs_err err =
	    __real_cs_mls_epoch_secret(out, suite, joiner, psk, context);

	classify(out->b, suite->hash_len);
	return err;
}

WRAP(enum cs_err, cs_mls_path_secrets_new, struct cs_mls_path_secrets *out,
    const struct cs_suite *suite, size_t n)
{
	enum cs_err err = __real_cs_mls_path_secrets_new(out, suite, n);

	for (size_t i = 0; i < n; i++) {
		classify(out->secret[i].b, suite->hash_len);
		classify(out->key[i].private, out->key[i].private_len);
	}
	classify(out->commit.b, suite->hash_len);
	classify(out->leaf.private, out->leaf.private_len);
	return err;
}

static enum cs_err
secret_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	enum cs_err err;

	(void)arg;
	if (id->type != CS_MLS_PSK_EXTERNAL)
		return CS_ERR_NOT_FOUND;
	err = cs_buf_add(out, id->id);
	classify(out->data, out->len);
	return err;
}

/* ---- what a group does
 * -------------------------------------------------------- */

static const struct cs_mls_extensions no_exts;

/* Both of an epoch whose secrets are marked, from its first commit on. */
static void
agree(const struct world_member *a, const struct world_member *b)
{
	struct cs_mls_hash x, y;
	uint8_t marks[CS_HASH_MAX] = { 0 };

	assert_ok(cs_mls_group_epoch_authenticator(a->group, &x));
	assert_ok(cs_mls_group_epoch_authenticator(b->group, &y));
	/* Is it true that they are secret?  Else nothing is tested here. */
	(void)VALGRIND_GET_VBITS(x.b, marks, x.len);
	assert_true(!RUNNING_ON_VALGRIND || marks[0] != 0);
	(void)VALGRIND_GET_VBITS(y.b, marks, y.len);
	assert_true(!RUNNING_ON_VALGRIND || marks[0] != 0);
	declassify(x.b, x.len);
	declassify(y.b, y.len);
	assert_view_equal(cs_mls_hash_view(&x), cs_mls_hash_view(&y));
}

static void
commit_with_everything(struct world_member *m)
{
	const struct cs_mls_psk_id psks[] = {
		{ .type = CS_MLS_PSK_EXTERNAL, .id = cs_view_str("psk") },
		{ .type = CS_MLS_PSK_RESUMPTION,
		    .usage = CS_MLS_PSK_APP,
		    .id = cs_mls_group_id(m[0].group),
		    .epoch = cs_mls_group_epoch(m[0].group) },
	};
	const struct cs_mls_commit_options opt = {
		.psk = psks,
		.n_psk = 2,
		.force_path = true,
	};
	struct cs_buf commit = { 0 }, none = { 0 };

	assert_ok(world_commit(&m[0], &opt, &commit, &none));
	assert_ok(world_follow(&m[1], &commit));
	assert_ok(world_follow(&m[2], &commit));
	agree(&m[0], &m[1]);
	agree(&m[0], &m[2]);
	cs_buf_free(&commit);
}

static void
update_by_reference(struct world_member *m)
{
	const struct cs_mls_commit_options opt = { 0 };
	struct cs_buf update = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_received got;

	assert_ok(cs_mls_propose_update(&update, m[2].group));
	for (int i = 0; i < 2; i++) {
		assert_ok(
		    cs_mls_process(&got, m[i].group, cs_buf_view(&update)));
		cs_mls_received_clear(&got);
	}
	assert_ok(world_commit(&m[1], &opt, &commit, &none));
	assert_ok(world_follow(&m[0], &commit));
	assert_ok(world_follow(&m[2], &commit));
	agree(&m[0], &m[2]);
	cs_buf_free(&update);
	cs_buf_free(&commit);
}

static void
join_from_outside(struct world_member *m)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf info = { 0 }, commit = { 0 };
	struct world_member guest;

	opt.psks.find = secret_psk;
	assert_ok(world_member_init(&guest, 7));
	assert_ok(cs_mls_group_info(m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_external_commit(
	    &guest.group, &commit, cs_buf_view(&info), &guest.id, &opt, NULL));
	for (int i = 0; i < 3; i++)
		assert_ok(world_follow(&m[i], &commit));
	agree(&m[0], &guest);
	world_member_clear(&guest);
	cs_buf_free(&info);
	cs_buf_free(&commit);
}

/* Exports, and a restart: secrets go to disk and back. */
static void
keep(struct world_member *m)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_hash h;
	struct cs_buf saved = { 0 };
	uint8_t key[32];

	opt.psks.find = secret_psk;
	assert_ok(cs_mls_group_export(m->group, key, sizeof key,
	    cs_view_str("label"), cs_view_str("context")));
	assert_ok(cs_mls_group_safe_export(m->group, &h, 1));
	assert_ok(world_save(m->group, &saved));
	cs_mls_group_free(m->group);
	assert_ok(world_load(&m->group, cs_buf_view(&saved), &opt));
	cs_buf_free(&saved);
}

static void
live(uint16_t suite, bool encrypt)
{
	struct world_member m[3];
	struct cs_mls_options opt = world_options();

	world_suite = suite;
	assert_ok(world_group(m, 3, no_exts));
	opt.psks.find = secret_psk;
	opt.encrypt_handshake = encrypt;
	for (int i = 0; i < 3; i++)
		cs_mls_group_set_options(m[i].group, &opt);
	agree(&m[0], &m[2]);
	assert_ok(world_talk(&m[0], &m[1], "hello"));
	commit_with_everything(m);
	assert_ok(world_talk(&m[2], &m[0], "and again"));
	update_by_reference(m);
	keep(&m[1]);
	assert_ok(world_talk(&m[1], &m[0], "awake"));
	join_from_outside(m);
	for (int i = 0; i < 3; i++)
		world_member_clear(&m[i]);
	world_suite = 1;
}

static void
test_suites(void **state)
{
	const struct cs_suite *suite;
	unsigned long before = VALGRIND_COUNT_ERRORS;

	(void)state;
	for (size_t i = 0; (suite = cs_suite_at(i)) != NULL; i++) {
		live(suite->id, false);
		live(suite->id, true);
	}
	assert_int_equal(VALGRIND_COUNT_ERRORS, before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_suites) };

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
