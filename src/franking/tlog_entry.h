/* SPDX-License-Identifier: MIT */
/*
 * Entries of an operator's log (PROTOCOL, "The log of a hub"; decision 0046):
 * what kind of thing it is, and a commitment to which one.
 *
 *	u8 1 | u8 kind | commitment32
 *	commitment = SHA-256("countersign/log/v1\0" | kind | salt16 | content)
 *
 * Some kinds are there whole, because whoever makes the map of names anew needs
 * them (decision 0049), or because everybody has to see them (decision 0050;
 * franking/filing_entry.h):
 *
 *	u8 1 | u8 6 | u64 from | u64 to
 *	u8 1 | u8 10 | u64 names | root32 | key32
 *	u8 1 | u8 11 | label32 | value32
 */
#pragma once

#include "base/reader.h"
#include "base/units.h"
#include "base/writer.h"
#include "tlog/map.h"
#include "tlog/proof.h"

#define CS_TLOG_COMMIT_LEN (2 + CS_HASH_LEN)
#define CS_TLOG_RESTORED_LEN (2 + 8 + 8)
/* Of franking/filing_entry.h. */
#define CS_FILING_ENTRY_LEN (2 + 8 + 1 + 1 + 8 + 8 + 8 + CS_HASH_LEN)
#define CS_FILING_ANSWERED_LEN (2 + 8 + 1 + 8 + 8 + CS_HASH_LEN)
#define CS_FILING_OVERDUE_LEN (2 + 8 + 8)
#define CS_TLOG_NAMES_LEN (2 + 8 + CS_HASH_LEN + CS_KEY_LEN)
#define CS_TLOG_NAME_LEN (2 + CS_TLOG_MAP_LABEL_LEN + CS_HASH_LEN)
#define CS_TLOG_ENTRY_LONGEST CS_TLOG_NAMES_LEN /* of those of a hub */
#define CS_TLOG_SALT_LEN 16
/* A turn as bytes, at most. */
#define CS_TLOG_TURN_MAX                                                       \
	(CS_TLOG_SALT_LEN + 4 + 4 + CS_TLOG_PROOF_MAX * CS_HASH_LEN)

/* Kinds that others may add are entries all the same. */
enum cs_tlog_kind {
	CS_TLOG_STAMPS = 1,      /* what was stamped in a turn */
	CS_TLOG_CERTIFICATE = 2, /* of a key of the operator's; without salt */
	CS_TLOG_ACTION = 3,      /* of the desk */
	CS_TLOG_RELEASE = 4,     /* of a page or program; without salt */
	CS_TLOG_DESK_HEAD = 5,   /* of the desk's audit */
	CS_TLOG_RESTORED = 6,    /* the database was put back from a backup */
	CS_TLOG_NOTICE = 7,      /* something was filed; whole */
	CS_TLOG_ANSWER = 8,      /* to that; whole */
	CS_TLOG_OVERDUE = 9,     /* no answer came in time; whole */
	CS_TLOG_NAMES = 10,      /* root of the map of names; without salt */
	CS_TLOG_NAME = 11,       /* a leaf of it */
};

/* The entry of ${kind} about ${content}; ${salt} NULL: all zero, for what
 * everybody may know. */
CS_CHECKED enum cs_err cs_tlog_commit(uint8_t out[static CS_TLOG_COMMIT_LEN],
    enum cs_tlog_kind kind, const uint8_t *salt, struct cs_view content);

/* The kind of ${entry}, which may be one that nobody here knows; 0: it is no
 * entry of a hub's log, by its version or its length. */
uint8_t cs_tlog_entry_kind(struct cs_view entry);

/* Begin to append an entry that is there whole, and read one, behind its kind:
 * of another kind it is CS_ERR_FORMAT. */
struct cs_writer cs_tlog_entry_begin(
    struct cs_buf *out, enum cs_tlog_kind kind);
struct cs_reader cs_tlog_entry_open(
    struct cs_view entry, enum cs_tlog_kind kind);

/* A name's leaf in the map. */
void cs_tlog_name_entry(
    uint8_t out[static CS_TLOG_NAME_LEN], const struct cs_tlog_map_leaf *leaf);
/* The map of so many names with this root, whose labels are by ${key}
 * (crypto/vrf.h); and back, for an entry as long as that.  CS_ERR_FORMAT: it is
 * of another kind. */
struct cs_tlog_names {
	uint64_t n;
	struct cs_tlog_hash root;
	uint8_t key[CS_KEY_LEN];
};
CS_CHECKED enum cs_err cs_tlog_names_write(
    struct cs_buf *out, const struct cs_tlog_names *names);
CS_CHECKED enum cs_err cs_tlog_names_parse(
    struct cs_tlog_names *out, struct cs_view entry);
/* A database that lost the entries from ${from} on, and goes on at ${to}. */
CS_CHECKED enum cs_err cs_tlog_restored_write(
    struct cs_buf *out, uint64_t from, uint64_t to);
CS_CHECKED enum cs_err cs_tlog_restored_parse(
    uint64_t *from, uint64_t *to, struct cs_view entry);

/* What is to be shown of a batch of stamps (franking/stamp.h): how it and the
 * entry of its turn hang together. */
struct cs_tlog_turn {
	uint8_t salt[CS_TLOG_SALT_LEN];
	uint32_t batches;          /* of the turn */
	struct cs_tlog_proof path; /* RFC 9162, section 2.1.3.1 */
};

/* The entry of a turn of ${batches} whose tree (RFC 6962, section 2.1, over the
 * hashes of cs_stamps_place()) has the root ${root}. */
CS_CHECKED enum cs_err cs_tlog_turn_commit(
    uint8_t out[static CS_TLOG_COMMIT_LEN],
    const uint8_t salt[static CS_TLOG_SALT_LEN], uint32_t batches,
    const struct cs_tlog_hash *root);

/* The entry that ${turn} leads to from the batch ${number} with the hash
 * ${leaf}.  CS_ERR_FORMAT: the path is not as long as it has to be. */
CS_CHECKED enum cs_err cs_tlog_turn_entry(
    uint8_t out[static CS_TLOG_COMMIT_LEN], const struct cs_tlog_turn *turn,
    uint32_t number, const uint8_t leaf[static CS_HASH_LEN]);

/* salt16 | u32 batches | path<V> of hash32; and back.  CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_tlog_turn_write(
    struct cs_buf *out, const struct cs_tlog_turn *turn);
CS_CHECKED enum cs_err cs_tlog_turn_parse(
    struct cs_tlog_turn *out, struct cs_view in);
