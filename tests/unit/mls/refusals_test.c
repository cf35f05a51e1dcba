/* SPDX-License-Identifier: MIT */
/*
 * What else is refused: groups that are over, limits of the caller, stored
 * secrets that are damaged, GroupInfos that a hub is shown, and lists of
 * proposals that nobody may commit.
 */

#include "crypto/init.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/group.h"
#include "mls/group_propose.h"
#include "mls/leaf_node.h"
#include "mls/proposal_list.h"
#include "mls/public_state.h"
#include "support/mls_scene.h"

static struct cs_mls_commit_options
nothing(void)
{
	return (struct cs_mls_commit_options){ 0 };
}

/* ---- groups that are over ---------------------------------------------------
 */

static void
test_ended(void **state)
{
	const struct cs_mls_successor_options branch = {
		.group_id = cs_view_str("branch"),
	};
	struct cs_mls_options opt = world_options();
	struct scene s;
	uint32_t two = 2;
	struct cs_mls_commit_options remove = { .remove = &two, .n_remove = 1 };
	struct cs_mls_commit_options none = nothing();
	struct cs_buf commit = { 0 }, out = { 0 };
	struct cs_mls_staged *late = NULL, *staged;
	struct cs_mls_group *g;
	struct cs_mls_received got;
	struct cs_mls_hash h;
	uint8_t key[16];

	(void)state;
	set_up(&s);
	g = s.m[2].group;
	assert_ok(cs_mls_commit_new(&late, &out, &out, g, &none));
	cs_buf_reset(&out);
	assert_ok(world_commit(&s.m[0], &remove, &commit, &out));
	assert_ok(cs_mls_process(&got, g, cs_buf_view(&commit)));
	assert_true(cs_mls_staged_self_removed(got.staged));
	assert_ok(cs_mls_group_merge(g, got.staged));
	got.staged = NULL;
	cs_mls_received_clear(&got);

	assert_err(cs_mls_group_epoch_authenticator(g, &h), CS_ERR_MEMBER);
	assert_err(cs_mls_group_export(
		       g, key, sizeof key, cs_view_str("l"), cs_view_str("c")),
	    CS_ERR_MEMBER);
	assert_err(cs_mls_group_safe_export(g, &h, 1), CS_ERR_MEMBER);
	assert_err(cs_mls_group_info(g, &out, CS_MLS_WITH_TREE), CS_ERR_MEMBER);
	assert_err(cs_mls_propose_update(&out, g), CS_ERR_MEMBER);
	assert_err(cs_mls_propose_self_remove(&out, g), CS_ERR_MEMBER);
	assert_err(cs_mls_protect(&out, g, cs_view(NULL, 0), cs_view("x", 1)),
	    CS_ERR_MEMBER);
	assert_err(
	    cs_mls_commit_new(&staged, &out, &out, g, &none), CS_ERR_MEMBER);
	assert_err(cs_mls_group_merge(g, late), CS_ERR_MEMBER);
	assert_err(cs_mls_group_succeed(&g, &out, g, &s.m[2].id, &opt, &branch),
	    CS_ERR_MEMBER);
	assert_null(g);
	assert_int_equal(out.len, 0);
	cs_buf_free(&out);
	cs_buf_free(&commit);
	tear_down(&s);
}

/* A commit of another group of the same epoch. */
static void
test_other_group(void **state)
{
	struct scene s, t;
	struct cs_mls_options opt = world_options();
	struct cs_mls_commit_options none = nothing();
	struct cs_mls_staged *staged;
	struct cs_buf commit = { 0 }, saved = { 0 };

	(void)state;
	set_up(&s);
	memset(&t, 0, sizeof t);
	assert_ok(world_member_init(&t.m[0], 0));
	assert_ok(cs_mls_group_new(&t.m[0].group, 1, cs_view_str("another"),
	    &t.m[0].id, (struct cs_mls_extensions){ NULL, 0 }, &opt));
	while (cs_mls_group_epoch(t.m[0].group) <
	    cs_mls_group_epoch(s.m[0].group)) {
		cs_buf_reset(&commit);
		assert_ok(world_commit(&t.m[0], &none, &commit, &commit));
	}
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &commit, t.m[0].group, &none));
	assert_ok(cs_mls_staged_save(staged, &saved));
	assert_err(cs_mls_group_merge(s.m[0].group, staged), CS_ERR_MISMATCH);
	assert_err(
	    cs_mls_staged_load(&staged, s.m[0].group, cs_buf_view(&saved)),
	    CS_ERR_MISMATCH);
	assert_int_equal(cs_mls_group_suite(t.m[0].group), 1);
	cs_buf_free(&commit);
	cs_buf_free(&saved);
	world_member_clear(&t.m[0]);
	tear_down(&s);
}

/* ---- limits
 * ------------------------------------------------------------------- */

static void
test_limits(void **state)
{
	struct scene s;
	struct cs_mls_options opt = world_options();
	struct world_member guest;
	struct cs_view kp;
	struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 };
	struct cs_mls_commit_options many = {
		.n_add = CS_MLS_MAX_PROPOSALS + 1,
	};
	struct cs_mls_external_options psks = {
		.n_psk = CS_MLS_MAX_PROPOSALS + 1,
	};
	struct cs_buf out = { 0 }, info = { 0 };
	struct cs_mls_staged *staged;
	struct cs_mls_received got;
	struct cs_mls_group *g;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 5));
	kp = cs_buf_view(&guest.key_package);
	assert_err(cs_mls_commit_new(&staged, &out, &out, s.m[0].group, &many),
	    CS_ERR_LIMIT);
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, &psks),
	    CS_ERR_LIMIT);
	/* A group of three is full: for who adds, who is told, who comes. */
	opt.max_members = 3;
	cs_mls_group_set_options(s.m[0].group, &opt);
	assert_err(cs_mls_commit_new(&staged, &out, &out, s.m[0].group, &add),
	    CS_ERR_LIMIT);
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, NULL),
	    CS_ERR_LIMIT);
	assert_int_equal(out.len, 0);
	assert_ok(cs_mls_commit_new(&staged, &out, &info, s.m[1].group, &add));
	cs_mls_staged_free(staged);
	assert_err(cs_mls_process(&got, s.m[0].group, cs_buf_view(&out)),
	    CS_ERR_LIMIT);
	cs_buf_free(&out);
	cs_buf_free(&info);
	world_member_clear(&guest);
	tear_down(&s);
}

/* Signatures are verified where the caller wants it. */
static void
run_backwards(
    void *pool, void (*work)(void *arg, size_t i), void *arg, size_t n)
{
	size_t *count = pool;

	while (n-- != 0) {
		work(arg, n);
		++*count;
	}
}

static void
test_pool(void **state)
{
	struct scene s;
	size_t count = 0;
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *g;
	struct cs_buf info = { 0 };

	(void)state;
	set_up(&s);
	opt.pool = (struct cs_mls_pool){ run_backwards, &count };
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &g, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	assert_true(count >= 3);
	cs_mls_public_group_free(g);
	cs_buf_free(&info);
	tear_down(&s);
}

/* ---- misuse and damage
 * ----------------------------------------------------------- */

static void
test_wrong_signer(void **state)
{
	struct scene s;
	struct cs_mls_options opt = world_options();
	struct cs_mls_identity id;
	struct cs_mls_commit_options change = { .new_identity = &id };
	struct cs_buf out = { 0 }, info = { 0 };
	struct cs_mls_staged *staged;
	struct cs_mls_group *g;

	(void)state;
	set_up(&s);
	id = s.m[0].id;
	assert_ok(cs_signer_new(&id.signer, CS_ECDSA_P256));
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_err(cs_mls_group_new(&g, 1, cs_view_str("g"), &id,
		       (struct cs_mls_extensions){ NULL, 0 }, &opt),
	    CS_ERR_UNSUPPORTED);
	assert_err(
	    cs_mls_key_package_new(&out, &out, NULL, 1, &id, CS_MLS_SINGLE_USE),
	    CS_ERR_UNSUPPORTED);
	assert_err(
	    cs_mls_commit_new(&staged, &out, &out, s.m[0].group, &change),
	    CS_ERR_UNSUPPORTED);
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &id, &opt, NULL),
	    CS_ERR_UNSUPPORTED);
	assert_err(
	    cs_mls_new_member_add(&out, &out, NULL, cs_buf_view(&info), &id),
	    CS_ERR_UNSUPPORTED);
	assert_int_equal(out.len, 0);
	/* What has changed has to be saved. */
	assert_ok(cs_mls_propose_update(&out, s.m[0].group));
	assert_err(cs_mls_group_save(s.m[0].group, NULL, &out), CS_ERR_MISUSE);
	cs_signer_free(id.signer);
	cs_buf_free(&out);
	cs_buf_free(&info);
	tear_down(&s);
}

/* Secrets of a key package, as they lay on a disk that is not sound. */
static void
test_damaged_secrets(void **state)
{
	struct world_member m, other;
	struct scene s;
	struct cs_mls_options opt = world_options();
	struct cs_view kp;
	struct cs_mls_commit_options add = { .add = &kp, .n_add = 1 };
	struct cs_buf commit = { 0 }, welcome = { 0 }, bad = { 0 };
	struct cs_mls_group *g;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&m, 5));
	assert_ok(world_member_init(&other, 6));
	kp = cs_buf_view(&m.key_package);
	assert_ok(world_commit(&s.m[0], &add, &commit, &welcome));
	for (size_t n = 0; n < m.secrets.len; n++) {
		assert_err(cs_mls_welcome_join(&g, cs_buf_view(&welcome),
			       cs_view(m.secrets.data, n), &m.id, &opt, NULL),
		    CS_ERR_CORRUPT);
		assert_null(g);
	}
	assert_ok(cs_buf_set(&bad, cs_buf_view(&m.secrets)));
	bad.data[0]++;
	assert_err(cs_mls_welcome_join(&g, cs_buf_view(&welcome),
		       cs_buf_view(&bad), &m.id, &opt, NULL),
	    CS_ERR_NEWER);
	bad.data[0] = 0;
	assert_err(cs_mls_welcome_join(&g, cs_buf_view(&welcome),
		       cs_buf_view(&bad), &m.id, &opt, NULL),
	    CS_ERR_CORRUPT);
	/* Another private key, of the right length. */
	assert_ok(cs_buf_set(&bad, cs_buf_view(&m.secrets)));
	bad.data[bad.len - 1] ^= 0x10;
	assert_err(cs_mls_welcome_join(&g, cs_buf_view(&welcome),
		       cs_buf_view(&bad), &m.id, &opt, NULL),
	    CS_ERR_CORRUPT);
	/* Those of somebody else. */
	assert_err(cs_mls_welcome_join(&g, cs_buf_view(&welcome),
		       cs_buf_view(&m.secrets), &other.id, &opt, NULL),
	    CS_ERR_MISMATCH);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&bad);
	world_member_clear(&m);
	world_member_clear(&other);
	tear_down(&s);
}

/* ---- what a hub is shown
 * ---------------------------------------------------------- */

static const uint8_t some_key[32] = { 9 }, zero_key[32], some_tag[32] = { 1 };

static void
check_info(struct scene *s, uint32_t signer, struct cs_view external_pub,
    struct cs_view tag, enum cs_err want)
{
	const struct cs_mls_group *g = s->m[0].group;
	const struct cs_mls_group_info_parts parts = {
		.external_pub = external_pub,
		.confirmation_tag = tag,
		.signer = signer,
		.key = g->signer,
	};
	struct cs_buf out = { 0 };
	struct cs_writer w = cs_writer(&out);

	cs_mls_message_write(&w, CS_MLS_WIRE_GROUP_INFO);
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_mls_group_info_make(&out, &g->pub, &parts));
	assert_err(
	    cs_mls_public_group_check_info(s->hub, cs_buf_view(&out)), want);
	cs_buf_free(&out);
}

static void
test_check_info(void **state)
{
	struct scene s;
	struct cs_mls_group_info gi;
	struct cs_mls_message_info peeked;
	struct cs_buf info = { 0 };
	struct cs_view tag;

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITHOUT_TREE));
	assert_ok(cs_mls_message_peek(&peeked, cs_buf_view(&info)));
	assert_int_equal(peeked.wire, CS_MLS_WIRE_GROUP_INFO);
	assert_ok(
	    cs_mls_message_peek(&peeked, cs_buf_view(&s.m[0].key_package)));
	assert_int_equal(peeked.wire, CS_MLS_WIRE_KEY_PACKAGE);
	assert_ok(cs_mls_group_info_parse_message(&gi, cs_buf_view(&info)));
	tag = gi.confirmation_tag;
	check_info(&s, 0, CS_VIEW_OF(some_key), tag, CS_OK);
	check_info(&s, 1, CS_VIEW_OF(some_key), tag, CS_ERR_SIGNATURE);
	check_info(&s, 7, CS_VIEW_OF(some_key), tag, CS_ERR_MEMBER);
	check_info(&s, 0, cs_view(NULL, 0), tag, CS_ERR_NOT_FOUND);
	check_info(&s, 0, CS_VIEW_OF(zero_key), tag, CS_ERR_KEY);
	check_info(&s, 0, cs_view(some_key, 31), tag, CS_ERR_KEY);
	check_info(
	    &s, 0, CS_VIEW_OF(some_key), CS_VIEW_OF(some_tag), CS_ERR_MAC);
	info.len--;
	assert_err(cs_mls_public_group_check_info(s.hub, cs_buf_view(&info)),
	    CS_ERR_FORMAT);
	cs_buf_free(&info);
	tear_down(&s);
}

/* ---- lists
 * ----------------------------------------------------------------------- */

/* One proposal of ${type}, by value or not, in a commit of ${committer}. */
static void
listed(const struct scene *s, enum cs_mls_proposal_type type, bool by_value,
    uint32_t committer, enum cs_err want)
{
	const struct cs_mls_stored_proposal stored = { 0 };
	struct cs_mls_listed v[2] = {
		{ .valid = { .p = { .type = CS_MLS_PROPOSAL_EXTERNAL_INIT } } },
		{ .valid = { .p = { .type = type },
		      .sender = { CS_MLS_SENDER_MEMBER, 1 } } },
	};
	bool external = committer == CS_MLS_COMMITTER_NEW;
	const struct cs_mls_proposal_list list = { external ? v : v + 1,
		external ? 2 : 1 };

	if (!by_value)
		v[1].stored = &stored;
	assert_err(
	    cs_mls_proposal_list_check(&list, &s->m[0].group->pub, committer),
	    want);
}

static void
test_lists(void **state)
{
	const enum cs_mls_proposal_type never[] = { CS_MLS_PROPOSAL_ADD,
		CS_MLS_PROPOSAL_UPDATE, CS_MLS_PROPOSAL_REINIT,
		CS_MLS_PROPOSAL_EXTERNAL_INIT,
		CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS };
	struct scene s;

	(void)state;
	set_up(&s);
	for (size_t i = 0; i < sizeof never / sizeof *never; i++)
		listed(
		    &s, never[i], true, CS_MLS_COMMITTER_NEW, CS_ERR_PROPOSAL);
	listed(&s, CS_MLS_PROPOSAL_PSK, true, CS_MLS_COMMITTER_NEW, CS_OK);
	listed(&s, CS_MLS_PROPOSAL_PSK, false, CS_MLS_COMMITTER_NEW,
	    CS_ERR_PROPOSAL);
	listed(&s, CS_MLS_PROPOSAL_SELF_REMOVE, false, CS_MLS_COMMITTER_NEW,
	    CS_OK);
	listed(&s, CS_MLS_PROPOSAL_SELF_REMOVE, true, CS_MLS_COMMITTER_NEW,
	    CS_ERR_PROPOSAL);
	listed(&s, CS_MLS_PROPOSAL_SELF_REMOVE, false, 0, CS_OK);
	listed(&s, CS_MLS_PROPOSAL_SELF_REMOVE, true, 0, CS_ERR_PROPOSAL);
	listed(&s, CS_MLS_PROPOSAL_SELF_REMOVE, false, 1, CS_ERR_PROPOSAL);
	listed(&s, CS_MLS_PROPOSAL_EXTERNAL_INIT, true, 0, CS_ERR_PROPOSAL);
	tear_down(&s);
}

/* An external commit brings SelfRemoves only, and each once. */
static void
test_brought_along(void **state)
{
	struct scene s;
	struct world_member guest;
	struct cs_mls_options opt = world_options();
	struct cs_mls_commit_options none = nothing();
	struct cs_buf info = { 0 }, update = { 0 }, leave = { 0 },
		      commit = { 0 }, secret = { 0 }, out = { 0 };
	struct cs_view with[2];
	struct cs_mls_external_options ext = { .proposals = with,
		.n_proposals = 1 };
	struct cs_mls_staged *staged;
	struct cs_mls_group *g;

	(void)state;
	set_up(&s);
	assert_ok(world_member_init(&guest, 5));
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &out, s.m[0].group, &none));
	cs_mls_staged_free(staged);
	assert_ok(cs_mls_protect(
	    &secret, s.m[1].group, cs_view(NULL, 0), cs_view_str("x")));
	assert_ok(cs_mls_propose_update(&update, s.m[1].group));
	assert_ok(cs_mls_propose_self_remove(&leave, s.m[1].group));

	with[0] = cs_buf_view(&update);
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, &ext),
	    CS_ERR_PROPOSAL);
	with[0] = cs_buf_view(&commit);
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, &ext),
	    CS_ERR_FORMAT);
	with[0] = cs_buf_view(&secret);
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, &ext),
	    CS_ERR_FORMAT);
	with[0] = with[1] = cs_buf_view(&leave);
	ext.n_proposals = 2;
	assert_err(cs_mls_external_commit(
		       &g, &out, cs_buf_view(&info), &guest.id, &opt, &ext),
	    CS_ERR_REPLAY);
	assert_int_equal(out.len, 0);
	assert_null(g);
	cs_buf_free(&info);
	cs_buf_free(&update);
	cs_buf_free(&leave);
	cs_buf_free(&commit);
	cs_buf_free(&secret);
	world_member_clear(&guest);
	tear_down(&s);
}

/* What is dropped is not committed; what came behind it is. */
static void
test_dropped(void **state)
{
	struct scene s;
	struct cs_mls_commit_options none = nothing();
	struct cs_mls_staged *staged;
	struct cs_mls_member who;
	struct cs_view data;
	struct cs_buf m = { 0 }, out = { 0 };

	(void)state;
	set_up(&s);
	assert_ok(cs_mls_propose_remove(&m, s.m[0].group, 1));
	assert_ok(cs_mls_propose_remove(&m, s.m[0].group, 2));
	cs_mls_group_drop_proposal(s.m[0].group, 0);
	assert_int_equal(cs_mls_group_proposals(s.m[0].group), 1);
	assert_int_equal(
	    cs_mls_group_proposed_removal(s.m[0].group, 0, NULL), 2);
	assert_ok(cs_mls_commit_new(&staged, &m, &out, s.m[0].group, &none));
	assert_int_equal(cs_mls_staged_removed(staged), 1);
	assert_true(cs_mls_staged_removed_member(staged, 0, &who, NULL));
	assert_int_equal(who.leaf, 2);
	assert_false(cs_mls_staged_removed_member(staged, 1, &who, NULL));
	assert_false(cs_mls_staged_reinit(staged));
	assert_false(cs_mls_staged_extension(
	    staged, CS_MLS_EXT_REQUIRED_CAPABILITIES, &data));
	assert_true(cs_mls_staged_extension(
	    staged, CS_MLS_EXT_EXTERNAL_SENDERS, &data));
	cs_mls_staged_free(staged);
	cs_buf_free(&m);
	cs_buf_free(&out);
	tear_down(&s);
}

/* ---- messages
 * ---------------------------------------------------------------------- */

/* Whatever the tag says: members check it, and a hub its length. */
static void
test_short_tag(void **state)
{
	struct scene s;
	struct cs_mls_commit_options none = nothing();
	struct cs_buf commit = { 0 }, bad = { 0 }, unused = { 0 };
	struct cs_writer w = cs_writer(&bad);
	struct cs_mls_public_message m;
	struct cs_mls_public_outcome o;
	struct cs_mls_staged *staged;
	struct cs_reader r;

	(void)state;
	set_up(&s);
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &unused, s.m[0].group, &none));
	cs_mls_staged_free(staged);
	r = cs_reader(cs_buf_view(&commit));
	(void)cs_mls_message_read(&r);
	cs_mls_public_message_read(&r, &m);
	assert_ok(cs_reader_end(&r));
	m.content.confirmation_tag.len--;
	cs_mls_message_write(&w, CS_MLS_WIRE_PUBLIC);
	cs_mls_public_message_write(&w, &m);
	assert_ok(cs_writer_end(&w));
	assert_err(
	    cs_mls_public_process(&o, s.hub, cs_buf_view(&bad)), CS_ERR_MAC);
	assert_ok(cs_mls_public_process(&o, s.hub, cs_buf_view(&commit)));
	cs_mls_public_outcome_clear(&o);
	cs_buf_free(&commit);
	cs_buf_free(&bad);
	tear_down(&s);
}

/* Section 12.1.5: a group that asked for another is over. */
static void
test_after_reinit(void **state)
{
	const struct cs_mls_reinit reinit = { .suite_id = 1,
		.group_id = cs_view_str("next") };
	const struct cs_mls_proposal remove = {
		.type = CS_MLS_PROPOSAL_REMOVE,
		.remove = 2,
	};
	const struct cs_mls_proposal_or_ref entry = { .proposal = remove };
	struct scene s;
	struct cs_buf body = { 0 };

	(void)state;
	set_up(&s);
	committed(
	    &s, &s.m[1], &(struct cs_mls_commit_options){ .reinit = &reinit });
	write_proposal(&body, &remove);
	judged(&s, CS_MLS_CONTENT_PROPOSAL, false, &body, CS_ERR_PROPOSAL);
	write_commit(&body, &entry);
	judged(&s, CS_MLS_CONTENT_COMMIT, false, &body, CS_ERR_PROPOSAL);
	cs_buf_free(&body);
	tear_down(&s);
}

/* A KeyPackageRef that no suite has. */
static void
test_recipient(void **state)
{
	static const uint8_t ref[CS_HASH_MAX + 1] = { 1 };
	struct cs_mls_hash got;

	(void)state;
	for (size_t n = 0; n <= sizeof ref; n++) {
		bool good = n != 0 && n <= CS_HASH_MAX;
		struct cs_buf out = { 0 };
		struct cs_writer w = cs_writer(&out);
		size_t mark;

		cs_mls_message_write(&w, CS_MLS_WIRE_WELCOME);
		cs_write_u16(&w, 1);
		mark = cs_write_open(&w);
		cs_write_vec(&w, cs_view(ref, n));
		cs_write_vec(&w, cs_view_str("kem"));
		cs_write_vec(&w, cs_view_str("sealed"));
		cs_write_close(&w, mark);
		cs_write_vec(&w, cs_view_str("info"));
		assert_ok(cs_writer_end(&w));
		assert_err(cs_mls_welcome_recipient(&got, cs_buf_view(&out), 0),
		    good ? CS_OK : CS_ERR_FORMAT);
		assert_err(cs_mls_welcome_recipient(&got, cs_buf_view(&out), 1),
		    CS_ERR_NOT_FOUND);
		cs_buf_free(&out);
	}
}

/* A SelfRemove of member 0, by itself. */
static void
self_remove(struct cs_buf *out, struct scene *s, enum cs_mls_wire wire,
    struct cs_view aad)
{
	const struct cs_mls_proposal p = {
		.type = CS_MLS_PROPOSAL_SELF_REMOVE,
	};
	struct cs_mls_group *g = s->m[0].group;
	struct cs_mls_signature signature;
	struct cs_mls_unverified c = { .wire = wire };
	struct cs_buf body = { 0 };

	write_proposal(&body, &p);
	c.framed = cs_mls_group_frame(
	    g, CS_MLS_CONTENT_PROPOSAL, aad, cs_buf_view(&body));
	assert_ok(cs_mls_framed_sign(&signature, wire, &c.framed, g->signer,
	    cs_mls_public_context(&g->pub)));
	c.signature = cs_view(signature.b, signature.n);
	cs_buf_reset(out);
	assert_ok(cs_mls_group_seal(out, g, &c));
	cs_buf_free(&body);
}

/* Its draft: public, so that who joins can commit it, and once. */
static void
test_self_removes(void **state)
{
	struct scene s;
	struct cs_buf m = { 0 };
	struct cs_mls_received got;

	(void)state;
	set_up(&s);
	self_remove(&m, &s, CS_MLS_WIRE_PRIVATE, cs_view(NULL, 0));
	assert_err(
	    cs_mls_process(&got, s.m[1].group, cs_buf_view(&m)), CS_ERR_FORMAT);
	self_remove(&m, &s, CS_MLS_WIRE_PUBLIC, cs_view_str("one"));
	assert_ok(cs_mls_process(&got, s.m[1].group, cs_buf_view(&m)));
	cs_mls_received_clear(&got);
	self_remove(&m, &s, CS_MLS_WIRE_PUBLIC, cs_view_str("two"));
	assert_err(
	    cs_mls_process(&got, s.m[1].group, cs_buf_view(&m)), CS_ERR_REPLAY);
	assert_int_equal(cs_mls_group_proposals(s.m[1].group), 1);
	cs_buf_free(&m);
	tear_down(&s);
}

/* Nobody to ask, no room, and more bytes than a message has. */
static void
test_who_looks(void **state)
{
	struct scene s;
	struct cs_mls_options deaf = world_options(), small = world_options();
	struct cs_mls_public_group *g;
	struct cs_mls_received got;
	struct cs_buf info = { 0 }, huge = { 0 };
	struct cs_writer w = cs_writer(&huge);
	uint8_t *rest;

	(void)state;
	set_up(&s);
	deaf.auth.check = NULL;
	small.max_members = 2;
	assert_ok(cs_mls_group_info(s.m[0].group, &info, CS_MLS_WITH_TREE));
	assert_err(cs_mls_public_group_new(
		       &g, cs_buf_view(&info), cs_view(NULL, 0), &deaf),
	    CS_ERR_CREDENTIAL);
	assert_err(cs_mls_public_group_new(
		       &g, cs_buf_view(&info), cs_view(NULL, 0), &small),
	    CS_ERR_LIMIT);
	cs_mls_message_write(&w, CS_MLS_WIRE_PRIVATE);
	assert_ok(cs_writer_end(&w));
	assert_ok(cs_buf_extend(&huge, CS_MLS_MAX_MESSAGE + 1, &rest));
	assert_err(cs_mls_process(&got, s.m[1].group, cs_buf_view(&huge)),
	    CS_ERR_LIMIT);
	cs_buf_free(&info);
	cs_buf_free(&huge);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ended),
		cmocka_unit_test(test_other_group),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_pool),
		cmocka_unit_test(test_wrong_signer),
		cmocka_unit_test(test_damaged_secrets),
		cmocka_unit_test(test_check_info),
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_brought_along),
		cmocka_unit_test(test_dropped),
		cmocka_unit_test(test_short_tag),
		cmocka_unit_test(test_after_reinit),
		cmocka_unit_test(test_recipient),
		cmocka_unit_test(test_self_removes),
		cmocka_unit_test(test_who_looks),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
