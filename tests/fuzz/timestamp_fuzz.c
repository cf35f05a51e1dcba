/* SPDX-License-Identifier: MIT */
/* What a time-stamp authority, or whoever stands in its way, answers. */
#include "crypto/timestamp.h"
#include "fuzz/fuzz_want.h"
#include "unit/crypto/timestamp_data.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_timestamp t;

	/* No change of bytes dates anything otherwise. */
	if (cs_timestamp_verify(&t, cs_view(data, size),
		cs_view_str("what is dated"), NULL,
		cs_view_str(timestamp_root)) == CS_OK)
		fuzz_want(t.time_s == TIMESTAMP_TIME_S);
	else
		fuzz_want(t.time_s == 0);
	return 0;
}
