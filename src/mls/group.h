/* SPDX-License-Identifier: MIT */
/* Inside a member's group; for this layer's files only. */
#pragma once

#include "mls/change.h"
#include "mls/group_info.h"
#include "mls/welcome.h"

/* A leaf as it was before a commit changed it; no bytes: blank. */
struct cs_mls_past_leaf {
	uint32_t leaf;
	struct cs_buf raw;
};

/* A past epoch, for application messages that arrive late. It keeps only the
 * members that the commit which ended it changed; the others are as in the
 * epoch after it. */
struct cs_mls_past_epoch {
	uint64_t epoch;
	uint64_t ended_s;
	struct cs_mls_sender_data_secret sender_data;
	struct cs_mls_secret_tree keys;
	struct cs_buf context;
	uint32_t n_leaves;
	struct cs_mls_past_leaf *changed; /* ascending */
	size_t n_changed, cap_changed;
};

/* Resumption PSK of an epoch that is over. */
struct cs_mls_past_psk {
	uint64_t epoch;
	struct cs_mls_resumption_psk psk;
};

struct cs_mls_group {
	struct cs_mls_public pub;
	uint32_t own_leaf;
	uint32_t welcomed_by;
	bool ended; /* we were removed; no secret of the epoch is there */
	bool public_changed; /* since it was saved */
	struct cs_signer *signer;
	struct cs_mls_epoch_secrets secrets;
	struct cs_mls_secret_tree keys;
	struct cs_mls_secret_tree exporter; /* once something was exported */
	struct cs_mls_private_tree private;
	struct cs_hpke_key *updates; /* leaf keys of our Update proposals */
	size_t n_updates;
	struct cs_mls_past_epoch *past; /* the newest first */
	size_t n_past;
	struct cs_mls_past_psk *psks; /* the newest first */
	size_t n_psks;
};

struct cs_mls_staged {
	struct cs_mls_change change;
	bool self_removed;
	struct cs_mls_epoch_secrets secrets; /* nothing if self_removed */
	struct cs_mls_secret_tree keys;
	struct cs_mls_private_tree private;
	struct cs_signer *signer; /* of our own leaf from now on, or NULL */
	struct cs_mls_welcome_kit kit;
	uint8_t message_hash[32]; /* SHA-256 of the commit as a message */
};

CS_CHECKED enum cs_err cs_mls_group_alloc(
    struct cs_mls_group **out, const struct cs_mls_identity *id);
void cs_mls_past_epoch_clear(struct cs_mls_past_epoch *p);

/* Key schedule of an epoch from its joiner secret, secret tree included. */
CS_CHECKED enum cs_err cs_mls_derive_epoch(struct cs_mls_epoch_secrets *out,
    struct cs_mls_secret_tree *keys, const struct cs_mls_public *p,
    const struct cs_mls_joiner_secret *joiner,
    const struct cs_mls_psk_secret *psk);
/* The same for the epoch that a commit begins (section 8). */
CS_CHECKED enum cs_err cs_mls_staged_derive(struct cs_mls_staged *s,
    struct cs_mls_joiner_secret *joiner, const struct cs_mls_init_secret *init,
    const struct cs_mls_commit_secret *commit,
    const struct cs_mls_psk_secret *psk);

/* May the group be used: are we a member, and was no ReInit committed? */
CS_CHECKED enum cs_err cs_mls_group_check_active(struct cs_mls_group *g);

/* A commit while it is made. */
struct cs_mls_making {
	const struct cs_mls_public *from;
	const struct cs_signer *signer;
	uint32_t committer; /* or CS_MLS_COMMITTER_NEW */
	bool founding;
	struct cs_mls_staged *staged;
	struct cs_mls_proposal_list list;
	struct cs_buf *raws; /* bytes of proposals by value */
	size_t n_raws, max;
	struct cs_mls_path_secrets path;
	bool has_path;
	struct cs_buf leaf;  /* our new LeafNode */
	struct cs_buf nodes; /* content of the path's vector */
	struct cs_buf body;  /* Commit */
	struct cs_mls_init_secret init;
	struct cs_mls_psk_secret psk;
	struct cs_mls_joiner_secret joiner;
	struct cs_mls_unverified content;
	struct cs_mls_signature signature;
	uint8_t tag[CS_HASH_MAX];
};
