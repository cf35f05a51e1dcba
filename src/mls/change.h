/* SPDX-License-Identifier: MIT */
/*
 * What a commit does to the public half of a group (RFC 9420, sections 12.2 to
 * 12.4.2): the same code for the committer and for those who receive it.
 *
 * begin; then, for a commit with a path, merge_path or set_own_path; then
 * settle, which makes the provisional GroupContext; finish brings the
 * transcript and the final context.
 */
#pragma once

#include "mls/public_state.h"
#include "mls/transcript.h"
#include "mls/treekem.h"

/* The committer: a member, or one who joins by the commit. */
#define CS_MLS_COMMITTER_NEW UINT32_MAX

/* A proposal as it is committed. */
struct cs_mls_listed {
	struct cs_mls_valid_proposal valid;
	const struct cs_mls_stored_proposal *stored; /* NULL: by value */
};
struct cs_mls_proposal_list {
	struct cs_mls_listed *v;
	size_t n;
};

/* A member that a commit removes, as it was. */
struct cs_mls_removed {
	uint32_t leaf;
	struct cs_mls_sender by; /* who proposed it */
	struct cs_buf raw;       /* its LeafNode */
};

struct cs_mls_change {
	struct cs_mls_public next; /* its index stays that of before */
	uint32_t committer;        /* its leaf */
	bool external;             /* the committer joins by the commit */
	uint32_t *added;           /* ascending; an external committer last */
	size_t n_added;
	size_t n_welcomed; /* of them, those that an Add brought */
	struct cs_mls_removed *removed;
	size_t n_removed;
	size_t replaced; /* of them, the one that an external committer was
			  * before, plus 1; 0: none */
	struct cs_mls_filtered_path path; /* of the committer */
	struct cs_buf provisional;        /* GroupContext for the path */
	struct cs_buf ephemeral;          /* u16 component, data<V>, ... */
	struct cs_mls_key_change keys;
	bool new_extensions; /* the GroupContext's changed */
};
void cs_mls_change_clear(struct cs_mls_change *c);

/* Copy ${from} and apply the list. */
CS_CHECKED enum cs_err cs_mls_change_begin(struct cs_mls_change *out,
    const struct cs_mls_public *from, const struct cs_mls_proposal_list *list,
    uint32_t committer);

/* Section 12.4.2: validate a path that came, and merge it.  Its keys are in no
 * node of ${from}, the state before the commit. */
CS_CHECKED enum cs_err cs_mls_change_merge_path(struct cs_mls_change *c,
    const struct cs_mls_public *from, const struct cs_mls_update_path *path);

/* The path of our own commit: ${leaf} is completed, signed, and written. */
CS_CHECKED enum cs_err cs_mls_change_set_own_path(struct cs_mls_change *c,
    const struct cs_mls_path_secrets *secrets, struct cs_mls_leaf *leaf,
    const struct cs_signer *signer, struct cs_buf *leaf_out);

/* Is the new tree valid?  Then make the provisional context. */
CS_CHECKED enum cs_err cs_mls_change_settle(
    struct cs_mls_change *c, const struct cs_mls_public *from);

/* The transcript goes on with ${commit}, the context is the next epoch's. */
CS_CHECKED enum cs_err cs_mls_change_confirm(struct cs_mls_change *c,
    enum cs_mls_wire wire, const struct cs_mls_framed *commit,
    struct cs_view signature);
/* The interim hash, once the confirmation tag is known. */
CS_CHECKED enum cs_err cs_mls_change_finish(
    struct cs_mls_change *c, struct cs_view confirmation_tag);

/* The index of ${p} becomes that of the next epoch and moves there; ${p}'s tree
 * is thawed.  On failure nothing has changed. */
CS_CHECKED enum cs_err cs_mls_change_take_index(
    struct cs_mls_change *c, struct cs_mls_public *p);

/*
 * begin, merge_path and settle for a commit that was received.  ${list} and
 * ${commit} are the caller's, for the private half.
 */
CS_CHECKED enum cs_err cs_mls_change_receive(struct cs_mls_change *out,
    struct cs_mls_proposal_list *list, struct cs_mls_commit *commit,
    const struct cs_mls_public *from, const struct cs_mls_verified *content,
    enum cs_mls_age age);
