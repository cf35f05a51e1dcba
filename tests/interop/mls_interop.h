/* SPDX-License-Identifier: MIT */
/*
 * A client that does what the interop API of the
 * MLS working group asks for (mlswg/mls-implementations, interop/proto), as
 * lines of JSON.
 */
#pragma once

#include <jansson.h>

#include "base/reader.h"
#include "base/writer.h"
#include "countersign/mls.h"

/* ---- one call: mls_interop_json.c --------------------------------------- */

/*
 * A request and its answer.  The readers remember the first field that is not
 * what it should be; what is missing is zero, as in proto3.  Views that they
 * return live as long as the call.
 */
struct interop_call {
	const json_t *in;
	json_t *out;
	enum cs_err err;
	struct interop_piece *pieces;
};
void interop_call_clear(struct interop_call *c);

/* ${n} zero bytes that live as long as the call; after a failure NULL. */
void *interop_room(struct interop_call *c, size_t n, size_t size);

uint64_t interop_number(
    struct interop_call *c, const json_t *in, const char *field, uint64_t max);
bool interop_flag(struct interop_call *c, const char *field);
struct cs_view interop_bytes(
    struct interop_call *c, const json_t *in, const char *field);
struct cs_view interop_string(struct interop_call *c, const char *field);
/* The elements of a list; bytes, and whatever else. */
struct cs_view *interop_bytes_list(
    struct interop_call *c, size_t *n, const char *field);
const json_t *interop_list(
    struct interop_call *c, const json_t *in, const char *field);
struct cs_mls_extensions interop_extensions(
    struct interop_call *c, const json_t *in);

void interop_put_number(
    struct interop_call *c, const char *field, uint64_t value);
void interop_put_bytes(
    struct interop_call *c, const char *field, struct cs_view v);

/* ---- what a client keeps: mls_interop.c --------------------------------- */

enum interop_kind {
	INTEROP_STATE = 1,   /* a member of a group */
	INTEROP_TRANSACTION, /* a key package that waits for its Welcome */
	INTEROP_SIGNER,      /* an external sender */
	INTEROP_REINIT,      /* both: the old group, and a key package */
};

/* One of them; ids are never used twice. */
struct interop_thing {
	struct interop_thing *next;
	uint32_t id;
	enum interop_kind kind;
	uint16_t suite_id; /* of the signer */
	struct cs_buf name;
	struct cs_signer *signer;
	bool encrypt;

	struct cs_buf secrets; /* of the key package */

	struct cs_mls_group *group;
	struct cs_mls_staged *pending;
	struct cs_buf *proposals; /* messages of the group's stored ones, in
				   * the same order */
	size_t n_proposals;
};

/* Somebody new, with a fresh key; ours until interop_keep(). */
CS_CHECKED enum cs_err interop_thing_new(struct interop_thing **out,
    enum interop_kind kind, uint16_t suite_id, struct cs_view name);
void interop_thing_free(struct interop_thing *t);
/* From now on it can be found. */
void interop_keep(struct interop_thing *t);
/* The one that ${field} names, or NULL and an error in the call. */
struct interop_thing *interop_find(
    struct interop_call *c, const char *field, enum interop_kind kind);
/* Forget it: false if there is none. */
bool interop_drop(uint32_t id, enum interop_kind kind);

struct cs_mls_identity interop_identity(const struct interop_thing *t);
struct cs_mls_options interop_options(bool encrypt);

/* PSKs are known to the whole process. */
CS_CHECKED enum cs_err interop_psk_add(
    struct cs_view id, struct cs_view secret);

/* ---- what the files share ----------------------------------------------- */

typedef enum cs_err interop_fn(struct interop_call *c);

/* mls_interop_group.c */
interop_fn interop_create_group, interop_create_key_package, interop_join_group,
    interop_group_info, interop_state_auth, interop_export, interop_protect,
    interop_unprotect, interop_store_psk, interop_free;
/* Answer with the id of a group and its epoch authenticator. */
CS_CHECKED enum cs_err interop_put_state(
    struct interop_call *c, const struct interop_thing *t);
/* Answer with the private keys of a new key package. */
CS_CHECKED enum cs_err interop_put_secrets(
    struct interop_call *c, const struct interop_thing *t);
/* Join by a Welcome in the call. */
CS_CHECKED enum cs_err interop_welcome(struct cs_mls_group **out,
    struct interop_call *c, const struct interop_thing *t, bool encrypt,
    struct cs_mls_group *from);

/* mls_interop_proposal.c */
interop_fn interop_add_proposal, interop_update_proposal,
    interop_remove_proposal, interop_external_psk_proposal,
    interop_resumption_psk_proposal, interop_extensions_proposal,
    interop_reinit_proposal, interop_add_external_signer;
/* What a ProposalDescription says; ${type} is one of those below. */
enum interop_description_type {
	INTEROP_ADD,
	INTEROP_REMOVE,
	INTEROP_EXTERNAL_PSK,
	INTEROP_RESUMPTION_PSK,
	INTEROP_EXTENSIONS,
	INTEROP_REINIT_PROPOSAL,
};
struct interop_description {
	enum interop_description_type type;
	struct cs_view key_package;
	struct cs_view removed;
	struct cs_mls_psk_id psk; /* of a resumption PSK without group id */
	struct cs_mls_extensions extensions;
	struct cs_mls_reinit reinit;
};
void interop_describe(
    struct interop_description *out, struct interop_call *c, const json_t *in);
/* The leaf whose credential is ${name}, or CS_ERR_MEMBER. */
CS_CHECKED enum cs_err interop_find_leaf(
    uint32_t *out, const struct cs_mls_group *g, struct cs_view name);
/* Process a proposal of somebody else, if it is not known yet. */
CS_CHECKED enum cs_err interop_take_proposal(
    struct interop_thing *t, struct cs_view message);
void interop_forget_proposals(struct interop_thing *t);

/* mls_interop_commit.c */
interop_fn interop_commit, interop_handle_commit, interop_handle_pending,
    interop_external_join;
/* Merge what is pending, or a commit in the call. */
CS_CHECKED enum cs_err interop_merge_pending(struct interop_thing *t);
CS_CHECKED enum cs_err interop_merge_commit(
    struct interop_call *c, struct interop_thing *t);
/* The ratchet_tree inside of a GroupInfo. */
CS_CHECKED enum cs_err interop_inner_tree(
    struct cs_view *out, const struct cs_buf *group_info);

/* mls_interop_successor.c */
interop_fn interop_handle_pending_reinit, interop_handle_reinit,
    interop_reinit_welcome, interop_handle_reinit_welcome,
    interop_create_branch, interop_handle_branch;

/* mls_interop_external.c */
interop_fn interop_new_member_add, interop_create_external_signer,
    interop_external_signer_proposal;
