/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/group.h"
#include "mls/group_commit.h"

/* What the new group is to be. */
struct plan {
	uint16_t suite_id;
	struct cs_view group_id;
	struct cs_mls_extensions exts;
	struct cs_mls_extension *list; /* where exts came from bytes */
	enum cs_mls_psk_usage usage;
};

/* The caller's form of a serialized list. */
static enum cs_err
unpack(struct plan *p, struct cs_view raw)
{
	struct cs_reader r = cs_reader(raw);
	size_t n = 0;

	while (cs_reader_more(&r)) {
		cs_mls_ext_next(&r);
		n++;
	}
	p->list = cs_calloc(n, sizeof *p->list);
	if (p->list == NULL)
		return CS_ERR_NOMEM;
	r = cs_reader(raw);
	while (cs_reader_more(&r))
		p->list[p->exts.n++] = cs_mls_ext_next(&r);
	p->exts.v = p->list;
	return cs_reader_end(&r);
}

static enum cs_err
make_plan(struct plan *out, const struct cs_mls_group *from,
    const struct cs_mls_successor_options *what)
{
	struct cs_mls_proposal p;
	struct cs_view exts;

	if (cs_mls_group_reinit(from, &out->group_id, &out->suite_id, &exts)) {
		/* One that wants a version which we do not have is valid. */
		if (cs_mls_proposal_parse(&p, cs_buf_view(&from->pub.reinit)) !=
			CS_OK ||
		    p.reinit.version != CS_MLS_VERSION_10)
			return CS_ERR_VERSION;
		out->usage = CS_MLS_PSK_REINIT;
		return unpack(out, exts);
	}
	out->usage = CS_MLS_PSK_BRANCH;
	out->suite_id = from->pub.suite->id;
	out->group_id = what->group_id;
	out->exts = what->context_exts;
	return CS_OK;
}

/* The first commit: everybody is added, and the old group's secret mixed in. */
static enum cs_err
first_commit(struct cs_mls_group *g, struct cs_buf *welcome,
    const struct cs_mls_group *from, const struct plan *plan,
    const struct cs_mls_successor_options *what)
{
	const struct cs_mls_psk_id psk = {
		.type = CS_MLS_PSK_RESUMPTION,
		.usage = plan->usage,
		.id = cs_mls_group_id(from),
		.epoch = cs_mls_group_epoch(from),
	};
	const struct cs_mls_commit_options opt = {
		.add = what->add,
		.n_add = what->n_add,
		.psk = &psk,
		.n_psk = 1,
		.force_path = what->force_path,
		.without_tree = what->without_tree,
	};
	struct cs_mls_staged *staged = NULL;
	struct cs_buf unsent = { 0 };
	size_t before = welcome->len;
	enum cs_err err;

	/* Nobody but us is there to receive the commit itself. */
	err = cs_mls_commit_make(&staged, &unsent, welcome, g, &opt, from);
	if (err == CS_OK && (err = cs_mls_group_merge(g, staged)))
		welcome->len = before;
	cs_buf_free(&unsent);
	return err;
}

enum cs_err
cs_mls_group_succeed(struct cs_mls_group **out, struct cs_buf *welcome,
    struct cs_mls_group *from, const struct cs_mls_identity *id,
    const struct cs_mls_options *opt,
    const struct cs_mls_successor_options *what)
{
	struct cs_mls_options first = *opt;
	struct plan plan = { 0 };
	struct cs_mls_group *g = NULL;
	enum cs_err err;

	*out = NULL;
	if (from->ended)
		return CS_ERR_MEMBER;
	/* Epoch 0 is nobody's but ours: nothing of it is kept. */
	first.past_epochs = first.past_psks = 0;
	if ((err = make_plan(&plan, from, what)) ||
	    (err = cs_mls_group_new(
		 &g, plan.suite_id, plan.group_id, id, plan.exts, &first)) ||
	    (err = first_commit(g, welcome, from, &plan, what)))
		goto out;
	cs_mls_group_set_options(g, opt);
	*out = g;
	g = NULL;
out:
	cs_mls_group_free(g);
	cs_free_plain(plan.list);
	return err;
}
