/* SPDX-License-Identifier: MIT */
/*
 * stranger HUBDIR HOME (ask | slip): a member of the hub, but not of its
 * largest group, makes an external commit to that group with what the hub's
 * folder holds.  ask: submits it, and prints the hub's answer.  slip: the hub,
 * which has to be stopped, lies and puts it into the log, stamped and followed,
 * as if it were in order.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/home/client.h"
#include "client/home/leaf.h"
#include "client/hub/call.h"
#include "crypto/hash.h"
#include "crypto/init.h"
#include "hub/core/clock.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"
#include "hub/core/sign.h"
#include "hub/groups/group.h"
#include "hub/groups/log.h"
#include "hub/signing/signer_keys.h"
#include "mls/group.h"

struct job {
	struct cs_hub hub;
	struct cs_client *c;
	struct cs_buf group, info, tree, commit, new_info;
	struct cs_mls_public_group *public;
	struct hub_keyring *keys;
	struct hub_signing signing;
	struct cs_buf signed_bytes;
};

static void
must(enum cs_err err, const char *what)
{
	if (err) {
		fprintf(stderr, "stranger: %s: %s\n", what, cs_err_text(err));
		exit(1);
	}
}

/* A lying hub asks nobody. */
static enum cs_err
anybody(void *arg, const struct cs_mls_auth_request *request)
{
	(void)arg;
	(void)request;
	return CS_OK;
}

/* ---- the hub's own stamp, made here -------------------------------------- */

static enum cs_err
order(void *arg, uint8_t kind, struct cs_view what)
{
	struct job *j = arg;

	hub_keyring_carry_out(
	    &j->signed_bytes, j->keys, kind, what, j->hub.now_ms);
	return CS_OK;
}

static enum cs_err
await(void *arg, struct cs_buf *answer)
{
	struct job *j = arg;

	return cs_buf_set(answer, cs_buf_view(&j->signed_bytes));
}

static void
use_keys(struct job *j, const char *dir)
{
	struct hub_key_files files = { 0 };
	struct cs_buf told = { 0 };

	must(hub_key_files_read(&files, dir), "files of keys");
	must(hub_keyring_new(&j->keys, &files, j->hub.now_ms), "keys");
	must(hub_keyring_tell(&told, j->keys), "keys");
	must(hub_keys_told(&j->hub, cs_buf_view(&told)), "keys");
	j->signing = (struct hub_signing){ order, await, j };
	j->hub.signing = &j->signing;
	hub_key_files_clear(&files);
	cs_buf_free(&told);
}

static void
open_hub(struct job *j, char *dir)
{
	struct cs_mls_options opt = { 0 };
	struct hub_conf conf;
	struct cs_rows rows;
	char path[4096];

	hub_clock(&j->hub);
	must(hub_conf_read(&conf, dir), "configuration");
	memcpy(j->hub.name, conf.name, sizeof j->hub.name);
	snprintf(path, sizeof path, "%s/hub.db", dir);
	must(cs_db_open(&j->hub.db, path, CS_DB_SHARED, &cs_hub_schema), "db");
	must(cs_db_query(&rows, j->hub.db,
		 "SELECT grp,info FROM grp_state ORDER BY (SELECT COUNT(*) FROM"
		 " log WHERE log.grp=grp_state.grp) DESC"),
	    "group");
	if (!cs_rows_next(&rows))
		must(CS_ERR_NOT_FOUND, "group");
	must(cs_buf_set(&j->group, cs_col_blob(&rows, 0)), "group");
	must(cs_buf_set(&j->info, cs_col_blob(&rows, 1)), "info");
	must(cs_rows_end(&rows, CS_OK), "group");
	opt.auth.check = anybody;
	must(cs_db_row(&rows, j->hub.db,
		 "SELECT state FROM grp_state WHERE grp=?",
		 cs_blob(cs_buf_view(&j->group))),
	    "state");
	must(cs_mls_public_group_load(&j->public, cs_col_blob(&rows, 0), &opt),
	    "public half");
	must(cs_rows_end(&rows, CS_OK), "state");
	must(cs_mls_public_group_tree(j->public, &j->tree), "tree");
	use_keys(j, dir);
}

static void
make_commit(struct job *j)
{
	struct client_leaf_check check = { .c = j->c };
	struct cs_mls_options opt = client_mls_options(&check);
	const struct cs_mls_external_options ext = {
		.ratchet_tree = cs_buf_view(&j->tree),
	};
	struct cs_mls_group *mls = NULL;
	struct cs_mls_identity id;

	/* Of a program with other rules. */
	opt.rules = (struct cs_mls_rules){ 0 };
	memcpy(j->c->link.external_sender, j->hub.external_public, 32);
	must(client_identity(&id, j->c), "identity");
	must(cs_mls_external_commit(
		 &mls, &j->commit, cs_buf_view(&j->info), &id, &opt, &ext),
	    "commit");
	must(cs_mls_group_info(mls, &j->new_info, CS_MLS_WITHOUT_TREE), "info");
	cs_mls_group_free(mls);
}

static void
ask(struct job *j)
{
	const struct cs_wire_submit m = {
		.group_id = cs_buf_view(&j->group),
		.message = cs_buf_view(&j->commit),
		.group_info = cs_buf_view(&j->new_info),
	};
	struct cs_wire_submit_answer answer;
	enum cs_err err;

	must(cs_client_connect(j->c), "connection");
	err = client_call(j->c, CS_WIRE_SUBMIT, &cs_wire_submit_shape, &m,
	    &cs_wire_submit_answer_shape, &answer);
	printf("%s\n",
	    err == CS_OK ? "taken" : cs_wire_code_name(j->c->link.hub_code));
}

static void
slip(struct job *j)
{
	struct cs_mls_public_outcome outcome;
	struct hub_group group;
	struct hub_entry entry = {
		.message = cs_buf_view(&j->commit),
		.content = CS_MLS_CONTENT_COMMIT,
	};
	struct hub_appended appended = { 0 };

	must(hub_group_load(&group, &j->hub, cs_buf_view(&j->group)), "group");
	entry.epoch = group.epoch;
	memcpy(entry.account, j->c->self.account, 16);
	memcpy(entry.device, j->c->self.device, 16);
	must(cs_sha256(entry.msg_hash, entry.message), "hash");
	must(cs_mls_public_process(&outcome, j->public, entry.message), "hub");
	must(hub_log_append(&appended, &j->hub, &group, &entry), "log");
	must(hub_public_store(&j->hub, j->public), "store");
	cs_mls_public_outcome_clear(&outcome);
	cs_buf_free(&appended.stamp);
}

int
main(int argc, char **argv)
{
	static struct job j;

	if (argc != 4)
		return 64;
	must(cs_crypto_init(), "crypto");
	open_hub(&j, argv[1]);
	must(cs_client_open(&j.c, argv[2], cs_view("", 0)), "home");
	make_commit(&j);
	if (strcmp(argv[3], "ask") == 0)
		ask(&j);
	else
		slip(&j);
	cs_client_close(j.c);
	cs_mls_public_group_free(j.public);
	hub_keyring_free(j.keys);
	cs_signer_free(j.hub.external_signer);
	cs_buf_free(&j.hub.stamp_cert);
	cs_buf_free(&j.hub.external_cert);
	cs_buf_free(&j.hub.registrar_cert);
	cs_buf_free(&j.signed_bytes);
	cs_db_close(j.hub.db);
	cs_buf_free(&j.group);
	cs_buf_free(&j.info);
	cs_buf_free(&j.tree);
	cs_buf_free(&j.commit);
	cs_buf_free(&j.new_info);
	return 0;
}
