/* SPDX-License-Identifier: MIT */
/*
 * Welcomes with one thing wrong inside, sealed and signed as they should be
 * (RFC 9420, section 12.4.3.1).
 */

#include "crypto/aead.h"
#include "crypto/init.h"
#include "mls/framing.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"
#include "mls/tree_hash.h"
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
	assert_ok(
	    cs_encrypt_with_label(&kem, &sealed, suite, o->keys.kp.init_key,
		&(struct cs_encrypt_label){
		    cs_view_str("Welcome"), cs_buf_view(&info) },
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

/* Section 8.2: a hub knows the tag that went into the transcript, and takes no
 * GroupInfo with another. */
static void
test_info_for_hub(void **state)
{
	static const uint8_t other[32] = { 5 };
	struct scene s;
	struct cs_mls_group_info gi;
	struct cs_mls_group_info_parts parts = { .signer = 0 };
	struct cs_buf info = { 0 }, forged = { 0 };
	struct cs_writer w = cs_writer(&forged);

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITHOUT_TREE));
	assert_ok(cs_mls_public_group_check_info(s.hub, cs_buf_view(&info)));
	assert_ok(cs_mls_group_info_parse_message(&gi, cs_buf_view(&info)));
	assert_ok(cs_mls_group_info_external_pub(&parts.external_pub, &gi));
	parts.key = s.m[0].id.signer;
	parts.confirmation_tag = CS_VIEW_OF(other);
	cs_mls_message_write(&w, CS_MLS_WIRE_GROUP_INFO);
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_mls_group_info_make(&forged, &s.m[0].group->pub, &parts));
	assert_err(cs_mls_public_group_check_info(s.hub, cs_buf_view(&forged)),
	    CS_ERR_MAC);
	cs_buf_free(&info);
	cs_buf_free(&forged);
	tear_down(&s);
}

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return cs_buf_add(out, id->id);
}

/* Section 12.4.1: in a Welcome PSKs stand as in the commit. */
static void
test_psk_order(void **state)
{
	const struct cs_mls_psk_id psk[] = {
		{ .type = CS_MLS_PSK_EXTERNAL, .id = cs_view_str("one") },
		{ .type = CS_MLS_PSK_EXTERNAL, .id = cs_view_str("two") },
		{ .type = CS_MLS_PSK_EXTERNAL, .id = cs_view_str("3") },
	};
	struct cs_mls_options opt = world_options();
	struct scene s;
	struct world_member guest;
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_view kp;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	kp = cs_buf_view(&guest.key_package);
	opt.psks.find = find_psk;
	for (int i = 0; i < 3; i++)
		cs_mls_group_set_options(s.m[i].group, &opt);
	assert_ok(world_commit(&s.m[0],
	    &(struct cs_mls_commit_options){
		.add = &kp, .n_add = 1, .psk = psk, .n_psk = 3 },
	    &commit, &welcome));
	deliver(&s, &s.m[0], &commit);
	assert_ok(cs_mls_welcome_join(&guest.group, cs_buf_view(&welcome),
	    cs_buf_view(&guest.secrets), &guest.id, &opt, NULL));
	assert_true(world_agree(&guest, &s.m[2]));
	world_member_clear(&guest);
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
		cmocka_unit_test(test_info_for_hub),
		cmocka_unit_test(test_psk_order),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
