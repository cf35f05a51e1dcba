/* SPDX-License-Identifier: MIT */
/*
 * src/desk/doc.h: what the desk keeps of a case, a decision, a person: JSON
 * documents, sealed to the row that holds them.
 */
#pragma once

#include <jansson.h>

#include "desk/desk_internal.h"

/* Append ${doc} as text: keys in order, no blanks. */
CS_CHECKED enum cs_err desk_doc_text(struct cs_buf *out, const json_t *doc);

/* Seal ${doc} for the row ${row} of ${table}; replaces what ${out} holds. */
CS_CHECKED enum cs_err desk_doc_seal(struct cs_buf *out, struct cs_desk *d,
    const char *table, struct cs_view row, const json_t *doc);
/* The way back: a new reference.  CS_ERR_CORRUPT when it is not of this row. */
CS_CHECKED enum cs_err desk_doc_open(json_t **out, struct cs_desk *d,
    const char *table, struct cs_view row, struct cs_view sealed);
/* The same for rows that have a number. */
CS_CHECKED enum cs_err desk_doc_seal_id(struct cs_buf *out, struct cs_desk *d,
    const char *table, uint64_t id, const json_t *doc);
CS_CHECKED enum cs_err desk_doc_open_id(json_t **out, struct cs_desk *d,
    const char *table, uint64_t id, struct cs_view sealed);

/*
 * Seal ${doc}, or any ${plain}, into the column "sealed" of the row ${id} of
 * ${table}.  A row that is new is inserted empty first, because what is sealed
 * is bound to its number: in one transaction.  CS_ERR_MISUSE: doc.c does not
 * know the table.
 */
CS_CHECKED enum cs_err desk_doc_write(
    struct cs_desk *d, const char *table, uint64_t id, const json_t *doc);
CS_CHECKED enum cs_err desk_row_write(
    struct cs_desk *d, const char *table, uint64_t id, struct cs_view plain);

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
