/* SPDX-License-Identifier: MIT */
/*
 * Welcomes with one thing wrong inside, sealed and signed as they should be
 * (RFC 9420, sections 11.2, 11.3 and 12.4.3.1).
 */
#include "crypto/aead.h"
#include "mls/welcome.h"
#include "support/mls_forge.h"

/* A Welcome for member 3, opened with its keys. */
struct opened {
	struct scene s;
	struct world_member guest;
	struct cs_mls_key_package_secrets keys;
	struct cs_mls_welcome sent;
	struct cs_buf welcome, secrets, info, context, tree;
	struct cs_mls_group_secrets gs;
	struct cs_mls_group_info gi;
	struct cs_mls_psk_secret psk; /* of the GroupInfo's seal */
	uint16_t suite_id;            /* that the Welcome says */
	struct cs_view ref;
	const struct cs_signer *signer;
};

static void
open_up(struct opened *o)
{
	const struct cs_suite *suite = cs_suite_find(1);
	struct cs_view kp;
	const struct cs_mls_commit_options what = {
		.add = &kp,
		.n_add = 1,
		.force_path = true,
	};
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_buf commit = { 0 };
	struct cs_reader r;

	memset(o, 0, sizeof *o);
	set_up(&o->s);
	assert_ok(world_member_init(&o->guest, 7));
	kp = cs_buf_view(&o->guest.key_package);
	assert_ok(world_commit(&o->s.m[0], &what, &commit, &o->welcome));
	deliver(&o->s, &o->s.m[0], &commit);
	cs_buf_free(&commit);
	r = cs_reader(cs_buf_view(&o->welcome));
	assert_int_equal(cs_mls_message_read(&r), CS_MLS_WIRE_WELCOME);
	cs_mls_welcome_read(&r, &o->sent);
	assert_ok(cs_reader_end(&r));
	assert_ok(cs_mls_key_package_secrets_parse(
	    &o->keys, cs_buf_view(&o->guest.secrets)));
	o->ref = cs_mls_hash_view(&o->guest.ref);
	assert_ok(cs_mls_welcome_open_secrets(
	    &o->gs, &o->secrets, &o->sent, suite, o->ref, &o->keys.init));
	memcpy(joiner.b, o->gs.joiner_secret.data, suite->hash_len);
	assert_ok(cs_mls_welcome_open_info(
	    &o->gi, &o->info, &o->sent, suite, &joiner, &o->psk));
	o->suite_id = 1;
	o->signer = o->s.m[0].id.signer;
}

static void
shut(struct opened *o)
{
	tear_down(&o->s);
	world_member_clear(&o->guest);
	cs_buf_free(&o->welcome);
	cs_buf_free(&o->secrets);
	cs_buf_free(&o->info);
	cs_buf_free(&o->context);
	cs_buf_free(&o->tree);
}

/* The GroupContext as it was changed. */
static void
change_context(struct opened *o)
{
	struct cs_writer w = cs_writer(&o->context);

	cs_buf_reset(&o->context);
	cs_mls_group_context_write(&w, &o->gi.context);
	assert_ok(cs_writer_end(&w));
	o->gi.context_raw = cs_buf_view(&o->context);
}

/* Sign what is in ${o->gi} now, and seal it. */
static void
seal_info(struct cs_buf *out, struct opened *o)
{
	const struct cs_suite *suite = cs_suite_find(1);
	struct cs_mls_joiner_secret joiner = { 0 };
	struct cs_mls_welcome_secret secret;
	uint8_t key[CS_AEAD_KEY_MAX], nonce[CS_AEAD_NONCE_MAX],
	    signature[CS_SIG_MAX];
	const struct cs_aead_params p = {
		.aead = suite->aead,
		.key = cs_view(key, suite->aead_key_len),
		.nonce = cs_view(nonce, suite->aead_nonce_len),
	};
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	struct cs_view s = cs_view(secret.b, suite->hash_len);
	size_t n;

	o->gi.signature = cs_view(NULL, 0);
	cs_mls_group_info_write(&w, &o->gi);
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_sign_with_label(signature, &n, o->signer,
	    cs_view_str("GroupInfoTBS"), cs_view(plain.data, plain.len - 1)));
	o->gi.signature = cs_view(signature, n);
	cs_buf_reset(&plain);
	w = cs_writer(&plain);
	cs_mls_group_info_write(&w, &o->gi);
	assert_ok(cs_writer_end(&w));
	memcpy(joiner.b, o->gs.joiner_secret.data, suite->hash_len);
	assert_ok(cs_mls_welcome_secret(&secret, suite, &joiner, &o->psk));
	assert_ok(cs_expand_with_label(key, suite->aead_key_len, suite, s,
	    cs_view_str("key"), cs_view(NULL, 0)));
	assert_ok(cs_expand_with_label(nonce, suite->aead_nonce_len, suite, s,
	    cs_view_str("nonce"), cs_view(NULL, 0)));
	assert_ok(cs_aead_seal(out, &p, cs_buf_view(&plain)));
	cs_buf_free(&plain);
}

/* Seal all of it again. */
static void
seal(struct cs_buf *out, struct opened *o)
{
	const struct cs_suite *suite = cs_suite_find(1);
	struct cs_buf info = { 0 }, plain = { 0 }, kem = { 0 }, sealed = { 0 },
		      entry = { 0 };
	struct cs_writer p = cs_writer(&plain), e = cs_writer(&entry),
			 w = cs_writer(out);
	struct cs_mls_welcome welcome = { .suite_id = o->suite_id };

	seal_info(&info, o);
	cs_mls_group_secrets_write(&p, &o->gs);
	assert_ok(cs_writer_end(&p));
	assert_ok(cs_encrypt_with_label(&kem, &sealed, suite,
	    o->keys.kp.init_key, cs_view_str("Welcome"), cs_buf_view(&info),
	    cs_buf_view(&plain)));
	cs_write_vec(&e, o->ref);
	cs_write_vec(&e, cs_buf_view(&kem));
	cs_write_vec(&e, cs_buf_view(&sealed));
	assert_ok(cs_writer_end(&e));
	welcome.secrets = cs_buf_view(&entry);
	welcome.encrypted_group_info = cs_buf_view(&info);
	cs_buf_reset(out);
	cs_mls_message_write(&w, CS_MLS_WIRE_WELCOME);
	cs_mls_welcome_write(&w, &welcome);
	assert_ok(cs_writer_end(&w));
	cs_buf_free(&info);
	cs_buf_free(&plain);
	cs_buf_free(&kem);
	cs_buf_free(&sealed);
	cs_buf_free(&entry);
}

/* What the guest makes of it. */
static void
joined(struct opened *o, enum cs_err want)
{
	struct cs_buf welcome = { 0 };

	seal(&welcome, o);
	assert_err(world_join(&o->guest, &welcome), want);
	if (want == CS_OK) {
		assert_true(world_agree(&o->guest, &o->s.m[1]));
		cs_mls_group_free(o->guest.group);
	}
	o->guest.group = NULL;
	cs_buf_free(&welcome);
}

static void
test_secrets(void **state)
{
	/* External PSKs "x" with nonces of 31 and of 32 bytes. */
	static const uint8_t other[32] = { 5 }, psk[35] = { 1, 1, 'x', 31 },
			     unknown[36] = { 1, 1, 'x', 32 };
	struct opened o;
	struct cs_mls_group_secrets gs;

	(void)state;
	open_up(&o);
	gs = o.gs;
	joined(&o, CS_OK);
	/* For another key package; of another suite than the key package. */
	o.ref = CS_VIEW_OF(other);
	joined(&o, CS_ERR_NOT_FOUND);
	o.ref = cs_mls_hash_view(&o.guest.ref);
	o.suite_id = 3;
	joined(&o, CS_ERR_MISMATCH);
	o.suite_id = 1;
	/* Another path secret gives other keys; one of another length. */
	assert_true(gs.has_path_secret);
	o.gs.path_secret = CS_VIEW_OF(other);
	joined(&o, CS_ERR_TREE);
	o.gs.path_secret = cs_view(other, 31);
	joined(&o, CS_ERR_FORMAT);
	/* Of who would join by its own path. */
	o.gs = gs;
	o.gi.signer = 3;
	o.signer = o.guest.id.signer;
	joined(&o, CS_ERR_TREE);
	o.gi.signer = 0;
	o.signer = o.s.m[0].id.signer;
	/* A PSK with a nonce of another length, or that is not known. */
	o.gs.psks = CS_VIEW_OF(psk);
	joined(&o, CS_ERR_FORMAT);
	o.gs.psks = CS_VIEW_OF(unknown);
	joined(&o, CS_ERR_NOT_FOUND);
	o.gs = gs;
	joined(&o, CS_OK);
	shut(&o);
}

static void
test_group_info(void **state)
{
	static const uint8_t other[32] = { 5 }, ext[] = { 0xf1, 0x23, 0 },
			     unknown[] = { 0xf7, 0x77, 1, 'x' };
	struct opened o;
	struct cs_mls_group_info gi;
	struct cs_buf exts = { 0 };

	(void)state;
	open_up(&o);
	gi = o.gi;
	/* A signer that is blank, past the tree, or somebody else. */
	o.gi.signer = 100;
	joined(&o, CS_ERR_MEMBER);
	o.gi.signer = 1;
	joined(&o, CS_ERR_SIGNATURE);
	o.gi = gi;
	/* The context: suite, group, epoch, tree, transcript, extensions. */
	o.gi.context.suite_id = 3;
	change_context(&o);
	joined(&o, CS_ERR_MISMATCH);
	o.gi.context = gi.context;
	o.gi.context.group_id = cs_view_str("b group");
	change_context(&o);
	joined(&o, CS_ERR_SIGNATURE); /* of the committer's leaf */
	o.gi.context = gi.context;
	o.gi.context.epoch++;
	change_context(&o);
	joined(&o, CS_ERR_MAC);
	o.gi.context = gi.context;
	o.gi.context.tree_hash = CS_VIEW_OF(other);
	change_context(&o);
	joined(&o, CS_ERR_TREE);
	o.gi.context = gi.context;
	o.gi.context.confirmed_transcript_hash = CS_VIEW_OF(other);
	change_context(&o);
	joined(&o, CS_ERR_MAC);
	o.gi.context = gi.context;
	o.gi.context.extensions.raw = CS_VIEW_OF(ext);
	change_context(&o);
	joined(&o, CS_ERR_UNSUPPORTED);
	/* The confirmation tag. */
	o.gi = gi;
	o.gi.confirmation_tag = CS_VIEW_OF(other);
	joined(&o, CS_ERR_MAC);
	o.gi.confirmation_tag = cs_view(other, 31);
	joined(&o, CS_ERR_MAC);
	/* Section 13.4: what is unknown beside the context is let pass. */
	o.gi = gi;
	assert_ok(cs_buf_set(&exts, gi.extensions.raw));
	assert_ok(cs_buf_add(&exts, CS_VIEW_OF(unknown)));
	o.gi.extensions.raw = cs_buf_view(&exts);
	joined(&o, CS_OK);
	cs_buf_free(&exts);
	shut(&o);
}

/* Trees that are not the context's, or have no place for us. */
static void
test_tree(void **state)
{
	struct opened o;
	struct cs_mls_tree tree;
	uint8_t hash[32];
	struct cs_writer w, we;
	struct cs_buf exts = { 0 };
	size_t mark;

	(void)state;
	open_up(&o);
	/* No tree at all. */
	o.gi.extensions.raw = cs_view(NULL, 0);
	joined(&o, CS_ERR_TREE);
	/* A good tree of the members before us. */
	cs_mls_tree_copy(&tree, &o.s.m[0].group->pub.tree);
	assert_ok(cs_mls_tree_remove(&tree, 3));
	assert_ok(cs_mls_tree_root_hash(hash, &tree));
	w = cs_writer(&o.tree);
	cs_mls_tree_write(&w, &tree);
	assert_ok(cs_writer_end(&w));
	cs_mls_tree_clear(&tree);
	we = cs_writer(&exts);
	cs_write_u16(&we, CS_MLS_EXT_RATCHET_TREE);
	mark = cs_write_open(&we);
	cs_write_bytes(&we, cs_buf_view(&o.tree));
	cs_write_close(&we, mark);
	assert_ok(cs_writer_end(&we));
	o.gi.extensions.raw = cs_buf_view(&exts);
	joined(&o, CS_ERR_TREE); /* not that of the context */
	o.gi.context.tree_hash = CS_VIEW_OF(hash);
	change_context(&o);
	o.gs.has_path_secret = false;
	joined(&o, CS_ERR_MEMBER);
	/* Its signer is blank. */
	o.gi.signer = 3;
	joined(&o, CS_ERR_MEMBER);
	cs_buf_free(&exts);
	shut(&o);
}

/* ---- groups that say they succeed another ------------------------------- */

/* A Welcome of a group of member 0 for a guest called m1, in epoch
 * ${epochs} + 1, with these PSKs of ${from}. */
static void
succeed(struct cs_buf *welcome, struct world_member *guest,
    const struct cs_mls_group *from, struct cs_view group_id, int epochs,
    const struct cs_mls_psk_id *psk, size_t n_psk)
{
	const struct cs_mls_options opt = world_options();
	struct world_member founder;
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, none = { 0 };
	struct cs_view kp;
	const struct cs_mls_commit_options what = {
		.add = &kp,
		.n_add = 1,
		.psk = psk,
		.n_psk = n_psk,
	};

	cs_buf_reset(welcome);
	assert_ok(world_member_init(&founder, 0));
	assert_ok(world_member_init(guest, 1));
	kp = cs_buf_view(&guest->key_package);
	assert_ok(cs_mls_group_new(&founder.group, 1, group_id, &founder.id,
	    (struct cs_mls_extensions){ NULL, 0 }, &opt));
	for (int i = 0; i < epochs; i++)
		assert_ok(world_commit(&founder,
		    &(struct cs_mls_commit_options){ 0 }, &commit, &none));
	/* As the first commit of a successor would be made. */
	assert_ok(cs_mls_commit_make(
	    &staged, &commit, welcome, founder.group, &what, from));
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	world_member_clear(&founder);
}

static enum cs_err
join_from(struct world_member *guest, const struct cs_buf *welcome,
    struct cs_mls_group *from)
{
	const struct cs_mls_options opt = world_options();
	const struct cs_mls_join_options join = { .from = from };
	struct cs_mls_group *g = NULL;
	enum cs_err err;

	err = cs_mls_welcome_join(&g, cs_buf_view(welcome),
	    cs_buf_view(&guest->secrets), &guest->id, &opt, &join);
	cs_mls_group_free(g);
	return err;
}

static void
test_ties(void **state)
{
	const struct cs_mls_reinit reinit = { cs_view_str("next"), 1,
		{ NULL, 0 } };
	struct cs_mls_psk_id psk[2] = { { .type = CS_MLS_PSK_RESUMPTION,
	    .usage = CS_MLS_PSK_BRANCH,
	    .id = cs_view_str("a group") } };
	struct cs_view a = cs_view_str("a branch"), next = reinit.group_id;
	struct scene s;
	struct world_member guest;
	struct cs_buf welcome = { 0 };
	/* What is said: group, epochs before, PSKs, their usage and age. */
	const struct {
		struct cs_view id;
		int epochs;
		size_t n_psk;
		enum cs_mls_psk_usage usage;
		uint64_t age;
		bool ended; /* the ReInit is committed */
		enum cs_err want;
	} cases[] = {
		{ a, 0, 1, CS_MLS_PSK_BRANCH, 0, false, CS_OK },
		/* Section 11.3: not in its first epoch. */
		{ a, 1, 1, CS_MLS_PSK_BRANCH, 0, false, CS_ERR_EPOCH },
		/* Section 12.4.3.1: two of that kind. */
		{ a, 0, 2, CS_MLS_PSK_BRANCH, 0, false, CS_ERR_PROPOSAL },
		/* Section 11.2: without a ReInit, of another name, later, */
		{ next, 0, 1, CS_MLS_PSK_REINIT, 0, false, CS_ERR_MISMATCH },
		{ a, 0, 1, CS_MLS_PSK_REINIT, 0, true, CS_ERR_MISMATCH },
		{ next, 1, 1, CS_MLS_PSK_REINIT, 0, true, CS_ERR_EPOCH },
		/* with the secret of an epoch before the ReInit, */
		{ next, 0, 1, CS_MLS_PSK_REINIT, 1, true, CS_ERR_EPOCH },
		/* and not all members. */
		{ next, 0, 1, CS_MLS_PSK_REINIT, 0, true, CS_ERR_MEMBER },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		set_up(&s);
		if (cases[i].ended)
			committed(&s, &s.m[0],
			    &(struct cs_mls_commit_options){
				.reinit = &reinit });
		psk[0].usage = cases[i].usage;
		psk[0].epoch = cs_mls_group_epoch(s.m[0].group) - cases[i].age;
		psk[1] = psk[0];
		psk[1].epoch--;
		succeed(&welcome, &guest, s.m[0].group, cases[i].id,
		    cases[i].epochs, psk, cases[i].n_psk);
		assert_err(
		    join_from(&guest, &welcome, s.m[1].group), cases[i].want);
		/* Who does not know the old group cannot. */
		assert_int_not_equal(join_from(&guest, &welcome, NULL), CS_OK);
		world_member_clear(&guest);
		tear_down(&s);
	}
	cs_buf_free(&welcome);
}

/* Section 11.2: a ReInit to a version of which we can be no member. */
static void
test_other_version(void **state)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_REINIT,
		.reinit = { .group_id = cs_view_str("next"),
		    .version = 2,
		    .suite_id = 1 },
	};
	struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_REINIT,
		.id = cs_view_str("a group") };
	const struct cs_mls_options opt = world_options();
	struct scene s;
	struct world_member guest;
	struct cs_mls_group *next;
	struct cs_buf body = { 0 }, commit = { 0 }, welcome = { 0 };

	(void)state;
	set_up(&s);
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_OK);
	assert_ok(world_commit(
	    &s.m[1], &(struct cs_mls_commit_options){ 0 }, &commit, &welcome));
	psk.epoch = cs_mls_group_epoch(s.m[1].group);
	succeed(&welcome, &guest, s.m[1].group, p.reinit.group_id, 0, &psk, 1);
	assert_err(join_from(&guest, &welcome, s.m[1].group), CS_ERR_MISMATCH);
	assert_err(
	    cs_mls_group_succeed(&next, &welcome, s.m[1].group, &s.m[1].id,
		&opt, &(struct cs_mls_successor_options){ .n_add = 0 }),
	    CS_ERR_VERSION);
	world_member_clear(&guest);
	cs_buf_free(&body);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets),
		cmocka_unit_test(test_group_info),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_ties),
		cmocka_unit_test(test_other_version),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
