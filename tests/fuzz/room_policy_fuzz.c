/* SPDX-License-Identifier: MIT */
/*
 * A policy that parses has one spelling, lists nobody twice, and stands in a
 * context exactly once.  The first byte says what the rest is: a component, or
 * a list of extensions that gets one.
 */
#include "fuzz/fuzz_want.h"
#include "room/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
component(struct cs_view in)
{
	struct cs_room_policy policy;
	struct cs_buf out = { 0 };

	if (cs_room_policy_parse(&policy, in) != CS_OK)
		return;
	fuzz_want(policy.n_admins <= CS_ROOM_ADMINS_MAX);
	fuzz_want(cs_room_role_of(&policy, policy.owner) == CS_ROOM_OWNER);
	for (size_t i = 0; i < policy.n_admins; i++)
		fuzz_want(cs_room_role_of(&policy, policy.admins[i]) ==
		    CS_ROOM_ADMIN);
	fuzz_want(cs_room_policy_write(&out, &policy) == CS_OK);
	fuzz_want(cs_view_equal(cs_buf_view(&out), in));
	cs_buf_free(&out);
}

static void
context(struct cs_view in)
{
	struct cs_room_policy policy = { .written = true, .owner = { 1 } }, got;
	struct cs_buf once = { 0 }, twice = { 0 };

	(void)!cs_room_policy_find(&got, in);
	if (cs_room_policy_put(&once, in, &policy) == CS_OK &&
	    cs_room_policy_find(&got, cs_buf_view(&once)) == CS_OK) {
		fuzz_want(cs_room_policy_equal(&policy, &got));
		fuzz_want(cs_room_policy_put(
			      &twice, cs_buf_view(&once), &policy) == CS_OK);
		fuzz_want(
		    cs_view_equal(cs_buf_view(&once), cs_buf_view(&twice)));
	}
	cs_buf_free(&once);
	cs_buf_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		context(cs_view(data + 1, size - 1));
	else
		component(cs_view(data + 1, size - 1));
	return 0;
}
