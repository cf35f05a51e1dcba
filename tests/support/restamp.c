/* SPDX-License-Identifier: MIT */
/*
 * restamp HUBDIR SEQ [other-key | other-group | number N | keep]
 *
 * What a hub that lies could do after changing its log: stamp entry SEQ of its
 * only group anew, with the bytes that stand there now, and everything behind
 * it, so that the chain fits.  other-key and other-group make a stamp on SEQ
 * that no honest hub makes; number N stamps another number.  The hub has to be
 * stopped.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "crypto/init.h"
#include "crypto/random.h"
#include "franking/safe_aad.h"
#include "franking/stamp.h"
#include "hub/core/clock.h"
#include "hub/core/connection.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"
#include "hub/core/schema.h"

struct job {
	struct cs_hub hub;
	struct cs_buf group;
	uint64_t from;
	struct cs_sign_key stamp_key;
	const char *mode;
	uint64_t number;
	uint8_t chain[32];
};

static void
must(enum cs_err err, const char *what)
{
	if (err) {
		fprintf(stderr, "restamp: %s: %s\n", what, cs_err_text(err));
		exit(1);
	}
}

static void
find_group(struct job *j)
{
	struct cs_rows rows;

	must(cs_db_query(&rows, j->hub.db,
		 "SELECT grp FROM log GROUP BY grp ORDER BY COUNT(*) DESC"),
	    "group");
	if (!cs_rows_next(&rows))
		must(CS_ERR_NOT_FOUND, "group");
	must(cs_buf_set(&j->group, cs_col_blob(&rows, 0)), "group");
	must(cs_rows_end(&rows, CS_OK), "group");
}

static void
fill_key_id(struct job *j, struct cs_stamp *s)
{
	uint8_t hash[32];

	must(cs_sha256(hash, CS_VIEW_OF(j->stamp_key.public)), "hash");
	memcpy(s->key_id, hash, sizeof s->key_id);
}

/* Fields of entry ${seq}, as an honest hub would stamp them. */
static bool
read_entry(struct job *j, uint64_t seq, struct cs_stamp *s)
{
	struct cs_mls_message_info info;
	struct cs_rows rows;
	struct cs_stamp old;
	bool found;

	memset(s, 0, sizeof *s);
	must(cs_db_query(&rows, j->hub.db,
		 "SELECT account,device,epoch,accepted,message,content,stamp"
		 " FROM log WHERE grp=? AND seq=?",
		 cs_blob(cs_buf_view(&j->group)), cs_int(seq)),
	    "log");
	if ((found = cs_rows_next(&rows))) {
		cs_col_copy(&rows, 0, s->account, 16);
		cs_col_copy(&rows, 1, s->device, 16);
		s->epoch = cs_col_int(&rows, 2);
		s->accepted_ms = cs_col_int(&rows, 3);
		must(cs_sha256(s->msg_hash, cs_col_blob(&rows, 4)), "hash");
		if (cs_col_int(&rows, 5) != CS_MLS_CONTENT_APPLICATION)
			s->flags = CS_STAMP_HANDSHAKE;
		else if (cs_mls_message_peek(&info, cs_col_blob(&rows, 4)) ==
		    CS_OK)
			must(cs_safe_aad_tag(s->tag, info.authenticated_data),
			    "tag");
		must(cs_stamp_parse(&old, cs_col_blob(&rows, 6)), "stamp");
		memcpy(s->chain_prev, old.chain_prev, 32);
		s->batch = old.batch;
	}
	must(cs_rows_end(&rows, CS_OK), "log");
	s->group_seq = seq;
	return found;
}

/* Where the chain stands before the first entry that is stamped anew: behind
 * the one before it, or, if that is gone, where its old stamp said. */
static void
begin_chain(struct job *j)
{
	struct cs_stamp s;

	if (read_entry(j, j->from - 1, &s)) {
		must(cs_group_ref(s.group_ref, cs_buf_view(&j->group)), "ref");
		must(cs_operator_id(s.operator_id, j->hub.root_public), "id");
		fill_key_id(j, &s);
		memcpy(j->chain, s.chain_prev, 32);
		must(cs_stamp_chain(j->chain, &s), "chain");
	} else if (read_entry(j, j->from, &s)) {
		memcpy(j->chain, s.chain_prev, 32);
	}
}

static void
stamp_one(struct job *j, struct cs_stamp *s)
{
	struct cs_sign_key key = j->stamp_key;
	bool here = s->group_seq == j->from;
	uint64_t row = s->group_seq;
	struct cs_buf wire = { 0 };

	memcpy(s->chain_prev, j->chain, 32);
	must(cs_group_ref(s->group_ref, cs_buf_view(&j->group)), "group");
	if (here && strcmp(j->mode, "other-group") == 0)
		cs_random(s->group_ref, 32);
	if (here && strcmp(j->mode, "other-key") == 0)
		must(cs_sign_key_new(&key), "key");
	if (here && strcmp(j->mode, "number") == 0)
		s->group_seq = j->number;
	must(cs_stamp_sign(s, j->hub.root_public, &key), "sign");
	/* A key of its own under the name of the certified one. */
	if (here && strcmp(j->mode, "other-key") == 0)
		fill_key_id(j, s);
	must(cs_stamp_write(&wire, s), "write");
	must(cs_db_exec(j->hub.db,
		 "UPDATE log SET stamp=?,msg_hash=? WHERE grp=? AND seq=?",
		 cs_blob(cs_buf_view(&wire)), cs_blob(CS_VIEW_OF(s->msg_hash)),
		 cs_blob(cs_buf_view(&j->group)), cs_int(row)),
	    "update");
	must(cs_stamp_chain(j->chain, s), "chain");
	cs_buf_free(&wire);
}

int
main(int argc, char **argv)
{
	static struct job j;
	struct cs_stamp s;
	char path[4096];
	uint64_t seq;

	if (argc < 3)
		return 64;
	j.from = (uint64_t)atoll(argv[2]);
	j.mode = argc > 3 ? argv[3] : "keep";
	j.number = argc > 4 ? (uint64_t)atoll(argv[4]) : 0;
	must(cs_crypto_init(), "crypto");
	hub_clock(&j.hub);
	must(hub_root_public(j.hub.root_public, argv[1]), "root");
	must(hub_key_read(&j.stamp_key, argv[1], "keys/stamp.key"), "key");
	snprintf(path, sizeof path, "%s/hub.db", argv[1]);
	must(cs_db_open(&j.hub.db, path, CS_DB_SHARED, &cs_hub_schema), "open");
	find_group(&j);
	begin_chain(&j);
	for (seq = j.from; read_entry(&j, seq, &s); seq++)
		stamp_one(&j, &s);
	must(cs_db_exec(j.hub.db, "UPDATE grp SET chain=? WHERE id=?",
		 cs_blob(CS_VIEW_OF(j.chain)), cs_blob(cs_buf_view(&j.group))),
	    "chain");
	cs_db_close(j.hub.db);
	cs_buf_free(&j.group);
	return 0;
}
