/* SPDX-License-Identifier: MIT */
/*
 * countersign/mls.h: Messaging Layer Security (RFC 9420).
 *
 * A group of members who share secrets that change with each epoch.  The
 * library does no I/O and knows no clock: bytes and "now" come in, bytes go
 * out.  Nothing about a group changes until a whole operation succeeded:
 * commits are staged first and merged by a second call.
 *
 * Ownership: ..._new/..._free for opaque heap objects; a `struct cs_buf *out`
 * is appended to and stays the caller's; a `struct cs_view` is borrowed for
 * the time of the call, and one that is returned lives as long as what it was
 * asked of does not change.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/signer.h"

struct cs_mls_group; /* a member's state of one group, secrets included */
struct cs_mls_public_group; /* what a non-member can know: tree and context */
struct cs_mls_staged; /* a commit that was checked and is not merged yet */

#define CS_MLS_MAX_MEMBERS 5000      /* DESIGN: group of 5,000 devices */
#define CS_MLS_MAX_MESSAGE (1 << 20) /* no handshake of ours is longer */
/* Section 7.2 wants a longest lifetime; a leaf of a key package that claims
 * more is refused with CS_ERR_LIMIT. */
#define CS_MLS_MAX_LIFETIME_S ((uint64_t)2 * 366 * 86400)

/* The authentication service (RFC 9420, section 5.3.1): CS_OK accepts that
 * ${credential}, the identity of a basic credential, belongs to
 * ${signature_key}.  Called for every leaf that comes into a tree.  When a
 * member replaces its leaf, ${old_credential} is the one that it had, else
 * empty.  Without a callback every leaf is refused (CS_ERR_CREDENTIAL). */
struct cs_mls_auth {
	enum cs_err (*check)(void *arg, struct cs_view credential,
	    struct cs_view old_credential, struct cs_view signature_key);
	void *arg;
};

/* Limits and policies of a member, copied where given. */
struct cs_mls_options {
	struct cs_mls_auth auth;
	uint64_t now_s;       /* for lifetimes of leaves, seconds UTC */
	uint32_t max_skip;    /* generations kept for late messages */
	uint32_t past_epochs; /* epochs whose messages still decrypt */
	uint32_t padding;     /* round contents up to a multiple; 0: none */
	bool any_lifetime;    /* for published vectors: lifetimes unchecked */
};

/* An extension of a leaf, a GroupContext or a GroupInfo (section 13). */
struct cs_mls_extension {
	uint16_t type;
	struct cs_view data;
};
struct cs_mls_extensions {
	const struct cs_mls_extension *v;
	size_t n;
};
#define CS_MLS_EXT_RATCHET_TREE 0x0002
#define CS_MLS_EXT_REQUIRED_CAPABILITIES 0x0003
#define CS_MLS_EXT_EXTERNAL_PUB 0x0004
#define CS_MLS_EXT_EXTERNAL_SENDERS 0x0005
#define CS_MLS_EXT_APP_DATA_DICTIONARY 0x0006
#define CS_MLS_EXT_LAST_RESORT 0x000a

/* ---- key packages (section 10) ------------------------------------- */

/* Who a member is: its basic credential and signature key. */
struct cs_mls_identity {
	struct cs_view credential; /* identity of the basic credential */
	struct cs_signer *key;     /* groups hold it as well */
	uint64_t not_before_s; /* lifetime of leaves made for key packages */
	uint64_t not_after_s;
};

/*
 * A fresh key package for suite ${suite_id}.  ${key_package} gets it as an
 * MLSMessage; ${secrets} its private half, to be stored until a Welcome for it
 * comes; ${ref} its KeyPackageRef (hash length of the suite: 32).
 */
CS_CHECKED enum cs_err cs_mls_key_package_new(struct cs_buf *key_package,
    struct cs_buf *secrets, uint8_t ref[static 32], uint16_t suite_id,
    const struct cs_mls_identity *id, bool last_resort);

/* What is public about a key package; views point into the message. */
struct cs_mls_key_package_info {
	uint16_t suite_id;
	struct cs_view credential;
	struct cs_view signature_key;
	uint64_t not_before_s, not_after_s;
	bool last_resort;
	uint8_t ref[32];
};

/* Parse and check (section 10.1), the auth callback not asked. */
CS_CHECKED enum cs_err cs_mls_key_package_check(
    struct cs_mls_key_package_info *out, struct cs_view key_package,
    uint64_t now_s);

/* ---- groups --------------------------------------------------------- */

/* A group with the one member ${id}, at epoch 0 (section 11). */
CS_CHECKED enum cs_err cs_mls_group_new(struct cs_mls_group **out,
    uint16_t suite_id, struct cs_view group_id,
    const struct cs_mls_identity *id, struct cs_mls_extensions context_exts,
    const struct cs_mls_options *opt);
void cs_mls_group_free(struct cs_mls_group *g);

/* Replace options, e.g. "now", of a group. */
void cs_mls_group_set_options(
    struct cs_mls_group *g, const struct cs_mls_options *opt);

/* Serialized state, every secret included: store it sealed. */
CS_CHECKED enum cs_err cs_mls_group_save(
    const struct cs_mls_group *g, struct cs_buf *out);
CS_CHECKED enum cs_err cs_mls_group_load(struct cs_mls_group **out,
    struct cs_view saved, const struct cs_mls_options *opt);

struct cs_view cs_mls_group_id(const struct cs_mls_group *g);
uint64_t cs_mls_group_epoch(const struct cs_mls_group *g);
uint32_t cs_mls_group_own_leaf(const struct cs_mls_group *g);
/* Extensions of the GroupContext: data of type ${type}; false: not there. */
bool cs_mls_group_extension(
    const struct cs_mls_group *g, uint16_t type, struct cs_view *data);

/* A member as seen in the tree. */
struct cs_mls_member {
	uint32_t leaf;
	struct cs_view credential;
	struct cs_view signature_key;
};
/* How many leaves the tree has, blank ones included. */
uint32_t cs_mls_group_leaves(const struct cs_mls_group *g);
/* false: no member at that leaf. */
bool cs_mls_group_member(
    const struct cs_mls_group *g, uint32_t leaf, struct cs_mls_member *out);

/* RFC 9420, section 8.5. */
CS_CHECKED enum cs_err cs_mls_group_export(const struct cs_mls_group *g,
    uint8_t *out, size_t n, struct cs_view label, struct cs_view context);
/* Section 8.7: hash length bytes (32). */
CS_CHECKED enum cs_err cs_mls_group_epoch_authenticator(
    const struct cs_mls_group *g, uint8_t out[static 32]);

/* A signed GroupInfo with ratchet_tree, as MLSMessage, for a hub or a public
 * group; holds no secret. */
CS_CHECKED enum cs_err cs_mls_group_info(
    const struct cs_mls_group *g, struct cs_buf *out);

/* ---- proposals and commits ----------------------------------------- */

/* What to commit, by value; the stored proposals by reference are included
 * as far as they are valid together. */
struct cs_mls_commit_options {
	const struct cs_view *add; /* key packages as MLSMessages */
	size_t n_add;
	const uint32_t *remove; /* leaf indices */
	size_t n_remove;
	bool force_path; /* a path although none is needed */
	struct cs_view authenticated_data;
	struct cs_mls_extensions welcome_exts; /* in the Welcome's GroupInfo:
						* seen by the joiners only */
};

/*
 * Make a commit (section 12.4.1).  ${commit} gets a PublicMessage; ${welcome}
 * a Welcome for all added members, or nothing when none is added.  The group is
 * unchanged until cs_mls_group_merge() of ${staged}.
 */
CS_CHECKED enum cs_err cs_mls_commit_new(struct cs_mls_staged **staged,
    struct cs_buf *commit, struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt);

/* A proposal to update the own leaf (12.1.2) or remove ${leaf} (12.1.3), as a
 * PublicMessage.  It is stored in the group, too, as if received. */
CS_CHECKED enum cs_err cs_mls_propose_update(
    struct cs_buf *out, struct cs_mls_group *g);
CS_CHECKED enum cs_err cs_mls_propose_remove(
    struct cs_buf *out, struct cs_mls_group *g, uint32_t leaf);
CS_CHECKED enum cs_err cs_mls_propose_add(
    struct cs_buf *out, struct cs_mls_group *g, struct cs_view key_package);

/* How many proposals of this epoch are stored, and the leaf that the i-th
 * removes if it is a Remove (else UINT32_MAX); ${external}: by a non-member. */
size_t cs_mls_group_proposals(const struct cs_mls_group *g);
uint32_t cs_mls_group_proposed_removal(
    const struct cs_mls_group *g, size_t i, bool *external);

/* What a staged commit does; views live as long as the staged commit. */
size_t cs_mls_staged_added(const struct cs_mls_staged *s);
bool cs_mls_staged_added_member(
    const struct cs_mls_staged *s, size_t i, struct cs_mls_member *out);
size_t cs_mls_staged_removed(const struct cs_mls_staged *s);
/* ${external}: an external sender proposed it.  The member is as it was. */
bool cs_mls_staged_removed_member(const struct cs_mls_staged *s, size_t i,
    struct cs_mls_member *out, bool *external);
uint32_t cs_mls_staged_committer(const struct cs_mls_staged *s);
/* Does it remove this member itself?  Then merging ends the membership. */
bool cs_mls_staged_self_removed(const struct cs_mls_staged *s);
/* An extension of the GroupContext after the merge. */
bool cs_mls_staged_extension(
    const struct cs_mls_staged *s, uint16_t type, struct cs_view *data);

/* A staged commit of our own survives a restart. */
CS_CHECKED enum cs_err cs_mls_staged_save(
    const struct cs_mls_staged *s, struct cs_buf *out);
CS_CHECKED enum cs_err cs_mls_staged_load(struct cs_mls_staged **out,
    const struct cs_mls_group *g, struct cs_view saved);
void cs_mls_staged_free(struct cs_mls_staged *s);

/* Take the next epoch.  Takes ${staged}, also on failure. */
CS_CHECKED enum cs_err cs_mls_group_merge(
    struct cs_mls_group *g, struct cs_mls_staged *staged);

/* Join from a Welcome (section 12.4.3.1), tree inside.  ${secrets} are those
 * of the key package that ${welcome} is for; ${welcome_ext}, if not NULL, gets
 * the data of the GroupInfo extension ${ext_type}, or nothing. */
CS_CHECKED enum cs_err cs_mls_welcome_join(struct cs_mls_group **out,
    struct cs_view welcome, struct cs_view secrets,
    const struct cs_mls_identity *id, const struct cs_mls_options *opt,
    uint16_t ext_type, struct cs_buf *welcome_ext);
/* The KeyPackageRef of the i-th recipient of a Welcome; CS_ERR_NOT_FOUND past
 * the last. */
CS_CHECKED enum cs_err cs_mls_welcome_recipient(
    uint8_t ref[static 32], struct cs_view welcome, size_t i);
/* Who committed the Welcome that ${g} was made from: its signer's leaf. */
uint32_t cs_mls_group_welcomed_by(const struct cs_mls_group *g);

/* ---- messages ------------------------------------------------------- */

/* Encrypt application data as PrivateMessage (section 15).  CS_ERR_BUSY while
 * a proposal is stored: section 12.4 wants it committed first. */
CS_CHECKED enum cs_err cs_mls_protect(struct cs_buf *out,
    struct cs_mls_group *g, struct cs_view authenticated_data,
    struct cs_view application_data);

enum cs_mls_event {
	CS_MLS_EVENT_APPLICATION = 1, /* data, authenticated_data, sender */
	CS_MLS_EVENT_PROPOSAL,        /* stored for a later commit */
	CS_MLS_EVENT_COMMIT,          /* staged: look at it, then merge */
};

/* The outcome of processing a message; clear with cs_mls_received_clear(). */
struct cs_mls_received {
	enum cs_mls_event event;
	uint64_t epoch;
	uint32_t sender_leaf;     /* UINT32_MAX: an external sender */
	struct cs_buf credential; /* of the sender, as it was in that epoch */
	struct cs_buf signature_key;
	struct cs_buf authenticated_data;
	struct cs_buf data;
	struct cs_mls_staged *staged;
};
void cs_mls_received_clear(struct cs_mls_received *r);

/*
 * Process any handshake or application message from another member or an
 * external sender.  On failure the group is as it was.  CS_ERR_EPOCH: not for
 * an epoch that we have; CS_ERR_REPLAY: its key was used or deleted, or it is
 * a message of our own, or a proposal that is stored already.
 */
CS_CHECKED enum cs_err cs_mls_process(struct cs_mls_received *out,
    struct cs_mls_group *g, struct cs_view message);

/* What can be read of a message without being a member. */
enum cs_mls_wire { /* RFC 9420, section 6 */
	CS_MLS_WIRE_PUBLIC = 1,
	CS_MLS_WIRE_PRIVATE = 2,
	CS_MLS_WIRE_WELCOME = 3,
	CS_MLS_WIRE_GROUP_INFO = 4,
	CS_MLS_WIRE_KEY_PACKAGE = 5,
};
enum cs_mls_content { /* RFC 9420, section 6 */
	CS_MLS_CONTENT_APPLICATION = 1,
	CS_MLS_CONTENT_PROPOSAL = 2,
	CS_MLS_CONTENT_COMMIT = 3,
};
struct cs_mls_message_info {
	enum cs_mls_wire wire;
	/* The rest for PublicMessage and PrivateMessage only. */
	struct cs_view group_id;
	uint64_t epoch;
	enum cs_mls_content content;
	struct cs_view authenticated_data;
};
CS_CHECKED enum cs_err cs_mls_message_peek(
    struct cs_mls_message_info *out, struct cs_view message);

/* ---- for a hub: the public half of a group -------------------------- */

/* From a GroupInfo with ratchet_tree; tree and signature are checked. */
CS_CHECKED enum cs_err cs_mls_public_group_new(struct cs_mls_public_group **out,
    struct cs_view group_info, const struct cs_mls_options *opt);
void cs_mls_public_group_free(struct cs_mls_public_group *g);
CS_CHECKED enum cs_err cs_mls_public_group_save(
    const struct cs_mls_public_group *g, struct cs_buf *out);
CS_CHECKED enum cs_err cs_mls_public_group_load(
    struct cs_mls_public_group **out, struct cs_view saved,
    const struct cs_mls_options *opt);
struct cs_view cs_mls_public_group_id(const struct cs_mls_public_group *g);
uint64_t cs_mls_public_group_epoch(const struct cs_mls_public_group *g);
uint32_t cs_mls_public_group_leaves(const struct cs_mls_public_group *g);
bool cs_mls_public_group_member(const struct cs_mls_public_group *g,
    uint32_t leaf, struct cs_mls_member *out);
bool cs_mls_public_group_extension(
    const struct cs_mls_public_group *g, uint16_t type, struct cs_view *data);

/*
 * Process a PublicMessage as far as a non-member can: signature, epoch,
 * proposals, path, parent hashes; the membership and confirmation tags cannot
 * be checked.  A proposal is stored, a commit moves to the next epoch; on
 * failure nothing changes.
 */
struct cs_mls_public_outcome {
	enum cs_mls_content content;
	uint32_t sender_leaf; /* UINT32_MAX: an external sender */
	uint32_t *added;      /* leaves, after the commit */
	size_t n_added;
	uint32_t *removed; /* leaves, before the commit */
	size_t n_removed;
};
void cs_mls_public_outcome_clear(struct cs_mls_public_outcome *o);
CS_CHECKED enum cs_err cs_mls_public_process(struct cs_mls_public_outcome *out,
    struct cs_mls_public_group *g, struct cs_view message);

/* A Remove proposal by the external sender number ${sender_index} of the
 * group's external_senders extension (section 12.1.8.1), as PublicMessage. */
CS_CHECKED enum cs_err cs_mls_external_remove(struct cs_buf *out,
    const struct cs_mls_public_group *g, uint32_t sender_index,
    const struct cs_signer *key, uint32_t leaf);

/* The data of an external_senders extension with one sender. */
CS_CHECKED enum cs_err cs_mls_external_senders(struct cs_buf *out,
    struct cs_view credential, struct cs_view signature_key);
