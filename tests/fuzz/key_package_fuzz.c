/* SPDX-License-Identifier: MIT */
/*
 * Key packages: as they come, and signed anew (first byte odd), so that what
 * is checked after the signatures is reached.  One that passes can be added.
 */

#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "support/key_package_sign.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static enum cs_err
sign_anew(struct cs_buf *out, struct cs_view in, const struct cs_signer *key)
{
	struct cs_mls_key_package kp;
	enum cs_err err;

	if ((err = cs_mls_key_package_parse_message(&kp, in)))
		return err;
	return key_package_sign(out, &kp, key);
}

static void
check(struct fuzz_world *w, struct cs_view kp)
{
	struct cs_mls_commit_options opt = { .add = &kp, .n_add = 1 };
	struct cs_mls_key_package_info info;
	struct cs_mls_staged *staged = NULL;
	struct cs_buf commit = { 0 }, welcome = { 0 };
	struct cs_mls_received got;
	enum cs_err err;

	if (cs_mls_key_package_check(&info, kp, WORLD_NOW) != CS_OK)
		return;
	err =
	    cs_mls_commit_new(&staged, &commit, &welcome, w->m[0].group, &opt);
	/* What one member can commit, another takes. */
	if (err == CS_OK) {
		fuzz_ok(
		    cs_mls_process(&got, w->m[1].group, cs_buf_view(&commit)));
		cs_mls_received_clear(&got);
	}
	cs_mls_staged_free(staged);
	cs_buf_free(&commit);
	cs_buf_free(&welcome);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_buf kp = { 0 };
	struct cs_view in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	if (data[0] % 2 == 0)
		check(w, in);
	else if (sign_anew(&kp, in, w->m[FUZZ_NEWCOMER].id.signer) == CS_OK)
		check(w, cs_buf_view(&kp));
	cs_buf_free(&kp);
	return 0;
}
