/* SPDX-License-Identifier: MIT */
/* Custody records: who at the desk had a report in hand. */
#pragma once

#include "base/json_writer.h"
#include "content/custody.h"

/* Show a record; ${bundle} is the file that it belongs to, or NULL. */
void verify_custody_show(
    const char *path, const struct cs_custody *c, const char *bundle);
void verify_custody_json(struct cs_json_writer *j, const char *path,
    const struct cs_custody *c, const char *bundle);
