/* SPDX-License-Identifier: MIT */
/*
 * State on disk that is not what was saved.  The first byte says what the rest
 * stands for: both halves of a group, one of them beside the other as it was,
 * or a staged commit.  What loads can be used, without a crash.
 */

#include "crypto/hash.h"
#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/public_save.h"
#include "mls/public_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum part { BOTH, PUBLIC, SECRET, STAGED, N_PARTS };

/* Where the secret half names the public one: behind kind and version. */
#define TIE 2

/* Something to process: made once, by member 0. */
static const struct cs_buf *
letters(struct fuzz_world *w, size_t i)
{
	static struct cs_buf letter[3];
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_mls_staged *staged;
	struct cs_buf none = { 0 };

	if (letter[0].len == 0) {
		fuzz_ok(cs_mls_protect(&letter[0], w->m[0].group,
		    cs_view(NULL, 0), cs_view_str("hello")));
		fuzz_ok(cs_mls_commit_new(
		    &staged, &letter[1], &none, w->m[0].group, &opt));
		cs_mls_staged_free(staged);
		fuzz_ok(cs_mls_propose_update(&letter[2], w->m[0].group));
		cs_mls_group_drop_proposal(w->m[0].group, 0);
	}
	return &letter[i];
}

static void
finish(struct cs_mls_group *g, struct cs_mls_staged *staged)
{
	struct cs_buf saved = { 0 }, info = { 0 };
	struct cs_mls_member who;

	for (size_t i = 0; i < 5; i++) {
		(void)cs_mls_staged_added_member(staged, i, &who);
		(void)cs_mls_staged_removed_member(staged, i, &who, NULL);
	}
	(void)!cs_mls_staged_group_info(&info, staged, g, CS_MLS_WITH_TREE);
	(void)!cs_mls_group_merge(g, staged);
	(void)!world_save(g, &saved);
	cs_buf_free(&info);
	cs_buf_free(&saved);
}

/* Whatever it says; but it may not crash. */
static void
use(struct fuzz_world *w, struct cs_mls_group *g)
{
	const struct cs_mls_commit_options opt = { .force_path = true };
	struct cs_mls_staged *staged = NULL;
	struct cs_buf out = { 0 };
	struct cs_mls_hash h;
	struct cs_mls_member who;
	struct cs_mls_received got;

	for (uint32_t i = 0; i < 5; i++)
		(void)cs_mls_group_member(g, i, &who);
	for (size_t i = 0; i < 3; i++) {
		if (cs_mls_process(&got, g, cs_buf_view(letters(w, i))) !=
		    CS_OK)
			continue;
		cs_mls_received_clear(&got);
	}
	(void)!cs_mls_group_epoch_authenticator(g, &h);
	(void)!cs_mls_group_safe_export(g, &h, 1);
	(void)!cs_mls_group_info(g, &out, CS_MLS_WITH_TREE);
	(void)!cs_mls_propose_update(&out, g);
	if (cs_mls_commit_new(&staged, &out, &out, g, &opt) == CS_OK)
		finish(g, staged);
	cs_buf_free(&out);
}

/* The halves belong together, if the public one is good. */
static void
tie(struct cs_buf *secret, struct cs_view public)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_public p = { 0 };
	struct cs_buf copy = { 0 };
	uint8_t hash[CS_SHA256_LEN];

	fuzz_ok(cs_buf_set(&copy, public));
	if (secret->len >= TIE + sizeof hash &&
	    cs_mls_public_read(&p, &copy, CS_MLS_SAVED_PUBLIC, &opt) == CS_OK) {
		fuzz_ok(cs_sha256(hash, cs_mls_public_context(&p)));
		memcpy(secret->data + TIE, hash, sizeof hash);
	}
	cs_mls_public_clear(&p);
	cs_buf_free(&copy);
}

static void
load(struct fuzz_world *w, struct cs_view public, struct cs_view secret)
{
	struct cs_mls_options opt = world_options();
	struct cs_buf p = { 0 }, s = { 0 }, again = { 0 };
	struct cs_mls_group *g;
	enum cs_err err;

	fuzz_ok(cs_buf_set(&s, secret));
	tie(&s, public);
	fuzz_ok(cs_buf_set(&p, public));
	err = cs_mls_group_load(&g, &p, cs_buf_view(&s), &opt);
	fuzz_want(cs_err_class(err) == CS_ERR_CLASS_OURS || err == CS_OK);
	fuzz_want((g != NULL) == (err == CS_OK));
	if (err == CS_OK) {
		err = world_save(g, &again);
		fuzz_want(err == CS_OK || err == CS_ERR_CORRUPT);
		use(w, g);
	}
	cs_mls_group_free(g);
	cs_buf_free(&p);
	cs_buf_free(&s);
	cs_buf_free(&again);
}

static void
load_staged(struct fuzz_world *w, struct cs_view in)
{
	struct cs_mls_staged *staged;

	if (cs_mls_staged_load(&staged, w->m[1].group, in) != CS_OK) {
		fuzz_want(staged == NULL);
		return;
	}
	finish(w->m[1].group, staged);
	use(w, w->m[1].group);
	fuzz_world_restore(w);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_reader r = cs_reader(cs_buf_view(&w->saved)), both;
	struct cs_view public = cs_read_vec(&r), secret = cs_read_vec(&r), in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	switch ((enum part)(data[0] % N_PARTS)) {
	case BOTH:
		both = cs_reader(in);
		public = cs_read_vec(&both);
		secret = cs_read_vec(&both);
		load(w, public, secret);
		break;
	case PUBLIC:
		load(w, in, secret);
		break;
	case SECRET:
		load(w, public, in);
		break;
	case STAGED:
	case N_PARTS:
		load_staged(w, in);
		break;
	}
	return 0;
}
