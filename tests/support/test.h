/* SPDX-License-Identifier: MIT */
/* What every unit test starts with. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/bytes.h"

/* A cmocka assertion that says the names of the codes. */
#define assert_err(got, want) cs_test_err(got, want, __FILE__, __LINE__)
#define assert_ok(got) cs_test_err(got, CS_OK, __FILE__, __LINE__)
#define assert_view_equal(a, b) cs_test_view(a, b, __FILE__, __LINE__)

void cs_test_err(enum cs_err got, enum cs_err want, const char *file, int line);
void cs_test_view(
    struct cs_view a, struct cs_view b, const char *file, int line);

/* From here on randomness is a stream that depends on ${seed} only. */
void cs_test_fixed_random(uint64_t seed);
void cs_test_real_random(void);

/*
 * Run ${fn} again and again: with no allocation allowed, with one, with two,
 * and so on until none is refused.  Each refused run has to end with
 * CS_ERR_NOMEM; the last with CS_OK.  Leaks show under ASan.
 */
void cs_test_allocations(enum cs_err (*fn)(void *arg), void *arg);

/* Bytes of a hex literal, in a buffer that lives until the next 8 calls. */
struct cs_view cs_test_unhex(const char *hex);

/* A whole file, or skip()/fail when it is not there; free with cs_buf_free. */
struct cs_buf cs_test_read_file(const char *path);

/* "${source root}/${path}" in static memory. */
const char *cs_test_source_path(const char *path);
