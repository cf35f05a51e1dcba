/* SPDX-License-Identifier: MIT */
/* Commit and UpdatePath as bytes (RFC 9420, 7.6, 12.4). */
#pragma once

#include "mls/proposal.h"

/* HPKECiphertext. */
struct cs_mls_ciphertext {
	struct cs_view kem_output;
	struct cs_view ciphertext;
};
void cs_mls_ciphertext_read(struct cs_reader *r, struct cs_mls_ciphertext *out);
void cs_mls_ciphertext_write(
    struct cs_writer *w, const struct cs_mls_ciphertext *c);

struct cs_mls_update_path {
	struct cs_mls_leaf leaf;
	struct cs_view nodes; /* content of the vector, of good syntax */
	size_t n_nodes;
};
void cs_mls_update_path_read(
    struct cs_reader *r, struct cs_mls_update_path *out);

/* One of the nodes, in turn, off a reader over ${nodes}. */
struct cs_mls_update_path_node {
	struct cs_view encryption_key;
	struct cs_view ciphertexts; /* content of the vector */
	size_t n_ciphertexts;
};
void cs_mls_update_path_node_read(
    struct cs_reader *r, struct cs_mls_update_path_node *out);

struct cs_mls_commit {
	struct cs_view proposals; /* content of the vector */
	size_t n_proposals;
	bool has_path;
	struct cs_mls_update_path path;
};
void cs_mls_commit_read(struct cs_reader *r, struct cs_mls_commit *out);
void cs_mls_commit_write(struct cs_writer *w, const struct cs_mls_commit *c);

/* One entry of ${proposals}. */
struct cs_mls_proposal_or_ref {
	bool by_reference;
	struct cs_mls_proposal proposal;
	struct cs_view reference;
};
void cs_mls_proposal_or_ref_read(
    struct cs_reader *r, struct cs_mls_proposal_or_ref *out);
void cs_mls_proposal_or_ref_write(
    struct cs_writer *w, const struct cs_mls_proposal_or_ref *p);
