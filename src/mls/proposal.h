/* SPDX-License-Identifier: MIT */
/* Changes that somebody asks for (RFC 9420, 12.1). */
#pragma once

#include "mls/framing.h"
#include "mls/key_package.h"
#include "mls/psk.h"

/* A parsed Proposal; nothing about it is verified. */
struct cs_mls_proposal {
	enum cs_mls_proposal_type type;
	struct cs_view raw;
	union { /* by type */
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
		struct cs_view kem_output;         /* external_init */
		struct cs_mls_ext_list extensions; /* group_context_... */
		struct {
			uint16_t component;
			struct cs_view data;
		} ephemeral;
	};
};

/* Types that we do not know cannot be parsed: CS_ERR_UNSUPPORTED. */
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
