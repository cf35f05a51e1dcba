/* SPDX-License-Identifier: MIT */
/* Our error codes as sentences and exit statuses. */
#pragma once

#include "base/err.h"
#include "cli/command.h"

/* What the exit statuses mean, for the man pages. */
extern const struct cli_exit_text report_exits[];

/* The exit status of ${err}. */
int report_status(enum cs_err err);

/* "PROGRAM: sentence: what the code means." */
int report_error(enum cs_err err, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
