/* SPDX-License-Identifier: MIT */
/* Proofs: as files, which are read as they are written; and as numbers and
 * hashes, of which none may prove two things. */
#include "base/reader.h"
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "tlog/proof_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_file(struct cs_view in)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	struct cs_tlog_proof_file file;
	struct cs_tlog_checkpoint c;
	struct cs_buf again = { 0 };
	struct cs_sign_key with;
	struct cs_note_key key;
	struct cs_tlog_hash leaf;

	if (cs_tlog_proof_file_parse(&file, in) != CS_OK)
		return;
	fuzz_ok(cs_tlog_proof_file_write(&again, &file));
	fuzz_want(cs_view_equal(cs_buf_view(&again), in));
	fuzz_ok(cs_sign_key_from_seed(&with, seed));
	fuzz_ok(cs_note_key(&key, "log.example/1", with.public));
	fuzz_ok(cs_tlog_leaf_hash(&leaf, cs_view_str("entry 12345")));
	if (cs_tlog_proof_file_verify(
		&c, &file, &leaf, &key, cs_view_str("log.example/1")) == CS_OK)
		fuzz_want(file.index == 12345);
	cs_tlog_proof_file_clear(&file);
	cs_buf_free(&again);
}

static void
try_numbers(struct cs_view in)
{
	struct cs_reader r = cs_reader(in);
	uint64_t a = cs_read_u64(&r), b = cs_read_u64(&r);
	struct cs_tlog_hash first, second;
	struct cs_tlog_proof proof = { .n = 0 };

	cs_read_copy(&r, first.bytes, sizeof first.bytes);
	cs_read_copy(&r, second.bytes, sizeof second.bytes);
	while (r.left >= CS_HASH_LEN && proof.n < CS_TLOG_PROOF_MAX)
		cs_read_copy(&r, proof.hashes[proof.n++].bytes, CS_HASH_LEN);
	if (r.err)
		return;
	if (cs_tlog_inclusion_verify(&proof, &first, a, b, &second) == CS_OK) {
		second.bytes[0] ^= 1;
		fuzz_want(cs_tlog_inclusion_verify(
			      &proof, &first, a, b, &second) != CS_OK);
		second.bytes[0] ^= 1;
	}
	if (cs_tlog_consistency_verify(&proof, a, &first, b, &second) ==
	    CS_OK) {
		first.bytes[0] ^= 1;
		fuzz_want(cs_tlog_consistency_verify(
			      &proof, a, &first, b, &second) != CS_OK);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_ok(cs_crypto_init());
	try_file(cs_view(data, size));
	try_numbers(cs_view(data, size));
	return 0;
}
