/* SPDX-License-Identifier: MIT */
/* What an audit of a log left for the next one: read as it is written, and the
 * note in it is that of a checkpoint or is refused. */
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "programs/verify/log_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Whose log the seeds are of. */
#define ORIGIN "log.example/1"

static void
try_note(struct cs_view note)
{
	static const uint8_t seed[CS_SIGN_SEED_LEN] = { 1 };
	struct cs_tlog_checkpoint c;
	struct cs_sign_key with;
	struct cs_note_key key;

	fuzz_ok(cs_sign_key_from_seed(&with, seed));
	fuzz_ok(cs_note_key(&key, ORIGIN, with.public));
	if (cs_tlog_checkpoint_open(&c, note, &key, cs_view_str(ORIGIN)) ==
	    CS_OK)
		fuzz_want(c.size <= CS_TLOG_SIZE_MAX);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view in = cs_view(data, size);
	struct log_state s;
	struct cs_buf again = { 0 };

	fuzz_ok(cs_crypto_init());
	if (log_state_parse(&s, in) == CS_OK) {
		fuzz_ok(log_state_add(&again, &s));
		fuzz_want(cs_view_equal(cs_buf_view(&again), in));
		for (size_t i = 0; i < LOG_KINDS; i++)
			fuzz_want(s.counts[i] <= CS_TLOG_SIZE_MAX);
		try_note(cs_buf_view(&s.note));
	}
	cs_buf_free(&again);
	cs_buf_free(&s.note);
	return 0;
}
