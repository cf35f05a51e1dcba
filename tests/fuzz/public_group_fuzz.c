/* SPDX-License-Identifier: MIT */
/*
 * Groups that somebody shows us: a GroupInfo as it comes, one that is signed
 * anew by member 0, and states on disk.  What loads is saved and loaded again.
 */
#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/group.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A group that was accepted can be kept and looked at. */
static void
keep(struct cs_mls_public_group *g)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *again;
	struct cs_mls_member member;
	struct cs_buf saved = { 0 }, same = { 0 };

	for (uint32_t i = 0; i <= cs_mls_public_group_leaves(g) && i < 50; i++)
		if (cs_mls_public_group_member(g, i, &member))
			fuzz_want(member.signature_key.len == 32);
	fuzz_ok(cs_mls_public_group_save(g, &saved));
	fuzz_ok(cs_mls_public_group_load(&again, cs_buf_view(&saved), &opt));
	fuzz_ok(cs_mls_public_group_save(again, &same));
	fuzz_want(cs_view_equal(cs_buf_view(&saved), cs_buf_view(&same)));
	cs_mls_public_group_free(again);
	cs_buf_free(&saved);
	cs_buf_free(&same);
}

static void
show(struct cs_view group_info)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *g;

	if (cs_mls_public_group_new(&g, group_info, cs_view(NULL, 0), &opt) ==
	    CS_OK)
		keep(g);
	else
		fuzz_want(g == NULL);
	cs_mls_public_group_free(g);
}

static void
show_signed(struct cs_view in, const struct cs_signer *key)
{
	struct cs_reader r = cs_reader(in);
	struct cs_mls_group_info gi;
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	struct cs_buf tbs = { 0 }, out = { 0 };
	struct cs_writer w = cs_writer(&tbs), w_out = cs_writer(&out);

	(void)cs_mls_message_read(&r);
	cs_mls_group_info_read(&r, &gi);
	if (cs_reader_end(&r) != CS_OK)
		return;
	gi.signature = cs_view(NULL, 0);
	cs_mls_group_info_write(&w, &gi);
	fuzz_ok(cs_writer_end(&w));
	tbs.len--; /* the empty signature */
	fuzz_ok(cs_sign_with_label(signature, &n, key,
	    cs_view_str("GroupInfoTBS"), cs_buf_view(&tbs)));
	gi.signature = cs_view(signature, n);
	cs_mls_message_write(&w_out, CS_MLS_WIRE_GROUP_INFO);
	cs_mls_group_info_write(&w_out, &gi);
	fuzz_ok(cs_writer_end(&w_out));
	show(cs_buf_view(&out));
	cs_buf_free(&tbs);
	cs_buf_free(&out);
}

static void
load_public(struct cs_view saved)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_public_group *g;

	if (cs_mls_public_group_load(&g, saved, &opt) == CS_OK)
		keep(g);
	cs_mls_public_group_free(g);
}

static void
load_member(struct cs_view saved)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_group *g;
	struct cs_buf again = { 0 };

	if (world_load(&g, saved, &opt) == CS_OK)
		fuzz_ok(world_save(g, &again));
	cs_mls_group_free(g);
	cs_buf_free(&again);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_view in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	switch (data[0] % 4) {
	case 0:
		show(in);
		break;
	case 1:
		show_signed(in, w->m[0].id.signer);
		break;
	case 2:
		load_public(in);
		break;
	case 3:
		load_member(in);
		break;
	}
	return 0;
}
