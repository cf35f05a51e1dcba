/* SPDX-License-Identifier: MIT */
/*
 * Groups that somebody shows us: a GroupInfo as it comes, one that is signed
 * anew by member 0, and a hub's state on disk.  What loads is saved and loaded
 * again; whoever wants tries to join.
 */

#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/framing.h"
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

/* Somebody tries to come in by it. */
static void
join(const struct world_member *m, struct cs_view group_info)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_external_options ext = { .resync = false };
	struct cs_buf out = { 0 }, secrets = { 0 };
	struct cs_mls_group *g;
	enum cs_err err;

	for (int resync = 0; resync < 2; resync++) {
		ext.resync = resync != 0;
		err = cs_mls_external_commit(
		    &g, &out, group_info, &m->id, &opt, &ext);
		fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
		fuzz_want((g != NULL) == (err == CS_OK));
		cs_mls_group_free(g);
	}
	err = cs_mls_new_member_add(&out, &secrets, NULL, group_info, &m->id);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	cs_buf_free(&out);
	cs_buf_free(&secrets);
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
	join(&fuzz_world()->m[FUZZ_NEWCOMER], group_info);
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

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_view in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	switch (data[0] % 3) {
	case 0:
		show(in);
		break;
	case 1:
		show_signed(in, w->m[0].id.signer);
		break;
	case 2:
		load_public(in);
		break;
	}
	return 0;
}
