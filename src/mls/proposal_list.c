/* SPDX-License-Identifier: MIT */
#include "base/alloc.h"
#include "mls/change.h"

void
cs_mls_proposal_list_clear(struct cs_mls_proposal_list *l)
{
	cs_free_plain(l->v);
	*l = (struct cs_mls_proposal_list){ 0 };
}

/* The leaf that an Update or Remove applies to; UINT32_MAX: neither. */
static uint32_t
target(const struct cs_mls_valid_proposal *v)
{
	if (v->p.type == CS_MLS_PROPOSAL_UPDATE)
		return v->sender.index;
	if (v->p.type == CS_MLS_PROPOSAL_REMOVE)
		return v->p.remove;
	return UINT32_MAX;
}

/* Same signature key: the same client, twice (section 12.2). */
static bool
same_client(const struct cs_mls_listed *a, const struct cs_mls_listed *b)
{
	return a->valid.p.type == CS_MLS_PROPOSAL_ADD &&
	    b->valid.p.type == CS_MLS_PROPOSAL_ADD &&
	    cs_view_equal(a->valid.leaf.leaf.signature_key,
		b->valid.leaf.leaf.signature_key);
}

enum cs_err
cs_mls_proposal_list_check(
    const struct cs_mls_proposal_list *l, uint32_t committer)
{
	for (size_t i = 0; i < l->n; i++) {
		uint32_t leaf = target(&l->v[i].valid);

		/* Section 12.2: neither an Update nor a Remove of the
		 * committer, and one of them for a leaf. */
		if (leaf == committer)
			return CS_ERR_PROPOSAL;
		for (size_t j = 0; j < i; j++)
			if ((leaf != UINT32_MAX &&
				target(&l->v[j].valid) == leaf) ||
			    same_client(&l->v[i], &l->v[j]))
				return CS_ERR_PROPOSAL;
	}
	return CS_OK;
}

bool
cs_mls_proposal_list_needs_path(const struct cs_mls_proposal_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].valid.p.type != CS_MLS_PROPOSAL_ADD)
			return true;
	return l->n == 0;
}

enum cs_err
cs_mls_proposal_list_resolve(struct cs_mls_proposal_list *out,
    const struct cs_mls_public *p, const struct cs_mls_commit *commit,
    uint32_t committer, bool in_time)
{
	const struct cs_mls_sender sender = { CS_MLS_SENDER_MEMBER, committer };
	struct cs_reader r = cs_reader(commit->proposals);
	struct cs_mls_proposal_or_ref entry;
	enum cs_err err = CS_OK;

	if (commit->n_proposals > CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	out->v = cs_calloc(commit->n_proposals, sizeof *out->v);
	if (out->v == NULL)
		return CS_ERR_NOMEM;
	while (cs_reader_more(&r)) {
		struct cs_mls_listed *to = &out->v[out->n];

		cs_mls_proposal_or_ref_read(&r, &entry);
		if (!entry.by_reference) {
			if ((err = cs_mls_public_check_proposal(&to->valid, p,
				 &entry.proposal, sender, in_time)))
				return err;
		} else {
			to->stored =
			    cs_mls_public_find_proposal(p, entry.reference);
			if (to->stored == NULL)
				return CS_ERR_NOT_FOUND;
			to->valid = to->stored->valid;
		}
		out->n++;
	}
	return cs_reader_end(&r);
}
