/* SPDX-License-Identifier: MIT */
/*
 * The same small group each time, so that seeds stay
 * good.  Made from fixed randomness: three members, an external sender, and
 * one more who has a key package and is not in yet.
 */
#pragma once

#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "support/mls_world.h"

#define FUZZ_MEMBERS 3
#define FUZZ_NEWCOMER FUZZ_MEMBERS

struct fuzz_world {
	struct world_member m[FUZZ_MEMBERS + 1];
	struct world_member by_suite[CS_SUITE_ID_MAX + 1]; /* newcomers, too */
	struct cs_signer *external;
	struct cs_buf info;       /* GroupInfo */
	struct cs_buf info_alone; /* without the tree */
	struct cs_buf tree;
	struct cs_buf saved;     /* member 1 */
	struct cs_buf saved_pub; /* the hub's view */
	struct cs_mls_public_group *pub;
};

/* Member 1 and the hub as they were at first. */
static inline void
fuzz_world_restore(struct fuzz_world *w)
{
	struct cs_mls_options opt = world_options();

	cs_mls_group_free(w->m[1].group);
	cs_mls_public_group_free(w->pub);
	fuzz_ok(world_load(&w->m[1].group, cs_buf_view(&w->saved), &opt));
	fuzz_ok(cs_mls_public_group_load(
	    &w->pub, cs_buf_view(&w->saved_pub), &opt));
}

static inline struct fuzz_world *
fuzz_world(void)
{
	static struct fuzz_world w;
	static bool made;
	struct cs_mls_options opt = world_options();
	struct cs_mls_extension senders = { CS_MLS_EXT_EXTERNAL_SENDERS,
		{ NULL, 0 } };
	struct cs_mls_extensions exts = { &senders, 1 };
	struct cs_mls_external_sender sender;
	struct cs_buf data = { 0 };

	if (made)
		return &w;
	fuzz_ok(cs_crypto_init());
	cs_test_fixed_random(1);
	fuzz_ok(cs_signer_new(&w.external, CS_ED25519));
	sender = (struct cs_mls_external_sender){ cs_signer_public(w.external),
		{ CS_MLS_CREDENTIAL_BASIC, cs_view_str("hub") } };
	fuzz_ok(cs_mls_external_senders(&data, &sender, 1));
	senders.data = cs_buf_view(&data);
	fuzz_ok(world_group(w.m, FUZZ_MEMBERS, exts));
	fuzz_ok(world_member_init(&w.m[FUZZ_NEWCOMER], FUZZ_NEWCOMER));
	for (size_t i = 0; cs_suite_at(i) != NULL; i++) {
		world_suite = cs_suite_at(i)->id;
		fuzz_ok(
		    world_member_init(&w.by_suite[world_suite], FUZZ_NEWCOMER));
	}
	world_suite = 1;
	fuzz_ok(cs_mls_group_info(w.m[0].group, &w.info, CS_MLS_WITH_TREE));
	fuzz_ok(cs_mls_group_info(
	    w.m[0].group, &w.info_alone, CS_MLS_WITHOUT_TREE));
	fuzz_ok(cs_mls_group_tree(w.m[0].group, &w.tree));
	fuzz_ok(cs_mls_public_group_new(
	    &w.pub, cs_buf_view(&w.info), cs_view(NULL, 0), &opt));
	fuzz_ok(world_save(w.m[1].group, &w.saved));
	fuzz_ok(cs_mls_public_group_save(w.pub, &w.saved_pub));
	cs_buf_free(&data);
	made = true;
	return &w;
}
