/* SPDX-License-Identifier: MIT */
/* The hub's stamp and its chain (FRANKING, "Hub"). */
#pragma once

#include "base/reader.h"
#include "base/text.h"
#include "base/units.h"
#include "base/writer.h"
#include "franking/cert.h"

#define CS_STAMP_TBS_LEN (sizeof "countersign/stamp/v1" + 202)
#define CS_STAMP_WIRE_MAX 300
/* Stamps under one signature (decision 0046), and hashes beside the way from
 * one of them to the root. */
#define CS_STAMPS_MAX 32
#define CS_STAMP_PATH_MAX 5
/* Flags: the entry is a handshake, and its tag all zero.  So one number counts
 * the whole log; evidence must not have it. */
#define CS_STAMP_HANDSHAKE 0x01
/* The entry before bears a later time: the hub's clock was wrong then, and was
 * set back.  Without it the time never goes backwards in a group (FRANKING,
 * rule 7). */
#define CS_STAMP_CLOCK_SET 0x02
#define CS_STAMP_FLAGS (CS_STAMP_HANDSHAKE | CS_STAMP_CLOCK_SET)

/* Where a stamp is among those that were signed together, and where these are
 * in the operator's log. */
struct cs_stamp_batch {
	uint64_t entry;  /* of the log: the one that commits to the batch */
	uint32_t number; /* of the batch among those of the entry */
	uint8_t n;       /* stamps in it; 0: it was signed alone, and no log
			  * is promised */
	uint8_t at;      /* which of them */
	uint8_t path[CS_STAMP_PATH_MAX][CS_HASH_LEN];
};

struct cs_stamp {
	uint8_t flags;
	uint8_t operator_id[8]; /* SHA-256(root)[0..8] */
	uint8_t key_id[8];
	uint64_t accepted_ms;
	uint8_t group_ref[32];
	uint64_t epoch;
	uint64_t group_seq;
	uint8_t account[16];
	uint8_t device[16];
	uint8_t tag[32];
	uint8_t msg_hash[32];
	uint8_t chain_prev[32];
	uint8_t sig[CS_SIGNATURE_LEN];
	struct cs_stamp_batch batch;
};

/* SHA-256("countersign/group/v1\0" | group_id). */
CS_CHECKED enum cs_err cs_group_ref(
    uint8_t out[static 32], struct cs_view group_id);

/* How people are shown a group, everywhere: the first 120 bits of its
 * reference, abcd-efgh-jkmn-pqrs-tvwx-yz01.  Whoever makes a group chooses its
 * id; with 60 bits, two alike would be found in 2^30 tries. */
#define CS_GROUP_REF_TEXT_SIZE CS_ID_TEXT_SIZE
void cs_group_ref_text(char out[static CS_GROUP_REF_TEXT_SIZE],
    const uint8_t group_ref[static 32]);

/* SHA-256(root)[0..8]. */
CS_CHECKED enum cs_err cs_operator_id(
    uint8_t out[static 8], const uint8_t root_public[static 32]);

/* Fill operator_id, key_id and sig of ${s}, which is signed alone; the rest is
 * there. */
CS_CHECKED enum cs_err cs_stamp_sign(struct cs_stamp *s,
    const uint8_t root_public[static 32], const struct cs_sign_key *key);

/*
 * Put ${n} stamps, 1 to CS_STAMPS_MAX, under one signature: fill n, at and path
 * of each one's batch; entry and number are there, and operator_id and key_id.
 * ${leaf} gets the hash by which the log's entry commits to all of them,
 * SHA-256(0x00 | StampsTBS).  CS_ERR_MISUSE: so many are no batch.
 */
CS_CHECKED enum cs_err cs_stamps_place(
    struct cs_stamp *v, size_t n, uint8_t leaf[static CS_HASH_LEN]);
/* Place and sign them; the first one says which entry and number. */
CS_CHECKED enum cs_err cs_stamps_sign(struct cs_stamp *v, size_t n,
    const uint8_t root_public[static 32], const struct cs_sign_key *key);
/* The same hash out of one stamp, whose signature was verified.
 * CS_ERR_NOT_FOUND: it was signed alone. */
CS_CHECKED enum cs_err cs_stamp_batch_leaf(
    uint8_t leaf[static CS_HASH_LEN], const struct cs_stamp *s);

/* What the operator signed of a batch: the log's entry of that number commits
 * to it.  It names no message, so it can be shown to anybody. */
struct cs_stamp_promise {
	uint8_t key_id[8];
	uint64_t entry;
	uint32_t number;
	uint8_t n;
	uint8_t root[CS_HASH_LEN];
	uint8_t sig[CS_SIGNATURE_LEN];
};
#define CS_STAMP_PROMISE_LEN (8 + 8 + 4 + 1 + CS_HASH_LEN + CS_SIGNATURE_LEN)

/* The promise in ${s}, whose signature was verified.  CS_ERR_NOT_FOUND: it was
 * signed alone. */
CS_CHECKED enum cs_err cs_stamp_promise(
    struct cs_stamp_promise *out, const struct cs_stamp *s);
/* The hash of cs_stamp_batch_leaf() for it. */
CS_CHECKED enum cs_err cs_stamp_promise_leaf(uint8_t leaf[static CS_HASH_LEN],
    const struct cs_stamp_promise *p, const uint8_t root_public[static 32]);
/* Is it one of ${key}, which the operator ${root_public} certified?  It bears
 * no time.  CS_ERR_STAMP when not. */
CS_CHECKED enum cs_err cs_stamp_promise_verify(const struct cs_stamp_promise *p,
    const struct cs_stamp_key_cert *key, const uint8_t root_public[static 32]);
/* key_id8 | u64 entry | u32 number | u8 n | root32 | sig64; and back.
 * CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_stamp_promise_write(
    struct cs_buf *out, const struct cs_stamp_promise *p);
CS_CHECKED enum cs_err cs_stamp_promise_parse(
    struct cs_stamp_promise *out, struct cs_view in);

/*
 * Is ${s} a stamp of ${key}, which the operator ${root_public} certified?
 * CS_ERR_STAMP when not; CS_ERR_EXPIRED when the key was not valid then.
 */
CS_CHECKED enum cs_err cs_stamp_verify(const struct cs_stamp *s,
    const struct cs_stamp_key_cert *key, const uint8_t root_public[static 32]);

/* ver | flags | key_id8 | accepted_ms | group_seq | chain_prev32 | proof;
 * version 1 was signed alone, 2 in a batch. */
CS_CHECKED enum cs_err cs_stamp_write(
    struct cs_buf *out, const struct cs_stamp *s);
/* The last part of it by itself, of a stamp that was signed in a batch. */
void cs_stamp_place_write(struct cs_writer *w, const struct cs_stamp_batch *b);
void cs_stamp_place_read(struct cs_reader *r, struct cs_stamp_batch *b);
/* The fields that are on the wire; the recipient rebuilds the others. */
CS_CHECKED enum cs_err cs_stamp_parse(struct cs_stamp *out, struct cs_view in);

/* SHA-256(0x00 | StampTBS without chain_prev). */
CS_CHECKED enum cs_err cs_stamp_leafhash(
    uint8_t out[static 32], const struct cs_stamp *s);
/* chain = SHA-256(0x01 | chain | leafhash).  The first chain is all zero. */
CS_CHECKED enum cs_err cs_chain_next(
    uint8_t chain[static 32], const uint8_t leafhash[static 32]);
/* Both: from before ${s} to behind it. */
CS_CHECKED enum cs_err cs_stamp_chain(
    uint8_t chain[static 32], const struct cs_stamp *s);
