/* SPDX-License-Identifier: MIT */
/*
 * Key packages: as they come, and signed anew (first byte odd), so that what
 * is checked after the signatures is reached.  One that passes can be added.
 */
#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/key_package.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same content, both signatures by ${key}; nothing if it cannot be. */
static enum cs_err
sign_anew(struct cs_buf *out, struct cs_view in, const struct cs_sign_key *key)
{
	const struct cs_mls_leaf_place nowhere = { { NULL, 0 }, 0 };
	struct cs_mls_key_package kp;
	uint8_t signature[CS_SIGNATURE_LEN];
	struct cs_buf leaf = { 0 }, tbs = { 0 };
	struct cs_writer w = cs_writer(&tbs), w_out = cs_writer(out);
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_mls_key_package_parse_message(&kp, in)))
		return err;
	kp.leaf.signature_key = CS_VIEW_OF(key->public);
	if ((err = cs_mls_leaf_sign(&leaf, &kp.leaf, nowhere, key)))
		goto out;
	r = cs_reader(cs_buf_view(&leaf));
	cs_mls_leaf_read(&r, &kp.leaf);
	kp.signature = cs_view(NULL, 0);
	cs_mls_key_package_write(&w, &kp);
	if ((err = cs_reader_end(&r)) || (err = cs_writer_end(&w)))
		goto out;
	tbs.len--; /* the empty signature */
	if ((err = cs_sign_with_label(signature, key,
		 cs_view_str("KeyPackageTBS"), cs_buf_view(&tbs))))
		goto out;
	kp.signature = CS_VIEW_OF(signature);
	cs_mls_message_write(&w_out, CS_MLS_WIRE_KEY_PACKAGE);
	cs_mls_key_package_write(&w_out, &kp);
	err = cs_writer_end(&w_out);
out:
	cs_buf_free(&leaf);
	cs_buf_free(&tbs);
	return err;
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
	else if (sign_anew(&kp, in, &w->m[FUZZ_NEWCOMER].key) == CS_OK)
		check(w, cs_buf_view(&kp));
	cs_buf_free(&kp);
	return 0;
}
