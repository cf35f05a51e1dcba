/* SPDX-License-Identifier: MIT */
/* What is signed, and how it travels (RFC 9420, 6). */
#pragma once

#include "crypto/signer.h"
#include "mls/codec.h"
#include "mls/key_schedule.h"
#include "mls/secret_tree.h"

#include "countersign/mls.h"

/* FramedContent. */
struct cs_mls_framed {
	struct cs_view group_id;
	uint64_t epoch;
	struct cs_mls_sender sender;
	struct cs_view authenticated_data;
	enum cs_mls_content type;
	struct cs_view body; /* application data, or serialized Proposal or
			      * Commit, of good syntax */
};

/* AuthenticatedContent as it came: the signature is not verified. */
struct cs_mls_unverified {
	enum cs_mls_wire wire;
	struct cs_mls_framed framed;
	struct cs_view signature;
	struct cs_view confirmation_tag; /* commits only */
};

/* Content whose signature, and membership tag, verified. */
struct cs_mls_verified {
	enum cs_mls_wire wire;
	struct cs_mls_framed framed;
	struct cs_view signature;
	struct cs_view confirmation_tag; /* for the key schedule to check */
};

void cs_mls_framed_write(struct cs_writer *w, const struct cs_mls_framed *f);

/* FramedContentAuthData. */
void cs_mls_auth_data_read(struct cs_reader *r, struct cs_mls_unverified *io);
void cs_mls_auth_data_write(
    struct cs_writer *w, const struct cs_mls_unverified *c);

/* AuthenticatedContent. */
void cs_mls_authenticated_read(
    struct cs_reader *r, struct cs_mls_unverified *out);

/* A signature, with room for the longest. */
struct cs_mls_signature {
	uint8_t b[CS_SIG_MAX];
	size_t n;
};

/* ${context}: the serialized GroupContext of the content's epoch. */
CS_CHECKED enum cs_err cs_mls_framed_sign(struct cs_mls_signature *out,
    enum cs_mls_wire wire, const struct cs_mls_framed *f,
    const struct cs_signer *signer, struct cs_view context);
CS_CHECKED enum cs_err cs_mls_framed_verify(struct cs_mls_verified *out,
    const struct cs_mls_unverified *in, const struct cs_suite *suite,
    struct cs_view signature_key, struct cs_view context);

/* ProposalRef of section 5.2: hash length out. */
CS_CHECKED enum cs_err cs_mls_proposal_ref(uint8_t *out,
    const struct cs_suite *suite, const struct cs_mls_verified *c);

/* ---- PublicMessage, section 6.2 ----------------------------------------- */

struct cs_mls_public_message {
	struct cs_mls_unverified content;
	struct cs_view membership_tag; /* members only */
};
void cs_mls_public_message_read(
    struct cs_reader *r, struct cs_mls_public_message *out);
void cs_mls_public_message_write(
    struct cs_writer *w, const struct cs_mls_public_message *m);

/* CS_ERR_MAC unless the tag is the one of ${key}. */
CS_CHECKED enum cs_err cs_mls_membership_check(
    const struct cs_mls_public_message *m, const struct cs_suite *suite,
    const struct cs_mls_membership_key *key, struct cs_view context);

/* Append an MLSMessage for signed content; ${key} is for members only. */
CS_CHECKED enum cs_err cs_mls_public_message_seal(struct cs_buf *out,
    const struct cs_mls_unverified *content, const struct cs_suite *suite,
    const struct cs_mls_membership_key *key, struct cs_view context);

/* ---- PrivateMessage, section 6.3 ---------------------------------------- */

struct cs_mls_private_message {
	struct cs_view group_id;
	uint64_t epoch;
	enum cs_mls_content type;
	struct cs_view authenticated_data;
	struct cs_view encrypted_sender_data;
	struct cs_view ciphertext;
};

struct cs_mls_sender_data {
	uint32_t leaf;
	uint32_t generation;
	uint8_t reuse_guard[4];
};

/* ---- MLSMessage --------------------------------------------------------- */

/* Version and wire format; ${r} then stands before the rest. */
enum cs_mls_wire cs_mls_message_read(struct cs_reader *r);
void cs_mls_message_write(struct cs_writer *w, enum cs_mls_wire wire);
