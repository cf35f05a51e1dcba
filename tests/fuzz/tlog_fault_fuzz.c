/* SPDX-License-Identifier: MIT */
/* What an operator was caught at has one spelling, and nothing that verifies
 * does so with another root; and what members tell of a log, in authenticated
 * data.
 */
#include "crypto/init.h"
#include "franking/csev.h"
#include "franking/safe_aad.h"
#include "franking/tlog_fault.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
try_fault(struct cs_view in)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 9 };
	struct cs_tlog_fault_shown shown;
	struct cs_buf again = { 0 };
	struct cs_sign_key other;
	struct cs_tlog_fault f;

	if (cs_tlog_fault_parse(&f, in) != CS_OK)
		return;
	fuzz_want(cs_tlog_fault_is(in));
	fuzz_ok(cs_tlog_fault_write(&again, &f));
	fuzz_want(cs_view_equal(cs_buf_view(&again), in));
	fuzz_ok(cs_sign_key_from_seed(&other, seed));
	fuzz_want(cs_tlog_fault_verify(&shown, &f, other.public) != CS_OK);
	cs_buf_free(&again);
}

static void
try_aad(struct cs_view in)
{
	struct cs_safe_aad aad, again;
	struct cs_buf out = { 0 };

	if (cs_safe_aad_parse(&aad, in) != CS_OK)
		return;
	fuzz_ok(cs_safe_aad_write(&out, &aad));
	fuzz_ok(cs_safe_aad_parse(&again, cs_buf_view(&out)));
	fuzz_want(again.has_told == aad.has_told);
	fuzz_want(again.told.size == aad.told.size);
	cs_buf_free(&out);
}

static void
try_log_proof(struct cs_view in)
{
	struct cs_buf again = { 0 };
	struct cs_view turn, proof;

	if (cs_csev_log_proof_parse(&turn, &proof, in) != CS_OK)
		return;
	fuzz_ok(cs_csev_log_proof_write(&again, turn, proof));
	fuzz_want(cs_view_equal(cs_buf_view(&again), in));
	cs_buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in;

	fuzz_ok(cs_crypto_init());
	if (size == 0)
		return 0;
	in = cs_view(data + 1, size - 1);
	switch (data[0]) {
	case 0:
		try_fault(in);
		break;
	case 1:
		try_aad(in);
		break;
	default:
		try_log_proof(in);
	}
	return 0;
}
