/* SPDX-License-Identifier: MIT */
/*
 * The public half of a group, one piece of code for
 * members and for onlookers: tree, GroupContext, interim transcript hash and
 * the proposals of the epoch; what is checked about proposals and commits
 * without a secret is checked here and nowhere else.
 */
#pragma once

#include "mls/commit.h"
#include "mls/group_context.h"
#include "mls/key_index.h"
#include "mls/ratchet_tree.h"
#include "mls/save.h"

/* A proposal that is good by itself in this epoch (section 12.1). */
struct cs_mls_valid_proposal {
	struct cs_mls_proposal p;
	struct cs_mls_sender sender;
	struct cs_mls_valid_leaf leaf; /* of an Add or Update */
};

/* One that came by itself and waits to be committed by reference. */
struct cs_mls_stored_proposal {
	struct cs_buf raw;
	struct cs_mls_valid_proposal valid; /* views into raw */
	struct cs_mls_hash ref;
};

struct cs_mls_public {
	const struct cs_suite *suite;
	struct cs_mls_options opt;
	struct cs_buf group_id;
	uint64_t epoch;
	struct cs_buf extensions; /* content of the GroupContext's vector */
	struct cs_mls_tree tree;
	struct cs_mls_key_index index; /* of the tree, once it is thawed */
	struct cs_buf saved;           /* what a tree not thawed points into */
	struct cs_mls_hash confirmed;
	struct cs_mls_hash interim;
	struct cs_buf context; /* GroupContext, serialized */
	struct cs_buf reinit;  /* a committed ReInit, type and all; or empty */
	struct cs_mls_stored_proposal **proposals;
	size_t n_proposals;
	size_t cap_proposals;
};

void cs_mls_public_clear(struct cs_mls_public *p);
struct cs_mls_ext_list cs_mls_public_extensions(const struct cs_mls_public *p);
struct cs_view cs_mls_public_context(const struct cs_mls_public *p);

/* Make nodes and an index of a tree that was loaded. */
CS_CHECKED enum cs_err cs_mls_public_thaw(struct cs_mls_public *p);

/* Serialize the GroupContext again, after any change. */
CS_CHECKED enum cs_err cs_mls_public_update_context(struct cs_mls_public *p);

void cs_mls_member_of_leaf(
    struct cs_mls_member *out, uint32_t index, const struct cs_mls_leaf *leaf);
bool cs_mls_public_member(
    const struct cs_mls_public *p, uint32_t leaf, struct cs_mls_member *out);

/* Section 6.1: the sender of ${f}, if it may send such content. Of a new
 * member, what it says of itself. */
CS_CHECKED enum cs_err cs_mls_public_sender(struct cs_mls_member *out,
    const struct cs_mls_public *p, const struct cs_mls_framed *f);

/*
 * Section 6: is ${m} of this group, this epoch, and signed by its sender?
 * ${membership} is NULL for an onlooker, who cannot check the tag.
 */
CS_CHECKED enum cs_err cs_mls_public_authenticate(struct cs_mls_verified *out,
    const struct cs_mls_public *p, const struct cs_mls_public_message *m,
    const struct cs_mls_membership_key *membership);

/* How a proposal is looked at. */
struct cs_mls_proposal_setting {
	struct cs_mls_sender sender;
	bool in_time;  /* sent just now: lifetimes have to include now */
	bool founding; /* in the first commit of a successor group, which may
			* have resumption PSKs of other usages */
	const struct cs_mls_ext_list *context; /* of the group after the
						* commit; NULL: as now */
};
/* Section 12.1. */
CS_CHECKED enum cs_err cs_mls_public_check_proposal(
    struct cs_mls_valid_proposal *out, const struct cs_mls_public *p,
    const struct cs_mls_proposal *proposal,
    const struct cs_mls_proposal_setting *how);

/* Do the external senders and the required capabilities parse, and does the
 * authentication service vouch for senders that are new (sections 11 and
 * 12.1.8.1)? */
CS_CHECKED enum cs_err cs_mls_public_check_extensions(
    const struct cs_mls_public *p, const struct cs_mls_ext_list *exts);

/* Check and keep; CS_ERR_REPLAY: it is there already. */
CS_CHECKED enum cs_err cs_mls_public_store_proposal(struct cs_mls_public *p,
    const struct cs_mls_verified *content, enum cs_mls_age age);
/* The stored one with this reference, or NULL. */
const struct cs_mls_stored_proposal *cs_mls_public_find_proposal(
    const struct cs_mls_public *p, struct cs_view ref);

/* Forget number ${i} of the stored ones. */
void cs_mls_public_drop_proposal(struct cs_mls_public *p, size_t i);
