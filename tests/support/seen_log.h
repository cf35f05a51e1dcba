/* SPDX-License-Identifier: MIT */
/* A small log of an operator's, and what it signs. */
#pragma once

#include "franking/tlog_fault.h"
#include "support/operator.h"
#include "tlog/tile.h"

#define SEEN_LOG_ENTRIES 8

struct seen_log {
	struct test_operator operator;
	struct cs_sign_key with, stamp_key;
	struct cs_note_key key;
	struct cs_buf cert, stamp_cert;
	struct cs_tlog_hash leaves[SEEN_LOG_ENTRIES];
};

static inline void
seen_log_entry(struct seen_log *l, size_t i, struct cs_view entry)
{
	assert_ok(cs_tlog_leaf_hash(&l->leaves[i], entry));
}

static inline void
seen_log_init(struct seen_log *l, const char *origin, uint64_t now_s)
{
	uint8_t seed[CS_SIGN_SEED_LEN];

	memset(l, 0, sizeof *l);
	test_operator_init(&l->operator, now_s);
	memset(seed, 0x4c, sizeof seed);
	assert_ok(cs_sign_key_from_seed(&l->with, seed));
	memset(seed, 0x53, sizeof seed);
	assert_ok(cs_sign_key_from_seed(&l->stamp_key, seed));
	assert_ok(cs_note_key(&l->key, origin, l->with.public));
	assert_ok(cs_role_key_cert_make(&l->cert, CS_ROLE_TLOG, l->with.public,
	    now_s - CS_DAY_S, now_s + CS_DAY_S, &l->operator.root));
	assert_ok(cs_stamp_key_cert_make(&l->stamp_cert, l->stamp_key.public,
	    now_s - CS_DAY_S, now_s + CS_DAY_S, &l->operator.root));
	for (size_t i = 0; i < SEEN_LOG_ENTRIES; i++) {
		const uint8_t entry[] = { 'e', (uint8_t)i };

		seen_log_entry(l, i, CS_VIEW_OF(entry));
	}
}

static inline void
seen_log_clear(struct seen_log *l)
{
	test_operator_clear(&l->operator);
	cs_buf_free(&l->cert);
	cs_buf_free(&l->stamp_cert);
}

static inline enum cs_err
seen_log_node(
    void *log, struct cs_tlog_hash *out, unsigned level, uint64_t index)
{
	const struct seen_log *l = log;

	assert_true((index + 1) << level <= SEEN_LOG_ENTRIES);
	return cs_tlog_fold(
	    out, &l->leaves[index << level], (size_t)1 << level);
}

/* The checkpoint of the first ${size}, as a note. */
static inline void
seen_log_note(struct cs_buf *out, struct seen_log *l, uint64_t size)
{
	struct cs_tlog_checkpoint c = {
		.origin = cs_view_str(l->key.name),
		.size = size,
	};

	cs_buf_reset(out);
	assert_ok(cs_tlog_root(&c.root, size, seen_log_node, l));
	assert_ok(cs_tlog_checkpoint_sign(out, &c, &l->key, &l->with));
}

/* The turn of one batch, which ${s} is alone in, and its entry. */
static inline void
seen_log_turn(struct cs_tlog_turn *turn, uint8_t entry[CS_TLOG_COMMIT_LEN],
    const uint8_t leaf[CS_HASH_LEN])
{
	struct cs_tlog_hash root;

	memset(turn, 0, sizeof *turn);
	turn->salt[0] = 5;
	turn->batches = 1;
	memcpy(root.bytes, leaf, CS_HASH_LEN);
	assert_ok(cs_tlog_turn_commit(entry, turn->salt, 1, &root));
}
