/* SPDX-License-Identifier: MIT */
#include "mls/proposal_list.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"
#include "mls/ratchet_tree.h"
#include "mls/rules.h"
#include "mls/tree_node.h"

void
cs_mls_proposal_list_clear(struct cs_mls_proposal_list *l)
{
	cs_free_plain(l->v);
	*l = (struct cs_mls_proposal_list){ 0 };
}

const struct cs_mls_valid_proposal *
cs_mls_proposal_list_find(
    const struct cs_mls_proposal_list *l, enum cs_mls_proposal_type type)
{
	for (size_t i = 0; i < l->n; i++)
		if (l->v[i].valid.p.type == type)
			return &l->v[i].valid;
	return NULL;
}

bool
cs_mls_proposal_removes(const struct cs_mls_valid_proposal *v)
{
	return v->p.type == CS_MLS_PROPOSAL_REMOVE ||
	    v->p.type == CS_MLS_PROPOSAL_SELF_REMOVE;
}

static int
compare(const void *a, const void *b)
{
	const struct cs_view *x = a, *y = b;

	return cs_view_compare(*x, *y);
}

/* What may stand only once in a list, as bytes: the leaf that is changed, the
 * client that is added, the PreSharedKeyID. */
static bool
unique_part(struct cs_view *out, uint8_t leaf[static 5],
    const struct cs_mls_valid_proposal *v)
{
	uint32_t target = cs_mls_proposal_target(v);

	if (target != UINT32_MAX) {
		leaf[0] = 'L';
		for (int i = 0; i < 4; i++)
			leaf[i + 1] = (uint8_t)(target >> 8 * i);
		*out = cs_view(leaf, 5);
		return true;
	}
	/* Same signature key: the same client (section 12.2). */
	if (v->p.type == CS_MLS_PROPOSAL_ADD)
		*out = v->leaf.leaf.signature_key;
	else if (v->p.type == CS_MLS_PROPOSAL_PSK)
		*out = v->p.raw;
	return v->p.type == CS_MLS_PROPOSAL_ADD ||
	    v->p.type == CS_MLS_PROPOSAL_PSK;
}

/* Section 12.2: one Update or Remove for a leaf, each client and each PSK
 * once. */
static enum cs_err
check_unique(const struct cs_mls_proposal_list *l)
{
	struct cs_view *parts = cs_calloc(l->n, sizeof *parts);
	uint8_t(*leaves)[5] = cs_calloc(l->n, sizeof *leaves);
	enum cs_err err = CS_OK;
	size_t n = 0;

	if (parts == NULL || leaves == NULL) {
		err = CS_ERR_NOMEM;
		goto out;
	}
	for (size_t i = 0; i < l->n; i++)
		n += unique_part(&parts[n], leaves[i], &l->v[i].valid);
	qsort(parts, n, sizeof *parts, compare);
	for (size_t i = 1; i < n; i++)
		if (cs_view_equal(parts[i - 1], parts[i]))
			err = CS_ERR_PROPOSAL;
out:
	cs_free_plain(parts);
	cs_free_plain(leaves);
	return err;
}

static size_t
count(const struct cs_mls_proposal_list *l, enum cs_mls_proposal_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->v[i].valid.p.type == type;
	return n;
}

/* Section 12.2 of a member's commit. */
static enum cs_err
check_regular(const struct cs_mls_proposal_list *l, uint32_t committer)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct cs_mls_valid_proposal *v = &l->v[i].valid;

		/* Neither an Update nor a Remove of the committer. */
		if (cs_mls_proposal_target(v) == committer)
			return CS_ERR_PROPOSAL;
		/* SelfRemove only by reference (its draft). */
		if (v->p.type == CS_MLS_PROPOSAL_SELF_REMOVE &&
		    l->v[i].stored == NULL)
			return CS_ERR_PROPOSAL;
	}
	if (count(l, CS_MLS_PROPOSAL_EXTERNAL_INIT) != 0 ||
	    count(l, CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS) > 1 ||
	    (count(l, CS_MLS_PROPOSAL_REINIT) != 0 && l->n != 1))
		return CS_ERR_PROPOSAL;
	return CS_OK;
}

/* Section 12.2 of an external commit. */
static enum cs_err
check_external(const struct cs_mls_proposal_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		enum cs_mls_proposal_type type = l->v[i].valid.p.type;
		bool by_reference = type == CS_MLS_PROPOSAL_SELF_REMOVE;

		if (type != CS_MLS_PROPOSAL_EXTERNAL_INIT &&
		    type != CS_MLS_PROPOSAL_REMOVE &&
		    type != CS_MLS_PROPOSAL_PSK &&
		    type != CS_MLS_PROPOSAL_APP_EPHEMERAL &&
		    type != CS_MLS_PROPOSAL_SELF_REMOVE)
			return CS_ERR_PROPOSAL;
		/* Section 12.4.3.2: by value; SelfRemoves are not. */
		if ((l->v[i].stored != NULL) != by_reference)
			return CS_ERR_PROPOSAL;
	}
	return count(l, CS_MLS_PROPOSAL_EXTERNAL_INIT) == 1 &&
		count(l, CS_MLS_PROPOSAL_REMOVE) <= 1
	    ? CS_OK
	    : CS_ERR_PROPOSAL;
}

enum cs_err
cs_mls_proposal_list_check(const struct cs_mls_proposal_list *l,
    const struct cs_mls_public *p, uint32_t committer)
{
	enum cs_err err;

	/* Section 12.2: known to every member who processes the commit. */
	if ((count(l, CS_MLS_PROPOSAL_SELF_REMOVE) != 0 &&
		!cs_mls_tree_supports(&p->tree, CS_MLS_DOES_SELF_REMOVE)) ||
	    (count(l, CS_MLS_PROPOSAL_APP_EPHEMERAL) != 0 &&
		!cs_mls_tree_supports(&p->tree, CS_MLS_DOES_EPHEMERAL)))
		return CS_ERR_PROPOSAL;
	err = committer == CS_MLS_COMMITTER_NEW ? check_external(l)
						: check_regular(l, committer);
	return err ? err : check_unique(l);
}

/* RFC 9420, section 17.4, "Path Required". */
static bool
needs_path(enum cs_mls_proposal_type type)
{
	return type != CS_MLS_PROPOSAL_ADD && type != CS_MLS_PROPOSAL_PSK &&
	    type != CS_MLS_PROPOSAL_REINIT &&
	    type != CS_MLS_PROPOSAL_APP_EPHEMERAL;
}

bool
cs_mls_proposal_list_needs_path(const struct cs_mls_proposal_list *l)
{
	for (size_t i = 0; i < l->n; i++)
		if (needs_path(l->v[i].valid.p.type))
			return true;
	return l->n == 0;
}

/* GroupContext extensions that come with the commit itself. */
static bool
find_extensions(struct cs_mls_ext_list *out, const struct cs_mls_public *p,
    const struct cs_mls_commit *commit)
{
	struct cs_reader r = cs_reader(commit->proposals);
	const struct cs_mls_stored_proposal *stored;
	struct cs_mls_proposal_or_ref e;

	while (cs_reader_more(&r)) {
		const struct cs_mls_proposal *proposal = &e.proposal;

		cs_mls_proposal_or_ref_read(&r, &e);
		if (e.by_reference) {
			stored = cs_mls_public_find_proposal(p, e.reference);
			if (stored == NULL)
				continue;
			proposal = &stored->valid.p;
		}
		if (proposal->type != CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS)
			continue;
		*out = proposal->extensions;
		return true;
	}
	return false;
}

enum cs_err
cs_mls_proposal_list_resolve(struct cs_mls_proposal_list *out,
    const struct cs_mls_public *p, const struct cs_mls_commit *commit,
    uint32_t committer, enum cs_mls_age age)
{
	struct cs_mls_proposal_setting how = {
		.sender = { CS_MLS_SENDER_MEMBER, committer },
		.in_time = age == CS_MLS_FRESH,
	};
	struct cs_reader r = cs_reader(commit->proposals);
	struct cs_mls_ext_list context;
	struct cs_mls_proposal_or_ref entry;
	enum cs_err err = CS_OK;

	if (committer == CS_MLS_COMMITTER_NEW)
		how.sender =
		    (struct cs_mls_sender){ CS_MLS_SENDER_NEW_MEMBER_COMMIT,
			    0 };
	if (commit->n_proposals > CS_MLS_MAX_PROPOSALS)
		return CS_ERR_LIMIT;
	/* Section 12.3: what is added fits to the extensions as they will be.
	 */
	if (find_extensions(&context, p, commit))
		how.context = &context;
	out->v = cs_calloc(commit->n_proposals, sizeof *out->v);
	if (out->v == NULL)
		return CS_ERR_NOMEM;
	while (cs_reader_more(&r)) {
		struct cs_mls_listed *to = &out->v[out->n];

		cs_mls_proposal_or_ref_read(&r, &entry);
		if (!entry.by_reference) {
			if ((err = cs_mls_public_check_proposal(
				 &to->valid, p, &entry.proposal, &how)))
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
