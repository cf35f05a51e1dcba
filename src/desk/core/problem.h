/* SPDX-License-Identifier: MIT */
/* Why the last call failed: which sentence says it, and what stands in it. */
#pragma once

#include <stdarg.h>

#include "base/err.h"

struct cs_desk;

#define DESK_PROBLEM_ARGS_MAX 3
#define DESK_PROBLEM_ARG_SIZE 320
#define DESK_PROBLEM_TEXT_SIZE 512

/* The console's pages say it in the reviewer's language: ${code} is the word
 * "problem.CODE" of web/desk/src/lang, and the parameters stand at {1}, {2}. */
struct desk_problem {
	const char *code;                  /* NULL: nothing was said */
	char text[DESK_PROBLEM_TEXT_SIZE]; /* in English; "" then */
	char args[DESK_PROBLEM_ARGS_MAX][DESK_PROBLEM_ARG_SIZE];
	unsigned n_args;
};

/* Why the last function failed, as a sentence in English; may be empty. */
const char *cs_desk_problem(const struct cs_desk *d);
/*
 * Say why, and return ${err}.  ${code} is a literal; scripts/check-lang finds
 * it, and compares ${format} with the English word of that code.  Of the
 * conversions there are %s with and without a precision, %d, %u, %zu and
 * %llu; what is too long is cut.
 */
enum cs_err desk_problem(struct cs_desk *d, enum cs_err err, const char *code,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same, of parameters that the caller has. */
void desk_problem_say(struct cs_desk *d, const char *code, const char *format,
    va_list ap) __attribute__((format(printf, 3, 0)));
/* Nothing has failed yet. */
void desk_problem_forget(struct cs_desk *d);
