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

/*
 * An epoch that is over, for application messages that come late.  Of its
 * members only those are kept that the commit which ended it changed: the
 * others are as in the epoch after.
 */
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

/* ---- group.c ------------------------------------------------------------ */

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

/* May the group go on: are we a member, is no ReInit committed? */
CS_CHECKED enum cs_err cs_mls_group_check_active(struct cs_mls_group *g);

/* ---- group_psk.c -------------------------------------------------------- */

/* Where PSKs are looked for. */
struct cs_mls_psk_sources {
	const struct cs_mls_options *opt;
	const struct cs_mls_group *own;  /* its resumption PSKs, or NULL */
	const struct cs_mls_group *from; /* what it succeeds, or NULL */
};
/* The psk_secret of the PSKs in ${list}, in order. */
CS_CHECKED enum cs_err cs_mls_list_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, const struct cs_mls_proposal_list *list,
    const struct cs_mls_psk_sources *from);
/* The same of PreSharedKeyIDs in a row. */
CS_CHECKED enum cs_err cs_mls_ids_psk_secret(struct cs_mls_psk_secret *out,
    const struct cs_suite *suite, struct cs_view ids,
    const struct cs_mls_psk_sources *from);

/* ---- group_propose.c ---------------------------------------------------- */

/* FramedContent of ours in this epoch. */
struct cs_mls_framed cs_mls_group_frame(const struct cs_mls_group *g,
    enum cs_mls_content type, struct cs_view authenticated_data,
    struct cs_view body);
/* Append signed content as the message that its wire format says. */
CS_CHECKED enum cs_err cs_mls_group_seal(struct cs_buf *out,
    struct cs_mls_group *g, const struct cs_mls_unverified *content);

/* ---- group_making.c: what member, joiner and founder share -------------- */

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
void cs_mls_making_clear(struct cs_mls_making *m);
/* Room for a list of ${max}. */
CS_CHECKED enum cs_err cs_mls_making_begin(struct cs_mls_making *m, size_t max);
/* A proposal by value.  Its views stay, but for what ${copy} copies. */
CS_CHECKED enum cs_err cs_mls_making_list(struct cs_mls_making *m,
    const struct cs_mls_proposal *p, bool copy,
    const struct cs_mls_ext_list *context);
CS_CHECKED enum cs_err cs_mls_making_list_psk(
    struct cs_mls_making *m, const struct cs_mls_psk_id *id);
/* Tree and provisional context of the next epoch; ${leaf} is what the path's
 * leaf is made of. */
CS_CHECKED enum cs_err cs_mls_making_change(
    struct cs_mls_making *m, struct cs_mls_leaf *leaf);
/* Body, signature, transcript, key schedule, confirmation tag. */
CS_CHECKED enum cs_err cs_mls_making_sign(struct cs_mls_making *m,
    enum cs_mls_wire wire, const struct cs_mls_framed *framed);

/* ---- group_commit.c, group_stage.c, group_merge.c ----------------------- */

/* cs_mls_commit_new(), where ${from} is the group that ${g} succeeds. */
CS_CHECKED enum cs_err cs_mls_commit_make(struct cs_mls_staged **staged,
    struct cs_buf *commit, struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt, const struct cs_mls_group *from);

/* Process a received commit up to a staged one. */
CS_CHECKED enum cs_err cs_mls_group_stage(struct cs_mls_staged **out,
    struct cs_mls_group *g, const struct cs_mls_verified *content);

/* A leaf of a past epoch, number ${k} in the list; false: there was none. */
bool cs_mls_past_leaf(const struct cs_mls_group *g, size_t k, uint32_t leaf,
    struct cs_mls_leaf *out);
/* Is it so long over that it is to be forgotten? */
bool cs_mls_past_expired(
    const struct cs_mls_group *g, const struct cs_mls_past_epoch *p);

/* What a new group takes over when it is set up, from a commit that founds the
 * membership: ${s} is left without it. */
CS_CHECKED enum cs_err cs_mls_group_start(struct cs_mls_group *g,
    struct cs_mls_staged *s, struct cs_mls_public *from);
