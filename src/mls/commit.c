/* SPDX-License-Identifier: MIT */
#include "mls/commit.h"

#include "mls/leaf_node.h"

/* ProposalOrRefType. */
#define BY_VALUE 1
#define BY_REFERENCE 2

void
cs_mls_ciphertext_read(struct cs_reader *r, struct cs_mls_ciphertext *out)
{
	out->kem_output = cs_read_vec(r);
	out->ciphertext = cs_read_vec(r);
}

void
cs_mls_ciphertext_write(struct cs_writer *w, const struct cs_mls_ciphertext *c)
{
	cs_write_vec(w, c->kem_output);
	cs_write_vec(w, c->ciphertext);
}

void
cs_mls_update_path_node_read(
    struct cs_reader *r, struct cs_mls_update_path_node *out)
{
	struct cs_mls_ciphertext c;
	struct cs_reader sub;

	out->encryption_key = cs_read_vec(r);
	out->ciphertexts = cs_read_vec(r);
	out->n_ciphertexts = 0;
	sub = cs_reader(out->ciphertexts);
	for (; cs_reader_more(&sub); out->n_ciphertexts++)
		cs_mls_ciphertext_read(&sub, &c);
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
}

void
cs_mls_update_path_read(struct cs_reader *r, struct cs_mls_update_path *out)
{
	struct cs_mls_update_path_node node;
	struct cs_reader sub;

	cs_mls_leaf_read(r, &out->leaf);
	out->nodes = cs_read_vec(r);
	out->n_nodes = 0;
	sub = cs_reader(out->nodes);
	for (; cs_reader_more(&sub); out->n_nodes++)
		cs_mls_update_path_node_read(&sub, &node);
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
}

static void
update_path_write(struct cs_writer *w, const struct cs_mls_update_path *p)
{
	cs_mls_leaf_write(w, &p->leaf);
	cs_write_vec(w, p->nodes);
}

void
cs_mls_proposal_or_ref_read(
    struct cs_reader *r, struct cs_mls_proposal_or_ref *out)
{
	uint8_t type = cs_read_u8(r);

	out->by_reference = type == BY_REFERENCE;
	if (type == BY_VALUE)
		cs_mls_proposal_read(r, &out->proposal);
	else if (type == BY_REFERENCE)
		out->reference = cs_read_vec(r);
	else
		cs_reader_fail(r, CS_ERR_FORMAT);
}

void
cs_mls_proposal_or_ref_write(
    struct cs_writer *w, const struct cs_mls_proposal_or_ref *p)
{
	cs_write_u8(w, p->by_reference ? BY_REFERENCE : BY_VALUE);
	if (p->by_reference)
		cs_write_vec(w, p->reference);
	else
		cs_mls_proposal_write(w, &p->proposal);
}

void
cs_mls_commit_read(struct cs_reader *r, struct cs_mls_commit *out)
{
	struct cs_mls_proposal_or_ref p;
	struct cs_reader sub;

	out->proposals = cs_read_vec(r);
	out->n_proposals = 0;
	sub = cs_reader(out->proposals);
	for (; cs_reader_more(&sub); out->n_proposals++)
		cs_mls_proposal_or_ref_read(&sub, &p);
	if (sub.err != CS_OK)
		cs_reader_fail(r, sub.err);
	out->has_path = cs_read_optional(r);
	if (out->has_path)
		cs_mls_update_path_read(r, &out->path);
}

void
cs_mls_commit_write(struct cs_writer *w, const struct cs_mls_commit *c)
{
	cs_write_vec(w, c->proposals);
	cs_write_u8(w, c->has_path);
	if (c->has_path)
		update_path_write(w, &c->path);
}
