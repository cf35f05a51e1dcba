/* SPDX-License-Identifier: MIT */
/*
 * countersign/mls.h: Messaging Layer Security (RFC 9420).
 *
 * A group of members who share secrets that change with each epoch.  The
 * library does no I/O and knows no clock: bytes and "now" come in, bytes go
 * out.  Nothing about a group changes until a whole operation succeeded:
 * commits are staged first and merged by a second call.
 *
 * A program needs: cs_crypto_init() once; an identity with its signer
 * (crypto/signer.h); an authentication service, one function, in the options;
 * and somebody who carries the messages and lets one commit win in each epoch.
 * examples/mls_chat.c is such a program.
 *
 * Ownership: ..._new/..._free for opaque heap objects; a `struct cs_buf *out`
 * is appended to and stays the caller's; a `struct cs_view` is borrowed for
 * the time of the call, and one that is returned lives as long as what it was
 * asked of does not change.
 *
 * Errors (base/err.h): what is wrong with a message is of the class "theirs",
 * and then nothing has changed; CS_ERR_NOMEM and others of the class "ours" may
 * be tried again; CS_ERR_MISUSE is a mistake of the calling program.
 *
 * One group belongs to one thread at a time; different groups may be used by
 * different threads.
 */
#pragma once

#include "base/bytes.h"
#include "crypto/signer.h"
#include "crypto/suite.h"

struct cs_mls_group; /* a member's state of one group, secrets included */
struct cs_mls_public_group; /* what a non-member can know: tree and context */
struct cs_mls_staged; /* a commit that was checked and is not merged yet */

/* The most members of one group, unless the options say less. Node indices, and
 * the time that a new member waits to join, set the limit. */
#define CS_MLS_MAX_MEMBERS 50000
/* The most bytes of a PublicMessage or PrivateMessage: the first commit of a
 * group of 50,000 carries as many ciphertexts of about 90 bytes. */
#define CS_MLS_MAX_MESSAGE ((size_t)8 << 20)
/* The most proposals that one epoch keeps waiting, and that one commit holds.
 */
#define CS_MLS_MAX_PROPOSALS 65536
/* The longest lifetime of a leaf node (section 7.2): a key package that claims
 * a longer one is refused with CS_ERR_LIMIT. */
#define CS_MLS_MAX_LIFETIME_S ((uint64_t)2 * 366 * 86400)
/* Upper bounds of the options below: each costs memory or forward secrecy. */
#define CS_MLS_MAX_SKIP 100000
#define CS_MLS_MAX_PAST_EPOCHS 64
#define CS_MLS_MAX_PAST_PSKS 256

/* Hash length of the suite: 32, 48 or 64 bytes. */
struct cs_mls_hash {
	uint8_t b[CS_HASH_MAX];
	uint8_t len;
};
static inline struct cs_view
cs_mls_hash_view(const struct cs_mls_hash *h)
{
	return cs_view(h->b, h->len);
}

/* ---- credentials and the authentication service (section 5.3) ----------- */

#define CS_MLS_CREDENTIAL_BASIC 1
#define CS_MLS_CREDENTIAL_X509 2

struct cs_mls_credential {
	uint16_t type;
	struct cs_view identity; /* basic: the identity; x509: the content of
				  * the vector of certificates */
};
/* Take the next certificate (DER) off the identity of an x509 credential; the
 * first is the member's own. False: there are no more. */
bool cs_mls_credential_next_x509(
    struct cs_view *certificates, struct cs_view *cert);

/* The question to the authentication service: does ${credential} belong to
 * ${signature_key}? The pointers are valid during the call. */
struct cs_mls_auth_request {
	const struct cs_mls_credential *credential;
	struct cs_view signature_key;
	/* The credential of the leaf that is replaced: is the new one a valid
	 * successor? NULL: no leaf is replaced. */
	const struct cs_mls_credential *old;
	/* The leaf stands in the tree that we join or look at: its group let it
	 * in earlier, when its credential may have been younger. */
	bool settled;
	/* An external sender that a group lists, not a member. */
	bool external_sender;
};
/*
 * The authentication service (section 5.3.1): CS_OK accepts.  Called for every
 * leaf that comes into a tree, and for external senders that are new in a
 * group.  For x509 the function checks the chain, and that the key of the first
 * certificate is the signature key.  Without a function everything is refused
 * (CS_ERR_CREDENTIAL).  Always called from the thread of the caller.
 */
struct cs_mls_auth {
	enum cs_err (*check)(
	    void *arg, const struct cs_mls_auth_request *request);
	void *arg;
};

/* ---- pre-shared keys (section 8.4) -------------------------------------- */

enum cs_mls_psk_type {
	CS_MLS_PSK_EXTERNAL = 1,
	CS_MLS_PSK_RESUMPTION = 2,
	CS_MLS_PSK_APPLICATION = 3, /* draft-ietf-mls-extensions */
};
enum cs_mls_psk_usage {
	CS_MLS_PSK_APP = 1,
	CS_MLS_PSK_REINIT = 2,
	CS_MLS_PSK_BRANCH = 3,
};
struct cs_mls_psk_id {
	enum cs_mls_psk_type type;
	enum cs_mls_psk_usage usage; /* of a resumption PSK */
	uint16_t component;          /* of an application PSK */
	struct cs_view id;    /* psk_id; of a resumption PSK: psk_group_id */
	uint64_t epoch;       /* of a resumption PSK: psk_epoch */
	struct cs_view nonce; /* made by the library where it is empty */
};
/* Append the secret of a PSK to ${out}, or return CS_ERR_NOT_FOUND. A group
 * knows its own resumption PSKs and does not ask for them. */
struct cs_mls_psks {
	enum cs_err (*find)(
	    void *arg, struct cs_buf *out, const struct cs_mls_psk_id *id);
	void *arg;
};

/* ---- what a handshake does, and the rules of a program ------------------ */

/* What members, and whoever looks on, know of a group: see "views" below. */
struct cs_mls_public;

/* Section 17.4, and draft-ietf-mls-extensions. */
enum cs_mls_proposal_type {
	CS_MLS_PROPOSAL_ADD = 1,
	CS_MLS_PROPOSAL_UPDATE = 2,
	CS_MLS_PROPOSAL_REMOVE = 3,
	CS_MLS_PROPOSAL_PSK = 4,
	CS_MLS_PROPOSAL_REINIT = 5,
	CS_MLS_PROPOSAL_EXTERNAL_INIT = 6,
	CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 7,
	CS_MLS_PROPOSAL_APP_EPHEMERAL = 9,
	CS_MLS_PROPOSAL_SELF_REMOVE = 10,
};
enum cs_mls_wire { /* section 6 */
	CS_MLS_WIRE_PUBLIC = 1,
	CS_MLS_WIRE_PRIVATE = 2,
	CS_MLS_WIRE_WELCOME = 3,
	CS_MLS_WIRE_GROUP_INFO = 4,
	CS_MLS_WIRE_KEY_PACKAGE = 5,
};
enum cs_mls_content { /* section 6 */
	CS_MLS_CONTENT_APPLICATION = 1,
	CS_MLS_CONTENT_PROPOSAL = 2,
	CS_MLS_CONTENT_COMMIT = 3,
};
enum cs_mls_sender_type { /* section 6 */
	CS_MLS_SENDER_MEMBER = 1,
	CS_MLS_SENDER_EXTERNAL = 2,
	CS_MLS_SENDER_NEW_MEMBER_PROPOSAL = 3,
	CS_MLS_SENDER_NEW_MEMBER_COMMIT = 4,
};
struct cs_mls_sender {
	enum cs_mls_sender_type type;
	uint32_t index; /* leaf of a member, or number of an external sender */
};

/* A leaf (section 7.2). */
struct cs_mls_leaf_view {
	struct cs_mls_credential credential;
	struct cs_view signature_key;
	/* Capabilities: lists of uint16. */
	struct cs_view versions, suites, extension_types, proposal_types;
	struct cs_view credential_types;
	struct cs_view extensions; /* see cs_mls_extension_next() */
};
/* A proposal, as it was sent or as a commit covers it. */
struct cs_mls_proposal_view {
	enum cs_mls_proposal_type type;
	struct cs_mls_sender sender; /* who proposed it */
	bool by_reference;
	uint32_t target; /* the leaf that an Update, Remove or SelfRemove is
			  * about; else UINT32_MAX */
	struct cs_mls_leaf_view leaf;          /* of an Add or Update */
	struct cs_view key_package_extensions; /* of an Add */
};
/* A proposal or commit that the specification allows. */
struct cs_mls_handshake {
	enum cs_mls_content content;
	enum cs_mls_wire wire;
	struct cs_mls_sender sender;
	struct cs_view authenticated_data;
	const struct cs_mls_proposal_view *proposals; /* one, or the commit's */
	size_t n;
	bool has_path;
	struct cs_mls_leaf_view path_leaf;  /* if has_path */
	const struct cs_mls_public *before; /* the epoch that it is sent in */
	const struct cs_mls_public *after;  /* the one that a commit begins */
	uint32_t committer; /* of a commit: its leaf in ${after} */
};
/*
 * The program's own rules, which are asked about each proposal and each commit
 * after those of the specification and before anything changes: whether it came
 * or is being made here, for members and for public groups alike.  CS_OK
 * accepts; any other error is what the operation fails with.  Without a
 * function, all that the specification allows is accepted.
 */
struct cs_mls_rules {
	enum cs_err (*check)(void *arg, const struct cs_mls_handshake *h);
	void *arg;
};

/* ---- options ------------------------------------------------------------ */

/* The caller's threads, to verify many signatures at once: run() calls
 * work(arg, i) once for each i below n, in any order and in any thread, and
 * returns when all calls have returned. run == NULL: one call after the other.
 */
struct cs_mls_pool {
	void (*run)(
	    void *pool, void (*work)(void *arg, size_t i), void *arg, size_t n);
	void *pool;
};

/* How much padding contents get: up to a multiple of so many bytes (0, 1:
 * none), or so that at most log log of the length shows (Padme). */
#define CS_MLS_PADDING_PADME UINT32_MAX

/* Limits and policies of a member; groups copy them. All zero is strict: no
 * late message is accepted and no credential is vouched for. */
struct cs_mls_options {
	struct cs_mls_auth auth;
	struct cs_mls_rules rules;
	struct cs_mls_psks psks;
	struct cs_mls_pool pool;
	uint64_t now_s;    /* seconds UTC: for lifetimes and past epochs */
	uint32_t max_skip; /* how many generations a message may skip; the keys
			      skipped are kept */
	uint32_t past_epochs;   /* epochs whose messages still decrypt, ... */
	uint64_t past_seconds;  /* ... for so long; 0: however long */
	uint32_t past_psks;     /* epochs whose resumption PSK is kept */
	uint32_t padding;       /* see above */
	uint32_t max_members;   /* 0: CS_MLS_MAX_MEMBERS */
	bool encrypt_handshake; /* our handshakes are PrivateMessages */
	bool any_lifetime;      /* for published vectors: lifetimes unchecked */
};
/* Accept late messages: 1,000 generations, 5 epochs or 3 days. */
struct cs_mls_options cs_mls_options_default(void);

/* ---- extensions (section 13) -------------------------------------------- */

struct cs_mls_extension {
	uint16_t type;
	struct cs_view data;
};
struct cs_mls_extensions {
	const struct cs_mls_extension *v;
	size_t n;
};
#define CS_MLS_EXT_APPLICATION_ID 0x0001
#define CS_MLS_EXT_RATCHET_TREE 0x0002
#define CS_MLS_EXT_REQUIRED_CAPABILITIES 0x0003
#define CS_MLS_EXT_EXTERNAL_PUB 0x0004
#define CS_MLS_EXT_EXTERNAL_SENDERS 0x0005
#define CS_MLS_EXT_APP_DATA_DICTIONARY 0x0006
#define CS_MLS_EXT_LAST_RESORT 0x000a

/* Take the next extension off ${list}, the content of a list of extensions.
 * False: there are no more. */
bool cs_mls_extension_next(struct cs_view *list, struct cs_mls_extension *out);

/* Write the data of an external_senders extension (section 12.1.8.1). */
struct cs_mls_external_sender {
	struct cs_view signature_key;
	struct cs_mls_credential credential;
};
CS_CHECKED enum cs_err cs_mls_external_senders(
    struct cs_buf *out, const struct cs_mls_external_sender *senders, size_t n);

/* ---- key packages (section 10) ------------------------------------------ */

/* Who a member is. ${signer} has to be of the algorithm of the suite. */
struct cs_mls_identity {
	uint16_t credential_type; /* 0: basic */
	struct cs_view credential;
	struct cs_signer *signer; /* borrowed; a group keeps a reference */
	uint64_t not_before_s;    /* lifetime of leaves made for key packages */
	uint64_t not_after_s;
	struct cs_mls_extensions leaf_exts; /* extensions of the leaf */
	/* Types of extensions and proposals that the program supports beyond
	 * the library, for the capabilities. */
	const uint16_t *extension_types;
	size_t n_extension_types;
};

/* How often a key package is used (RFC 9420, section 16.8). */
enum cs_mls_key_package_use { CS_MLS_SINGLE_USE, CS_MLS_LAST_RESORT };

/* Make a key package for suite ${suite_id}. ${key_package} gets it as an
 * MLSMessage; ${secrets} gets its private half, to be stored until a Welcome
 * for it comes; ${ref}, if not NULL, its KeyPackageRef. CS_ERR_UNSUPPORTED: the
 * library has no such suite, or the signer is of another. */
CS_CHECKED enum cs_err cs_mls_key_package_new(struct cs_buf *key_package,
    struct cs_buf *secrets, struct cs_mls_hash *ref, uint16_t suite_id,
    const struct cs_mls_identity *id, enum cs_mls_key_package_use use);

/* What is public about a key package; views point into the message. */
struct cs_mls_key_package_info {
	uint16_t suite_id;
	struct cs_mls_credential credential;
	struct cs_view signature_key;
	uint64_t not_before_s, not_after_s;
	bool last_resort;
	struct cs_mls_leaf_view leaf;
	struct cs_view extensions; /* of the key package itself */
	struct cs_mls_hash ref;
};

/* Parse and check a key package (section 10.1), without asking the
 * authentication service. */
CS_CHECKED enum cs_err cs_mls_key_package_check(
    struct cs_mls_key_package_info *out, struct cs_view key_package,
    uint64_t now_s);

/* ---- groups ------------------------------------------------------------- */

/* Make a group with the one member ${id}, at epoch 0 (section 11). */
CS_CHECKED enum cs_err cs_mls_group_new(struct cs_mls_group **out,
    uint16_t suite_id, struct cs_view group_id,
    const struct cs_mls_identity *id, struct cs_mls_extensions context_exts,
    const struct cs_mls_options *opt);
void cs_mls_group_free(struct cs_mls_group *g);

/* Replace options, e.g. "now", of a group. */
void cs_mls_group_set_options(
    struct cs_mls_group *g, const struct cs_mls_options *opt);

/*
 * Serialized state in two parts.  ${public} is large and changes with epochs
 * and stored proposals; ${secret} is small, holds every secret, and changes
 * with each message: store it sealed, and both in one transaction.  ${public}
 * may be NULL when cs_mls_group_public_changed() is false; saving it makes it
 * so.
 */
CS_CHECKED enum cs_err cs_mls_group_save(
    struct cs_mls_group *g, struct cs_buf *public, struct cs_buf *secret);
bool cs_mls_group_public_changed(const struct cs_mls_group *g);
/* Load a group. The contents of ${public} move into it, also on failure; the
 * tree in it is parsed when a handshake first needs it. CS_ERR_CORRUPT: the
 * parts make no sense, or do not belong together; CS_ERR_NEWER: a newer version
 * wrote them. */
CS_CHECKED enum cs_err cs_mls_group_load(struct cs_mls_group **out,
    struct cs_buf *public, struct cs_view secret,
    const struct cs_mls_options *opt);

struct cs_view cs_mls_group_id(const struct cs_mls_group *g);
uint64_t cs_mls_group_epoch(const struct cs_mls_group *g);
uint16_t cs_mls_group_suite(const struct cs_mls_group *g);
uint32_t cs_mls_group_own_leaf(const struct cs_mls_group *g);
/* The data of the GroupContext's extension ${type}; false: it has none. */
bool cs_mls_group_extension(
    const struct cs_mls_group *g, uint16_t type, struct cs_view *data);

/* A member as seen in the tree. */
struct cs_mls_member {
	uint32_t leaf;
	uint16_t credential_type;
	struct cs_view credential;
	struct cs_view signature_key;
};
/* How many leaves the tree has, blank ones included; how many members. */
uint32_t cs_mls_group_leaves(const struct cs_mls_group *g);
uint32_t cs_mls_group_members(const struct cs_mls_group *g);
/* false: no member at that leaf. */
bool cs_mls_group_member(
    const struct cs_mls_group *g, uint32_t leaf, struct cs_mls_member *out);
/* An extension of the member's leaf; false: no member, or not there. */
bool cs_mls_group_leaf_extension(const struct cs_mls_group *g, uint32_t leaf,
    uint16_t type, struct cs_view *data);

/* RFC 9420, section 8.5. */
CS_CHECKED enum cs_err cs_mls_group_export(const struct cs_mls_group *g,
    uint8_t *out, size_t n, struct cs_view label, struct cs_view context);
/* Section 8.7. */
CS_CHECKED enum cs_err cs_mls_group_epoch_authenticator(
    const struct cs_mls_group *g, struct cs_mls_hash *out);
/* SafeExportSecret of draft-ietf-mls-extensions; as long as the hash of the
 * suite. It works once for each component and epoch: the secret and what it
 * came from are deleted, and the next call returns CS_ERR_REPLAY. */
CS_CHECKED enum cs_err cs_mls_group_safe_export(
    struct cs_mls_group *g, struct cs_mls_hash *out, uint16_t component);

/* Is the ratchet_tree extension inside a GroupInfo? */
enum cs_mls_info_tree { CS_MLS_WITHOUT_TREE, CS_MLS_WITH_TREE };
/* A signed GroupInfo with external_pub, as MLSMessage, for a hub, a public
 * group or somebody who joins by an external commit; it holds no secret. */
CS_CHECKED enum cs_err cs_mls_group_info(
    struct cs_mls_group *g, struct cs_buf *out, enum cs_mls_info_tree tree);
/* The ratchet_tree (section 12.4.3.3), for new members who fetch it apart from
 * the Welcome. */
CS_CHECKED enum cs_err cs_mls_group_tree(
    struct cs_mls_group *g, struct cs_buf *out);

/* ---- proposals (section 12.1) ------------------------------------------- */

/* What a ReInit asks for (section 12.1.5). */
struct cs_mls_reinit {
	struct cs_view group_id;
	uint16_t suite_id;
	struct cs_mls_extensions extensions;
};

/* Make a proposal as a PublicMessage, or as a PrivateMessage where the options
 * say so, and store it in the group as if it had been received. */
CS_CHECKED enum cs_err cs_mls_propose_add(
    struct cs_buf *out, struct cs_mls_group *g, struct cs_view key_package);
CS_CHECKED enum cs_err cs_mls_propose_update(
    struct cs_buf *out, struct cs_mls_group *g);
CS_CHECKED enum cs_err cs_mls_propose_remove(
    struct cs_buf *out, struct cs_mls_group *g, uint32_t leaf);
CS_CHECKED enum cs_err cs_mls_propose_psk(
    struct cs_buf *out, struct cs_mls_group *g, const struct cs_mls_psk_id *id);
CS_CHECKED enum cs_err cs_mls_propose_reinit(struct cs_buf *out,
    struct cs_mls_group *g, const struct cs_mls_reinit *reinit);
CS_CHECKED enum cs_err cs_mls_propose_extensions(struct cs_buf *out,
    struct cs_mls_group *g, struct cs_mls_extensions context_exts);
/* draft-ietf-mls-extensions: leave (always a PublicMessage, so that external
 * joiners can commit it; CS_ERR_UNSUPPORTED unless every member knows it), and
 * give a component data for whoever processes the commit. */
CS_CHECKED enum cs_err cs_mls_propose_self_remove(
    struct cs_buf *out, struct cs_mls_group *g);
CS_CHECKED enum cs_err cs_mls_propose_ephemeral(struct cs_buf *out,
    struct cs_mls_group *g, uint16_t component, struct cs_view data);

/* How many proposals of this epoch are stored, and the leaf that the i-th
 * removes if it is a Remove or SelfRemove (else UINT32_MAX); ${external}: by a
 * non-member. */
size_t cs_mls_group_proposals(const struct cs_mls_group *g);
uint32_t cs_mls_group_proposed_removal(
    const struct cs_mls_group *g, size_t i, bool *external);

/* Leave the i-th stored proposal out of our commits; a commit of another member
 * that refers to it will fail to process. */
void cs_mls_group_drop_proposal(struct cs_mls_group *g, size_t i);

/* ---- commits (section 12.4) --------------------------------------------- */

/* What to commit by value. Stored proposals are committed by reference, as far
 * as they are valid together. */
struct cs_mls_commit_options {
	const struct cs_view *add; /* key packages as MLSMessages */
	size_t n_add;
	const uint32_t *remove; /* leaf indices */
	size_t n_remove;
	const struct cs_mls_psk_id *psk;
	size_t n_psk;
	const struct cs_mls_extensions *context_exts; /* NULL: as they are */
	const struct cs_mls_reinit *reinit;           /* then nothing else */
	struct {
		uint16_t component;
		struct cs_view data;
	} ephemeral;       /* data.data NULL: none */
	bool force_path;   /* a path although none is needed */
	bool without_tree; /* the Welcome has no ratchet_tree */
	const struct cs_mls_identity *new_identity; /* credential, signer and
						     * leaf from now on */
	struct cs_view authenticated_data;
	struct cs_mls_extensions welcome_exts; /* in the Welcome's GroupInfo:
						* seen by the joiners only */
};

/*
 * Make a commit (section 12.4.1).  ${commit} gets the message; ${welcome} a
 * Welcome for all added members, or nothing when none is added.  The group is
 * unchanged until cs_mls_group_merge() of ${staged}: which is to come when the
 * delivery service has accepted the commit, and not if it took another.
 */
CS_CHECKED enum cs_err cs_mls_commit_new(struct cs_mls_staged **staged,
    struct cs_buf *commit, struct cs_buf *welcome, struct cs_mls_group *g,
    const struct cs_mls_commit_options *opt);
/* A Welcome for ${n} of the added members from number ${first} on, for those
 * who do not send one to all (section 12.4.3.1); only before it is saved. */
CS_CHECKED enum cs_err cs_mls_staged_welcome(
    struct cs_buf *out, const struct cs_mls_staged *s, size_t first, size_t n);
/* The GroupInfo of the epoch that our commit begins; see cs_mls_group_info().
 */
CS_CHECKED enum cs_err cs_mls_staged_group_info(struct cs_buf *out,
    const struct cs_mls_staged *s, const struct cs_mls_group *g,
    enum cs_mls_info_tree tree);

/* What a staged commit does. The views are valid as long as it is. */
uint64_t cs_mls_staged_epoch(const struct cs_mls_staged *s);
size_t cs_mls_staged_added(const struct cs_mls_staged *s);
bool cs_mls_staged_added_member(
    const struct cs_mls_staged *s, size_t i, struct cs_mls_member *out);
size_t cs_mls_staged_removed(const struct cs_mls_staged *s);
/* ${by}, if not NULL: who proposed it. The member is as it was. */
bool cs_mls_staged_removed_member(const struct cs_mls_staged *s, size_t i,
    struct cs_mls_member *out, struct cs_mls_sender *by);
uint32_t cs_mls_staged_committer(const struct cs_mls_staged *s);
/* An external commit: the committer is new, and the last one added. */
bool cs_mls_staged_external(const struct cs_mls_staged *s);
/* Does it remove this member itself? Then merging it ends the membership. */
bool cs_mls_staged_self_removed(const struct cs_mls_staged *s);
/* Does it end the group in favour of another (section 12.1.5)? */
bool cs_mls_staged_reinit(const struct cs_mls_staged *s);
/* An extension of the GroupContext after the merge. */
bool cs_mls_staged_extension(
    const struct cs_mls_staged *s, uint16_t type, struct cs_view *data);
/* The i-th AppEphemeral; false: there is none. */
bool cs_mls_staged_ephemeral(const struct cs_mls_staged *s, size_t i,
    uint16_t *component, struct cs_view *data);
/* Is ${message} the commit that ${s} came from? So a member recognises its own
 * commit when it comes back after the acknowledgement was lost. */
bool cs_mls_staged_is(const struct cs_mls_staged *s, struct cs_view message);

/* A staged commit of our own survives a restart. */
CS_CHECKED enum cs_err cs_mls_staged_save(
    const struct cs_mls_staged *s, struct cs_buf *out);
CS_CHECKED enum cs_err cs_mls_staged_load(
    struct cs_mls_staged **out, struct cs_mls_group *g, struct cs_view saved);
void cs_mls_staged_free(struct cs_mls_staged *s);

/* Move to the next epoch. Takes ${staged}, also on failure. */
CS_CHECKED enum cs_err cs_mls_group_merge(
    struct cs_mls_group *g, struct cs_mls_staged *staged);

/* ---- joining ------------------------------------------------------------ */

/* What may be needed to join by a Welcome. */
struct cs_mls_join_options {
	struct cs_view ratchet_tree; /* where the Welcome has none */
	uint16_t ext_type;  /* a GroupInfo extension that is wanted, ... */
	struct cs_buf *ext; /* ... its data, or nothing; NULL: none wanted */
	/* The group that is re-initialised or branched (sections 11.2, 11.3):
	 * its resumption PSK and its members are what the new one is checked
	 * against.  NULL: none, and a Welcome that wants one is refused. */
	struct cs_mls_group *from;
};
/* Join from a Welcome (section 12.4.3.1).  ${secrets} are those of the key
 * package that ${welcome} is for; ${join} may be NULL. */
CS_CHECKED enum cs_err cs_mls_welcome_join(struct cs_mls_group **out,
    struct cs_view welcome, struct cs_view secrets,
    const struct cs_mls_identity *id, const struct cs_mls_options *opt,
    const struct cs_mls_join_options *join);
/* The KeyPackageRef of the i-th recipient of a Welcome; CS_ERR_NOT_FOUND past
 * the last. */
CS_CHECKED enum cs_err cs_mls_welcome_recipient(
    struct cs_mls_hash *ref, struct cs_view welcome, size_t i);
/* The leaf of the member who made the Welcome that ${g} was joined by. */
uint32_t cs_mls_group_welcomed_by(const struct cs_mls_group *g);

/* What an external commit may carry. */
struct cs_mls_external_options {
	struct cs_view ratchet_tree; /* where the GroupInfo has none */
	bool resync; /* remove the leaf that has our signature key, or else our
		      * credential: CS_ERR_MEMBER if there is none */
	const struct cs_mls_psk_id *psk;
	size_t n_psk;
	/* SelfRemoves that wait, as PublicMessages. */
	const struct cs_view *proposals;
	size_t n_proposals;
	struct cs_view authenticated_data;
};
/*
 * Join by an external commit (section 12.4.3.2).  ${group_info} needs
 * external_pub.  The group that comes out stands in the new epoch: it is to be
 * thrown away if the delivery service refuses ${commit}.  ${ext} may be NULL.
 */
CS_CHECKED enum cs_err cs_mls_external_commit(struct cs_mls_group **out,
    struct cs_buf *commit, struct cs_view group_info,
    const struct cs_mls_identity *id, const struct cs_mls_options *opt,
    const struct cs_mls_external_options *ext);

/* A proposal of a non-member to be added (section 12.1.8), as a PublicMessage;
 * ${group_info} says to which group and epoch. ${secrets} and ${ref} are as in
 * cs_mls_key_package_new(). */
CS_CHECKED enum cs_err cs_mls_new_member_add(struct cs_buf *out,
    struct cs_buf *secrets, struct cs_mls_hash *ref, struct cs_view group_info,
    const struct cs_mls_identity *id);

/* ---- re-initialisation and branching (sections 11.2 and 11.3) ----------- */

/* Has a ReInit been committed?  What it asks for; views live with the group,
 * ${extensions} gets their serialized list. */
bool cs_mls_group_reinit(const struct cs_mls_group *g, struct cs_view *group_id,
    uint16_t *suite_id, struct cs_view *extensions);

/* The new group of all or some members of an old one. */
struct cs_mls_successor_options {
	const struct cs_view *add; /* fresh key packages of the members */
	size_t n_add;
	struct cs_view group_id; /* of a branch; a ReInit fixes its own */
	struct cs_mls_extensions context_exts; /* of a branch */
	bool force_path;
	bool without_tree;
};
/* Make the group that the ReInit of ${from} asks for, or a branch of ${from} if
 * it asks for none. ${id} makes it and adds the others; the old group's
 * resumption PSK is injected. ${id}'s signer has to be of the new suite. */
CS_CHECKED enum cs_err cs_mls_group_succeed(struct cs_mls_group **out,
    struct cs_buf *welcome, struct cs_mls_group *from,
    const struct cs_mls_identity *id, const struct cs_mls_options *opt,
    const struct cs_mls_successor_options *what);

/* ---- messages ----------------------------------------------------------- */

/* Encrypt application data as PrivateMessage (section 15).  CS_ERR_BUSY while
 * a proposal is stored: section 12.4 wants it committed first.
 * CS_ERR_PROPOSAL: the group was re-initialised. */
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
	uint32_t sender_leaf; /* UINT32_MAX: not a member */
	uint16_t credential_type;
	struct cs_buf credential; /* of the sender, as it was in that epoch */
	struct cs_buf signature_key;
	struct cs_buf authenticated_data;
	struct cs_buf data;
	struct cs_mls_staged *staged;
};
void cs_mls_received_clear(struct cs_mls_received *r);

/*
 * Process any handshake or application message from another member, an
 * external sender or a new member.  On failure the group is as it was.
 * CS_ERR_EPOCH: not for an epoch that we have; CS_ERR_REPLAY: its key was used
 * or deleted, or it is a message of our own, or a proposal that is stored
 * already; CS_ERR_LIMIT: further ahead than the options allow;
 * CS_ERR_NOT_FOUND: it needs a PSK that is not known here.
 */
CS_CHECKED enum cs_err cs_mls_process(struct cs_mls_received *out,
    struct cs_mls_group *g, struct cs_view message);

/* What a message tells without being a member. */
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

/* ---- for a hub: the public half of a group ------------------------------ */

/* Make it from a GroupInfo, whose tree and signature are checked.
 * ${ratchet_tree} may be empty if the GroupInfo holds the tree. */
CS_CHECKED enum cs_err cs_mls_public_group_new(struct cs_mls_public_group **out,
    struct cs_view group_info, struct cs_view ratchet_tree,
    const struct cs_mls_options *opt);
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

/* The ratchet_tree of the current epoch (section 12.4.3.3), for joiners. */
CS_CHECKED enum cs_err cs_mls_public_group_tree(
    struct cs_mls_public_group *g, struct cs_buf *out);
/* Is ${group_info} (MLSMessage) of exactly this epoch, signed by one of its
 * members, and with an external_pub?  The key in external_pub and the
 * confirmation tag can only be checked by members. */
CS_CHECKED enum cs_err cs_mls_public_group_check_info(
    const struct cs_mls_public_group *g, struct cs_view group_info);

/*
 * Process a PublicMessage as far as a non-member can: signature, epoch,
 * proposals, path, parent hashes; the membership and confirmation tags cannot
 * be checked.  A proposal is stored, a commit moves to the next epoch; on
 * failure nothing changes.
 */
struct cs_mls_public_outcome {
	enum cs_mls_content content;
	uint32_t sender_leaf; /* UINT32_MAX: not a member; of an external
			       * commit the leaf that it adds */
	bool external_commit;
	uint32_t *added; /* leaves, after the commit */
	size_t n_added;
	struct cs_mls_removal {
		uint32_t leaf; /* as it was before the commit */
		struct cs_mls_sender by;
	} * removed;
	size_t n_removed;
};
void cs_mls_public_outcome_clear(struct cs_mls_public_outcome *o);
CS_CHECKED enum cs_err cs_mls_public_process(struct cs_mls_public_outcome *out,
    struct cs_mls_public_group *g, struct cs_view message);

/* What a GroupInfo (MLSMessage) says; nothing about it is verified. */
struct cs_mls_group_info_view {
	uint16_t suite_id;
	struct cs_view group_id;
	uint64_t epoch;
	uint32_t signer;           /* its leaf */
	struct cs_view extensions; /* see cs_mls_extension_next() */
};
CS_CHECKED enum cs_err cs_mls_group_info_peek(
    struct cs_mls_group_info_view *out, struct cs_view group_info);

/* A proposal by the external sender number ${sender_index} of the group's
 * external_senders extension (section 12.1.8.1), as PublicMessage.  Exactly one
 * of the fields is set. */
struct cs_mls_external_proposal {
	struct cs_view add; /* a key package as MLSMessage */
	const uint32_t *remove;
	const struct cs_mls_psk_id *psk;
	const struct cs_mls_reinit *reinit;
	const struct cs_mls_extensions *context_exts;
};
CS_CHECKED enum cs_err cs_mls_external_propose(struct cs_buf *out,
    const struct cs_mls_public_group *g, uint32_t sender_index,
    const struct cs_signer *signer,
    const struct cs_mls_external_proposal *proposal);

/* ---- views -------------------------------------------------------------- */

/* A view lives as long as what it is of, and changes with it. */
const struct cs_mls_public *cs_mls_group_view(const struct cs_mls_group *g);
const struct cs_mls_public *cs_mls_public_group_view(
    const struct cs_mls_public_group *g);

struct cs_view cs_mls_view_id(const struct cs_mls_public *p);
uint16_t cs_mls_view_suite(const struct cs_mls_public *p);
/* Content of the list of the GroupContext's extensions. */
struct cs_view cs_mls_view_extensions(const struct cs_mls_public *p);
/* How many leaves there are, blank ones included; false: a blank one. */
uint32_t cs_mls_view_leaves(const struct cs_mls_public *p);
bool cs_mls_view_leaf(
    const struct cs_mls_public *p, uint32_t leaf, struct cs_mls_leaf_view *out);
/* Proposals that wait; false: there is no i-th. */
size_t cs_mls_view_proposals(const struct cs_mls_public *p);
bool cs_mls_view_proposal(
    const struct cs_mls_public *p, size_t i, struct cs_mls_proposal_view *out);

/* ---- safe labels (draft-ietf-mls-extensions) ---------------------------- */

/* ComponentOperationLabel: appends the label that component ${component} uses
 * in SafeSignWithLabel and SafeEncryptWithLabel. */
CS_CHECKED enum cs_err cs_mls_component_label(
    struct cs_buf *out, uint16_t component, struct cs_view label);
/* Sign as a member, or verify a member's signature, for a component. */
CS_CHECKED enum cs_err cs_mls_safe_sign(struct cs_buf *signature,
    const struct cs_mls_group *g, uint16_t component, struct cs_view label,
    struct cs_view content);
CS_CHECKED enum cs_err cs_mls_safe_verify(const struct cs_mls_group *g,
    uint32_t leaf, uint16_t component, struct cs_view label,
    struct cs_view content, struct cs_view signature);
/* The data of a component in an app_data_dictionary; strictly sorted, else
 * CS_ERR_FORMAT; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_mls_app_data_find(
    struct cs_view *data, struct cs_view dictionary, uint16_t component);
/* Find the item of a component in a SafeAAD, with the same errors. */
CS_CHECKED enum cs_err cs_mls_safe_aad_find(struct cs_view *item,
    struct cs_view authenticated_data, uint16_t component);
