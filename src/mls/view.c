/* SPDX-License-Identifier: MIT */
#include "mls/change.h"
#include "mls/group.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/rules.h"
#include "mls/tree_leaf.h"
#include "mls/tree_save.h"

const struct cs_mls_public *
cs_mls_group_view(const struct cs_mls_group *g)
{
	return &g->pub;
}

struct cs_view
cs_mls_view_id(const struct cs_mls_public *p)
{
	return cs_buf_view(&p->group_id);
}

uint16_t
cs_mls_view_suite(const struct cs_mls_public *p)
{
	return p->suite->id;
}

struct cs_view
cs_mls_view_extensions(const struct cs_mls_public *p)
{
	return cs_mls_public_extensions(p).raw;
}

bool
cs_mls_extension_next(struct cs_view *list, struct cs_mls_extension *out)
{
	struct cs_reader r = cs_reader(*list);

	if (!cs_reader_more(&r))
		return false;
	*out = cs_mls_ext_next(&r);
	if (r.err != CS_OK)
		return false;
	*list = cs_view(r.data, r.left);
	return true;
}

uint32_t
cs_mls_view_leaves(const struct cs_mls_public *p)
{
	return p->tree.n_leaves;
}

bool
cs_mls_view_leaf(
    const struct cs_mls_public *p, uint32_t leaf, struct cs_mls_leaf_view *out)
{
	struct cs_mls_leaf l;

	if (!cs_mls_tree_leaf(&p->tree, leaf, &l))
		return false;
	cs_mls_leaf_show(out, &l);
	return true;
}

size_t
cs_mls_view_proposals(const struct cs_mls_public *p)
{
	return p->n_proposals;
}

bool
cs_mls_view_proposal(
    const struct cs_mls_public *p, size_t i, struct cs_mls_proposal_view *out)
{
	if (i >= p->n_proposals)
		return false;
	cs_mls_proposal_show(out, &p->proposals[i]->valid, true);
	return true;
}
