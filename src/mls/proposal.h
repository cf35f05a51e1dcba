/* SPDX-License-Identifier: MIT */
/* src/mls/proposal.h: changes that somebody asks for (RFC 9420, 12.1). */
#pragma once

#include "mls/framing.h"
#include "mls/key_package.h"

enum cs_mls_proposal_type {
	CS_MLS_PROPOSAL_ADD = 1,
	CS_MLS_PROPOSAL_UPDATE = 2,
	CS_MLS_PROPOSAL_REMOVE = 3,
	CS_MLS_PROPOSAL_PSK = 4,
	CS_MLS_PROPOSAL_REINIT = 5,
	CS_MLS_PROPOSAL_EXTERNAL_INIT = 6,
	CS_MLS_PROPOSAL_GROUP_CONTEXT_EXTENSIONS = 7,
};

/* PreSharedKeyID, section 8.4. */
struct cs_mls_psk_id {
	uint8_t type;  /* 1 external, 2 resumption */
	uint8_t usage; /* of a resumption key */
	struct cs_view id;
	uint64_t epoch;
	struct cs_view nonce;
};

/* A parsed Proposal; nothing about it is verified. */
struct cs_mls_proposal {
	enum cs_mls_proposal_type type;
	struct cs_view raw;
	struct cs_mls_key_package add;
	struct cs_mls_leaf update;
	uint32_t remove;
	struct cs_mls_psk_id psk;
	struct {
		struct cs_view group_id;
		uint16_t version;
		uint16_t suite_id;
		struct cs_mls_ext_list extensions;
	} reinit;
	struct cs_view kem_output; /* external_init */
	struct cs_mls_ext_list extensions;
};

/* Types that are not in the RFC cannot be parsed: CS_ERR_UNSUPPORTED. */
void cs_mls_proposal_read(struct cs_reader *r, struct cs_mls_proposal *out);
void cs_mls_proposal_write(
    struct cs_writer *w, const struct cs_mls_proposal *p);
CS_CHECKED enum cs_err cs_mls_proposal_parse(
    struct cs_mls_proposal *out, struct cs_view in);

/* The part after the type, as the RFC's own structs. */
void cs_mls_proposal_body_read(struct cs_reader *r,
    enum cs_mls_proposal_type type, struct cs_mls_proposal *out);
void cs_mls_proposal_body_write(
    struct cs_writer *w, const struct cs_mls_proposal *p);

void cs_mls_psk_id_read(struct cs_reader *r, struct cs_mls_psk_id *out);
void cs_mls_psk_id_write(struct cs_writer *w, const struct cs_mls_psk_id *id);
