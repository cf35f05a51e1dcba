/* SPDX-License-Identifier: MIT */
/* Custody records: who at the desk had a report in hand. */
#pragma once

#include "base/json_writer.h"
#include "content/custody.h"

/* What stands beside a record. */
struct verify_custody_beside {
	const char *bundle; /* the file that it belongs to, or NULL */
	bool others;        /* bundles that it does not belong to */
};

void verify_custody_show(const char *path, const struct cs_custody *c,
    const struct verify_custody_beside *beside);
void verify_custody_json(struct cs_json_writer *j, const char *path,
    const struct cs_custody *c, const struct verify_custody_beside *beside);
