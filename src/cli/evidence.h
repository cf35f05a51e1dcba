/* SPDX-License-Identifier: MIT */
/* The parts of countersign-verify. */
#pragma once

#include "content/custody.h"
#include "content/evidence.h"

/* ---- verify_text.c ------------------------------------------------------ */

void verify_print_time(uint64_t ms);
/* Bytes as lower-case hex. */
void verify_print_hex(struct cs_view bytes);

/* ---- verify_show.c, verify_json.c: one bundle each ---------------------- */

void verify_show(const char *path, const struct cs_evidence *e);
/* What all of it means, once at the end. */
void verify_show_meaning(bool all_proved);
/* ${e} is NULL when the file was ${err}: no bundle, or not readable. */
void verify_json(
    const char *path, const struct cs_evidence *e, enum cs_err err);

/* ---- verify_custody.c --------------------------------------------------- */

/* Show a record; ${bundle} is the file that it belongs to, or NULL.  Is it one
 * that the operator's desk signed? */
bool verify_custody(const char *path, const struct cs_custody *c,
    const char *bundle, bool json);

/* ---- verify_extract.c --------------------------------------------------- */

/* Write texts, photos and files of ${e} into the new folder ${dir}, under names
 * that we choose; ${tell} them on standard output. */
CS_CHECKED enum cs_err verify_extract(
    const char *dir, const struct cs_evidence *e, bool tell);
