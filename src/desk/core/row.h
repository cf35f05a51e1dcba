/* SPDX-License-Identifier: MIT */
/* Records sealed to the rows of the database that hold them. */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_rows;
struct desk_record;

/* Seal ${row} for the row ${name} of its table; replaces what ${out} holds. */
CS_CHECKED enum cs_err desk_row_seal(struct cs_buf *out, struct cs_desk *d,
    const struct desk_record *r, struct cs_view name, const void *row);
/* Open it into ${row}, which is all zero.  The caller clears it, also after
 * an error.  CS_ERR_CORRUPT if it was sealed for another row, or is no such
 * record. */
CS_CHECKED enum cs_err desk_row_open(void *row, const struct desk_record *r,
    struct cs_desk *d, struct cs_view name, struct cs_view sealed);
/* The same for rows that have a number. */
CS_CHECKED enum cs_err desk_row_seal_id(struct cs_buf *out, struct cs_desk *d,
    const struct desk_record *r, uint64_t id, const void *row);
CS_CHECKED enum cs_err desk_row_open_id(void *row, const struct desk_record *r,
    struct cs_desk *d, uint64_t id, struct cs_view sealed);
/*
 * Seal ${row}, or the bytes ${plain}, into the column "sealed" of the row ${id}
 * of its table.  A new row is inserted empty first, because what is sealed is
 * bound to its number: in one transaction.  CS_ERR_MISUSE: row.c does not know
 * the table.
 */
CS_CHECKED enum cs_err desk_row_save(struct cs_desk *d,
    const struct desk_record *r, uint64_t id, const void *row);
CS_CHECKED enum cs_err desk_row_write(
    struct cs_desk *d, const char *table, uint64_t id, struct cs_view plain);
/* Append the first column of ${rows}, an id of CS_ID_LEN bytes in each, and end
 * them; ${err} is that of the query. */
CS_CHECKED enum cs_err desk_rows_ids(
    struct cs_buf *out, struct cs_rows *rows, enum cs_err err);
