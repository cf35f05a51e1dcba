/* SPDX-License-Identifier: MIT */
/*
 * Proposals of each kind (RFC 9420, 12.1) and lists of them (12.2): what is
 * right does what it should, and what is well signed and wrong is refused by
 * member and hub alike.
 */

#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_scene.h"

/* ---- GroupContextExtensions --------------------------------------------- */

static void
test_extensions(void **state)
{
	/* required_capabilities: app_data_dictionary, app_ephemeral, basic. */
	static const uint8_t required[] = { 2, 0, 6, 2, 0, 9, 2, 0, 1 };
	struct cs_mls_extension ext = { CS_MLS_EXT_REQUIRED_CAPABILITIES,
		CS_VIEW_OF(required) };
	const struct cs_mls_extensions exts = { &ext, 1 }, none = { NULL, 0 };
	struct scene s;
	struct cs_buf p = { 0 };
	struct cs_view data;

	(void)state;
	set_up(&s);
	/* By reference, ... */
	assert_ok(cs_mls_propose_extensions(&p, s.m[1].group, exts));
	deliver(&s, &s.m[1], &p);
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	assert_true(cs_mls_group_extension(
	    s.m[2].group, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data));
	assert_view_equal(data, CS_VIEW_OF(required));
	/* What the group had before has been replaced as a whole. */
	assert_false(cs_mls_group_extension(
	    s.m[2].group, CS_MLS_EXT_EXTERNAL_SENDERS, &data));
	/* ... and by value: none at all. */
	committed(&s, &s.m[2],
	    &(struct cs_mls_commit_options){ .context_exts = &none });
	assert_false(cs_mls_public_group_extension(
	    s.hub, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data));
	assert_ok(world_talk(&s.m[0], &s.m[1], "after it"));
	cs_buf_free(&p);
	tear_down(&s);
}

/* An entry of a commit that replaces the extensions by one. */
static struct cs_mls_proposal_or_ref
replace_by(struct cs_buf *list, uint16_t type, struct cs_view data)
{
	const struct cs_mls_extension ext = { type, data };
	struct cs_mls_proposal_or_ref e = {
		.proposal = {
			.type = CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS,
		},
	};

	assert_ok(
	    cs_mls_ext_list_build(list, (struct cs_mls_extensions){ &ext, 1 }));
	e.proposal.extensions.raw = cs_buf_view(list);
	return e;
}

static void
test_bad_extensions(void **state)
{
	/* Extension 0xf123 is required; lists of odd length; a sender that
	 * nobody vouches for. */
	static const uint8_t unknown[] = { 2, 0xf1, 0x23, 0, 0 },
			     odd[] = { 1, 0, 0, 0 },
			     stranger[] = { 6, 1, 'k', 0, 1, 1, 'x' };
	const struct {
		uint16_t type;
		struct cs_view data;
		enum cs_err want;
	} cases[] = {
		{ CS_MLS_EXT_REQUIRED_CAPABILITIES, CS_VIEW_OF(unknown),
		    CS_ERR_UNSUPPORTED },
		/* Section 13.4: an extension that somebody does not know. */
		{ 0xf123, { NULL, 0 }, CS_ERR_UNSUPPORTED },
		{ CS_MLS_EXT_REQUIRED_CAPABILITIES, CS_VIEW_OF(odd),
		    CS_ERR_FORMAT },
		{ CS_MLS_EXT_EXTERNAL_SENDERS, CS_VIEW_OF(stranger),
		    CS_ERR_CREDENTIAL },
	};
	struct scene s;
	struct cs_buf list = { 0 }, hold = { 0 }, body = { 0 };

	(void)state;
	set_up(&s);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const struct cs_mls_extension ext = { cases[i].type,
			cases[i].data };
		const struct cs_mls_extensions exts = { &ext, 1 };
		const struct cs_mls_commit_options opt = {
			.context_exts = &exts,
		};
		struct cs_mls_staged *staged = NULL;
		struct cs_buf a = { 0 }, b = { 0 };
		struct cs_mls_proposal_or_ref e;
		struct cs_mls_update_path path;

		cs_buf_free(&list);
		cs_buf_free(&hold);
		e = replace_by(&list, cases[i].type, cases[i].data);
		path = some_path(&s.m[0], &hold);
		write_commit_of(&body, &e, 1, &path);
		judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, cases[i].want);
		/* Nobody makes such a commit, either. */
		assert_err(
		    cs_mls_commit_new(&staged, &a, &b, s.m[0].group, &opt),
		    cases[i].want);
	}
	cs_buf_free(&list);
	cs_buf_free(&hold);
	cs_buf_free(&body);
	tear_down(&s);
}

/* ---- pre-shared keys ---------------------------------------------------- */

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	if (id->type == CS_MLS_PSK_RESUMPTION ||
	    !cs_view_equal(id->id, cs_view_str("door")))
		return CS_ERR_NOT_FOUND;
	return cs_buf_add(out, cs_view_str(arg));
}

/* Member ${i} knows ${secret} for the id "door". */
static void
know(struct scene *s, int i, char *secret)
{
	struct cs_mls_options opt = world_options();

	opt.psks = (struct cs_mls_psks){ find_psk, secret };
	cs_mls_group_set_options(s->m[i].group, &opt);
}

static void
test_psk(void **state)
{
	char right[] = "right", wrong[] = "wrong";
	const struct cs_mls_psk_id door = {
		.type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("door"),
	}, app = {
		.type = CS_MLS_PSK_APPLICATION,
		.component = 0xc500,
		.id = cs_view_str("door"),
	};
	const struct cs_mls_commit_options with = { .psk = &door, .n_psk = 1 },
					   with_app = { .psk = &app,
						   .n_psk = 1 };
	struct cs_mls_psk_id past = { .type = CS_MLS_PSK_RESUMPTION,
		.usage = CS_MLS_PSK_APP,
		.id = cs_view_str("a group") };
	struct scene s;
	struct cs_buf p = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_staged *staged;
	struct cs_mls_received got;

	(void)state;
	set_up(&s);
	for (int i = 0; i < 3; i++)
		know(&s, i, right);
	committed(&s, &s.m[0], &with);
	committed(&s, &s.m[1], &with_app);
	/* By reference, and one of an epoch before. */
	past.epoch = cs_mls_group_epoch(s.m[0].group) - 1;
	assert_ok(cs_mls_propose_psk(&p, s.m[2].group, &past));
	deliver(&s, &s.m[2], &p);
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	/* Who knows another key does not follow. */
	know(&s, 1, wrong);
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &none, s.m[0].group, &with));
	cs_mls_staged_free(staged);
	assert_err(cs_mls_process(&got, s.m[1].group, cs_buf_view(&commit)),
	    CS_ERR_MAC);
	assert_ok(cs_mls_process(&got, s.m[2].group, cs_buf_view(&commit)));
	cs_mls_received_clear(&got);
	/* Nor who knows none; nor does it commit one. */
	cs_mls_group_set_options(s.m[2].group, &(struct cs_mls_options){ 0 });
	assert_err(cs_mls_process(&got, s.m[2].group, cs_buf_view(&commit)),
	    CS_ERR_NOT_FOUND);
	know(&s, 2, right);
	past.epoch = 100;
	assert_err(
	    cs_mls_commit_new(&staged, &commit, &none, s.m[0].group,
		&(struct cs_mls_commit_options){ .psk = &past, .n_psk = 1 }),
	    CS_ERR_NOT_FOUND);
	cs_buf_free(&p);
	cs_buf_free(&commit);
	tear_down(&s);
}

static void
test_bad_psk(void **state)
{
	static const uint8_t nonce[32] = { 1 };
	struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_PSK,
		.psk = {
			.type = CS_MLS_PSK_EXTERNAL,
			.id = cs_view_str("door"),
			.nonce = cs_view(nonce, 31),
		},
	};
	struct scene s;
	struct cs_buf body = { 0 };

	(void)state;
	set_up(&s);
	/* Section 12.1.4: the nonce has the length of the KDF's output. */
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_PROPOSAL);
	/* Usages of successor groups are for their first commit. */
	p.psk = (struct cs_mls_psk_id){ .type = CS_MLS_PSK_RESUMPTION,
		.id = cs_view_str("a group"),
		.nonce = CS_VIEW_OF(nonce) };
	for (int usage = CS_MLS_PSK_REINIT; usage <= CS_MLS_PSK_BRANCH;
	     usage++) {
		p.psk.usage = (enum cs_mls_psk_usage)usage;
		write_proposal(&body, &p);
		judged(
		    &s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_PROPOSAL);
		judged(
		    &s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_ERR_PROPOSAL);
	}
	p.psk.usage = CS_MLS_PSK_APP;
	write_proposal(&body, &p);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_OK);
	cs_buf_free(&body);
	tear_down(&s);
}

/* ---- of draft-ietf-mls-extensions --------------------------------------- */

static void
test_self_remove(void **state)
{
	struct scene s;
	struct cs_mls_options opt = world_options();
	struct cs_buf p = { 0 }, again = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_received got;
	struct cs_mls_staged *own;
	bool external;

	(void)state;
	set_up(&s);
	/* Public also where handshakes are not. */
	opt.encrypt_handshake = true;
	cs_mls_group_set_options(s.m[2].group, &opt);
	assert_ok(cs_mls_propose_self_remove(&p, s.m[2].group));
	assert_err(
	    cs_mls_propose_self_remove(&again, s.m[2].group), CS_ERR_REPLAY);
	deliver(&s, &s.m[2], &p);
	assert_int_equal(
	    cs_mls_group_proposed_removal(s.m[0].group, 0, &external), 2);
	/* Nobody commits the own leaving. */
	assert_ok(cs_mls_commit_new(&own, &again, &none, s.m[2].group,
	    &(struct cs_mls_commit_options){ 0 }));
	assert_int_equal(cs_mls_staged_removed(own), 0);
	cs_mls_staged_free(own);
	cs_buf_reset(&again);
	assert_ok(world_commit(
	    &s.m[0], &(struct cs_mls_commit_options){ 0 }, &commit, &none));
	assert_ok(cs_mls_process(&got, s.m[2].group, cs_buf_view(&commit)));
	assert_true(cs_mls_staged_self_removed(got.staged));
	cs_mls_received_clear(&got);
	assert_ok(world_follow(&s.m[1], &commit));
	assert_int_equal(cs_mls_group_members(s.m[1].group), 2);
	cs_buf_free(&p);
	cs_buf_free(&again);
	cs_buf_free(&commit);
	tear_down(&s);
}

static void
test_ephemeral(void **state)
{
	struct scene s;
	const struct cs_mls_commit_options opt = {
		.ephemeral = { 0xc501, cs_view_str("by value") },
	};
	struct cs_buf p = { 0 }, commit = { 0 }, none = { 0 };
	struct cs_mls_received got;
	struct cs_view data;
	uint16_t component;

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_propose_ephemeral(
	    &p, s.m[1].group, 0xc502, cs_view_str("by reference")));
	deliver(&s, &s.m[1], &p);
	assert_ok(world_commit(&s.m[0], &opt, &commit, &none));
	assert_ok(cs_mls_process(&got, s.m[2].group, cs_buf_view(&commit)));
	assert_true(cs_mls_staged_ephemeral(got.staged, 0, &component, &data));
	assert_int_equal(component, 0xc501);
	assert_view_equal(data, cs_view_str("by value"));
	assert_true(cs_mls_staged_ephemeral(got.staged, 1, &component, &data));
	assert_int_equal(component, 0xc502);
	assert_view_equal(data, cs_view_str("by reference"));
	assert_false(cs_mls_staged_ephemeral(got.staged, 2, &component, &data));
	cs_mls_received_clear(&got);
	deliver(&s, &s.m[0], &commit);
	assert_true(world_agree(&s.m[0], &s.m[2]));
	cs_buf_free(&p);
	cs_buf_free(&commit);
	tear_down(&s);
}

/* ---- lists (section 12.2) ----------------------------------------------- */

/* A stored proposal as an entry by reference. */
static struct cs_mls_proposal_or_ref
stored(const struct scene *s, size_t i)
{
	return (struct cs_mls_proposal_or_ref){
		.by_reference = true,
		.reference =
		    cs_mls_hash_view(&s->m[1].group->pub.proposals[i]->ref),
	};
}

static void
refused(struct scene *s, const struct cs_mls_proposal_or_ref *e, size_t n,
    enum cs_err want)
{
	struct cs_buf hold = { 0 }, body = { 0 };
	struct cs_mls_update_path path = some_path(&s->m[0], &hold);

	write_commit_of(&body, e, n, &path);
	judged(s, CS_MLS_CONTENT_COMMIT, false, &body, want);
	cs_buf_free(&hold);
	cs_buf_free(&body);
}

static void
test_lists(void **state)
{
	static const uint8_t nonce[32];
	struct scene s;
	struct world_member guest;
	struct cs_buf p = { 0 }, exts = { 0 };
	struct cs_mls_proposal_or_ref e[3];
	const struct cs_mls_proposal_or_ref remove = {
		.proposal = { .type = CS_MLS_PROPOSAL_REMOVE, .remove = 2 },
	}, psk = {
		.proposal = {
			.type = CS_MLS_PROPOSAL_PSK,
			.psk = { .type = CS_MLS_PSK_EXTERNAL,
				.id = cs_view_str("door"),
				.nonce = CS_VIEW_OF(nonce) },
		},
	}, reinit = {
		.proposal = {
			.type = CS_MLS_PROPOSAL_REINIT,
			.reinit = { .group_id = cs_view_str("next"),
				.version = 1, .suite_id = 1 },
		},
	}, self = { .proposal = { .type = CS_MLS_PROPOSAL_SELF_REMOVE } };

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 7));
	/* Two for one leaf: removed twice, updated and removed. */
	e[0] = e[1] = remove;
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	assert_ok(cs_mls_propose_update(&p, s.m[2].group));
	deliver(&s, &s.m[2], &p);
	e[0] = stored(&s, 0);
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	/* The committer's own Update. */
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_update(&p, s.m[0].group));
	deliver(&s, &s.m[0], &p);
	e[0] = stored(&s, 1);
	refused(&s, e, 1, CS_ERR_PROPOSAL);
	/* One client twice; one who is a member. */
	e[0] = (struct cs_mls_proposal_or_ref){
		.proposal = { .type = CS_MLS_PROPOSAL_ADD },
	};
	assert_ok(cs_mls_key_package_parse_message(
	    &e[0].proposal.add, cs_buf_view(&guest.key_package)));
	e[1] = e[0];
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	assert_ok(cs_mls_key_package_parse_message(
	    &e[0].proposal.add, cs_buf_view(&s.m[1].key_package)));
	write_commit_of(&p, e, 1, NULL);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &p, CS_ERR_TREE);
	/* One PreSharedKeyID twice. */
	e[0] = e[1] = psk;
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	/* Two that replace the extensions. */
	e[0] = e[1] =
	    replace_by(&exts, CS_MLS_EXT_APPLICATION_ID, cs_view_str("x"));
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	/* A ReInit with company, and one that goes back in version. */
	e[0] = reinit;
	e[1] = psk;
	refused(&s, e, 2, CS_ERR_PROPOSAL);
	e[0].proposal.reinit.version = 0;
	refused(&s, e, 1, CS_ERR_PROPOSAL);
	/* SelfRemove by value; ExternalInit of a member. */
	e[0] = self;
	refused(&s, e, 1, CS_ERR_PROPOSAL);
	e[0] = (struct cs_mls_proposal_or_ref){
		.proposal = { .type = CS_MLS_PROPOSAL_EXTERNAL_INIT },
	};
	refused(&s, e, 1, CS_ERR_FORMAT);
	world_member_clear(&guest);
	cs_buf_free(&p);
	cs_buf_free(&exts);
	tear_down(&s);
}

/* Section 12.1.8: what external senders and new members may not propose. */
static void
test_outsiders(void **state)
{
	const struct cs_mls_proposal self = {
		.type = CS_MLS_PROPOSAL_SELF_REMOVE,
	};
	struct scene s;
	struct world_member guest;
	struct cs_buf info = { 0 }, add = { 0 }, secrets = { 0 }, body = { 0 },
		      commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 8));
	write_proposal(&body, &self);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, true, &body, CS_ERR_FORMAT);
	/* A new member asks for itself, and is let in. */
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITHOUT_TREE));
	assert_ok(cs_mls_new_member_add(
	    &add, &secrets, NULL, cs_buf_view(&info), &guest.id));
	for (size_t i = 0; i < add.len; i++) {
		add.data[i] ^= 1;
		assert_int_not_equal(
		    cs_mls_process(&got, s.m[1].group, cs_buf_view(&add)),
		    CS_OK);
		add.data[i] ^= 1;
	}
	deliver(&s, NULL, &add);
	assert_ok(world_commit(
	    &s.m[2], &(struct cs_mls_commit_options){ 0 }, &commit, &welcome));
	deliver(&s, &s.m[2], &commit);
	cs_buf_free(&guest.secrets);
	cs_buf_move(&guest.secrets, &secrets);
	assert_ok(world_join(&guest, &welcome));
	assert_true(world_agree(&guest, &s.m[0]));
	world_member_clear(&guest);
	cs_buf_free(&info);
	cs_buf_free(&add);
	cs_buf_free(&body);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	tear_down(&s);
}

/* What the committer itself chooses among stored proposals. */
static void
test_choice(void **state)
{
	struct scene s;
	struct cs_mls_reinit reinit = { cs_view_str("next"), 1, { NULL, 0 } };
	struct cs_buf p = { 0 };
	struct cs_view id, exts;
	uint16_t suite;

	(void)state;
	set_up(&s);
	/* A ReInit gives way to others, and is gone with its epoch. */
	assert_ok(cs_mls_propose_reinit(&p, s.m[1].group, &reinit));
	deliver(&s, &s.m[1], &p);
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_update(&p, s.m[2].group));
	deliver(&s, &s.m[2], &p);
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	assert_false(cs_mls_group_reinit(s.m[1].group, &id, &suite, &exts));
	/* One that was dropped is not committed. */
	cs_buf_reset(&p);
	assert_ok(cs_mls_propose_remove(&p, s.m[1].group, 2));
	deliver(&s, &s.m[1], &p);
	cs_mls_group_drop_proposal(s.m[0].group, 0);
	cs_mls_group_drop_proposal(s.m[0].group, 0);
	assert_int_equal(cs_mls_group_proposals(s.m[0].group), 0);
	committed(&s, &s.m[0], &(struct cs_mls_commit_options){ 0 });
	assert_int_equal(cs_mls_group_members(s.m[1].group), 3);
	cs_buf_free(&p);
	tear_down(&s);
}

/* Proposals that are valid one by one and not together stop nobody: here an
 * Add of somebody who does not support what another proposal requires. */
static void
test_spoiling(void **state)
{
	static const uint16_t types[] = { 0xf001 };
	static const uint8_t required[] = { 2, 0xf0, 0x01, 0, 0 };
	const struct cs_mls_extension ext = { CS_MLS_EXT_REQUIRED_CAPABILITIES,
		CS_VIEW_OF(required) };
	const struct cs_mls_extensions exts = { &ext, 1 };
	const struct cs_mls_commit_options none = { 0 };
	struct world_member m[4], *by[3];
	struct cs_buf p[3] = { 0 }, commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;
	struct cs_view data;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		assert_ok(world_member_init(&m[i], i));
		if (i == 3)
			break;
		m[i].id.extension_types = types;
		m[i].id.n_extension_types = 1;
		cs_buf_reset(&m[i].key_package);
		cs_buf_reset(&m[i].secrets);
		assert_ok(cs_mls_key_package_new(&m[i].key_package,
		    &m[i].secrets, &m[i].ref, 1, &m[i].id, CS_MLS_SINGLE_USE));
	}
	assert_ok(world_found(&m[0], (struct cs_mls_extensions){ 0 }));
	assert_ok(world_add(&m[0], &m[1], m, 3));
	assert_ok(world_add(&m[0], &m[2], m, 3));
	assert_ok(cs_mls_propose_extensions(&p[0], m[1].group, exts));
	assert_ok(cs_mls_propose_add(
	    &p[1], m[2].group, cs_buf_view(&m[3].key_package)));
	assert_ok(cs_mls_propose_remove(&p[2], m[1].group, 2));
	by[0] = by[2] = &m[1];
	by[1] = &m[2];
	for (int k = 0; k < 3; k++)
		for (int i = 0; i < 3; i++) {
			if (&m[i] == by[k])
				continue;
			assert_ok(cs_mls_process(
			    &got, m[i].group, cs_buf_view(&p[k])));
			cs_mls_received_clear(&got);
		}
	assert_ok(world_commit(&m[0], &none, &commit, &welcome));
	assert_int_equal(welcome.len, 0);
	assert_ok(world_follow(&m[1], &commit));
	assert_true(world_agree(&m[0], &m[1]));
	/* The removal is done, the others are not. */
	assert_int_equal(cs_mls_group_members(m[1].group), 2);
	assert_false(cs_mls_group_extension(
	    m[1].group, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data));
	assert_ok(world_talk(&m[0], &m[1], "not stopped"));
	for (int i = 0; i < 4; i++)
		world_member_clear(&m[i]);
	for (int k = 0; k < 3; k++)
		cs_buf_free(&p[k]);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_extensions),
		cmocka_unit_test(test_bad_extensions),
		cmocka_unit_test(test_psk),
		cmocka_unit_test(test_bad_psk),
		cmocka_unit_test(test_self_remove),
		cmocka_unit_test(test_ephemeral),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_outsiders),
		cmocka_unit_test(test_choice),
		cmocka_unit_test(test_spoiling),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
