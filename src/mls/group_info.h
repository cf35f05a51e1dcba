/* SPDX-License-Identifier: MIT */
/* A group shown to a newcomer (RFC 9420, 12.4.3). */
#pragma once

#include "mls/public_state.h"

/* A parsed GroupInfo; nothing about it is verified. */
struct cs_mls_group_info {
	struct cs_mls_group_context context;
	struct cs_view context_raw;
	struct cs_mls_ext_list extensions;
	struct cs_view confirmation_tag;
	uint32_t signer;
	struct cs_view signature;
	struct cs_view raw_unsigned; /* the part before the signature */
};
void cs_mls_group_info_read(struct cs_reader *r, struct cs_mls_group_info *out);
void cs_mls_group_info_write(
    struct cs_writer *w, const struct cs_mls_group_info *gi);
CS_CHECKED enum cs_err cs_mls_group_info_verify(
    const struct cs_mls_group_info *gi, const struct cs_suite *suite,
    struct cs_view signature_key);
/* The GroupInfo in an MLSMessage. */
CS_CHECKED enum cs_err cs_mls_group_info_parse_message(
    struct cs_mls_group_info *out, struct cs_view message);

/* What a GroupInfo has beside the GroupContext. */
struct cs_mls_group_info_parts {
	bool tree;                     /* with the ratchet_tree */
	struct cs_view external_pub;   /* empty: without */
	struct cs_mls_extensions exts; /* and these */
	struct cs_view confirmation_tag;
	uint32_t signer;
	const struct cs_signer *key;
};
/* Append a GroupInfo of ${p}. */
CS_CHECKED enum cs_err cs_mls_group_info_make(struct cs_buf *out,
    const struct cs_mls_public *p, const struct cs_mls_group_info_parts *parts);

/* The key in external_pub; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err cs_mls_group_info_external_pub(
    struct cs_view *out, const struct cs_mls_group_info *gi);

/*
 * Section 12.4.3.1: check tree and signature, and set up the public state.
 * ${ratchet_tree} is looked at where there is none inside.  The confirmation
 * tag is the caller's to check, if it can.
 */
CS_CHECKED enum cs_err cs_mls_public_from_group_info(struct cs_mls_public *out,
    const struct cs_mls_group_info *gi, struct cs_view ratchet_tree,
    const struct cs_mls_options *opt);
