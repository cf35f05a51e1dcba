/* SPDX-License-Identifier: MIT */
/* src/mls/group_info.h: a group shown to a newcomer (RFC 9420, 12.4.3). */
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
};
void cs_mls_group_info_read(struct cs_reader *r, struct cs_mls_group_info *out);
void cs_mls_group_info_write(
    struct cs_writer *w, const struct cs_mls_group_info *gi);
CS_CHECKED enum cs_err cs_mls_group_info_verify(
    const struct cs_mls_group_info *gi, enum cs_sig sig,
    struct cs_view signature_key);

/* Append a GroupInfo of ${p}, tree inside, with ${exts} beside it. */
CS_CHECKED enum cs_err cs_mls_group_info_make(struct cs_buf *out,
    const struct cs_mls_public *p, struct cs_mls_extensions exts,
    struct cs_view confirmation_tag, uint32_t signer,
    const struct cs_signer *key);

/*
 * Section 12.4.3.1: check tree and signature, and set up the public state.
 * The confirmation tag is the caller's to check, if it can.
 */
CS_CHECKED enum cs_err cs_mls_public_from_group_info(struct cs_mls_public *out,
    const struct cs_mls_group_info *gi, const struct cs_mls_options *opt);
