/* SPDX-License-Identifier: MIT */
/*
 * The bytes of an evidence bundle (FRANKING, "Evidence
 * bundle"; docs/decisions/0003-csev-details.md), and nothing of what they mean:
 * that is content/evidence.h.
 *
 *	"CSEV0001" | Header | items<V> | gaps<V> | keys<V>
 *
 * Reading is strict: one spelling, every count bounded, nothing left over.
 */
#pragma once

#include "franking/credential.h"
#include "franking/stamp.h"
#include "franking/tlog_entry.h"
#include "tlog/proof_file.h"

#define CS_CSEV_ITEMS_MAX 50 /* DESIGN: report 50 messages */
#define CS_CSEV_MEDIA_MAX 16 /* as many as a message has parts */
/* At most one between two items; one root, and three certificates an item. */
#define CS_CSEV_GAPS_MAX CS_CSEV_ITEMS_MAX
#define CS_CSEV_KEYS_MAX (3 * CS_CSEV_ITEMS_MAX + 1)
#define CS_CSEV_HASHES_MAX 100000 /* of undisclosed messages, in all */
#define CS_CSEV_NOTE_MAX 4096
#define CS_CSEV_AUTH_MAX (CS_CREDENTIAL_MAX + 128)
#define CS_CSEV_DATA_MAX ((size_t)64 << 10) /* DESIGN: a message */
#define CS_CSEV_LOG_PROOF_MAX (CS_TLOG_TURN_MAX + CS_TLOG_PROOF_FILE_MAX + 8)
#define CS_CSEV_MAX ((size_t)200 << 20)

struct cs_csev_media {
	uint8_t file_sha256[32];
	uint8_t plain_sha256[32];
	bool has_key, has_bytes;
	uint8_t key[32];
	struct cs_view bytes;
};

struct cs_csev_item {
	struct cs_view application_data;
	uint8_t group_ref[32];
	uint64_t epoch;
	uint32_t leaf;
	uint8_t account[16];
	uint8_t device[16];
	uint64_t sender_seq;
	uint64_t claimed_ms;
	uint8_t sig[CS_SIGNATURE_LEN];
	struct cs_view stamp; /* the wire form of franking/stamp.h */
	uint8_t msg_hash[32];
	struct cs_view log_proof; /* empty: none */
	size_t n_media;
	struct cs_csev_media media[CS_CSEV_MEDIA_MAX];
};

struct cs_csev_gap {
	uint8_t group_ref[32];
	uint64_t first_seq;
	struct cs_view leafhashes; /* at least one, 32 bytes each */
};

enum cs_csev_key_type {
	CS_CSEV_CREDENTIAL = 1,     /* cert<V>: franking/credential.h */
	CS_CSEV_STAMP_KEY_CERT = 2, /* cert<V> */
	CS_CSEV_ROOT = 3,           /* key32 */
	CS_CSEV_LOG_KEY_CERT = 4,   /* cert<V>: RoleKeyCert of the log */
};
struct cs_csev_key {
	enum cs_csev_key_type type;
	struct cs_view cert;
	uint8_t public[32]; /* the root */
};

/* Does the bundle say who made it?  Values are those of the bytes. */
enum cs_csev_mode {
	CS_CSEV_UNNAMED = 0, /* a key made for it alone signs all of it */
	CS_CSEV_NAMED = 1,   /* a device of theirs, with its credential, does */
};

/* Large: on the heap.  Views point into what was parsed. */
struct cs_csev {
	uint8_t report_id[16];
	uint64_t created_ms;
	enum cs_csev_mode mode;
	uint16_t reason;
	struct cs_view note;
	/* NAMED: credential<V> | sig64; UNNAMED: key32 | sig64; empty to be
	 * signed. */
	struct cs_view auth;
	size_t n_items, n_gaps, n_keys;
	struct cs_csev_item items[CS_CSEV_ITEMS_MAX];
	struct cs_csev_gap gaps[CS_CSEV_GAPS_MAX];
	struct cs_csev_key keys[CS_CSEV_KEYS_MAX];
	/* After parsing: what stands before and behind auth<V>. */
	struct cs_view before_auth, behind_auth;
};

/* Append ${c}, whose auth is written as it is. */
CS_CHECKED enum cs_err cs_csev_write(
    struct cs_buf *out, const struct cs_csev *c);

/*
 * Parse the whole of ${in} into a new ${*out}.  CS_ERR_FORMAT; CS_ERR_VERSION:
 * a bundle of another version; CS_ERR_LIMIT: too many or too long.
 */
CS_CHECKED enum cs_err cs_csev_parse(struct cs_csev **out, struct cs_view in);
void cs_csev_free(struct cs_csev *c);

/* log_proof = turn<V> | proof<V>: how the stamp's batch and the entry of its
 * turn hang together (tlog_entry.h), and where that entry is in the log, as a
 * text (C2SP tlog-proof).  What they say is looked at elsewhere. CS_ERR_FORMAT,
 * CS_ERR_LIMIT. */
CS_CHECKED enum cs_err cs_csev_log_proof_write(
    struct cs_buf *out, struct cs_view turn, struct cs_view proof);
CS_CHECKED enum cs_err cs_csev_log_proof_parse(
    struct cs_view *turn, struct cs_view *proof, struct cs_view in);

/* auth: the reporter's credential, and the signature over
 * "countersign/report/v1\0" | SHA-256(the bundle with auth empty). */
CS_CHECKED enum cs_err cs_csev_sign(struct cs_buf *auth,
    struct cs_view unsigned_bundle, struct cs_view credential,
    const struct cs_sign_key *device_key);
/* The same in the mode CS_CSEV_UNNAMED: with a key that is new, and forgotten.
 * Nothing ties it to anybody, nor two of one member to each other. */
CS_CHECKED enum cs_err cs_csev_sign_unnamed(
    struct cs_buf *auth, struct cs_view unsigned_bundle);
/* CS_OK only for a signature that covers every byte of the parsed ${c}; where
 * somebody is named, by the device of a credential that verifies under
 * ${root_public} at created_ms.  Otherwise ${reporter} is empty: somebody else
 * could have made the bundle anew, but not changed it. */
CS_CHECKED enum cs_err cs_csev_verify_auth(struct cs_identity *reporter,
    const struct cs_csev *c, struct cs_view root_public);
