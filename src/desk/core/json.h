/* SPDX-License-Identifier: MIT */
/*
 * Reading and writing JSON objects by key, where JSON comes in or goes out.
 *
 * jansson names its functions for a type of value (json_object_, json_array_,
 * json_string_); these are named for what is done: json_get_ reads, json_put_
 * sets a member, json_push appends.  Writers take a ${*err}, which keeps the
 * first failure; CS_ERR_NOMEM is the only one.
 */
#pragma once
#include <jansson.h>

#include "base/bytes.h"
#include "desk/core/json.h"

/* Append ${o} as text: keys in order, no blanks. */
CS_CHECKED enum cs_err json_text(struct cs_buf *out, const json_t *o);

/* Set or append ${value}, whose reference is taken. */
void json_put(json_t *o, const char *key, json_t *value, enum cs_err *err);
void json_push(json_t *array, json_t *value, enum cs_err *err);
void json_put_str(json_t *o, const char *key, const char *s, enum cs_err *err);
void json_put_num(json_t *o, const char *key, uint64_t n, enum cs_err *err);
void json_put_bool(json_t *o, const char *key, bool b, enum cs_err *err);
void json_put_hex(
    json_t *o, const char *key, struct cs_view v, enum cs_err *err);
void json_put_view(
    json_t *o, const char *key, struct cs_view utf8, enum cs_err *err);
/* Outside, ids are strings: JavaScript's numbers are too short for them. */
void json_put_id(json_t *o, const char *key, uint64_t id, enum cs_err *err);
/* The same; null for 0. */
void json_put_id_or_null(
    json_t *o, const char *key, uint64_t id, enum cs_err *err);
/* "", 0 or false if there is no value of that type. */
const char *json_get_str(const json_t *o, const char *key);
uint64_t json_get_num(const json_t *o, const char *key);
bool json_get_bool(const json_t *o, const char *key);
