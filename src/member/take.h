/* SPDX-License-Identifier: MIT */
/* What a call takes: checked by the table once, then read. */
#pragma once

#include "member/member_call.h"

/* Is ${take} what ${params} say?  CS_ERR_FORMAT, with a sentence in
 * ${k->problem}. */
CS_CHECKED enum cs_err member_take_check(
    struct member_call *k, const struct member_param *params);

/* A string; NULL: it was left out. */
const char *member_text(const struct member_call *k, const char *name);
/* The same as a view; empty if it was left out. */
struct cs_view member_view(const struct member_call *k, const char *name);
bool member_has(const struct member_call *k, const char *name);
bool member_bool(const struct member_call *k, const char *name);
/* ${otherwise}: if it was left out. */
uint64_t member_number(
    const struct member_call *k, const char *name, uint64_t otherwise);
/* How many strings there are in a list, and each. */
size_t member_count(const struct member_call *k, const char *name);
const char *member_item(
    const struct member_call *k, const char *name, size_t i);
/* Fail with a sentence. */
CS_CHECKED enum cs_err member_fail(struct member_call *k, enum cs_err err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The path of a file in the exchange folder; free with cs_free_plain(). NULL:
 * no memory. */
char *member_path(const struct member_call *k, const char *file);
/* A name for a new one. */
#define MEMBER_FILE_SIZE 81
void member_new_file(char out[static MEMBER_FILE_SIZE], const char *what);
