/* SPDX-License-Identifier: MIT */
#include "mls/rules.h"

#include "base/alloc.h"
#include "mls/change.h"
#include "mls/framing.h"
#include "mls/leaf_node.h"
#include "mls/public_state.h"

uint32_t
cs_mls_proposal_target(const struct cs_mls_valid_proposal *v)
{
	switch (v->p.type) {
	case CS_MLS_PROPOSAL_UPDATE:
	case CS_MLS_PROPOSAL_SELF_REMOVE:
		return v->sender.index;
	case CS_MLS_PROPOSAL_REMOVE:
		return v->p.remove;
	default:
		return UINT32_MAX;
	}
}

void
cs_mls_proposal_show(struct cs_mls_proposal_view *out,
    const struct cs_mls_valid_proposal *v, bool by_reference)
{
	*out = (struct cs_mls_proposal_view){
		.type = v->p.type,
		.sender = v->sender,
		.by_reference = by_reference,
		.target = cs_mls_proposal_target(v),
	};
	if (v->p.type == CS_MLS_PROPOSAL_ADD) {
		cs_mls_leaf_show(&out->leaf, &v->p.add.leaf);
		out->key_package_extensions = v->p.add.extensions.raw;
	} else if (v->p.type == CS_MLS_PROPOSAL_UPDATE) {
		cs_mls_leaf_show(&out->leaf, &v->p.update);
	}
}

static struct cs_mls_handshake
begin(const struct cs_mls_rules_about *about)
{
	return (struct cs_mls_handshake){
		.content = about->framed->type,
		.wire = about->wire,
		.sender = about->framed->sender,
		.authenticated_data = about->framed->authenticated_data,
		.before = about->from,
	};
}

enum cs_err
cs_mls_rules_ask_proposal(const struct cs_mls_rules_about *about,
    const struct cs_mls_valid_proposal *v)
{
	const struct cs_mls_rules *rules = &about->from->opt.rules;
	struct cs_mls_handshake h = begin(about);
	struct cs_mls_proposal_view one;

	if (rules->check == NULL)
		return CS_OK;
	cs_mls_proposal_show(&one, v, true);
	h.proposals = &one;
	h.n = 1;
	return rules->check(rules->arg, &h);
}

enum cs_err
cs_mls_rules_ask_commit(const struct cs_mls_rules_about *about,
    const struct cs_mls_change *change, const struct cs_mls_proposal_list *list,
    const struct cs_mls_leaf *path_leaf)
{
	const struct cs_mls_rules *rules = &about->from->opt.rules;
	struct cs_mls_handshake h = begin(about);
	struct cs_mls_proposal_view *v;
	enum cs_err err;

	if (rules->check == NULL)
		return CS_OK;
	v = cs_calloc(list->n, sizeof *v);
	if (v == NULL)
		return CS_ERR_NOMEM;
	for (; h.n < list->n; h.n++)
		cs_mls_proposal_show(
		    &v[h.n], &list->v[h.n].valid, list->v[h.n].stored != NULL);
	h.proposals = v;
	h.has_path = path_leaf != NULL;
	if (h.has_path)
		cs_mls_leaf_show(&h.path_leaf, path_leaf);
	h.after = &change->next;
	h.committer = change->committer;
	err = rules->check(rules->arg, &h);
	cs_free_plain(v);
	return err;
}
