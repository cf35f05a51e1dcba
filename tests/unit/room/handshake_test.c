/* SPDX-License-Identifier: MIT */
/*
 * Each kind of handshake that a room allows, and each that it refuses: what a
 * member who has the rules says to it, and somebody who looks on by them, as a
 * hub does.  Whoever sends has no rules.
 */
#include "room/handshake.h"

#include "crypto/init.h"
#include "mls/group.h"
#include "room/context.h"
#include "support/client_world.h"

#define NOW (cs_clock_ms() / CS_SECOND_MS)

/* One device, with a state of its own or none. */
struct device {
	struct cw_person keys;
	struct cs_mls_identity id;
	struct cs_mls_group *mls;
};

struct world {
	/* alma's two, boris', mallory's two, and clara's, who is not in it. */
	struct device alma, tablet, boris, mallory, second, clara;
	struct test_operator by;
	struct cs_sign_key operator;
	struct cs_signer *operator_signer;
	struct cs_room_operator op;
	struct cs_buf context;
	struct cs_mls_public_group *hub;
	struct cs_room room;
	bool may_return;
	bool newer; /* policies are written in a version to come */
	struct cs_room_policy policy; /* that the room begins with */
};

/* What mallory is in it. */
enum start { AS_MEMBER, AS_ADMIN, AS_OWNER, WITHOUT_POLICY };
static uint8_t start_flags; /* and what is kept from members */

static enum cs_err
vouch(void *arg, const struct cs_mls_auth_request *request)
{
	struct cs_room_owner owner;
	const struct world *w = arg;

	return request->external_sender
	    ? CS_OK
	    : cs_room_check_credential(
		  &owner, request, CS_VIEW_OF(w->by.root.public), NOW);
}

static enum cs_err
may_return(bool *out, void *arg, struct cs_view group_id,
    const uint8_t account[static CS_ID_LEN])
{
	struct world *w = arg;

	assert_view_equal(group_id, cs_view_str("a room of our own"));
	assert_memory_equal(account, w->clara.keys.account, CS_ID_LEN);
	*out = w->may_return;
	return CS_OK;
}

static struct cs_mls_options
options(struct world *w, bool ruled)
{
	struct cs_mls_options opt = {
		.auth = { vouch, w },
		.now_s = NOW,
		.max_members = CS_ROOM_DEVICES_MAX,
	};

	if (ruled)
		opt.rules = cs_room_rules(&w->room);
	return opt;
}

static void
device_init(struct device *d, const char *handle, const struct device *first)
{
	cw_person_init(&d->keys, handle);
	if (first != NULL) {
		memcpy(d->keys.account, first->keys.account, CS_ID_LEN);
		d->keys.account_key = first->keys.account_key;
		cw_certify(&d->keys, handle, NOW - 60, NOW + 3600);
	}
	d->id = (struct cs_mls_identity){
		.credential = cs_buf_view(&d->keys.credential),
		.not_before_s = NOW - 60,
		.not_after_s = NOW + 3600,
	};
	assert_ok(cs_signer_from_ed25519(&d->id.signer, &d->keys.device_key));
}

static void
device_clear(struct device *d)
{
	cs_mls_group_free(d->mls);
	cs_signer_free(d->id.signer);
	cs_buf_free(&d->keys.credential);
}

static void
package(struct cs_buf *out, struct cs_buf *secrets, const struct device *d)
{
	assert_ok(cs_mls_key_package_new(
	    out, secrets, NULL, CS_ROOM_SUITE, &d->id, CS_MLS_SINGLE_USE));
}

static void
start_policy(struct world *w, enum start as)
{
	struct cs_room_policy *p = &w->policy;

	*p = (struct cs_room_policy){ .written = true, .flags = start_flags };
	memcpy(p->owner,
	    (as == AS_OWNER ? &w->mallory : &w->alma)->keys.account, CS_ID_LEN);
	if (as == AS_ADMIN)
		memcpy(p->admins[p->n_admins++], w->mallory.keys.account,
		    CS_ID_LEN);
	if (as == AS_OWNER)
		memcpy(
		    p->admins[p->n_admins++], w->alma.keys.account, CS_ID_LEN);
}

static void
world_begin(struct world *w, enum start as)
{
	struct device *in[] = { &w->tablet, &w->boris, &w->mallory,
		&w->second };
	struct cs_buf packages[4] = { 0 }, secrets[4] = { 0 };
	struct cs_buf commit = { 0 }, welcome = { 0 }, info = { 0 };
	struct cs_mls_commit_options add = { .n_add = 4, .force_path = true };
	struct cs_mls_extension exts[2];
	struct cs_mls_options free_of = options(w, false), opt;
	struct cs_mls_staged *staged;
	struct cs_view list, views[4];

	memset(w, 0, sizeof *w);
	w->room = (struct cs_room){ may_return, w };
	opt = options(w, true);
	test_operator_init(&w->by, NOW);
	assert_ok(cs_sign_key_new(&w->operator));
	assert_ok(cs_signer_from_ed25519(&w->operator_signer, &w->operator));
	w->op = (struct cs_room_operator){ cs_view_str("hub.example"),
		w->by.root.public, w->operator.public };
	device_init(&w->alma, "alma", NULL);
	device_init(&w->mallory, "mallory", NULL);
	start_policy(w, as);
	assert_ok(cs_room_context_write(&w->context, &w->op, cs_view(NULL, 0),
	    as == WITHOUT_POLICY ? NULL : &w->policy));
	list = cs_buf_view(&w->context);
	assert_true(cs_mls_extension_next(&list, &exts[0]));
	assert_true(cs_mls_extension_next(&list, &exts[1]));
	device_init(&w->tablet, "alma", &w->alma);
	device_init(&w->boris, "boris", NULL);
	device_init(&w->second, "mallory", &w->mallory);
	device_init(&w->clara, "clara", NULL);
	assert_ok(cs_mls_group_new(&w->alma.mls, CS_ROOM_SUITE,
	    cs_view_str("a room of our own"), &w->alma.id,
	    (struct cs_mls_extensions){ exts, 2 }, &opt));
	for (size_t i = 0; i < 4; i++) {
		package(&packages[i], &secrets[i], in[i]);
		views[i] = cs_buf_view(&packages[i]);
	}
	add.add = views;
	assert_ok(
	    cs_mls_commit_new(&staged, &commit, &welcome, w->alma.mls, &add));
	assert_ok(cs_mls_group_merge(w->alma.mls, staged));
	for (size_t i = 0; i < 4; i++)
		assert_ok(cs_mls_welcome_join(&in[i]->mls,
		    cs_buf_view(&welcome), cs_buf_view(&secrets[i]), &in[i]->id,
		    i >= 2 ? &free_of : &opt, NULL));
	assert_ok(cs_mls_group_info(w->alma.mls, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_mls_public_group_new(
	    &w->hub, cs_buf_view(&info), cs_view(NULL, 0), &opt));
	for (size_t i = 0; i < 4; i++) {
		cs_buf_free(&packages[i]);
		cs_buf_free(&secrets[i]);
	}
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
	cs_buf_free(&info);
}

static void
world_init(struct world *w)
{
	world_begin(w, AS_MEMBER);
}

static void
world_clear(struct world *w)
{
	device_clear(&w->alma);
	device_clear(&w->tablet);
	device_clear(&w->boris);
	device_clear(&w->mallory);
	device_clear(&w->second);
	device_clear(&w->clara);
	test_operator_clear(&w->by);
	cs_signer_free(w->operator_signer);
	cs_buf_free(&w->context);
	cs_mls_public_group_free(w->hub);
}

/* What the hub and a member say to ${message}: the same.  A commit is not
 * merged. */
static enum cs_err
say(struct world *w, const struct cs_buf *message)
{
	struct cs_mls_options opt = options(w, true);
	struct cs_mls_public_outcome o;
	struct cs_mls_received got;
	struct cs_buf before = { 0 };
	enum cs_err err, hub;

	assert_ok(cs_mls_public_group_save(w->hub, &before));
	hub = cs_mls_public_process(&o, w->hub, cs_buf_view(message));
	if (o.content == CS_MLS_CONTENT_COMMIT) {
		cs_mls_public_group_free(w->hub);
		assert_ok(cs_mls_public_group_load(
		    &w->hub, cs_buf_view(&before), &opt));
	}
	cs_buf_free(&before);
	cs_mls_public_outcome_clear(&o);
	err = cs_mls_process(&got, w->alma.mls, cs_buf_view(message));
	cs_mls_received_clear(&got);
	assert_err(err, hub);
	return err;
}

/* Mallory commits, and nobody merges. */
static enum cs_err
commits(struct world *w, const struct cs_mls_commit_options *opt)
{
	struct cs_buf message = { 0 }, welcome = { 0 };
	struct cs_mls_staged *staged = NULL;
	enum cs_err err;

	assert_ok(cs_mls_commit_new(
	    &staged, &message, &welcome, w->mallory.mls, opt));
	cs_mls_staged_free(staged);
	err = say(w, &message);
	cs_buf_free(&message);
	cs_buf_free(&welcome);
	return err;
}

#define PROPOSED(w, call)                                                      \
	do {                                                                   \
		struct cs_buf message = { 0 };                                 \
		assert_ok(call);                                               \
		got = say(w, &message);                                        \
		cs_buf_free(&message);                                         \
	} while (0)

/* By themselves: SelfRemove and Removes of own devices. */
static void
test_proposals(void **state)
{
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("none") };
	const struct cs_mls_reinit reinit = { cs_view_str("elsewhere"),
		CS_ROOM_SUITE, { NULL, 0 } };
	const struct cs_mls_extensions none = { NULL, 0 };
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_mls_group *m;
	struct world w;
	enum cs_err got;

	(void)state;
	world_init(&w);
	m = w.mallory.mls;
	package(&kp, &secrets, &w.clara);
	PROPOSED(&w, cs_mls_propose_add(&message, m, cs_buf_view(&kp)));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w, cs_mls_propose_update(&message, m));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w, cs_mls_propose_psk(&message, m, &psk));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w, cs_mls_propose_reinit(&message, m, &reinit));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w, cs_mls_propose_extensions(&message, m, none));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w,
	    cs_mls_propose_ephemeral(&message, m, 0x8001, cs_view_str("data")));
	assert_err(got, CS_ERR_PROPOSAL);
	/* Boris, or one of the operator's choice: no. */
	PROPOSED(&w,
	    cs_mls_propose_remove(
		&message, m, cs_mls_group_own_leaf(w.boris.mls)));
	assert_err(got, CS_ERR_PROPOSAL);
	PROPOSED(&w,
	    cs_mls_propose_remove(
		&message, m, cs_mls_group_own_leaf(w.second.mls)));
	assert_ok(got);
	PROPOSED(&w, cs_mls_propose_self_remove(&message, m));
	assert_ok(got);
	assert_int_equal(cs_mls_group_proposals(w.alma.mls), 2);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	world_clear(&w);
}

/* Of the operator: removals. */
static void
test_operator(void **state)
{
	const struct cs_mls_extensions none = { NULL, 0 };
	uint32_t leaf;
	struct cs_mls_external_proposal what = { .remove = &leaf };
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct world w;
	enum cs_err got;

	(void)state;
	world_init(&w);
	leaf = cs_mls_group_own_leaf(w.mallory.mls);
	PROPOSED(&w,
	    cs_mls_external_propose(
		&message, w.hub, 0, w.operator_signer, &what));
	assert_ok(got);
	PROPOSED(&w,
	    cs_mls_external_propose(
		&message, w.hub, 0, w.operator_signer, &what));
	assert_err(got, CS_ERR_REPLAY);
	what = (struct cs_mls_external_proposal){ .context_exts = &none };
	PROPOSED(&w,
	    cs_mls_external_propose(
		&message, w.hub, 0, w.operator_signer, &what));
	assert_err(got, CS_ERR_PROPOSAL);
	package(&kp, &secrets, &w.clara);
	what = (struct cs_mls_external_proposal){ .add = cs_buf_view(&kp) };
	PROPOSED(&w,
	    cs_mls_external_propose(
		&message, w.hub, 0, w.operator_signer, &what));
	assert_err(got, CS_ERR_PROPOSAL);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	world_clear(&w);
}

static void
test_commits(void **state)
{
	const struct cs_mls_reinit reinit = { cs_view_str("elsewhere"),
		CS_ROOM_SUITE, { NULL, 0 } };
	struct cs_mls_commit_options opt = { 0 };
	struct cs_mls_extension exts[2];
	struct cs_mls_extensions context = { exts, 2 };
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_view add, list;
	struct world w;
	uint32_t leaf;

	(void)state;
	world_init(&w);
	assert_ok(commits(&w, &opt)); /* a new path */
	opt.authenticated_data = cs_view_str("psst");
	assert_err(commits(&w, &opt), CS_ERR_FORMAT);
	opt = (struct cs_mls_commit_options){ .reinit = &reinit };
	assert_err(commits(&w, &opt), CS_ERR_PROPOSAL);
	/* The context, even if it stays as it is. */
	list = cs_buf_view(&w.context);
	assert_true(cs_mls_extension_next(&list, &exts[0]));
	assert_true(cs_mls_extension_next(&list, &exts[1]));
	opt = (struct cs_mls_commit_options){ .context_exts = &context };
	assert_err(commits(&w, &opt), CS_ERR_PROPOSAL);
	opt = (struct cs_mls_commit_options){ .force_path = true };
	opt.ephemeral.component = 0x8001;
	opt.ephemeral.data = cs_view_str("data");
	assert_err(commits(&w, &opt), CS_ERR_PROPOSAL);
	/* A member removes nobody but themselves, and may add somebody. */
	leaf = cs_mls_group_own_leaf(w.boris.mls);
	opt = (struct cs_mls_commit_options){ .remove = &leaf, .n_remove = 1 };
	assert_err(commits(&w, &opt), CS_ERR_DENIED);
	leaf = cs_mls_group_own_leaf(w.second.mls);
	assert_ok(commits(&w, &opt));
	package(&kp, &secrets, &w.clara);
	add = cs_buf_view(&kp);
	opt = (struct cs_mls_commit_options){ .add = &add, .n_add = 1 };
	assert_ok(commits(&w, &opt));
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	world_clear(&w);
}

/* ---- roles --------------------------------------------------------------- */

/* The version of the policy in ${extensions}, which has no admins. */
static uint8_t *
version_in(struct cs_buf *extensions)
{
	uint8_t *at =
	    memmem(extensions->data, extensions->len, "\xc5\x02\x13\x01", 4);

	assert_non_null(at);
	return at + 3;
}

/* Mallory commits ${opt} together with the policy ${to}. */
static enum cs_err
commits_policy(struct world *w, const struct cs_mls_commit_options *opt,
    const struct cs_room_policy *to)
{
	struct cs_mls_commit_options full = *opt;
	struct cs_mls_extension exts[2];
	struct cs_mls_extensions context = { exts, 2 };
	struct cs_buf bytes = { 0 };
	struct cs_view list;
	enum cs_err err;

	assert_ok(cs_room_policy_put(&bytes,
	    cs_mls_view_extensions(cs_mls_group_view(w->mallory.mls)), to));
	if (w->newer)
		*version_in(&bytes) = 2;
	list = cs_buf_view(&bytes);
	assert_true(cs_mls_extension_next(&list, &exts[0]));
	assert_true(cs_mls_extension_next(&list, &exts[1]));
	full.context_exts = &context;
	err = commits(w, &full);
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
removes(
    struct world *w, const struct device *d, const struct cs_room_policy *to)
{
	uint32_t leaves[2] = { cs_mls_group_own_leaf(d->mls),
		cs_mls_group_own_leaf(w->tablet.mls) };
	const struct cs_mls_commit_options opt = { .remove = leaves,
		.n_remove = d == &w->alma ? 2 : 1 };

	return to == NULL ? commits(w, &opt) : commits_policy(w, &opt, to);
}

/* Who removes whom. */
static void
test_removing(void **state)
{
	struct cs_room_policy left;
	struct world w;

	(void)state;
	for (enum start as = AS_MEMBER; as <= AS_OWNER; as++) {
		world_begin(&w, as);
		assert_err(removes(&w, &w.boris, NULL),
		    as == AS_MEMBER ? CS_ERR_DENIED : CS_OK);
		assert_ok(removes(&w, &w.second, NULL));
		/* Alma is the owner, or an admin: and with her goes her role.
		 */
		assert_err(removes(&w, &w.alma, NULL),
		    as == AS_OWNER ? CS_ERR_PROPOSAL : CS_ERR_DENIED);
		left = w.policy;
		left.n_admins = 0;
		assert_err(removes(&w, &w.alma, &left),
		    as == AS_OWNER ? CS_OK : CS_ERR_DENIED);
		world_clear(&w);
	}
}

/* Who changes what of the policy. */
static void
test_policy(void **state)
{
	const struct cs_mls_commit_options none = { 0 };
	struct cs_room_policy to;
	struct world w;

	(void)state;
	for (enum start as = AS_MEMBER; as <= AS_OWNER; as++) {
		enum cs_err admin = as == AS_MEMBER ? CS_ERR_DENIED : CS_OK;
		enum cs_err owner = as != AS_OWNER ? CS_ERR_DENIED : CS_OK;

		world_begin(&w, as);
		to = w.policy;
		assert_err(commits_policy(&w, &none, &to), CS_ERR_PROPOSAL);
		to.flags = CS_ROOM_ADMINS_ADD;
		assert_err(commits_policy(&w, &none, &to), admin);
		/* An admin, with the flags or without. */
		assert_ok(cs_room_policy_give(
		    &to, w.boris.keys.account, CS_ROOM_ADMIN));
		assert_err(commits_policy(&w, &none, &to), owner);
		to.flags = 0;
		assert_err(commits_policy(&w, &none, &to), owner);
		/* An owner. */
		to = w.policy;
		assert_ok(cs_room_policy_give(
		    &to, w.boris.keys.account, CS_ROOM_OWNER));
		assert_err(commits_policy(&w, &none, &to), owner);
		/* Mallory makes herself the owner. */
		to = w.policy;
		assert_ok(cs_room_policy_give(
		    &to, w.mallory.keys.account, CS_ROOM_OWNER));
		assert_err(commits_policy(&w, &none, &to),
		    as == AS_OWNER ? CS_ERR_PROPOSAL : CS_ERR_DENIED);
		/* Somebody who is not there. */
		to = w.policy;
		assert_ok(cs_room_policy_give(
		    &to, w.clara.keys.account, CS_ROOM_ADMIN));
		assert_err(commits_policy(&w, &none, &to),
		    as == AS_OWNER ? CS_ERR_PROPOSAL : CS_ERR_DENIED);
		world_clear(&w);
	}
}

/* Together with something else of the context, and in other bytes. */
static void
test_policy_alone(void **state)
{
	struct cs_mls_extension exts[3];
	struct cs_mls_extensions context = { exts, 2 };
	struct cs_mls_commit_options opt = { .context_exts = &context };
	struct cs_room_operator other;
	struct cs_buf bytes = { 0 };
	struct cs_view list;
	struct world w;

	(void)state;
	world_begin(&w, AS_OWNER);
	w.policy.flags = CS_ROOM_ADMINS_WRITE;
	for (int i = 0; i < 4; i++) {
		other = w.op;
		if (i == 1)
			other.hub = cs_view_str("another.example");
		cs_buf_reset(&bytes);
		assert_ok(cs_room_context_write(&bytes, &other,
		    cs_view(NULL, 0), i == 3 ? NULL : &w.policy));
		list = cs_buf_view(&bytes);
		assert_true(cs_mls_extension_next(&list, &exts[0]));
		assert_true(cs_mls_extension_next(&list, &exts[1]));
		if (i == 2) {
			exts[2] = exts[0];
			exts[0] = exts[1];
			exts[1] = exts[2];
		}
		assert_err(commits(&w, &opt), i == 0 ? CS_OK : CS_ERR_PROPOSAL);
	}
	cs_buf_free(&bytes);
	world_clear(&w);
}

static void
test_adding(void **state)
{
	struct cs_mls_commit_options opt = { .n_add = 1 };
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_room_policy to;
	struct cs_view add;
	struct world w;

	(void)state;
	/* Where only admins add; an own device comes all the same. */
	start_flags = CS_ROOM_ADMINS_ADD;
	opt.add = &add;
	for (enum start as = AS_MEMBER; as <= AS_OWNER; as++) {
		struct device third = { 0 };

		world_begin(&w, as);
		package(&kp, &secrets, &w.clara);
		add = cs_buf_view(&kp);
		assert_err(
		    commits(&w, &opt), as == AS_MEMBER ? CS_ERR_DENIED : CS_OK);
		device_init(&third, "mallory", &w.mallory);
		cs_buf_reset(&kp);
		cs_buf_reset(&secrets);
		package(&kp, &secrets, &third);
		add = cs_buf_view(&kp);
		assert_ok(commits(&w, &opt));
		cs_buf_reset(&kp);
		cs_buf_reset(&secrets);
		device_clear(&third);
		world_clear(&w);
	}
	start_flags = 0;
	/* An old group: whoever is added wants it written who owns it. */
	world_begin(&w, WITHOUT_POLICY);
	package(&kp, &secrets, &w.clara);
	add = cs_buf_view(&kp);
	assert_err(commits(&w, &opt), CS_ERR_PROPOSAL);
	assert_ok(commits_policy(&w, &opt, &w.policy));
	to = w.policy;
	memcpy(to.owner, w.mallory.keys.account, CS_ID_LEN);
	assert_err(commits_policy(&w, &opt, &to), CS_ERR_DENIED);
	to = w.policy;
	to.flags = CS_ROOM_ADMINS_WRITE;
	assert_err(commits_policy(&w, &opt, &to), CS_ERR_DENIED);
	/* Nobody but whoever has the lowest leaf removes there. */
	assert_err(removes(&w, &w.boris, NULL), CS_ERR_DENIED);
	/* Nobody need come for it to be written; and it is as it has to be. */
	opt = (struct cs_mls_commit_options){ .n_add = 0 };
	assert_ok(commits_policy(&w, &opt, &w.policy));
	assert_err(commits_policy(&w, &opt, &to), CS_ERR_DENIED);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	world_clear(&w);
}

/* A newer program's policy is refused as that, not as a broken one. */
static void
test_newer_policy(void **state)
{
	const struct cs_mls_commit_options none = { 0 };
	struct cs_room_policy to;
	struct world w;

	(void)state;
	world_begin(&w, AS_OWNER);
	to = w.policy;
	to.flags = CS_ROOM_ADMINS_WRITE;
	to.n_admins = 0;
	assert_ok(commits_policy(&w, &none, &to));
	w.newer = true;
	assert_err(commits_policy(&w, &none, &to), CS_ERR_VERSION);
	world_clear(&w);
}

/* The owner leaves: whoever commits it has to write who is it now. */
static void
test_succession(void **state)
{
	struct cs_buf one = { 0 }, two = { 0 };
	const struct cs_mls_commit_options none = { 0 };
	struct cs_room_policy to;
	struct world w;

	(void)state;
	world_init(&w);
	assert_ok(cs_mls_propose_remove(
	    &one, w.alma.mls, cs_mls_group_own_leaf(w.tablet.mls)));
	assert_ok(cs_mls_propose_self_remove(&two, w.alma.mls));
	for (int i = 0; i < 2; i++) {
		struct cs_buf *message = i == 0 ? &one : &two;
		struct cs_mls_public_outcome o;
		struct cs_mls_received got;

		assert_ok(
		    cs_mls_public_process(&o, w.hub, cs_buf_view(message)));
		cs_mls_public_outcome_clear(&o);
		assert_ok(
		    cs_mls_process(&got, w.mallory.mls, cs_buf_view(message)));
		cs_mls_received_clear(&got);
	}
	assert_err(commits(&w, &none), CS_ERR_PROPOSAL);
	to = w.policy;
	memcpy(to.owner, w.mallory.keys.account, CS_ID_LEN);
	assert_err(commits_policy(&w, &none, &to), CS_ERR_DENIED);
	memcpy(to.owner, w.boris.keys.account, CS_ID_LEN);
	assert_ok(commits_policy(&w, &none, &to));
	to.flags = CS_ROOM_ADMINS_WRITE;
	assert_err(commits_policy(&w, &none, &to), CS_ERR_DENIED);
	cs_buf_free(&one);
	cs_buf_free(&two);
	world_clear(&w);
}

/* Leaves that are not those of a room, added or one's own. */
static void
test_leaves(void **state)
{
	uint16_t many[CS_ROOM_CAPABILITIES_MAX];
	const struct cs_mls_extension odd = { CS_MLS_EXT_APPLICATION_ID,
		cs_view_str("odd") };
	struct cs_mls_commit_options opt = { .n_add = 1 };
	struct cs_buf kp = { 0 }, secrets = { 0 };
	struct cs_mls_identity id;
	struct device impostor = { 0 };
	struct cs_view add;
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < CS_ROOM_CAPABILITIES_MAX; i++)
		many[i] = (uint16_t)(0xf100 + i);
	opt.add = &add;
	for (int i = 0; i < 4; i++) {
		static const enum cs_err want[] = { CS_ERR_UNSUPPORTED,
			CS_ERR_LIMIT, CS_ERR_CREDENTIAL, CS_ERR_CREDENTIAL };
		struct device *d = &w.clara;

		cs_buf_reset(&kp);
		cs_buf_reset(&secrets);
		id = d->id;
		if (i == 0) {
			id.leaf_exts = (struct cs_mls_extensions){ &odd, 1 };
		} else if (i == 1) {
			id.extension_types = many;
			id.n_extension_types = CS_ROOM_CAPABILITIES_MAX;
		} else if (i == 2) {
			/* The name of boris, with another account. */
			device_init(&impostor, "boris", NULL);
			id = impostor.id;
		} else {
			/* The account of boris, with another key. */
			device_clear(&impostor);
			device_init(&impostor, "boris", NULL);
			memcpy(impostor.keys.account, w.boris.keys.account,
			    CS_ID_LEN);
			cw_certify(&impostor.keys, "boris", NOW - 60, NOW + 60);
			impostor.id.credential =
			    cs_buf_view(&impostor.keys.credential);
			id = impostor.id;
		}
		assert_ok(cs_mls_key_package_new(&kp, &secrets, NULL,
		    CS_ROOM_SUITE, &id, CS_MLS_SINGLE_USE));
		add = cs_buf_view(&kp);
		assert_err(commits(&w, &opt), want[i]);
	}
	opt = (struct cs_mls_commit_options){ .new_identity = &id };
	id = w.mallory.id;
	assert_ok(commits(&w, &opt));
	id.leaf_exts = (struct cs_mls_extensions){ &odd, 1 };
	assert_err(commits(&w, &opt), CS_ERR_UNSUPPORTED);
	/* A leaf stays with its device. */
	id = w.clara.id;
	assert_err(commits(&w, &opt), CS_ERR_CREDENTIAL);
	device_clear(&impostor);
	cs_buf_free(&kp);
	cs_buf_free(&secrets);
	world_clear(&w);
}

/* What lies in front of a door is not brought in by who commits. */
static void
test_by_reference(void **state)
{
	struct cs_mls_commit_options opt = { 0 };
	struct cs_mls_received got;
	struct cs_buf message = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	/* Mallory's programs keep what the others refuse. */
	assert_ok(cs_mls_propose_remove(
	    &message, w.second.mls, cs_mls_group_own_leaf(w.boris.mls)));
	assert_ok(cs_mls_process(&got, w.mallory.mls, cs_buf_view(&message)));
	cs_mls_received_clear(&got);
	assert_err(say(&w, &message), CS_ERR_PROPOSAL);
	assert_err(commits(&w, &opt), CS_ERR_NOT_FOUND);
	cs_buf_free(&message);
	world_clear(&w);
}

/* An external commit of ${d}, in the place of its old leaf or beside it. */
static enum cs_err
enters(struct world *w, struct device *d, bool resync, struct cs_view aad)
{
	struct cs_mls_external_options ext = { .resync = resync,
		.authenticated_data = aad };
	struct cs_mls_options opt = options(w, false);
	struct cs_buf info = { 0 }, message = { 0 };
	struct cs_mls_group *mls = NULL;
	enum cs_err err;

	assert_ok(cs_mls_group_info(w->alma.mls, &info, CS_MLS_WITH_TREE));
	err = cs_mls_external_commit(
	    &mls, &message, cs_buf_view(&info), &d->id, &opt, &ext);
	if (err == CS_OK)
		err = say(w, &message);
	cs_mls_group_free(mls);
	cs_buf_free(&info);
	cs_buf_free(&message);
	return err;
}

static void
test_entries(void **state)
{
	const struct cs_view none = { NULL, 0 };
	struct device third = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	/* A device of a member; with its old leaf in place it is there twice.
	 */
	device_init(&third, "boris", &w.boris);
	assert_err(
	    enters(&w, &third, false, cs_view_str("psst")), CS_ERR_FORMAT);
	assert_ok(enters(&w, &third, false, none));
	world_clear(&w);
	device_clear(&third);
	world_init(&w);
	assert_int_not_equal(enters(&w, &w.boris, false, none), CS_OK);
	assert_ok(enters(&w, &w.boris, true, none));
	world_clear(&w);
	/* Who is no member, unless it may come back. */
	world_init(&w);
	assert_err(enters(&w, &w.clara, false, none), CS_ERR_MEMBER);
	w.may_return = true;
	assert_ok(enters(&w, &w.clara, false, none));
	world_clear(&w);
}

/* Twenty devices of an account, and no more. */
static void
test_many_devices(void **state)
{
	struct device more[CS_ROOM_ACCOUNT_DEVICES_MAX] = { 0 };
	struct cs_buf kp[CS_ROOM_ACCOUNT_DEVICES_MAX] = { 0 };
	struct cs_view add[CS_ROOM_ACCOUNT_DEVICES_MAX];
	struct cs_mls_commit_options opt = { .add = add };
	struct cs_buf secrets = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 0; i < CS_ROOM_ACCOUNT_DEVICES_MAX; i++) {
		device_init(&more[i], "boris", &w.boris);
		package(&kp[i], &secrets, &more[i]);
		add[i] = cs_buf_view(&kp[i]);
	}
	opt.n_add = CS_ROOM_ACCOUNT_DEVICES_MAX;
	assert_err(commits(&w, &opt), CS_ERR_LIMIT);
	opt.n_add--;
	assert_ok(commits(&w, &opt));
	for (unsigned i = 0; i < CS_ROOM_ACCOUNT_DEVICES_MAX; i++) {
		device_clear(&more[i]);
		cs_buf_free(&kp[i]);
	}
	cs_buf_free(&secrets);
	world_clear(&w);
}

/* Whose room it is. */
static void
test_context(void **state)
{
	const struct cs_mls_public *view;
	struct cs_buf info = { 0 };
	struct cs_sign_key other;
	struct world w;

	(void)state;
	world_init(&w);
	view = cs_mls_public_group_view(w.hub);
	assert_ok(cs_sign_key_new(&other));
	assert_ok(cs_room_check_group(view, &w.op));
	w.op.root = other.public;
	assert_err(cs_room_check_group(view, &w.op), CS_ERR_MISMATCH);
	w.op.root = w.by.root.public;
	w.op.external_key = other.public;
	assert_err(cs_room_check_group(view, &w.op), CS_ERR_MISMATCH);
	w.op.external_key = w.operator.public;
	w.op.hub = cs_view_str("hub.exampl");
	assert_err(cs_room_check_group(view, &w.op), CS_ERR_MISMATCH);
	/* What the hub keeps for those who enter. */
	assert_ok(cs_mls_group_info(w.alma.mls, &info, CS_MLS_WITH_TREE));
	assert_ok(cs_room_check_info(cs_buf_view(&info), 0, CS_MLS_WITH_TREE));
	assert_err(cs_room_check_info(cs_buf_view(&info), 1, CS_MLS_WITH_TREE),
	    CS_ERR_MISMATCH);
	assert_err(
	    cs_room_check_info(cs_buf_view(&info), 0, CS_MLS_WITHOUT_TREE),
	    CS_ERR_MISMATCH);
	info.len--;
	assert_err(cs_room_check_info(cs_buf_view(&info), 0, CS_MLS_WITH_TREE),
	    CS_ERR_FORMAT);
	cs_buf_free(&info);
	world_clear(&w);
}

/* A certificate's time counts when its leaf comes in, and not after. */
static void
test_credentials(void **state)
{
	struct cs_mls_credential credential = { CS_MLS_CREDENTIAL_BASIC,
		{ NULL, 0 } };
	struct cs_mls_auth_request ask = { .credential = &credential };
	struct cs_room_owner owner;
	struct cs_view root;
	struct world w;

	(void)state;
	world_init(&w);
	root = CS_VIEW_OF(w.by.root.public);
	cw_certify(&w.clara.keys, "clara", NOW - 100, NOW - 50);
	credential.identity = cs_buf_view(&w.clara.keys.credential);
	ask.signature_key = CS_VIEW_OF(w.clara.keys.device_key.public);
	assert_err(
	    cs_room_check_credential(&owner, &ask, root, NOW), CS_ERR_EXPIRED);
	assert_ok(cs_room_check_credential(&owner, &ask, root, NOW - 75));
	assert_memory_equal(owner.account, w.clara.keys.account, CS_ID_LEN);
	assert_memory_equal(owner.device, w.clara.keys.device, CS_ID_LEN);
	assert_view_equal(owner.handle, cs_view_str("clara"));
	assert_err(cs_room_check_credential(
		       &owner, &ask, CS_VIEW_OF(w.operator.public), NOW - 75),
	    CS_ERR_CERT);
	ask.settled = true;
	assert_ok(cs_room_check_credential(&owner, &ask, root, NOW));
	ask.settled = false;
	ask.old = &credential;
	assert_ok(cs_room_check_credential(&owner, &ask, root, NOW));
	ask.signature_key = CS_VIEW_OF(w.boris.keys.device_key.public);
	assert_err(cs_room_check_credential(&owner, &ask, root, NOW),
	    CS_ERR_CREDENTIAL);
	ask.external_sender = true;
	assert_err(cs_room_check_credential(&owner, &ask, root, NOW),
	    CS_ERR_CREDENTIAL);
	credential.type = CS_MLS_CREDENTIAL_X509;
	assert_err(cs_room_owner_of(&owner, &credential), CS_ERR_CREDENTIAL);
	assert_err(cs_room_verify_credential(&owner, &credential, root),
	    CS_ERR_CREDENTIAL);
	world_clear(&w);
}

/* ${with} comes into the place of ${was}, under ${key}. */
static enum cs_err
follows(const struct world *w, const struct cw_person *with,
    const struct cw_person *was, const struct cs_sign_key *key, uint64_t now)
{
	const struct cs_mls_credential old = { CS_MLS_CREDENTIAL_BASIC,
		cs_buf_view(&was->credential) };
	const struct cs_mls_credential new = { CS_MLS_CREDENTIAL_BASIC,
		cs_buf_view(&with->credential) };
	const struct cs_mls_auth_request ask = {
		.credential = &new,
		.signature_key = CS_VIEW_OF(key->public),
		.old = &old,
	};
	struct cs_room_owner owner;

	return cs_room_check_credential(
	    &owner, &ask, CS_VIEW_OF(w->by.root.public), now);
}

/* Certificates are replaced by some that last longer, for the same device under
 * the same key, and by nothing else. */
static void
test_renewed(void **state)
{
	struct cw_person was, now;
	struct world w;

	(void)state;
	world_init(&w);
	was = now = w.clara.keys;
	memset(&was.credential, 0, sizeof was.credential);
	memset(&now.credential, 0, sizeof now.credential);
	cw_certify(&was, "clara", NOW - 100, NOW + 50);
	cw_certify(&now, "clara", NOW - 10, NOW + 500);
	assert_ok(follows(&w, &now, &was, &was.device_key, NOW));
	/* They have to hold when they come, and the old ones need not. */
	assert_ok(follows(&w, &now, &was, &was.device_key, NOW + 60));
	assert_err(follows(&w, &now, &was, &was.device_key, NOW + 501),
	    CS_ERR_EXPIRED);
	assert_err(
	    follows(&w, &now, &was, &was.device_key, NOW - 50), CS_ERR_EXPIRED);
	/* Not back again. */
	assert_err(
	    follows(&w, &was, &now, &was.device_key, NOW), CS_ERR_CREDENTIAL);
	/* Another key, device or person. */
	for (int i = 0; i < 4; i++) {
		struct cw_person other = w.clara.keys;

		memset(&other.credential, 0, sizeof other.credential);
		if (i == 0)
			assert_ok(cs_sign_key_new(&other.device_key));
		if (i == 1)
			other.device[0] ^= 1;
		if (i == 2)
			other.account[0] ^= 1;
		if (i == 3)
			assert_ok(cs_sign_key_new(&other.account_key));
		cw_certify(&other, "clara", NOW - 10, NOW + 500);
		assert_err(follows(&w, &other, &was, &other.device_key, NOW),
		    CS_ERR_CREDENTIAL);
		cs_buf_free(&other.credential);
	}
	cs_buf_free(&was.credential);
	cs_buf_free(&now.credential);
	world_clear(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proposals),
		cmocka_unit_test(test_operator),
		cmocka_unit_test(test_commits),
		cmocka_unit_test(test_removing),
		cmocka_unit_test(test_policy),
		cmocka_unit_test(test_policy_alone),
		cmocka_unit_test(test_adding),
		cmocka_unit_test(test_newer_policy),
		cmocka_unit_test(test_succession),
		cmocka_unit_test(test_leaves),
		cmocka_unit_test(test_by_reference),
		cmocka_unit_test(test_entries),
		cmocka_unit_test(test_many_devices),
		cmocka_unit_test(test_context),
		cmocka_unit_test(test_credentials),
		cmocka_unit_test(test_renewed),
	};

	if (cs_crypto_init() != CS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
