/* SPDX-License-Identifier: MIT */
/*
 * Messages to a member and to the hub.  The first byte says how the rest is
 * dressed: as it is, or as the body of a message that is signed, tagged and
 * encrypted as it should be, so that the checks behind these are reached.
 */
#include "fuzz/fuzz_dress.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Both take it, and go on from where they were. */
static void
deliver(struct fuzz_world *w, struct cs_view message)
{
	struct cs_mls_message_info info;
	struct cs_mls_received got;
	struct cs_mls_public_outcome outcome;
	bool changed = false;
	enum cs_err err;

	(void)!cs_mls_message_peek(&info, message);
	err = cs_mls_process(&got, w->m[1].group, message);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	if (err == CS_OK) {
		changed = true;
		if (got.event == CS_MLS_EVENT_COMMIT) {
			(void)!cs_mls_group_merge(w->m[1].group, got.staged);
			got.staged = NULL;
		}
	}
	cs_mls_received_clear(&got);
	err = cs_mls_public_process(&outcome, w->pub, message);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	changed = changed || err == CS_OK;
	cs_mls_public_outcome_clear(&outcome);
	if (changed)
		fuzz_world_restore(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_buf message = { 0 };
	struct cs_view in;
	enum dress how;

	if (size == 0 || size > CS_MLS_MAX_MESSAGE)
		return 0;
	cs_test_fixed_random(2);
	how = (enum dress)(data[0] % N_DRESSES);
	in = cs_view(data + 1, size - 1);
	if (dress(&message, w->m[0].group, how, w->external, in) == CS_OK)
		deliver(w, cs_buf_view(&message));
	cs_buf_free(&message);
	return 0;
}
