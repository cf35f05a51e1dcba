/* SPDX-License-Identifier: MIT */
/*
 * Every function of the public header that allocates, with each allocation
 * refused in turn: it says CS_ERR_NOMEM, appends nothing, and member and hub
 * are as they were.
 */

#include "base/alloc.h"
#include "crypto/init.h"
#include "mls/group.h"
#include "support/mls_world.h"

/* Members 0 and 1, a hub, and a guest who has a key package. */
struct scene {
	struct world_member m[2], guest;
	struct cs_signer *external;
	struct cs_mls_options opt;

	/* What a call works on, made anew for each, ... */
	struct cs_mls_group *g;
	struct cs_mls_public_group *hub;
	struct cs_mls_group *made; /* what it made, if anything */
	struct cs_mls_staged *staged;
	/* ... and from what. */
	struct cs_buf saved, saved_hub;

	/* Messages for it. */
	struct cs_buf info, info_alone, tree, data, update, leave, commit,
	    welcome, welcome_tree, outsider, signature, saved_staged;
	/* A group that is re-initialised, of member 0. */
	struct cs_buf ended;
	struct cs_buf branch_welcome;
	struct cs_buf rich; /* a state of member 1 with all that there can be */
};

static enum cs_err
find_psk(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	return id->type == CS_MLS_PSK_EXTERNAL ? cs_buf_add(out, id->id)
					       : CS_ERR_NOT_FOUND;
}

static const struct cs_mls_psk_id *
some_psk(void)
{
	static struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL };

	psk.id = cs_view_str("a psk");
	return &psk;
}

static const struct cs_mls_extensions *
some_exts(void)
{
	static struct cs_mls_extension ext = {
		CS_MLS_EXT_REQUIRED_CAPABILITIES
	};
	static const struct cs_mls_extensions exts = { &ext, 1 };

	ext.data = cs_view("\0\0\0", 3);
	return &exts;
}

static const struct cs_mls_reinit *
some_reinit(void)
{
	static struct cs_mls_reinit reinit = { .suite_id = 1 };

	reinit.group_id = cs_view_str("another group");
	reinit.extensions = *some_exts();
	return &reinit;
}

/* ---- the calls: outputs go to ${out}, one after the other ------------------
 */

struct call {
	const char *name;
	enum cs_err (*fn)(struct scene *s, struct cs_buf *out);
	enum {
		PLAIN,
		SEALS,  /* encrypts with a key of the group */
		STAGED, /* works on a commit that was made */
	} kind;
};

static enum cs_err
call_external_senders(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_sender sender = {
		cs_signer_public(s->external),
		{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") },
	};

	return cs_mls_external_senders(out, &sender, 1);
}

static enum cs_err
call_key_package(struct scene *s, struct cs_buf *out)
{
	struct cs_buf secrets = { 0 };
	enum cs_err err = cs_mls_key_package_new(
	    out, &secrets, NULL, 1, &s->guest.id, CS_MLS_LAST_RESORT);

	assert_true(err == CS_OK || secrets.len == 0);
	cs_buf_free(&secrets);
	return err;
}

static enum cs_err
call_group_new(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return cs_mls_group_new(&s->made, 1, cs_view_str("one more"),
	    &s->guest.id, *some_exts(), &s->opt);
}

static enum cs_err
call_save(struct scene *s, struct cs_buf *out)
{
	struct cs_buf secret = { 0 };
	enum cs_err err = cs_mls_group_save(s->g, out, &secret);

	assert_true(err == CS_OK || secret.len == 0);
	cs_buf_free(&secret);
	return err;
}

static enum cs_err
call_load(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return world_load(&s->made, cs_buf_view(&s->saved), &s->opt);
}

/* With an epoch that is over, keys of messages that did not come, proposals
 * and the key of an Update. */
static enum cs_err
call_load_rich(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return world_load(&s->made, cs_buf_view(&s->rich), &s->opt);
}

static enum cs_err
call_export(struct scene *s, struct cs_buf *out)
{
	uint8_t key[32];

	(void)out;
	return cs_mls_group_export(
	    s->g, key, sizeof key, cs_view_str("label"), cs_view_str("ctx"));
}

static enum cs_err
call_authenticator(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_hash h;

	(void)out;
	return cs_mls_group_epoch_authenticator(s->g, &h);
}

/* The tree of secrets that it goes down stays when it got half way; that is no
 * change, if what comes out of it in the end is the same. */
static enum cs_err
call_safe_export(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_group *fresh = NULL;
	struct cs_mls_hash h, want;
	long refused;
	enum cs_err err = cs_mls_group_safe_export(s->g, &h, 0x8001);

	(void)out;
	if (err == CS_OK)
		return CS_OK;
	refused = cs_alloc_refused();
	cs_alloc_fail_after(-1);
	assert_ok(cs_mls_group_safe_export(s->g, &h, 0x8001));
	assert_ok(world_load(&fresh, cs_buf_view(&s->saved), &s->opt));
	assert_ok(cs_mls_group_safe_export(fresh, &want, 0x8001));
	assert_view_equal(cs_mls_hash_view(&h), cs_mls_hash_view(&want));
	cs_mls_group_free(s->g);
	cs_mls_group_free(fresh);
	assert_ok(world_load(&s->g, cs_buf_view(&s->saved), &s->opt));
	/* For who counts: it was refused. */
	assert_int_not_equal(refused, 0);
	cs_alloc_fail_after(0);
	assert_null(cs_calloc(1, 1));
	return err;
}

static enum cs_err
call_info(struct scene *s, struct cs_buf *out)
{
	return cs_mls_group_info(s->g, out, CS_MLS_WITH_TREE);
}

static enum cs_err
call_tree(struct scene *s, struct cs_buf *out)
{
	return cs_mls_group_tree(s->g, out);
}

static enum cs_err
call_propose_add(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_add(
	    out, s->g, cs_buf_view(&s->guest.key_package));
}

static enum cs_err
call_propose_update(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_update(out, s->g);
}

static enum cs_err
call_propose_remove(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_remove(out, s->g, 0);
}

static enum cs_err
call_propose_psk(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_psk(out, s->g, some_psk());
}

static enum cs_err
call_propose_reinit(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_reinit(out, s->g, some_reinit());
}

static enum cs_err
call_propose_extensions(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_extensions(out, s->g, *some_exts());
}

static enum cs_err
call_propose_self_remove(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_self_remove(out, s->g);
}

static enum cs_err
call_propose_ephemeral(struct scene *s, struct cs_buf *out)
{
	return cs_mls_propose_ephemeral(out, s->g, 1, cs_view_str("data"));
}

/* A handshake as PrivateMessage. */
static enum cs_err
call_propose_encrypted(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_options opt = s->opt;

	opt.encrypt_handshake = true;
	cs_mls_group_set_options(s->g, &opt);
	return cs_mls_propose_update(out, s->g);
}

/* All that a commit may carry, with a stored proposal besides. */
static enum cs_err
commit_all(struct scene *s, struct cs_buf *commit, struct cs_buf *welcome)
{
	struct cs_view kp = cs_buf_view(&s->guest.key_package);
	struct cs_mls_identity id = s->m[1].id;
	const struct cs_mls_commit_options opt = {
		.add = &kp,
		.n_add = 1,
		.psk = some_psk(),
		.n_psk = 1,
		.context_exts = some_exts(),
		.ephemeral = { 1, cs_view_str("data") },
		.new_identity = &id,
		.authenticated_data = cs_view_str("aad"),
		.welcome_exts = *some_exts(),
	};

	id.signer = s->external; /* any that is not in the tree */
	return cs_mls_commit_new(&s->staged, commit, welcome, s->g, &opt);
}

static enum cs_err
call_commit(struct scene *s, struct cs_buf *out)
{
	struct cs_buf welcome = { 0 };
	enum cs_err err = commit_all(s, out, &welcome);

	assert_true(err == CS_OK || welcome.len == 0);
	cs_buf_free(&welcome);
	return err;
}

static enum cs_err
call_commit_reinit(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_commit_options opt = { .reinit = some_reinit() };

	return cs_mls_commit_new(&s->staged, out, out, s->g, &opt);
}

/* The staged commit is there already, see run(). */
static enum cs_err
call_staged_welcome(struct scene *s, struct cs_buf *out)
{
	return cs_mls_staged_welcome(out, s->staged, 0, 1);
}

static enum cs_err
call_staged_info(struct scene *s, struct cs_buf *out)
{
	return cs_mls_staged_group_info(out, s->staged, s->g, CS_MLS_WITH_TREE);
}

static enum cs_err
call_staged_save(struct scene *s, struct cs_buf *out)
{
	return cs_mls_staged_save(s->staged, out);
}

static enum cs_err
call_staged_merge(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_staged *staged = s->staged;

	(void)out;
	s->staged = NULL;
	return cs_mls_group_merge(s->g, staged);
}

static enum cs_err
call_staged_load(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return cs_mls_staged_load(
	    &s->staged, s->g, cs_buf_view(&s->saved_staged));
}

/* With a PSK, the tree apart, and an extension that is wanted. */
static enum cs_err
call_join(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_join_options join = {
		.ratchet_tree = cs_buf_view(&s->welcome_tree),
		.ext_type = CS_MLS_EXT_REQUIRED_CAPABILITIES,
		.ext = out,
	};

	return cs_mls_welcome_join(&s->made, cs_buf_view(&s->welcome),
	    cs_buf_view(&s->guest.secrets), &s->guest.id, &s->opt, &join);
}

static enum cs_err
call_external_commit(struct scene *s, struct cs_buf *out)
{
	struct cs_view leave = cs_buf_view(&s->leave);
	const struct cs_mls_external_options ext = {
		.ratchet_tree = cs_buf_view(&s->tree),
		.psk = some_psk(),
		.n_psk = 1,
		.proposals = &leave,
		.n_proposals = 1,
		.authenticated_data = cs_view_str("aad"),
	};

	return cs_mls_external_commit(&s->made, out,
	    cs_buf_view(&s->info_alone), &s->guest.id, &s->opt, &ext);
}

static enum cs_err
call_resync(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_options ext = { .resync = true };

	return cs_mls_external_commit(
	    &s->made, out, cs_buf_view(&s->info), &s->m[0].id, &s->opt, &ext);
}

static enum cs_err
call_new_member_add(struct scene *s, struct cs_buf *out)
{
	struct cs_buf secrets = { 0 };
	enum cs_err err = cs_mls_new_member_add(
	    out, &secrets, NULL, cs_buf_view(&s->info), &s->guest.id);

	assert_true(err == CS_OK || secrets.len == 0);
	cs_buf_free(&secrets);
	return err;
}

static enum cs_err
call_branch(struct scene *s, struct cs_buf *out)
{
	struct cs_view kp = cs_buf_view(&s->m[0].key_package);
	const struct cs_mls_successor_options what = {
		.add = &kp,
		.n_add = 1,
		.group_id = cs_view_str("a branch"),
		.context_exts = *some_exts(),
	};

	return cs_mls_group_succeed(
	    &s->made, out, s->g, &s->m[1].id, &s->opt, &what);
}

static enum cs_err
call_join_branch(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_join_options join = { .from = s->g };

	(void)out;
	return cs_mls_welcome_join(&s->made, cs_buf_view(&s->branch_welcome),
	    cs_buf_view(&s->m[1].secrets), &s->m[1].id, &s->opt, &join);
}

/* The group that is re-initialised is made here: what is refused there is not
 * what this is about. */
static enum cs_err
call_reinit(struct scene *s, struct cs_buf *out)
{
	struct cs_view kp = cs_buf_view(&s->m[1].key_package);
	const struct cs_mls_successor_options what = { .add = &kp, .n_add = 1 };
	struct cs_mls_group *ended = NULL;
	enum cs_err err = world_load(&ended, cs_buf_view(&s->ended), &s->opt);

	if (err == CS_OK)
		err = cs_mls_group_succeed(
		    &s->made, out, ended, &s->m[0].id, &s->opt, &what);
	cs_mls_group_free(ended);
	return err;
}

static enum cs_err
call_protect(struct scene *s, struct cs_buf *out)
{
	return cs_mls_protect(
	    out, s->g, cs_view_str("aad"), cs_view_str("text"));
}

static enum cs_err
process(struct scene *s, const struct cs_buf *message)
{
	struct cs_mls_received got;
	enum cs_err err = cs_mls_process(&got, s->g, cs_buf_view(message));

	cs_mls_received_clear(&got);
	return err;
}

static enum cs_err
call_process_data(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return process(s, &s->data);
}

static enum cs_err
call_process_update(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return process(s, &s->update);
}

static enum cs_err
call_process_commit(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return process(s, &s->commit);
}

static enum cs_err
call_process_outsider(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return process(s, &s->outsider);
}

static enum cs_err
call_hub_new(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_public_group *g = NULL;
	enum cs_err err = cs_mls_public_group_new(
	    &g, cs_buf_view(&s->info_alone), cs_buf_view(&s->tree), &s->opt);

	(void)out;
	assert_true((g != NULL) == (err == CS_OK));
	cs_mls_public_group_free(g);
	return err;
}

static enum cs_err
call_hub_save(struct scene *s, struct cs_buf *out)
{
	return cs_mls_public_group_save(s->hub, out);
}

static enum cs_err
call_hub_load(struct scene *s, struct cs_buf *out)
{
	struct cs_mls_public_group *g = NULL;
	enum cs_err err =
	    cs_mls_public_group_load(&g, cs_buf_view(&s->saved_hub), &s->opt);

	(void)out;
	cs_mls_public_group_free(g);
	return err;
}

static enum cs_err
call_hub_tree(struct scene *s, struct cs_buf *out)
{
	return cs_mls_public_group_tree(s->hub, out);
}

static enum cs_err
call_hub_check_info(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return cs_mls_public_group_check_info(s->hub, cs_buf_view(&s->info));
}

static enum cs_err
hub_process(struct scene *s, const struct cs_buf *message)
{
	struct cs_mls_public_outcome o;
	enum cs_err err =
	    cs_mls_public_process(&o, s->hub, cs_buf_view(message));

	cs_mls_public_outcome_clear(&o);
	return err;
}

static enum cs_err
call_hub_update(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return hub_process(s, &s->update);
}

static enum cs_err
call_hub_commit(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return hub_process(s, &s->commit);
}

static enum cs_err
call_hub_outsider(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return hub_process(s, &s->outsider);
}

static enum cs_err
external(struct scene *s, struct cs_buf *out,
    const struct cs_mls_external_proposal *what)
{
	return cs_mls_external_propose(out, s->hub, 0, s->external, what);
}

static enum cs_err
call_external_add(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_proposal what = {
		.add = cs_buf_view(&s->guest.key_package),
	};

	return external(s, out, &what);
}

static enum cs_err
call_external_remove(struct scene *s, struct cs_buf *out)
{
	uint32_t one = 1;
	const struct cs_mls_external_proposal what = { .remove = &one };

	return external(s, out, &what);
}

static enum cs_err
call_external_psk(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_proposal what = { .psk = some_psk() };

	return external(s, out, &what);
}

static enum cs_err
call_external_reinit(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_proposal what = {
		.reinit = some_reinit(),
	};

	return external(s, out, &what);
}

static enum cs_err
call_external_extensions(struct scene *s, struct cs_buf *out)
{
	const struct cs_mls_external_proposal what = {
		.context_exts = some_exts(),
	};

	return external(s, out, &what);
}

static enum cs_err
call_component_label(struct scene *s, struct cs_buf *out)
{
	(void)s;
	return cs_mls_component_label(out, 1, cs_view_str("label"));
}

static enum cs_err
call_safe_sign(struct scene *s, struct cs_buf *out)
{
	return cs_mls_safe_sign(
	    out, s->g, 1, cs_view_str("label"), cs_view_str("content"));
}

static enum cs_err
call_safe_verify(struct scene *s, struct cs_buf *out)
{
	(void)out;
	return cs_mls_safe_verify(s->g, 1, 1, cs_view_str("label"),
	    cs_view_str("content"), cs_buf_view(&s->signature));
}

/* ---- the stage
 * --------------------------------------------------------------- */

static void
restore_group(struct scene *s)
{
	cs_mls_group_free(s->g);
	cs_mls_group_free(s->made);
	cs_mls_staged_free(s->staged);
	s->g = s->made = NULL;
	s->staged = NULL;
	assert_ok(world_load(&s->g, cs_buf_view(&s->saved), &s->opt));
}

/* Member and hub as they were, and nothing made. */
static void
restore(struct scene *s)
{
	restore_group(s);
	cs_mls_public_group_free(s->hub);
	assert_ok(cs_mls_public_group_load(
	    &s->hub, cs_buf_view(&s->saved_hub), &s->opt));
}

/* The public halves: a key that encrypted something is used up even if that
 * went no further. */
static bool
same_public(const struct cs_buf *a, const struct cs_buf *b)
{
	struct cs_reader x = cs_reader(cs_buf_view(a)),
			 y = cs_reader(cs_buf_view(b));

	return cs_view_equal(cs_read_vec(&x), cs_read_vec(&y));
}

static void
nothing_changed(struct scene *s, const struct call *call)
{
	struct cs_buf now = { 0 }, hub = { 0 };

	assert_ok(world_save(s->g, &now));
	assert_ok(cs_mls_public_group_save(s->hub, &hub));
	if (!same_public(&now, &s->saved) ||
	    (call->kind != SEALS &&
		!cs_view_equal(cs_buf_view(&now), cs_buf_view(&s->saved))) ||
	    !cs_view_equal(cs_buf_view(&hub), cs_buf_view(&s->saved_hub)))
		fail_msg("%s has changed something", call->name);
	assert_null(s->made);
	cs_buf_free(&now);
	cs_buf_free(&hub);
}

static void
run(struct scene *s, const struct call *call)
{
	long n = 0, refused;
	enum cs_err err;

	do {
		struct cs_buf out = { 0 }, commit = { 0 }, welcome = { 0 };

		restore(s);
		if (call->kind == STAGED)
			assert_ok(commit_all(s, &commit, &welcome));
		cs_alloc_fail_after(n);
		err = call->fn(s, &out);
		refused = cs_alloc_refused();
		cs_alloc_fail_after(-1);
		if (refused != 0) {
			if (err != CS_ERR_NOMEM || out.len != 0)
				fail_msg(
				    "%s, allocation %ld: \"%s\", %zu bytes",
				    call->name, n, cs_err_name(err), out.len);
			nothing_changed(s, call);
		}
		cs_buf_free(&out);
		cs_buf_free(&commit);
		cs_buf_free(&welcome);
		n++;
	} while (refused != 0);
	if (err != CS_OK)
		fail_msg("%s: \"%s\"", call->name, cs_err_name(err));
}

/* Member 1 makes a Welcome without a tree, and keeps what made it. */
static void
make_welcome(struct scene *s)
{
	struct cs_view kp = cs_buf_view(&s->guest.key_package);
	const struct cs_mls_commit_options opt = {
		.add = &kp,
		.n_add = 1,
		.psk = some_psk(),
		.n_psk = 1,
		.force_path = true,
		.without_tree = true,
		.welcome_exts = *some_exts(),
	};
	struct cs_mls_staged *staged = NULL;
	struct cs_buf commit = { 0 };

	assert_ok(cs_mls_commit_new(
	    &staged, &commit, &s->welcome, s->m[1].group, &opt));
	assert_ok(cs_mls_group_merge(s->m[1].group, staged));
	assert_ok(cs_mls_group_tree(s->m[1].group, &s->welcome_tree));
	cs_buf_free(&commit);
	cs_mls_group_free(s->m[1].group);
	assert_ok(world_load(&s->m[1].group, cs_buf_view(&s->saved), &s->opt));
}

/* Things happen to member 1. */
static void
make_rich(struct scene *s)
{
	struct cs_mls_group *from = NULL, *g = NULL;
	struct cs_buf skipped = { 0 }, data = { 0 }, p = { 0 };
	struct cs_mls_received got;

	assert_ok(world_load(&g, cs_buf_view(&s->saved), &s->opt));
	from = s->m[0].group;
	assert_ok(cs_mls_protect(
	    &skipped, from, cs_view(NULL, 0), cs_view_str("skipped")));
	assert_ok(
	    cs_mls_protect(&data, from, cs_view(NULL, 0), cs_view_str("data")));
	assert_ok(cs_mls_process(&got, g, cs_buf_view(&data)));
	cs_mls_received_clear(&got);
	assert_ok(cs_mls_process(&got, g, cs_buf_view(&s->commit)));
	assert_ok(cs_mls_group_merge(g, got.staged));
	got.staged = NULL;
	cs_mls_received_clear(&got);
	assert_ok(cs_mls_propose_update(&p, g));
	assert_ok(cs_mls_propose_psk(&p, g, some_psk()));
	assert_ok(
	    cs_mls_propose_add(&p, g, cs_buf_view(&s->guest.key_package)));
	assert_ok(world_save(g, &s->rich));
	cs_mls_group_free(g);
	cs_buf_free(&skipped);
	cs_buf_free(&data);
	cs_buf_free(&p);
}

/* Member 0 commits, re-initialises, branches, says something and leaves. */
static void
make_messages(struct scene *s)
{
	struct cs_mls_group *g = s->m[0].group, *other;
	struct cs_view kp = cs_buf_view(&s->m[1].key_package);
	const struct cs_mls_commit_options path = { .force_path = true };
	const struct cs_mls_commit_options reinit = { .reinit = some_reinit() };
	const struct cs_mls_successor_options branch = {
		.add = &kp,
		.n_add = 1,
		.group_id = cs_view_str("a branch"),
	};
	const struct cs_mls_external_options resync = { .resync = true };
	struct cs_mls_staged *staged;
	struct cs_buf none = { 0 };

	assert_ok(cs_mls_group_info(g, &s->info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_group_info(g, &s->info_alone, CS_MLS_WITHOUT_TREE));
	assert_ok(cs_mls_group_tree(g, &s->tree));
	assert_ok(
	    cs_mls_protect(&s->data, g, cs_view(NULL, 0), cs_view_str("data")));
	assert_ok(cs_mls_commit_new(&staged, &s->commit, &none, g, &path));
	cs_mls_staged_free(staged);
	assert_ok(cs_mls_group_succeed(
	    &other, &s->branch_welcome, g, &s->m[0].id, &s->opt, &branch));
	cs_mls_group_free(other);
	assert_ok(cs_mls_external_commit(&other, &s->outsider,
	    cs_buf_view(&s->info), &s->m[0].id, &s->opt, &resync));
	cs_mls_group_free(other);
	make_rich(s);
	assert_ok(cs_mls_propose_update(&s->update, g));
	assert_ok(cs_mls_propose_self_remove(&s->leave, g));
	cs_buf_reset(&none);
	assert_ok(cs_mls_commit_new(&staged, &none, &none, g, &reinit));
	assert_ok(cs_mls_group_merge(g, staged));
	assert_ok(world_save(g, &s->ended));
	cs_buf_free(&none);
}

static void
set_up(struct scene *s)
{
	struct cs_mls_extension senders = { CS_MLS_EXT_EXTERNAL_SENDERS,
		{ NULL, 0 } };
	struct cs_buf data = { 0 };

	memset(s, 0, sizeof *s);
	s->opt = world_options();
	s->opt.psks.find = find_psk;
	assert_ok(cs_signer_new(&s->external, CS_ED25519));
	assert_ok(call_external_senders(s, &data));
	senders.data = cs_buf_view(&data);
	assert_ok(
	    world_group(s->m, 2, (struct cs_mls_extensions){ &senders, 1 }));
	for (int i = 0; i < 2; i++) {
		cs_mls_group_set_options(s->m[i].group, &s->opt);
		/* The one that it came by is used up. */
		cs_buf_reset(&s->m[i].key_package);
		cs_buf_reset(&s->m[i].secrets);
		assert_ok(cs_mls_key_package_new(&s->m[i].key_package,
		    &s->m[i].secrets, NULL, 1, &s->m[i].id, CS_MLS_SINGLE_USE));
	}
	assert_ok(world_member_init(&s->guest, 5));
	assert_ok(world_save(s->m[1].group, &s->saved));
	assert_ok(cs_mls_safe_sign(&s->signature, s->m[1].group, 1,
	    cs_view_str("label"), cs_view_str("content")));
	make_welcome(s);
	make_messages(s);
	restore_group(s);
	assert_ok(commit_all(s, &data, &data));
	assert_ok(cs_mls_staged_save(s->staged, &s->saved_staged));
	assert_ok(cs_mls_public_group_new(
	    &s->hub, cs_buf_view(&s->info), cs_view(NULL, 0), &s->opt));
	assert_ok(cs_mls_public_group_save(s->hub, &s->saved_hub));
	cs_buf_free(&data);
}

static void
tear_down(struct scene *s)
{
	struct cs_buf *all[] = { &s->saved, &s->saved_hub, &s->info,
		&s->info_alone, &s->tree, &s->data, &s->update, &s->leave,
		&s->commit, &s->welcome, &s->welcome_tree, &s->outsider,
		&s->signature, &s->saved_staged, &s->ended, &s->branch_welcome,
		&s->rich };

	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		cs_buf_free(all[i]);
	cs_mls_group_free(s->g);
	cs_mls_group_free(s->made);
	cs_mls_staged_free(s->staged);
	cs_mls_public_group_free(s->hub);
	cs_signer_free(s->external);
	world_member_clear(&s->m[0]);
	world_member_clear(&s->m[1]);
	world_member_clear(&s->guest);
}

#define CALL(name)                                                             \
	{                                                                      \
#name, call_##name, PLAIN                                      \
	}
#define CALL_SEALS(name)                                                       \
	{                                                                      \
#name, call_##name, SEALS                                      \
	}
#define CALL_STAGED(name)                                                      \
	{                                                                      \
#name, call_##name, STAGED                                     \
	}

static void
test_all(void **state)
{
	static const struct call calls[] = {
		CALL(external_senders),
		CALL(key_package),
		CALL(group_new),
		CALL(save),
		CALL(load),
		CALL(load_rich),
		CALL(export),
		CALL(authenticator),
		CALL(safe_export),
		CALL(info),
		CALL(tree),
		CALL(propose_add),
		CALL(propose_update),
		CALL(propose_remove),
		CALL(propose_psk),
		CALL(propose_reinit),
		CALL(propose_extensions),
		CALL(propose_self_remove),
		CALL(propose_ephemeral),
		CALL_SEALS(propose_encrypted),
		CALL(commit),
		CALL(commit_reinit),
		CALL_STAGED(staged_welcome),
		CALL_STAGED(staged_info),
		CALL_STAGED(staged_save),
		CALL_STAGED(staged_merge),
		CALL(staged_load),
		CALL(join),
		CALL(external_commit),
		CALL(resync),
		CALL(new_member_add),
		CALL(branch),
		CALL(join_branch),
		CALL(reinit),
		CALL_SEALS(protect),
		CALL(process_data),
		CALL(process_update),
		CALL(process_commit),
		CALL(process_outsider),
		CALL(hub_new),
		CALL(hub_save),
		CALL(hub_load),
		CALL(hub_tree),
		CALL(hub_check_info),
		CALL(hub_update),
		CALL(hub_commit),
		CALL(hub_outsider),
		CALL(external_add),
		CALL(external_remove),
		CALL(external_psk),
		CALL(external_reinit),
		CALL(external_extensions),
		CALL(component_label),
		CALL(safe_sign),
		CALL(safe_verify),
	};
	struct scene s;

	(void)state;
	set_up(&s);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		run(&s, &calls[i]);
	tear_down(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_all) };

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
