/* SPDX-License-Identifier: MIT */
/*
 * RFC 9420, sections 7.2, 7.3 and 10.1: key packages that are well signed and
 * nevertheless not good, each with one thing changed.
 */

#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/key_package.h"
#include "mls/leaf_node.h"
#include "support/key_package_sign.h"
#include "support/mls_world.h"

static struct world_member owner;

/* A fresh copy of the owner's key package, to be changed. */
static struct cs_mls_key_package
copy(void)
{
	struct cs_mls_key_package kp;

	assert_ok(cs_mls_key_package_parse_message(
	    &kp, cs_buf_view(&owner.key_package)));
	return kp;
}

/* What becomes of ${kp}, signed by its owner, at the time ${now}. */
static enum cs_err
check_at(const struct cs_mls_key_package *kp, uint64_t now)
{
	struct cs_mls_key_package_info info;
	struct cs_buf message = { 0 };
	enum cs_err err;

	assert_ok(key_package_sign(&message, kp, owner.id.signer));
	err = cs_mls_key_package_check(&info, cs_buf_view(&message), now);
	cs_buf_free(&message);
	return err;
}

static enum cs_err
check(const struct cs_mls_key_package *kp)
{
	return check_at(kp, WORLD_NOW);
}

static void
test_good(void **state)
{
	struct cs_mls_key_package kp = copy();
	struct cs_mls_key_package_info info;

	(void)state;
	assert_ok(check(&kp));
	assert_ok(cs_mls_key_package_check(
	    &info, cs_buf_view(&owner.key_package), WORLD_NOW));
	assert_int_equal(info.suite_id, 1);
	assert_view_equal(info.credential.identity, cs_view_str(owner.name));
	assert_view_equal(
	    info.signature_key, cs_signer_public(owner.id.signer));
	assert_view_equal(
	    cs_mls_hash_view(&info.ref), cs_mls_hash_view(&owner.ref));
	assert_false(info.last_resort);
}

static void
test_suite(void **state)
{
	const struct cs_mls_options opt = world_options();
	const struct cs_mls_extensions none = { NULL, 0 };
	struct cs_mls_key_package kp = copy();
	struct cs_buf message = { 0 }, secrets = { 0 };
	struct cs_mls_group *group;

	(void)state;
	kp.suite_id = 0x0a0a;
	assert_err(check(&kp), CS_ERR_UNSUPPORTED);
	/* Section 5.1: a suite of another signature algorithm. */
	assert_err(cs_mls_key_package_new(&message, &secrets, NULL, 2,
		       &owner.id, CS_MLS_SINGLE_USE),
	    CS_ERR_UNSUPPORTED);
	assert_err(cs_mls_group_new(&group, 2, cs_view_str("a group"),
		       &owner.id, none, &opt),
	    CS_ERR_UNSUPPORTED);
	/* A known one, but its keys are not of that kind. */
	kp.suite_id = 2;
	assert_err(check(&kp), CS_ERR_KEY);
	/* The leaf has to list the version. */
	kp = copy();
	kp.leaf.capabilities.versions = cs_view("\0\2", 2);
	assert_err(check(&kp), CS_ERR_UNSUPPORTED);
}

static void
test_keys(void **state)
{
	static const uint8_t zero[32], short_key[31] = { 9 };
	struct cs_mls_key_package kp = copy();

	(void)state;
	/* Section 10.1: init key and encryption key differ. */
	kp.init_key = kp.leaf.encryption_key;
	assert_err(check(&kp), CS_ERR_KEY);
	kp = copy();
	kp.init_key = CS_VIEW_OF(zero);
	assert_err(check(&kp), CS_ERR_KEY);
	kp.init_key = CS_VIEW_OF(short_key);
	assert_err(check(&kp), CS_ERR_KEY);
	kp = copy();
	kp.leaf.encryption_key = CS_VIEW_OF(zero);
	assert_err(check(&kp), CS_ERR_KEY);
	kp.leaf.encryption_key = cs_view(NULL, 0);
	assert_err(check(&kp), CS_ERR_KEY);
}

static void
test_source(void **state)
{
	static const uint8_t hash[32] = { 1 };
	struct cs_mls_key_package kp = copy();

	(void)state;
	kp.leaf.source = CS_MLS_LEAF_UPDATE;
	assert_err(check(&kp), CS_ERR_MISMATCH);
	kp.leaf.source = CS_MLS_LEAF_COMMIT;
	kp.leaf.parent_hash = CS_VIEW_OF(hash);
	assert_err(check(&kp), CS_ERR_MISMATCH);
}

static void
test_lifetime(void **state)
{
	struct cs_mls_key_package kp = copy();
	uint64_t from = kp.leaf.not_before, to = kp.leaf.not_after;

	(void)state;
	assert_ok(check_at(&kp, from));
	assert_ok(check_at(&kp, to));
	assert_err(check_at(&kp, from - 1), CS_ERR_EXPIRED);
	assert_err(check_at(&kp, to + 1), CS_ERR_EXPIRED);
	/* Section 7.2: a longest lifetime. */
	kp.leaf.not_after = from + CS_MLS_MAX_LIFETIME_S;
	assert_ok(check(&kp));
	kp.leaf.not_after++;
	assert_err(check(&kp), CS_ERR_LIMIT);
	kp.leaf.not_after = UINT64_MAX;
	assert_err(check(&kp), CS_ERR_LIMIT);
	/* It ends before it begins. */
	kp.leaf.not_after = from - 1;
	assert_err(check(&kp), CS_ERR_LIMIT);
	kp.leaf.not_before = UINT64_MAX;
	kp.leaf.not_after = 0;
	assert_err(check(&kp), CS_ERR_LIMIT);
}

static void
test_credential(void **state)
{
	struct cs_mls_key_package kp = copy();

	(void)state;
	/* The one in use has to be listed. */
	kp.leaf.capabilities.credentials = cs_view("\0\2", 2);
	assert_err(check(&kp), CS_ERR_CREDENTIAL);
}

static void
test_extensions(void **state)
{
	/* Type 0xf123 with two bytes; the same twice. */
	static const uint8_t once[] = { 0xf1, 0x23, 2, 'a', 'b' };
	static const uint8_t twice[] = { 0xf1, 0x23, 2, 'a', 'b', 0xf1, 0x23, 2,
		'c', 'd' };
	struct cs_mls_key_package kp = copy();
	struct cs_buf message = { 0 };

	(void)state;
	/* Section 7.2: what the leaf carries, it lists. */
	kp.leaf.extensions.raw = CS_VIEW_OF(once);
	assert_err(check(&kp), CS_ERR_UNSUPPORTED);
	kp.leaf.capabilities.extensions = cs_view("\xf1\x23", 2);
	assert_ok(check(&kp));
	/* Section 13.4: one of a type; such a leaf cannot even be read. */
	kp.leaf.extensions.raw = CS_VIEW_OF(twice);
	assert_err(
	    key_package_sign(&message, &kp, owner.id.signer), CS_ERR_FORMAT);
	assert_int_equal(message.len, 0);
	kp = copy();
	kp.extensions.raw = CS_VIEW_OF(twice);
	assert_err(check(&kp), CS_ERR_FORMAT);
}

static bool
has(struct cs_view list, uint16_t type)
{
	return cs_mls_u16s_have(list, type);
}

/* Section 7.2: all that we do is listed, and nothing that goes without. */
static void
test_own_capabilities(void **state)
{
	const uint16_t more[] = { 0xf123 };
	struct cs_mls_identity id = owner.id;
	struct cs_mls_key_package kp;
	const struct cs_mls_capabilities *c = &kp.leaf.capabilities;
	struct cs_buf message = { 0 }, secrets = { 0 };
	const struct cs_suite *suite;

	(void)state;
	id.extension_types = more;
	id.n_extension_types = 1;
	assert_ok(cs_mls_key_package_new(
	    &message, &secrets, NULL, 1, &id, CS_MLS_LAST_RESORT));
	assert_ok(cs_mls_key_package_parse_message(&kp, cs_buf_view(&message)));
	assert_view_equal(c->versions, cs_view("\0\1", 2));
	for (size_t i = 0; (suite = cs_suite_at(i)) != NULL; i++)
		assert_true(has(c->suites, suite->id));
	assert_true(has(c->credentials, CS_MLS_CREDENTIAL_BASIC));
	assert_true(has(c->credentials, CS_MLS_CREDENTIAL_X509));
	assert_true(has(c->extensions, 0xf123));
	/* Section 10: those of the key package itself, too. */
	assert_true(
	    cs_mls_ext_find(&kp.extensions, CS_MLS_EXT_LAST_RESORT, NULL));
	assert_true(has(c->extensions, CS_MLS_EXT_LAST_RESORT));
	for (uint16_t type = 1; type <= 7; type++) {
		assert_false(has(c->proposals, type));
		assert_false(type <= 5 && has(c->extensions, type));
	}
	cs_buf_free(&message);
	cs_buf_free(&secrets);
}

/* Each signature is looked at. */
static void
test_signatures(void **state)
{
	struct cs_mls_key_package kp = copy();
	struct cs_buf message = { 0 };
	struct cs_writer w = cs_writer(&message);
	struct cs_mls_key_package_info info;
	uint8_t bad[64] = { 0 };

	(void)state;
	kp.signature = CS_VIEW_OF(bad);
	cs_mls_message_write(&w, CS_MLS_WIRE_KEY_PACKAGE);
	cs_mls_key_package_write(&w, &kp);
	assert_ok(cs_writer_end(&w));
	assert_err(
	    cs_mls_key_package_check(&info, cs_buf_view(&message), WORLD_NOW),
	    CS_ERR_SIGNATURE);
	/* The leaf's, below a good one. */
	kp = copy();
	kp.leaf.signature = CS_VIEW_OF(bad);
	cs_buf_reset(&message);
	w = cs_writer(&message);
	{
		struct cs_buf tbs = { 0 };
		struct cs_writer t = cs_writer(&tbs);
		uint8_t signature[CS_SIG_MAX];
		size_t n;

		kp.signature = cs_view(NULL, 0);
		cs_mls_key_package_write(&t, &kp);
		assert_ok(cs_writer_end(&t));
		assert_ok(cs_sign_with_label(signature, &n, owner.id.signer,
		    cs_view_str("KeyPackageTBS"),
		    cs_view(tbs.data, tbs.len - 1)));
		kp.signature = cs_view(signature, n);
		cs_mls_message_write(&w, CS_MLS_WIRE_KEY_PACKAGE);
		cs_mls_key_package_write(&w, &kp);
		cs_buf_free(&tbs);
	}
	assert_ok(cs_writer_end(&w));
	assert_err(
	    cs_mls_key_package_check(&info, cs_buf_view(&message), WORLD_NOW),
	    CS_ERR_SIGNATURE);
	cs_buf_free(&message);
}

/* What does not fit the group is not added to it. */
static void
test_add_to_group(void **state)
{
	/* required_capabilities: extension 0xf123, nothing else. */
	static const uint8_t required[] = { 2, 0xf1, 0x23, 0, 0 };
	struct cs_mls_extension ext = { CS_MLS_EXT_REQUIRED_CAPABILITIES,
		CS_VIEW_OF(required) };
	struct world_member founder;
	struct cs_mls_staged *staged = NULL;
	struct cs_buf message = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_key_package kp = copy();
	struct cs_view v;
	struct cs_mls_commit_options opt = { .add = &v, .n_add = 1 };

	(void)state;
	assert_ok(world_member_init(&founder, 1));
	/* The founder does not support it either: section 13.4. */
	assert_err(world_found(&founder, (struct cs_mls_extensions){ &ext, 1 }),
	    CS_ERR_UNSUPPORTED);
	assert_ok(world_found(&founder, (struct cs_mls_extensions){ NULL, 0 }));
	/* Nobody vouches for this name: section 5.3.1. */
	kp.leaf.credential.identity = cs_view_str("stranger");
	assert_ok(key_package_sign(&message, &kp, owner.id.signer));
	v = cs_buf_view(&message);
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, founder.group, &opt),
	    CS_ERR_CREDENTIAL);
	assert_null(staged);
	/* Its lifetime is over. */
	kp = copy();
	kp.leaf.not_before = WORLD_NOW - 100;
	kp.leaf.not_after = WORLD_NOW - 50;
	cs_buf_reset(&message);
	assert_ok(key_package_sign(&message, &kp, owner.id.signer));
	v = cs_buf_view(&message);
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, founder.group, &opt),
	    CS_ERR_EXPIRED);
	/* Its leaf is one of another kind. */
	kp = copy();
	kp.leaf.source = CS_MLS_LEAF_UPDATE;
	cs_buf_reset(&message);
	assert_ok(key_package_sign(&message, &kp, owner.id.signer));
	v = cs_buf_view(&message);
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &welcome, founder.group, &opt),
	    CS_ERR_MISMATCH);
	v = cs_buf_view(&owner.key_package);
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &welcome, founder.group, &opt));
	cs_mls_staged_free(staged);
	cs_buf_free(&message);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	world_member_clear(&founder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_suite),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_source),
		cmocka_unit_test(test_lifetime),
		cmocka_unit_test(test_credential),
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_own_capabilities),
		cmocka_unit_test(test_signatures),
		cmocka_unit_test(test_add_to_group),
	};
	int failed;

	if (cs_crypto_init() != CS_OK || world_member_init(&owner, 7) != CS_OK)
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	world_member_clear(&owner);
	return failed;
}
