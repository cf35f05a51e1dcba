/* SPDX-License-Identifier: MIT */
/*
 * What a program may choose: how handshakes travel, padding, kinds of
 * credentials, several Welcomes; and what components of it are given.
 */

#include "crypto/init.h"
#include "crypto/label.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"
#include "support/mls_scene.h"

static const struct cs_mls_extensions no_exts;

/* ---- handshakes as PrivateMessages -------------------------------------- */

static void
test_private_handshakes(void **state)
{
	struct cs_mls_options opt = world_options();
	const struct cs_mls_commit_options none = { 0 };
	struct cs_mls_message_info info;
	struct cs_mls_received got;
	struct cs_buf p = { 0 }, commit = { 0 }, welcome = { 0 };

	(void)state;
	opt.encrypt_handshake = true;
	for (uint16_t suite = 1; suite <= 7; suite++) {
		struct world_member m[3];

		if (cs_suite_find(suite) == NULL)
			continue;
		world_suite = suite;
		assert_ok(world_group(m, 3, no_exts));
		for (int i = 0; i < 3; i++)
			cs_mls_group_set_options(m[i].group, &opt);
		cs_buf_reset(&p);
		assert_ok(cs_mls_propose_update(&p, m[2].group));
		assert_ok(cs_mls_message_peek(&info, cs_buf_view(&p)));
		assert_int_equal(info.wire, CS_MLS_WIRE_PRIVATE);
		assert_int_equal(info.content, CS_MLS_CONTENT_PROPOSAL);
		for (int i = 0; i < 2; i++) {
			assert_ok(
			    cs_mls_process(&got, m[i].group, cs_buf_view(&p)));
			assert_int_equal(got.event, CS_MLS_EVENT_PROPOSAL);
			cs_mls_received_clear(&got);
		}
		cs_buf_reset(&commit);
		assert_ok(world_commit(&m[0], &none, &commit, &welcome));
		assert_ok(cs_mls_message_peek(&info, cs_buf_view(&commit)));
		assert_int_equal(info.wire, CS_MLS_WIRE_PRIVATE);
		/* Each bit of it counts, and then all is as it was. */
		commit.data[commit.len / 2] ^= 4;
		assert_int_not_equal(world_follow(&m[1], &commit), CS_OK);
		commit.data[commit.len / 2] ^= 4;
		assert_ok(world_follow(&m[1], &commit));
		assert_ok(world_follow(&m[2], &commit));
		assert_true(world_agree(&m[0], &m[1]));
		assert_true(world_agree(&m[0], &m[2]));
		/* Their keys are used up, too. */
		assert_err(world_follow(&m[1], &commit), CS_ERR_EPOCH);
		for (int i = 0; i < 3; i++)
			world_member_clear(&m[i]);
	}
	world_suite = 1;
	cs_buf_free(&p);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

/* ---- padding ------------------------------------------------------------ */

static size_t
length_of(struct world_member *m, uint32_t padding, size_t len)
{
	static const uint8_t text[70000];
	struct cs_mls_options opt = world_options();
	struct cs_buf out = { 0 };
	size_t n;

	opt.padding = padding;
	cs_mls_group_set_options(m->group, &opt);
	assert_ok(cs_mls_protect(
	    &out, m->group, cs_view(NULL, 0), cs_view(text, len)));
	n = out.len;
	cs_buf_free(&out);
	return n;
}

static void
test_padding(void **state)
{
	struct cs_mls_options opt = world_options();
	struct world_member m[2];
	size_t plain, padded, seen = 0, before = 0;

	(void)state;
	assert_ok(world_group(m, 2, no_exts));
	/* None: each byte shows. */
	plain = length_of(&m[0], 0, 100);
	assert_int_equal(length_of(&m[0], 1, 101), plain + 1);
	/* Multiples: 200 lengths look like a few. */
	for (size_t len = 100; len < 300; len++) {
		padded = length_of(&m[0], 256, len);
		seen += padded != before;
		before = padded;
	}
	assert_in_range(seen, 1, 2);
	/* Padme: at most 12 percent more, and few lengths. */
	seen = before = 0;
	for (size_t len = 1000; len < 64000; len += 50) {
		plain = length_of(&m[0], 0, len);
		padded = length_of(&m[0], CS_MLS_PADDING_PADME, len);
		assert_in_range(padded, plain, plain + plain * 12 / 100);
		seen += padded != before;
		before = padded;
	}
	assert_in_range(seen, 10, 6 * 17);
	opt.max_skip = 5000;
	cs_mls_group_set_options(m[1].group, &opt);
	assert_ok(world_talk(&m[0], &m[1], "padded"));
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* ---- credentials -------------------------------------------------------- */

struct asked {
	unsigned times;
	unsigned chain; /* certificates of the last one */
};

/* A chain of two: the first is our stand-in for a certificate, and the key
 * has to be the one that it ends in. */
static enum cs_err
check_chain(void *arg, const struct cs_mls_auth_request *rq)
{
	struct asked *a = arg;
	struct cs_view rest = rq->credential->identity, cert, first = { 0 };

	a->times++;
	if (rq->credential->type != CS_MLS_CREDENTIAL_X509)
		return CS_ERR_CREDENTIAL;
	for (a->chain = 0; cs_mls_credential_next_x509(&rest, &cert);
	     a->chain++)
		if (a->chain == 0)
			first = cert;
	return a->chain == 2 && first.len == 4 + rq->signature_key.len &&
		cs_view_equal(cs_view(first.data + 4, rq->signature_key.len),
		    rq->signature_key)
	    ? CS_OK
	    : CS_ERR_CREDENTIAL;
}

/* The vector of certificates: "CERT" and ${m}'s key, then ${last}. */
static void
make_chain(struct cs_buf *out, const struct world_member *m, const char *last)
{
	struct cs_writer w = cs_writer(out);
	size_t mark = cs_write_open(&w);

	cs_write_bytes(&w, cs_view_str("CERT"));
	cs_write_bytes(&w, cs_signer_public(m->id.signer));
	cs_write_close(&w, mark);
	if (last != NULL)
		cs_write_vec(&w, cs_view_str(last));
	assert_ok(cs_writer_end(&w));
}

static void
test_x509(void **state)
{
	struct asked asked = { 0 };
	struct cs_mls_options opt = world_options();
	struct world_member m[3];
	struct cs_buf chain[3] = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_member member;
	struct cs_view kp, none, cert;

	(void)state;
	opt.auth = (struct cs_mls_auth){ check_chain, &asked };
	for (unsigned i = 0; i < 3; i++) {
		assert_ok(world_member_init(&m[i], i));
		make_chain(&chain[i], &m[i], i == 2 ? NULL : "issuer");
		m[i].id.credential_type = CS_MLS_CREDENTIAL_X509;
		m[i].id.credential = cs_buf_view(&chain[i]);
		cs_buf_reset(&m[i].key_package);
		cs_buf_reset(&m[i].secrets);
		assert_ok(cs_mls_key_package_new(&m[i].key_package,
		    &m[i].secrets, &m[i].ref, 1, &m[i].id, CS_MLS_SINGLE_USE));
	}
	assert_ok(cs_mls_group_new(
	    &m[0].group, 1, cs_view_str("a group"), &m[0].id, no_exts, &opt));
	kp = cs_buf_view(&m[1].key_package);
	assert_ok(world_commit(&m[0],
	    &(struct cs_mls_commit_options){ .add = &kp, .n_add = 1 }, &commit,
	    &welcome));
	assert_int_equal(asked.chain, 2);
	assert_ok(cs_mls_welcome_join(&m[1].group, cs_buf_view(&welcome),
	    cs_buf_view(&m[1].secrets), &m[1].id, &opt, NULL));
	assert_true(world_agree(&m[0], &m[1]));
	assert_true(cs_mls_group_member(m[1].group, 0, &member));
	assert_int_equal(member.credential_type, CS_MLS_CREDENTIAL_X509);
	assert_view_equal(member.credential, cs_buf_view(&chain[0]));
	/* A chain without its issuer is not what this service takes. */
	kp = cs_buf_view(&m[2].key_package);
	assert_err(
	    world_commit(&m[0],
		&(struct cs_mls_commit_options){ .add = &kp, .n_add = 1 },
		&commit, &welcome),
	    CS_ERR_CREDENTIAL);
	/* Bytes that are no vector of certificates. */
	none = cs_view_str("\x05xx");
	assert_false(cs_mls_credential_next_x509(&none, &cert));
	for (int i = 0; i < 3; i++) {
		cs_buf_free(&chain[i]);
		world_member_clear(&m[i]);
	}
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

/* A new key and name in a commit, which the service has to agree to. */
static void
test_new_identity(void **state)
{
	struct scene s;
	struct cs_mls_identity id;
	struct cs_mls_commit_options opt = { .new_identity = &id };
	struct cs_buf commit = { 0 }, none = { 0 };
	struct cs_mls_staged *staged;
	struct cs_mls_received got;
	struct cs_mls_member member;

	(void)state;
	set_up(&s);
	id = s.m[0].id;
	assert_ok(cs_signer_new(&id.signer, CS_ED25519));
	/* Another name: no successor. */
	id.credential = cs_view_str("m9");
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &none, s.m[0].group, &opt));
	cs_mls_staged_free(staged);
	assert_err(cs_mls_process(&got, s.m[1].group, cs_buf_view(&commit)),
	    CS_ERR_CREDENTIAL);
	id.credential = cs_view_str("m0");
	committed(&s, &s.m[0], &opt);
	assert_true(cs_mls_group_member(s.m[2].group, 0, &member));
	assert_view_equal(member.signature_key, cs_signer_public(id.signer));
	assert_ok(world_talk(&s.m[0], &s.m[1], "with a new key"));
	/* A key of somebody else. */
	cs_signer_free(id.signer);
	id.signer = s.m[1].id.signer;
	cs_buf_reset(&commit);
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &none, s.m[0].group, &opt),
	    CS_ERR_TREE);
	cs_buf_free(&commit);
	tear_down(&s);
}

/* ---- values that mean nothing (section 13.5)
 */

/* How many of a list of types are of the fifteen. */
static unsigned
grease_in(struct cs_view list)
{
	struct cs_reader r = cs_reader(list);
	unsigned n = 0;

	while (cs_reader_more(&r)) {
		uint16_t type = cs_read_u16(&r);

		if ((type & 0x0f0f) == 0x0a0a) {
			assert_int_equal(type >> 8, type & 0xff);
			assert_int_not_equal(type, 0xfafa); /* private use */
			n++;
		}
	}
	assert_ok(cs_reader_end(&r));
	return n;
}

static void
test_grease(void **state)
{
	static const uint16_t types[] = { 0x1a1a, 0xf00d };
	const struct cs_mls_extension exts[] = {
		{ 0x1a1a, cs_view_str("whatever") },
		{ 0xf00d, cs_view_str("of the program") },
	};
	struct world_member m[2];
	struct cs_mls_options opt = world_options();
	struct cs_mls_leaf leaf;
	struct cs_mls_group *g;
	struct cs_view data;

	(void)state;
	for (unsigned i = 0; i < 64; i++) {
		assert_ok(world_member_init(&m[0], i));
		assert_ok(world_found(&m[0], no_exts));
		assert_true(cs_mls_tree_leaf(&m[0].group->pub.tree, 0, &leaf));
		assert_int_equal(grease_in(leaf.capabilities.suites), 1);
		assert_int_equal(grease_in(leaf.capabilities.extensions), 1);
		assert_int_equal(grease_in(leaf.capabilities.proposals), 1);
		assert_int_equal(grease_in(leaf.capabilities.credentials), 1);
		world_member_clear(&m[0]);
	}
	/* An extension that is announced may be there, and others take it. */
	assert_ok(world_member_init(&m[0], 0));
	assert_ok(world_member_init(&m[1], 1));
	m[1].id.extension_types = types;
	m[1].id.n_extension_types = 2;
	m[1].id.leaf_exts = (struct cs_mls_extensions){ exts, 2 };
	cs_buf_reset(&m[1].key_package);
	cs_buf_reset(&m[1].secrets);
	assert_ok(cs_mls_key_package_new(&m[1].key_package, &m[1].secrets,
	    &m[1].ref, 1, &m[1].id, CS_MLS_SINGLE_USE));
	assert_ok(world_found(&m[0], no_exts));
	assert_ok(world_add(&m[0], &m[1], m, 2));
	assert_true(cs_mls_group_leaf_extension(m[0].group, 1, 0xf00d, &data));
	assert_view_equal(data, exts[1].data);
	assert_ok(world_talk(&m[1], &m[0], "with extensions"));
	/* One that is not: nobody would. */
	m[1].id.n_extension_types = 1;
	assert_err(
	    cs_mls_group_new(&g, 1, cs_view_str("g"), &m[1].id, no_exts, &opt),
	    CS_ERR_UNSUPPORTED);
	world_member_clear(&m[0]);
	world_member_clear(&m[1]);
}

/* ---- several Welcomes for one commit ------------------------------------ */

static void
test_welcomes(void **state)
{
	struct scene s;
	struct world_member n[3];
	struct cs_view kp[3];
	struct cs_mls_commit_options opt = { .add = kp, .n_add = 3 };
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, all = { 0 }, one = { 0 };
	struct cs_mls_hash ref;

	(void)state;
	set_up(&s);
	for (unsigned i = 0; i < 3; i++) {
		assert_ok(world_member_init(&n[i], 10 + i));
		kp[i] = cs_buf_view(&n[i].key_package);
	}
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &all, s.m[0].group, &opt));
	for (size_t i = 0; i < 3; i++) {
		cs_buf_reset(&one);
		assert_ok(cs_mls_staged_welcome(&one, staged, i, 1));
		assert_in_range(one.len, 1, all.len - 1);
		assert_ok(cs_mls_welcome_recipient(&ref, cs_buf_view(&one), 0));
		assert_view_equal(
		    cs_mls_hash_view(&ref), cs_mls_hash_view(&n[i].ref));
		assert_err(cs_mls_welcome_recipient(&ref, cs_buf_view(&one), 1),
		    CS_ERR_NOT_FOUND);
		/* It is for nobody else. */
		if (i < 2)
			assert_err(
			    world_join(&n[i + 1], &one), CS_ERR_NOT_FOUND);
		assert_ok(world_join(&n[i], &one));
	}
	assert_err(cs_mls_staged_welcome(&one, staged, 3, 1), CS_ERR_MISUSE);
	assert_err(cs_mls_staged_welcome(&one, staged, 1, 3), CS_ERR_MISUSE);
	assert_ok(cs_mls_group_merge(s.m[0].group, staged));
	for (int i = 0; i < 3; i++)
		assert_true(world_agree(&s.m[0], &n[i]));
	for (int i = 0; i < 3; i++)
		world_member_clear(&n[i]);
	cs_buf_free(&commit);
	cs_buf_free(&all);
	cs_buf_free(&one);
	tear_down(&s);
}

/* ---- components --------------------------------------------------------- */

static void
test_safe_labels(void **state)
{
	const struct cs_view label = cs_view_str("a label"),
			     content = cs_view_str("content");
	struct scene s;
	struct cs_buf signature = { 0 };

	(void)state;
	set_up(&s);
	assert_ok(
	    cs_mls_safe_sign(&signature, s.m[0].group, 7, label, content));
	assert_ok(cs_mls_safe_verify(
	    s.m[1].group, 0, 7, label, content, cs_buf_view(&signature)));
	/* Of another component, label, content or member. */
	assert_err(cs_mls_safe_verify(s.m[1].group, 0, 8, label, content,
		       cs_buf_view(&signature)),
	    CS_ERR_SIGNATURE);
	assert_err(cs_mls_safe_verify(s.m[1].group, 0, 7, content, content,
		       cs_buf_view(&signature)),
	    CS_ERR_SIGNATURE);
	assert_err(cs_mls_safe_verify(s.m[1].group, 0, 7, label, label,
		       cs_buf_view(&signature)),
	    CS_ERR_SIGNATURE);
	assert_err(cs_mls_safe_verify(s.m[1].group, 1, 7, label, content,
		       cs_buf_view(&signature)),
	    CS_ERR_SIGNATURE);
	assert_err(cs_mls_safe_verify(s.m[1].group, 5, 7, label, content,
		       cs_buf_view(&signature)),
	    CS_ERR_MEMBER);
	cs_buf_free(&signature);
	tear_down(&s);
}

static void
test_safe_export(void **state)
{
	struct scene s;
	struct cs_mls_hash a, b, c;
	struct cs_mls_options opt = world_options();
	struct cs_buf saved = { 0 };

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_group_safe_export(s.m[0].group, &a, 7));
	assert_ok(cs_mls_group_safe_export(s.m[1].group, &b, 7));
	assert_ok(cs_mls_group_safe_export(s.m[1].group, &c, 8));
	assert_view_equal(cs_mls_hash_view(&a), cs_mls_hash_view(&b));
	assert_false(cs_view_equal(cs_mls_hash_view(&b), cs_mls_hash_view(&c)));
	/* Once; and a restart does not bring it back. */
	assert_err(
	    cs_mls_group_safe_export(s.m[0].group, &a, 7), CS_ERR_REPLAY);
	assert_ok(world_save(s.m[0].group, &saved));
	cs_mls_group_free(s.m[0].group);
	assert_ok(world_load(&s.m[0].group, cs_buf_view(&saved), &opt));
	assert_err(
	    cs_mls_group_safe_export(s.m[0].group, &a, 7), CS_ERR_REPLAY);
	assert_ok(cs_mls_group_safe_export(s.m[0].group, &a, 8));
	assert_view_equal(cs_mls_hash_view(&a), cs_mls_hash_view(&c));
	/* A new epoch has new ones. */
	committed(&s, &s.m[1], &(struct cs_mls_commit_options){ 0 });
	assert_ok(cs_mls_group_safe_export(s.m[0].group, &a, 7));
	assert_false(cs_view_equal(cs_mls_hash_view(&a), cs_mls_hash_view(&b)));
	cs_buf_free(&saved);
	tear_down(&s);
}

static void
test_app_data(void **state)
{
	static const uint8_t good[] = { 9, 0, 1, 1, 'a', 0, 5, 2, 'b', 'c' },
			     twice[] = { 8, 0, 5, 1, 'a', 0, 5, 1, 'b' },
			     mixed[] = { 8, 0, 5, 1, 'a', 0, 1, 1, 'b' },
			     longer[] = { 4, 0, 5, 1, 'a', 'x' };
	struct cs_view data;

	(void)state;
	assert_ok(cs_mls_app_data_find(&data, CS_VIEW_OF(good), 5));
	assert_view_equal(data, cs_view_str("bc"));
	assert_ok(cs_mls_safe_aad_find(&data, CS_VIEW_OF(good), 1));
	assert_view_equal(data, cs_view_str("a"));
	assert_err(
	    cs_mls_app_data_find(&data, CS_VIEW_OF(good), 2), CS_ERR_NOT_FOUND);
	assert_err(
	    cs_mls_app_data_find(&data, CS_VIEW_OF(twice), 5), CS_ERR_FORMAT);
	assert_err(
	    cs_mls_safe_aad_find(&data, CS_VIEW_OF(mixed), 5), CS_ERR_FORMAT);
	assert_err(
	    cs_mls_app_data_find(&data, CS_VIEW_OF(longer), 5), CS_ERR_FORMAT);
	for (size_t i = 0; i < sizeof good; i++)
		assert_err(cs_mls_safe_aad_find(&data, cs_view(good, i), 5),
		    CS_ERR_FORMAT);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private_handshakes),
		cmocka_unit_test(test_padding),
		cmocka_unit_test(test_x509),
		cmocka_unit_test(test_new_identity),
		cmocka_unit_test(test_grease),
		cmocka_unit_test(test_welcomes),
		cmocka_unit_test(test_safe_labels),
		cmocka_unit_test(test_safe_export),
		cmocka_unit_test(test_app_data),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
