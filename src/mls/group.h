/* SPDX-License-Identifier: MIT */
/* src/mls/group.h: inside a member's group; for this layer's files only. */
#pragma once

#include "mls/change.h"
#include "mls/group_info.h"

/* An epoch that is over, for application messages that come late. */
struct cs_mls_past_epoch {
	uint64_t epoch;
	struct cs_mls_sender_data_secret sender_data;
	struct cs_mls_secret_tree keys;
	struct cs_buf context;
	uint32_t n_leaves;
	struct cs_mls_leaf_node **leaves; /* references of its own */
};

struct cs_mls_group {
	struct cs_mls_public pub;
	uint32_t own_leaf;
	uint32_t welcomed_by;
	bool ended; /* we were removed; no secret of the epoch is there */
	struct cs_signer *signer; /* a share of it */
	struct cs_mls_epoch_secrets secrets;
	struct cs_mls_secret_tree keys;
	struct cs_mls_private_tree private;
	struct cs_hpke_key *updates; /* leaf keys of our Update proposals */
	size_t n_updates;
	struct cs_mls_past_epoch *past; /* the newest first */
	size_t n_past;
};

struct cs_mls_staged {
	struct cs_mls_change change;
	bool self_removed;
	struct cs_mls_epoch_secrets secrets; /* nothing if self_removed */
	struct cs_mls_secret_tree keys;
	struct cs_mls_private_tree private;
};

/* Key schedule of the new epoch (section 8), secret tree included. */
CS_CHECKED enum cs_err cs_mls_staged_derive(struct cs_mls_staged *s,
    struct cs_mls_joiner_secret *joiner, const struct cs_mls_init_secret *init,
    const struct cs_mls_commit_secret *commit);

/* The same from a joiner secret. */
CS_CHECKED enum cs_err cs_mls_derive_epoch(struct cs_mls_epoch_secrets *out,
    struct cs_mls_secret_tree *keys, const struct cs_mls_public *p,
    const struct cs_mls_joiner_secret *joiner);

void cs_mls_past_epoch_clear(struct cs_mls_past_epoch *p);

/* Sign ${f} as a member, tag it, and append a PublicMessage.  For commits
 * ${tag} is the confirmation tag and ${signature} comes from before. */
CS_CHECKED enum cs_err cs_mls_group_seal_proposal(
    struct cs_buf *out, struct cs_mls_group *g, struct cs_view proposal);

/* FramedContent of ours in this epoch. */
struct cs_mls_framed cs_mls_group_frame(const struct cs_mls_group *g,
    enum cs_mls_content type, struct cs_view authenticated_data,
    struct cs_view body);

/* Process a received commit up to a staged one. */
CS_CHECKED enum cs_err cs_mls_group_stage(struct cs_mls_staged **out,
    const struct cs_mls_group *g, const struct cs_mls_verified *content);
