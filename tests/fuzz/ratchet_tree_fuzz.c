/* SPDX-License-Identifier: MIT */
/*
 * Ratchet trees that come beside a GroupInfo.  The first byte says who signed:
 * 0: nobody, 1: the GroupInfo is made to fit the tree, 2: and each leaf is
 * signed by one of the members, in turn.
 */

#include "crypto/label.h"
#include "fuzz/fuzz_world.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/tree_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Append one node, a leaf with a fresh signature. */
static void
copy_node(struct cs_writer *w, struct cs_reader *r, uint32_t x,
    const struct fuzz_world *world)
{
	const struct cs_signer *signer =
	    world->m[cs_mls_node_to_leaf(x) % FUZZ_MEMBERS].id.signer;
	const struct cs_mls_leaf_place place = {
		cs_buf_view(&world->m[0].group->pub.group_id),
		cs_mls_node_to_leaf(x)
	};
	struct cs_mls_leaf leaf;
	enum cs_err err;
	uint8_t type;

	cs_write_u8(w, cs_read_optional(r));
	if (w->buf->data[w->buf->len - 1] == 0)
		return;
	type = cs_read_u8(r);
	cs_write_u8(w, type);
	if (type == 1) {
		cs_mls_leaf_read(r, &leaf);
		leaf.signature_key = cs_signer_public(signer);
		if (r->err == CS_OK &&
		    (err = cs_mls_leaf_sign(w->buf, &leaf, place, signer)))
			cs_writer_fail(w, err);
	} else {
		cs_write_vec(w, cs_read_vec(r));
		cs_write_vec(w, cs_read_vec(r));
		cs_write_vec(w, cs_read_vec(r));
	}
}

static enum cs_err
sign_leaves(
    struct cs_buf *out, struct cs_view tree, const struct fuzz_world *world)
{
	struct cs_reader r = cs_reader(tree), nodes = cs_read_sub(&r);
	struct cs_writer w = cs_writer(out);
	size_t mark = cs_write_open(&w);

	for (uint32_t x = 0; cs_reader_more(&nodes) && x < 64; x++)
		copy_node(&w, &nodes, x, world);
	cs_write_close(&w, mark);
	cs_read_sub_end(&r, &nodes);
	return r.err != CS_OK ? r.err : cs_writer_end(&w);
}

/* A GroupInfo of the world's group, if ${tree} were its tree. */
static enum cs_err
fit_info(struct cs_buf *out, struct cs_view tree, const struct fuzz_world *w)
{
	static const uint8_t any_tag[32] = { 1 };
	const struct cs_mls_group *g = w->m[0].group;
	struct cs_mls_public p = g->pub;
	struct cs_mls_unverified_tree t = { 0 };
	struct cs_mls_group_info_parts parts = {
		.confirmation_tag = CS_VIEW_OF(any_tag),
		.key = w->m[0].id.signer,
	};
	struct cs_hpke_key external;
	enum cs_err err;

	p.context = (struct cs_buf){ 0 };
	fuzz_ok(cs_mls_external_key(&external, p.suite, &g->secrets.external));
	parts.external_pub = cs_hpke_key_public(&external);
	if ((err = cs_mls_tree_parse(&t, p.suite, tree)) == CS_OK) {
		p.tree = t.tree;
		if ((err = cs_mls_public_update_context(&p)) == CS_OK)
			err = cs_mls_group_info_make(out, &p, &parts);
	}
	cs_mls_tree_clear(&t.tree);
	cs_buf_free(&p.context);
	return err;
}

static void
show(const struct fuzz_world *w, struct cs_view info, struct cs_view tree)
{
	struct cs_mls_options opt = world_options();
	struct cs_mls_external_options ext = { .ratchet_tree = tree };
	const struct world_member *m = &w->m[FUZZ_NEWCOMER];
	struct cs_buf written = { 0 }, commit = { 0 };
	struct cs_mls_public_group *g;
	struct cs_mls_group *mine;
	enum cs_err err = cs_mls_public_group_new(&g, info, tree, &opt);

	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	fuzz_want((g != NULL) == (err == CS_OK));
	if (err != CS_OK)
		return;
	/* There is one way to write what was accepted. */
	fuzz_ok(cs_mls_public_group_tree(g, &written));
	fuzz_want(cs_view_equal(cs_buf_view(&written), tree));
	cs_mls_public_group_free(g);
	cs_buf_free(&written);
	/* Who wants can join it. */
	err = cs_mls_external_commit(&mine, &commit, info, &m->id, &opt, &ext);
	fuzz_want(cs_err_class(err) != CS_ERR_CLASS_MISUSE);
	fuzz_want((mine != NULL) == (err == CS_OK));
	cs_mls_group_free(mine);
	cs_buf_free(&commit);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz_world *w = fuzz_world();
	struct cs_buf tree = { 0 }, info = { 0 };
	struct cs_view in;

	if (size == 0)
		return 0;
	cs_test_fixed_random(2);
	in = cs_view(data + 1, size - 1);
	if (data[0] % 3 == 2 && sign_leaves(&tree, in, w) == CS_OK)
		in = cs_buf_view(&tree);
	if (data[0] % 3 == 0)
		show(w, cs_buf_view(&w->info_alone), in);
	else if (fit_info(&info, in, w) == CS_OK)
		show(w, cs_buf_view(&info), in);
	cs_buf_free(&tree);
	cs_buf_free(&info);
	return 0;
}
