/* SPDX-License-Identifier: MIT */
/*
 * What a member's program can try that was changed by its user: every kind of
 * proposal, by itself or in a commit, with whatever it has at hand.  It follows
 * the group by the honest code, and lies with the rules taken out of MLS.
 */
#include "client/home/group.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "mls/group.h"
#include "room/policy.h"
#include "unit/room/random_walk/walk.h"

#define MORE 3

struct lie {
	struct walk *w;
	struct walker *m;
	struct client_group g;
	struct cs_mls_options opt;
	struct cs_buf message, welcome, info;
	struct cs_mls_staged *staged; /* of a commit as a member, or NULL */
	bool spoilt; /* who enters by its GroupInfo is not followed */
	bool hidden; /* wrong in a way that a hub cannot see */
};

static enum cs_err
know(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	(void)id;
	return cs_buf_add(out, cs_view_str("a secret that nobody else has"));
}

/* One of them, if there is somebody else in it. */
static bool
pick_group(struct walk *w, struct walker *m, struct client_group *g)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;
	size_t n = 0, pick;
	bool found = false;

	assert_ok(client_group_list(&ids, m->c));
	for (r = cs_reader(cs_buf_view(&ids)); cs_reader_more(&r); n++)
		(void)cs_read_vec(&r);
	pick = n == 0 ? 0 : walk_below(w, n);
	r = cs_reader(cs_buf_view(&ids));
	for (size_t i = 0; i < n; i++) {
		struct cs_view id = cs_read_vec(&r);

		if (i != pick)
			continue;
		assert_ok(client_group_load(g, m->c, id));
		found =
		    g->state != CS_CLIENT_LEFT && client_group_people(g) > 1;
		if (!found)
			client_group_clear(g);
	}
	cs_buf_free(&ids);
	return found;
}

bool
walk_some_group(struct walk *w, struct walker *m, struct client_group *g)
{
	for (int i = 0; i < 10; i++)
		if (pick_group(w, m, g))
			return true;
	return false;
}

/* ---- at hand ------------------------------------------------------------- */

/* A key package of somebody, made by this liar where it can. */
static bool
some_package(struct lie *l, struct cs_buf *out)
{
	struct walker *who = &l->w->v[walk_below(l->w, l->w->n)];
	static const uint16_t types[] = { 0xf0c6, 0xf0c7 };
	const struct cs_mls_extension odd = { CS_MLS_EXT_APPLICATION_ID,
		cs_view_str("odd") };
	struct cs_wire_key_packages_get get = { .handle =
						    cs_view_str(who->handle) };
	struct cs_wire_key_packages_answer answer;
	struct cs_buf secrets = { 0 };
	struct cs_mls_identity id;
	struct cs_wire_bytes item;
	struct cs_view rest;
	enum cs_err err;

	if (who->lies && walk_once_in(l->w, 2)) {
		assert_ok(client_identity(&id, who->c));
		if (walk_once_in(l->w, 3))
			id.leaf_exts = (struct cs_mls_extensions){ &odd, 1 };
		if (walk_once_in(l->w, 3)) {
			id.extension_types = types;
			id.n_extension_types = 2;
		}
		if (walk_once_in(l->w, 4))
			id.not_after_s = id.not_before_s + 10;
		err = cs_mls_key_package_new(out, &secrets, NULL,
		    walk_once_in(l->w, 5) ? CS_SUITE_X25519_CHACHA20
					  : CS_SUITE_X25519_AES128,
		    &id, walk_below(l->w, 2));
		cs_buf_free(&secrets);
		return err == CS_OK;
	}
	if (walk_ask(l->m, CS_WIRE_KEY_PACKAGES_GET,
		&cs_wire_key_packages_get_shape, &get,
		&cs_wire_key_packages_answer_shape, &answer) != CS_OK)
		return false;
	rest = answer.key_packages.raw;
	return cs_wire_next(&item, &cs_wire_bytes_shape, &rest) &&
	    cs_buf_set(out, item.v) == CS_OK;
}

static uint32_t
some_leaf(struct lie *l)
{
	return (uint32_t)walk_below(l->w, cs_mls_group_leaves(l->g.mls));
}

static const struct cs_mls_psk_id some_psk = {
	.type = CS_MLS_PSK_EXTERNAL,
	.id = { (const uint8_t *)"psk", 3 },
};

/* The context as it is, shorter, longer or reordered. */
static struct cs_mls_extensions
some_context(struct lie *l, struct cs_mls_extension v[static 3])
{
	static const uint8_t required[] = { 0, 0, 2, 0, 1 };
	struct cs_view list =
	    cs_mls_view_extensions(cs_mls_group_view(l->g.mls));
	size_t n = 0;

	while (n < 2 && cs_mls_extension_next(&list, &v[n]))
		n++;
	switch (walk_below(l->w, 4)) {
	case 0:
		v[n++] =
		    (struct cs_mls_extension){ CS_MLS_EXT_REQUIRED_CAPABILITIES,
			    CS_VIEW_OF(required) };
		break;
	case 1:
		n--;
		break;
	case 2:
		v[2] = v[0];
		v[0] = v[1];
		v[1] = v[2];
		break;
	default:
		break;
	}
	return (struct cs_mls_extensions){ v, n };
}

/* The account of somebody, in the group or not. */
static const uint8_t *
some_account(struct lie *l)
{
	return l->w->v[walk_below(l->w, l->w->n)].keys.account;
}

/* The context with a policy that this liar would like better. */
static struct cs_mls_extensions
some_policy(
    struct lie *l, struct cs_buf *hold, struct cs_mls_extension v[static 3])
{
	const struct cs_mls_public *view = cs_mls_group_view(l->g.mls);
	struct cs_mls_extensions exts = { v, 0 };
	struct cs_room_policy p;
	struct cs_view list;

	assert_ok(cs_room_policy_of(&p, view));
	p.written = true;
	if (walk_once_in(l->w, 2))
		p.flags = (uint8_t)walk_below(l->w, CS_ROOM_FLAGS + 1);
	if (walk_once_in(l->w, 3))
		memcpy(p.owner, some_account(l), CS_ID_LEN);
	if (walk_once_in(l->w, 3))
		p.n_admins = 0;
	if (walk_once_in(l->w, 2))
		(void)!cs_room_policy_give(
		    &p, some_account(l), walk_below(l->w, 3));
	if (cs_room_policy_put(hold, cs_mls_view_extensions(view), &p) != CS_OK)
		return some_context(l, v);
	list = cs_buf_view(hold);
	while (exts.n < 2 && cs_mls_extension_next(&list, &v[exts.n]))
		exts.n++;
	return exts;
}

/* ---- proposals ----------------------------------------------------------- */

static enum cs_err
propose(struct lie *l)
{
	struct cs_mls_reinit reinit = {
		.group_id = cs_view_str("another group of it"),
		.suite_id = CS_SUITE_X25519_AES128,
	};
	struct cs_mls_extension exts[3];
	struct cs_buf package = { 0 };
	struct cs_mls_group *mls = l->g.mls;
	enum cs_err err = CS_ERR_NOT_FOUND;

	switch (walk_below(l->w, 9)) {
	case 0:
		if (some_package(l, &package))
			err = cs_mls_propose_add(
			    &l->message, mls, cs_buf_view(&package));
		break;
	case 1:
		err = cs_mls_propose_update(&l->message, mls);
		break;
	case 2:
	case 3:
		err = cs_mls_propose_remove(&l->message, mls, some_leaf(l));
		break;
	case 4:
		err = cs_mls_propose_psk(&l->message, mls, &some_psk);
		break;
	case 5:
		err = cs_mls_propose_reinit(&l->message, mls, &reinit);
		break;
	case 6:
		err = cs_mls_propose_extensions(
		    &l->message, mls, some_context(l, exts));
		break;
	case 7:
		err = cs_mls_propose_self_remove(&l->message, mls);
		break;
	default:
		err = cs_mls_propose_ephemeral(
		    &l->message, mls, 0x8001, cs_view_str("listen"));
	}
	cs_buf_free(&package);
	return err;
}

/* ---- commits ------------------------------------------------------------- */

/* A GroupInfo whose external_pub is somebody else's: nobody follows who enters
 * by it. */
static void
spoil_info(struct lie *l)
{
	static const uint8_t head[] = { 0, 1, 0, CS_MLS_WIRE_GROUP_INFO };
	struct cs_mls_group_info_parts parts = {
		.signer = cs_mls_group_own_leaf(l->g.mls),
		.key = l->g.mls->signer,
	};
	struct cs_mls_group_info info;
	struct cs_buf spoilt = { 0 };
	struct cs_hpke_key key;

	assert_ok(cs_hpke_key_new(&key, l->g.mls->pub.suite->kem));
	assert_ok(
	    cs_mls_group_info_parse_message(&info, cs_buf_view(&l->info)));
	parts.external_pub = cs_hpke_key_public(&key);
	parts.confirmation_tag = info.confirmation_tag;
	assert_ok(cs_buf_add(&spoilt, CS_VIEW_OF(head)));
	assert_ok(
	    cs_mls_group_info_make(&spoilt, &l->staged->change.next, &parts));
	cs_buf_free(&l->info);
	l->info = spoilt;
	l->spoilt = true;
	cs_wipe(&key, sizeof key);
}

static void
some_welcome(struct lie *l)
{
	if (walk_once_in(l->w, 20))
		cs_buf_reset(&l->welcome);
	if (walk_once_in(l->w, 20))
		assert_ok(cs_buf_set(&l->welcome, cs_view_str("no welcome")));
}

static enum cs_err
commit(struct lie *l)
{
	struct cs_mls_reinit reinit = {
		.group_id = cs_view_str("another group of it"),
		.suite_id = CS_SUITE_X25519_AES128,
	};
	const struct cs_mls_extension odd = { CS_MLS_EXT_APPLICATION_ID,
		cs_view_str("odd") };
	struct cs_mls_commit_options opt = { .force_path =
						 walk_once_in(l->w, 2) };
	struct cs_mls_extension exts[3];
	struct cs_mls_extensions context;
	struct cs_mls_identity id;
	struct cs_buf packages[MORE] = { 0 }, policy = { 0 };
	struct cs_view add[MORE];
	uint32_t remove[MORE];
	struct walk *w = l->w;
	enum cs_err err;

	while (opt.n_add < MORE && walk_once_in(w, 3) &&
	    some_package(l, &packages[opt.n_add])) {
		add[opt.n_add] = cs_buf_view(&packages[opt.n_add]);
		opt.n_add++;
	}
	while (opt.n_remove < MORE && walk_once_in(w, 6))
		remove[opt.n_remove++] = some_leaf(l);
	opt.add = add;
	opt.remove = remove;
	if (walk_once_in(w, 25)) {
		opt.psk = &some_psk;
		opt.n_psk = 1;
	}
	if (walk_once_in(w, 20)) {
		context = some_context(l, exts);
		opt.context_exts = &context;
	} else if (walk_once_in(w, 4)) {
		context = some_policy(l, &policy, exts);
		opt.context_exts = &context;
	}
	if (walk_once_in(w, 25)) {
		memset(&opt, 0, sizeof opt);
		opt.reinit = &reinit;
	}
	if (walk_once_in(w, 25)) {
		opt.ephemeral.component = 0x8001;
		opt.ephemeral.data = cs_view_str("listen");
	}
	if (walk_once_in(w, 25))
		opt.authenticated_data = cs_view_str("psst");
	if (walk_once_in(w, 12)) {
		/* Its own leaf, as it likes it, or that of another. */
		struct walker *who =
		    walk_once_in(w, 2) ? l->m : &w->v[walk_below(w, w->n)];

		assert_ok(client_identity(&id, who->lies ? who->c : l->m->c));
		if (walk_once_in(w, 2))
			id.leaf_exts = (struct cs_mls_extensions){ &odd, 1 };
		opt.new_identity = &id;
	}
	err = cs_mls_commit_new(
	    &l->staged, &l->message, &l->welcome, l->g.mls, &opt);
	if (err == CS_OK)
		err = cs_mls_staged_group_info(&l->info, l->staged, l->g.mls,
		    walk_once_in(w, 25) ? CS_MLS_WITH_TREE
					: CS_MLS_WITHOUT_TREE);
	if (err == CS_OK && opt.new_identity == NULL && walk_once_in(w, 12))
		spoil_info(l);
	if (err == CS_OK)
		some_welcome(l);
	for (size_t i = 0; i < MORE; i++)
		cs_buf_free(&packages[i]);
	cs_buf_free(&policy);
	return err;
}

/* By any liar's device, in the group or not. */
static enum cs_err
enter(struct lie *l)
{
	struct cs_wire_group_info_get ask = { .group_id =
						  client_group_id(&l->g) };
	struct cs_mls_external_options ext = { 0 };
	struct cs_buf info = { 0 }, tree = { 0 }, leave = { 0 };
	struct cs_wire_group_info answer;
	struct cs_mls_group *mls = NULL;
	struct cs_mls_identity id;
	struct cs_view leaving;
	enum cs_err err;

	/* Its own program would not ask; somebody who is in it tells. */
	if ((err = walk_ask(l->m, CS_WIRE_GROUP_INFO,
		 &cs_wire_group_info_get_shape, &ask, &cs_wire_group_info_shape,
		 &answer)))
		return err;
	assert_ok(cs_buf_set(&info, answer.group_info));
	assert_ok(cs_buf_set(&tree, answer.tree));
	do
		l->m = &l->w->v[walk_below(l->w, l->w->n)];
	while (!l->m->lies);
	assert_ok(client_identity(&id, l->m->c));
	ext.ratchet_tree = cs_buf_view(&tree);
	ext.resync = walk_once_in(l->w, 2);
	if (walk_once_in(l->w, 8)) {
		ext.psk = &some_psk;
		ext.n_psk = 1;
	}
	if (walk_once_in(l->w, 6) &&
	    cs_mls_propose_self_remove(&leave, l->g.mls) == CS_OK) {
		leaving = cs_buf_view(&leave);
		ext.proposals = &leaving;
		ext.n_proposals = 1;
	}
	if (walk_once_in(l->w, 12))
		ext.authenticated_data = cs_view_str("psst");
	err = cs_mls_external_commit(
	    &mls, &l->message, cs_buf_view(&info), &id, &l->opt, &ext);
	if (err == CS_OK)
		err = cs_mls_group_info(mls, &l->info,
		    walk_once_in(l->w, 10) ? CS_MLS_WITH_TREE
					   : CS_MLS_WITHOUT_TREE);
	cs_mls_group_free(mls);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	cs_buf_free(&leave);
	return err;
}

/* ---- handing in ---------------------------------------------------------- */

static void
suspect(struct lie *l, uint64_t epoch)
{
	struct walk *w = l->w;
	struct suspect *s = &w->suspects[w->n_suspects++ % MAX_SUSPECTS];
	struct cs_view id = client_group_id(&l->g);

	memcpy(s->group, id.data, id.len);
	s->group_len = id.len;
	s->epoch = epoch;
}

static void
hand_in(struct lie *l)
{
	struct cs_wire_submit m = {
		.group_id = client_group_id(&l->g),
		.message = cs_buf_view(&l->message),
		.welcome = cs_buf_view(&l->welcome),
		.group_info = cs_buf_view(&l->info),
	};
	struct cs_wire_submit_answer answer;

	/* The membership tag stands at the end. */
	if (walk_once_in(l->w, 12)) {
		l->message.data[l->message.len - 1] ^= 1;
		l->hidden = true;
	}
	if (walk_ask(l->m, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &m,
		&cs_wire_submit_answer_shape, &answer) != CS_OK)
		return;
	l->w->taken++;
	l->w->garbled += l->hidden || l->spoilt;
	if (l->spoilt)
		suspect(l, cs_mls_group_epoch(l->g.mls) + 1);
	if (l->hidden) {
		suspect(l, cs_mls_group_epoch(l->g.mls));
		return;
	}
	/* Mostly it goes on from there; else it loses its way. */
	if (l->staged == NULL || walk_once_in(l->w, 8))
		return;
	assert_ok(cs_mls_group_merge(l->g.mls, l->staged));
	l->staged = NULL;
	assert_ok(client_group_store(l->m->c, &l->g));
}

/* A group of its own, with whatever is in it. */
static void
make_group(struct walk *w, struct walker *m)
{
	struct client_leaf_check check = { .c = m->c };
	struct lie l = { .w = w, .m = m, .opt = client_mls_options(&check) };
	struct cs_wire_empty none;
	struct cs_wire_group_new new;
	struct client_group other;
	struct cs_mls_extension exts[3];
	struct cs_mls_extensions context = { exts, 0 };
	struct cs_mls_identity id;
	struct cs_mls_group *mls;
	uint8_t name[32];

	if (!walk_some_group(w, m, &other))
		return;
	l.g = other;
	if (walk_once_in(w, 4))
		context = some_context(&l, exts);
	l.opt.rules = (struct cs_mls_rules){ 0 };
	cs_random(name, sizeof name);
	if (walk_once_in(w, 4))
		memset(name, 0, sizeof name);
	assert_ok(client_identity(&id, m->c));
	if (cs_mls_group_new(&mls,
		walk_once_in(w, 4) ? CS_SUITE_X25519_CHACHA20
				   : CS_SUITE_X25519_AES128,
		cs_view(name, 1 + walk_below(w, sizeof name)), &id, context,
		&l.opt) == CS_OK) {
		assert_ok(cs_mls_group_info(mls, &l.info, CS_MLS_WITH_TREE));
		new.group_info = cs_buf_view(&l.info);
		w->taken +=
		    walk_ask(m, CS_WIRE_GROUP_NEW, &cs_wire_group_new_shape,
			&new, &cs_wire_empty_shape, &none) == CS_OK;
		cs_mls_group_free(mls);
	}
	cs_buf_free(&l.info);
	client_group_clear(&other);
}

void
walk_lie(struct walk *w)
{
	struct lie l = { .w = w };
	enum cs_err err;

	do
		l.m = &w->v[walk_below(w, w->n)];
	while (!l.m->lies);
	w->lies++;
	if (!walk_is_welcome(w, l.m))
		return;
	if (walk_once_in(w, 20)) {
		make_group(w, l.m);
		return;
	}
	if (!walk_some_group(w, l.m, &l.g))
		return;
	l.opt = client_mls_options(l.g.check);
	l.opt.rules = (struct cs_mls_rules){ 0 };
	l.opt.psks.find = know;
	l.opt.encrypt_handshake = walk_once_in(w, 40);
	cs_mls_group_set_options(l.g.mls, &l.opt);
	switch (walk_below(w, 5)) {
	case 0:
	case 1:
		err = propose(&l);
		/* What was taken from it waits for its commit. */
		if (err == CS_OK)
			assert_ok(client_group_store(l.m->c, &l.g));
		break;
	case 2:
		err = enter(&l);
		break;
	default:
		err = commit(&l);
	}
	if (err == CS_OK)
		hand_in(&l);
	cs_buf_free(&l.message);
	cs_buf_free(&l.welcome);
	cs_buf_free(&l.info);
	cs_mls_staged_free(l.staged);
	client_group_clear(&l.g);
}
