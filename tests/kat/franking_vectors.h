/* SPDX-License-Identifier: MIT */
/*
 * Vectors of the proof layer, for whoever writes
 * a second implementation of it.
 *
 * One list of cases.  Each has a "kind", what goes in, "want" (the name of an
 * error, "ok" when there is none) and, where there is none, what comes out.
 * Bytes are hex, times are as in FRANKING.
 */
#pragma once

#include <jansson.h>

#include "content/evidence.h"

/* ---- franking_vectors_make.c -------------------------------------------- */

/* All cases, from fixed randomness. */
json_t *vectors_make(void);
/* Seeds of the fuzz targets below ${dir}. */
void vectors_write_seeds(const char *dir);

/* ---- franking_vectors_check.c ------------------------------------------- */

/* Does this implementation do what the case says? */
bool vectors_check(const json_t *c);
