/* SPDX-License-Identifier: MIT */
/* Sealed rows of the client's database. */
#pragma once

#include "crypto/seal.h"
#include "store/db.h"

/* Seal ${plain} for the row ${row} of ${table}; replaces what ${out} holds. */
CS_CHECKED enum cs_err cs_vault_seal(struct cs_buf *out,
    const struct cs_seal_key *key, const char *table, struct cs_view row,
    struct cs_view plain);

/* The way back; CS_ERR_CORRUPT when it was not sealed for this row. */
CS_CHECKED enum cs_err cs_vault_open(struct cs_buf *out,
    const struct cs_seal_key *key, const char *table, struct cs_view row,
    struct cs_view sealed);

/* The name of a row that has a number. */
void cs_vault_row(uint8_t out[static 8], uint64_t number);

/* Named values; ${name} is a literal.  CS_ERR_NOT_FOUND when it is not set. */
CS_CHECKED enum cs_err cs_vault_config_set(struct cs_db *db,
    const struct cs_seal_key *key, const char *name, struct cs_view value);
CS_CHECKED enum cs_err cs_vault_config_get(struct cs_buf *out, struct cs_db *db,
    const struct cs_seal_key *key, const char *name);
/* The same of numbers. */
CS_CHECKED enum cs_err cs_vault_config_set_num(struct cs_db *db,
    const struct cs_seal_key *key, const char *name, uint64_t value);
CS_CHECKED enum cs_err cs_vault_config_get_num(uint64_t *out, struct cs_db *db,
    const struct cs_seal_key *key, const char *name);
