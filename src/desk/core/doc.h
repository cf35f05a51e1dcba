/* SPDX-License-Identifier: MIT */
/*
 * What the desk keeps of a case, a decision, a person: JSON documents, sealed
 * to the row that holds them.
 */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_rows;

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
/* Append the first column of ${rows}, a number of 16 bytes in each, and end
 * them; ${err} is that of the query. */
CS_CHECKED enum cs_err desk_rows_ids(
    struct cs_buf *out, struct cs_rows *rows, enum cs_err err);
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
