/* SPDX-License-Identifier: MIT */
/*
 * meddler HOME COMMAND ...: a member whose program changes groups as it likes.
 * What the hub says is printed: "taken", or the name of its refusal.
 *
 *	commit GROUP WHAT [NAME]	a commit with reinit, psk, context,
 *		ephemeral, aad or leaf in it; remove NAME; owner or admin: a
 *		policy that gives this account that role; garbled: one that
 *		members refuse and the hub cannot tell from a good one
 *	old NAME GROUP	what is here of the conversation with NAME is a group
 *	propose GROUP WHAT [NAME]	add or remove NAME, update, reinit,
 *		leave
 *	groups N NAME	make N groups with NAME
 *	join LINK NAME ACCOUNT DEVICE	with ids of one's own choice, in hex
 *	post CHANNEL FILE PIECES	what FILE holds, as a post of CHANNEL
 *	piece CHANNEL SEQ N FILE	a piece of one
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/home.h"
#include "client/home/leaf.h"
#include "client/home/members.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "mls/group.h"
#include "room/policy.h"
#include "store/file.h"
#include "wire/channels.h"

struct job {
	struct cs_client *c;
	struct client_group g;
	char **argv;
	int argc;
};

static void
must(const struct job *j, enum cs_err err, const char *what)
{
	if (err == CS_OK)
		return;
	fprintf(stderr, "meddler: %s: %s (%s)\n", what, cs_err_text(err),
	    j->c != NULL ? cs_client_problem(j->c) : "");
	exit(1);
}

static void
say(const struct job *j, enum cs_err err)
{
	if (err && err != CS_ERR_DENIED)
		must(j, err, "submit");
	printf("%s\n",
	    err == CS_OK ? "taken" : cs_wire_code_name(j->c->link.hub_code));
}

static bool
is(const struct job *j, int i, const char *what)
{
	return i < j->argc && strcmp(j->argv[i], what) == 0;
}

static enum cs_err
know(void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id)
{
	(void)arg;
	(void)id;
	return cs_buf_add(out, cs_view_str("a secret that nobody else has"));
}

/* The group, with the rules of rooms taken out of MLS. */
static void
open_group(struct job *j)
{
	struct cs_mls_options opt;

	must(j, client_group_find(&j->g, j->c, j->argv[3], CLIENT_FIND_ANY),
	    "group");
	opt = client_mls_options(j->g.check);
	opt.rules = (struct cs_mls_rules){ 0 };
	opt.psks.find = know;
	cs_mls_group_set_options(j->g.mls, &opt);
}

static enum cs_err
submit(struct job *j, struct cs_view message, struct cs_view info)
{
	const struct cs_wire_submit ask = {
		.group_id = client_group_id(&j->g),
		.message = message,
		.group_info = info,
	};
	struct cs_wire_submit_answer answer;

	return client_call(j->c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &ask,
	    &cs_wire_submit_answer_shape, &answer);
}

/* The context with a role for this account. */
static void
make_policy(struct job *j, struct cs_buf *hold, struct cs_mls_extension exts[2])
{
	const struct cs_mls_public *view = cs_mls_group_view(j->g.mls);
	struct cs_room_policy policy;
	struct cs_view list;

	must(j, cs_room_policy_of(&policy, view), "policy");
	must(j,
	    cs_room_policy_give(&policy, j->c->self.account,
		is(j, 4, "owner") ? CS_ROOM_OWNER : CS_ROOM_ADMIN),
	    "role");
	policy.written = true;
	must(j, cs_room_policy_put(hold, cs_mls_view_extensions(view), &policy),
	    "policy");
	list = cs_buf_view(hold);
	if (!cs_mls_extension_next(&list, &exts[0]) ||
	    !cs_mls_extension_next(&list, &exts[1]))
		must(j, CS_ERR_NOT_FOUND, "context");
}

static void
commit(struct job *j)
{
	struct cs_buf policy = { 0 };
	const struct cs_mls_reinit reinit = {
		.group_id = cs_view_str("a group somewhere else"),
		.suite_id = CS_SUITE_X25519_AES128,
	};
	const struct cs_mls_psk_id psk = { .type = CS_MLS_PSK_EXTERNAL,
		.id = cs_view_str("nobody has it") };
	const struct cs_mls_extension odd = { CS_MLS_EXT_APPLICATION_ID,
		cs_view_str("odd") };
	struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_buf message = { 0 }, welcome = { 0 }, info = { 0 };
	struct cs_mls_extension exts[2];
	struct cs_mls_extensions context = { exts, 2 };
	struct cs_mls_identity id;
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_mls_staged *staged = NULL;
	struct cs_view list;
	enum cs_err err;

	open_group(j);
	list = cs_mls_view_extensions(cs_mls_group_view(j->g.mls));
	if (!cs_mls_extension_next(&list, &exts[0]) ||
	    !cs_mls_extension_next(&list, &exts[1]))
		must(j, CS_ERR_NOT_FOUND, "context");
	if (is(j, 4, "reinit")) {
		opt = (struct cs_mls_commit_options){ .reinit = &reinit };
	} else if (is(j, 4, "psk")) {
		opt.psk = &psk;
		opt.n_psk = 1;
	} else if (is(j, 4, "context")) {
		/* In another order: the same to whoever looks for one. */
		struct cs_mls_extension first = exts[0];

		exts[0] = exts[1];
		exts[1] = first;
		opt.context_exts = &context;
	} else if (is(j, 4, "ephemeral")) {
		opt.ephemeral.component = 0x8001;
		opt.ephemeral.data = cs_view_str("listen");
	} else if (is(j, 4, "remove") && j->argc > 5) {
		opt.remove = leaves;
		opt.n_remove =
		    client_group_leaves_of(&j->g, j->argv[5], leaves);
	} else if (is(j, 4, "owner") || is(j, 4, "admin")) {
		make_policy(j, &policy, exts);
		opt.context_exts = &context;
	} else if (is(j, 4, "aad")) {
		opt.authenticated_data = cs_view_str("psst");
	} else if (is(j, 4, "leaf")) {
		must(j, client_identity(&id, j->c), "identity");
		id.leaf_exts = (struct cs_mls_extensions){ &odd, 1 };
		opt.new_identity = &id;
	}
	must(j, cs_mls_commit_new(&staged, &message, &welcome, j->g.mls, &opt),
	    "commit");
	must(j,
	    cs_mls_staged_group_info(
		&info, staged, j->g.mls, CS_MLS_WITHOUT_TREE),
	    "info");
	/* The tag at the end is under a key of the members. */
	if (is(j, 4, "garbled"))
		message.data[message.len - 1] ^= 1;
	err = submit(j, cs_buf_view(&message), cs_buf_view(&info));
	say(j, err);
	/* Its own program goes on from there. */
	if (err == CS_OK && !is(j, 4, "garbled")) {
		must(j, cs_mls_group_merge(j->g.mls, staged), "merge");
		must(j, client_group_store(j->c, &j->g), "group");
		staged = NULL;
	}
	cs_mls_staged_free(staged);
	cs_buf_free(&message);
	cs_buf_free(&welcome);
	cs_buf_free(&info);
	cs_buf_free(&policy);
}

static void
fetch_package(struct job *j, struct cs_buf *out)
{
	const struct cs_wire_key_packages_get get = {
		.handle = cs_view_str(j->argv[5]),
	};
	struct cs_wire_key_packages_answer answer;
	struct cs_wire_bytes item;
	struct cs_view rest;

	must(j,
	    client_call(j->c, CS_WIRE_KEY_PACKAGES_GET,
		&cs_wire_key_packages_get_shape, &get,
		&cs_wire_key_packages_answer_shape, &answer),
	    "key package");
	rest = answer.key_packages.raw;
	if (!cs_wire_next(&item, &cs_wire_bytes_shape, &rest))
		must(j, CS_ERR_NOT_FOUND, "key package");
	must(j, cs_buf_set(out, item.v), "key package");
}

static void
propose(struct job *j)
{
	const struct cs_mls_reinit reinit = {
		.group_id = cs_view_str("a group somewhere else"),
		.suite_id = CS_SUITE_X25519_AES128,
	};
	uint32_t leaves[CS_WIRE_DEVICES_MAX];
	struct cs_buf package = { 0 }, message = { 0 };
	enum cs_err err = CS_ERR_MISUSE;

	open_group(j);
	if (is(j, 4, "add")) {
		fetch_package(j, &package);
		err = cs_mls_propose_add(
		    &message, j->g.mls, cs_buf_view(&package));
	} else if (is(j, 4, "remove")) {
		if (client_group_leaves_of(&j->g, j->argv[5], leaves) == 0)
			must(j, CS_ERR_NOT_FOUND, "member");
		err = cs_mls_propose_remove(&message, j->g.mls, leaves[0]);
	} else if (is(j, 4, "update")) {
		err = cs_mls_propose_update(&message, j->g.mls);
	} else if (is(j, 4, "reinit")) {
		err = cs_mls_propose_reinit(&message, j->g.mls, &reinit);
	} else if (is(j, 4, "leave")) {
		err = cs_mls_propose_self_remove(&message, j->g.mls);
	}
	must(j, err, "proposal");
	say(j, submit(j, cs_buf_view(&message), cs_view(NULL, 0)));
	cs_buf_free(&package);
	cs_buf_free(&message);
}

/* Also one that is over. */
static void
open_any_group(struct job *j)
{
	struct cs_buf ids = { 0 };
	struct cs_reader r;

	must(j, client_group_list(&ids, j->c), "groups");
	r = cs_reader(cs_buf_view(&ids));
	while (cs_reader_more(&r)) {
		must(j, client_group_load_meta(&j->g, j->c, cs_read_vec(&r)),
		    "group");
		if (strcmp(j->g.name, j->argv[3]) == 0)
			break;
		client_group_clear(&j->g);
	}
	cs_buf_free(&ids);
}

static void
enter(struct job *j)
{
	struct client_leaf_check check = { .c = j->c };
	struct cs_mls_options opt = client_mls_options(&check);
	struct cs_mls_external_options ext = { 0 };
	struct cs_buf info = { 0 }, tree = { 0 }, message = { 0 };
	struct cs_buf new_info = { 0 };
	struct cs_wire_group_info_get ask;
	struct cs_wire_group_info answer;
	struct cs_mls_group *mls = NULL;
	struct cs_mls_identity id;
	enum cs_err err;

	open_any_group(j);
	opt.rules = (struct cs_mls_rules){ 0 };
	ask.group_id = client_group_id(&j->g);
	err =
	    client_call(j->c, CS_WIRE_GROUP_INFO, &cs_wire_group_info_get_shape,
		&ask, &cs_wire_group_info_shape, &answer);
	if (err) {
		say(j, err);
		return;
	}
	must(j, cs_buf_set(&info, answer.group_info), "info");
	must(j, cs_buf_set(&tree, answer.tree), "tree");
	must(j, client_identity(&id, j->c), "identity");
	ext.ratchet_tree = cs_buf_view(&tree);
	must(j,
	    cs_mls_external_commit(
		&mls, &message, cs_buf_view(&info), &id, &opt, &ext),
	    "commit");
	must(j, cs_mls_group_info(mls, &new_info, CS_MLS_WITHOUT_TREE), "info");
	say(j, submit(j, cs_buf_view(&message), cs_buf_view(&new_info)));
	cs_mls_group_free(mls);
	cs_buf_free(&info);
	cs_buf_free(&tree);
	cs_buf_free(&message);
	cs_buf_free(&new_info);
}

/* A conversation of two as a group from before groups had policies. */
static void
old(struct job *j)
{
	must(j, client_group_find(&j->g, j->c, j->argv[3], CLIENT_FIND_ANY),
	    "group");
	j->g.direct = false;
	snprintf(j->g.name, sizeof j->g.name, "%s", j->argv[4]);
	must(j, client_group_store(j->c, &j->g), "group");
	printf("old\n");
}

static void
groups(struct job *j)
{
	const char *who[] = { j->argv[4] };
	int n = atoi(j->argv[3]);
	char name[32];

	for (int i = 0; i < n; i++) {
		snprintf(name, sizeof name, "trap %d", i);
		must(j,
		    cs_client_group_new(j->c, name,
			&(struct cs_client_people){ .names = who,
			    .n = 1,
			    .begin = cs_client_begin_with_anybody }),
		    "group");
	}
	printf("%d\n", n);
}

/* What a join asks for, and nothing of what a home keeps. */
static void
join(struct job *j)
{
	struct cs_device_cert cert = { .handle = cs_view_str(j->argv[4]) };
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_wire_join m = { 0 };
	struct cs_wire_account answer;
	struct cs_sign_key account, device;
	struct cs_buf signed_cert = { 0 };
	struct cs_client_invite link;

	must(j, cs_client_invite_parse(&link, j->argv[3]), "link");
	must(j, client_home_new(&j->c, j->argv[1], cs_view(NULL, 0)), "home");
	strcpy(j->c->self.host, link.host);
	j->c->self.port = link.port;
	memcpy(j->c->self.root, link.root, sizeof link.root);
	must(j, cs_unhex(cert.account, 16, j->argv[5]), "account");
	must(j, cs_unhex(cert.device, 16, j->argv[6]), "device");
	must(j, cs_sign_key_new(&account), "key");
	must(j, cs_sign_key_new(&device), "key");
	memcpy(cert.public, device.public, sizeof cert.public);
	cert.not_before = now - CS_HOUR_S;
	cert.not_after = now + CS_DAY_S;
	must(j, cs_device_cert_make(&signed_cert, &cert, &account), "cert");
	m.invite = cs_view_str(link.code);
	m.device_cert = cs_buf_view(&signed_cert);
	memcpy(m.account_key, account.public, sizeof m.account_key);
	must(j, client_reach(j->c), "hub");
	say(j,
	    client_call(j->c, CS_WIRE_JOIN, &cs_wire_join_shape, &m,
		&cs_wire_account_shape, &answer));
	cs_buf_free(&signed_cert);
}

static void
read_file(struct job *j, struct cs_buf *out, const char *path)
{
	must(j, cs_file_read(out, path, 1 << 20), path);
}

static void
post(struct job *j)
{
	struct cs_wire_channel_post m;
	struct cs_buf head = { 0 };

	must(j, cs_unhex(m.id, sizeof m.id, j->argv[3]), "channel");
	read_file(j, &head, j->argv[4]);
	m.head = cs_buf_view(&head);
	m.pieces = (uint32_t)atoi(j->argv[5]);
	say(j,
	    client_call_empty(
		j->c, CS_WIRE_CHANNEL_POST, &cs_wire_channel_post_shape, &m));
	cs_buf_free(&head);
}

static void
piece(struct job *j)
{
	struct cs_wire_channel_piece m;
	struct cs_buf bytes = { 0 };

	must(j, cs_unhex(m.id, sizeof m.id, j->argv[3]), "channel");
	m.seq = (uint64_t)atoll(j->argv[4]);
	m.n = (uint32_t)atoi(j->argv[5]);
	read_file(j, &bytes, j->argv[6]);
	m.bytes = cs_buf_view(&bytes);
	say(j,
	    client_call_empty(
		j->c, CS_WIRE_CHANNEL_PIECE, &cs_wire_channel_piece_shape, &m));
	cs_buf_free(&bytes);
}

int
main(int argc, char **argv)
{
	struct job j = { .argv = argv, .argc = argc };

	if (argc < 5)
		return 64;
	must(&j, cs_crypto_init(), "crypto");
	if (is(&j, 2, "join") && argc == 7) {
		join(&j);
		cs_client_close(j.c);
		return 0;
	}
	must(&j, cs_client_open(&j.c, argv[1], cs_view(NULL, 0)), "home");
	/* A commit of its own, before its program makes an honest one. */
	if (is(&j, 2, "commit") || is(&j, 2, "enter")) {
		must(&j, client_reach(j.c), "hub");
		must(&j, client_login(j.c), "login");
	} else {
		must(&j, cs_client_connect(j.c), "connection");
	}
	if (is(&j, 2, "commit"))
		commit(&j);
	else if (is(&j, 2, "propose") && (argc > 5 || !is(&j, 4, "add")))
		propose(&j);
	else if (is(&j, 2, "enter"))
		enter(&j);
	else if (is(&j, 2, "old"))
		old(&j);
	else if (is(&j, 2, "groups"))
		groups(&j);
	else if (is(&j, 2, "post") && argc == 6)
		post(&j);
	else if (is(&j, 2, "piece") && argc == 7)
		piece(&j);
	else
		must(&j, CS_ERR_MISUSE, argv[2]);
	client_group_clear(&j.g);
	cs_client_close(j.c);
	return 0;
}
