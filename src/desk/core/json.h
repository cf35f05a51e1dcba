/* SPDX-License-Identifier: MIT */
/*
 * JSON as the desk writes and reads it.  Writers take a ${*err}: what fails
 * first stays in it, and CS_ERR_NOMEM is all that can.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

/* Sets ${*err} when ${value}, whose reference is taken, cannot be set. */
void desk_set(json_t *o, const char *key, json_t *value, enum cs_err *err);
void desk_add(json_t *array, json_t *value, enum cs_err *err);
void desk_set_str(json_t *o, const char *key, const char *s, enum cs_err *err);
void desk_set_num(json_t *o, const char *key, uint64_t n, enum cs_err *err);
void desk_set_bool(json_t *o, const char *key, bool b, enum cs_err *err);
void desk_set_hex(
    json_t *o, const char *key, struct cs_view v, enum cs_err *err);
void desk_set_view(
    json_t *o, const char *key, struct cs_view utf8, enum cs_err *err);
/* A number as a string: ids are strings outside. */
void desk_set_id(json_t *o, const char *key, uint64_t id, enum cs_err *err);
/* What stands there already, and ${by}. */
void desk_count_up(json_t *o, const char *key, uint64_t by, enum cs_err *err);
/* The object in ${array} whose ${key} is the string ${value}; borrowed, or
 * NULL. */
json_t *desk_find(const json_t *array, const char *key, const char *value);
/* "", 0 and false when there is none of that type. */
const char *desk_str(const json_t *o, const char *key);
uint64_t desk_num(const json_t *o, const char *key);
bool desk_bool(const json_t *o, const char *key);
/* Exactly ${n} bytes from hex. */
CS_CHECKED bool desk_hex(
    uint8_t *out, size_t n, const json_t *o, const char *key);
/* "12" as 12; 0: not a number. */
uint64_t desk_id(const char *s);
