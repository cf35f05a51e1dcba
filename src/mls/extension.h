/* SPDX-License-Identifier: MIT */
/* Lists of extensions (RFC 9420, section 13.4). */
#pragma once

#include "countersign/mls.h"
#include "mls/codec.h"

/* The content of a parsed Extension<V>; no type appears twice in it. */
struct cs_mls_ext_list {
	struct cs_view raw;
};

void cs_mls_ext_list_read(struct cs_reader *r, struct cs_mls_ext_list *out);
void cs_mls_ext_list_write(
    struct cs_writer *w, const struct cs_mls_ext_list *list);

/* The data of the extension ${type}; false: not there. ${data} may be NULL. */
bool cs_mls_ext_find(
    const struct cs_mls_ext_list *list, uint16_t type, struct cs_view *data);

/* Take the next extension off ${r}, a reader over a list's raw bytes. */
struct cs_mls_extension cs_mls_ext_next(struct cs_reader *r);

/* Append the content of a list, without length, made of the caller's array. */
CS_CHECKED enum cs_err cs_mls_ext_list_build(
    struct cs_buf *out, struct cs_mls_extensions exts);

/* Types that every client knows and that no one lists: section 7.2. */
bool cs_mls_ext_is_default(uint16_t type);

/* RFC 9420, section 11.1. */
struct cs_mls_required_capabilities {
	struct cs_view extensions;
	struct cs_view proposals;
	struct cs_view credentials;
};
CS_CHECKED enum cs_err cs_mls_required_capabilities_parse(
    struct cs_mls_required_capabilities *out, struct cs_view in);
