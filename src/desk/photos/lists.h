/* SPDX-License-Identifier: MIT */
/* Lists of hashes of known photos. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "phash/phash.h"

struct cs_desk;
struct cs_desk_actor;

#define CS_DESK_LIST_TEXT_MAX 200

/* One line of a list. */
struct desk_list_line {
	uint8_t hash[CS_PDQ_LEN];
	char label[CS_DESK_LIST_TEXT_MAX + 1];
	char source[CS_DESK_LIST_TEXT_MAX + 1];
	char date[16];
};

CS_CHECKED enum cs_err cs_desk_list_add(struct cs_desk *d,
    const struct cs_desk_actor *actor, const char *name, const char *owner,
    const char *purpose, uint64_t *id);
CS_CHECKED enum cs_err cs_desk_list_remove(
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id);
CS_CHECKED enum cs_err cs_desk_lists(json_t *items, struct cs_desk *d);
/*
 * Import lines: "csv" is hash,label,source,date with a header line; "hma" is
 * what Hasher-Matcher-Actioner reads from a file: "pdq HASH".  What is bad is
 * left out and said: ${out} is {added, skipped, bad: [{line, why}]}.
 */
CS_CHECKED enum cs_err cs_desk_list_import(json_t *out, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id, const char *format,
    struct cs_view text);
CS_CHECKED enum cs_err cs_desk_list_export(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_actor *actor, uint64_t id,
    const char *format);
/* NULL: it is good; else what is wrong with it. */
const char *desk_list_line_parse(
    struct desk_list_line *out, struct cs_view line, bool csv);
