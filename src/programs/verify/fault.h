/* SPDX-License-Identifier: MIT */
/* What an operator was caught at with its log (franking/tlog_fault.h). */
#pragma once

#include "base/json_writer.h"
#include "franking/tlog_fault.h"

/* Tell what ${f} comes to; ${err} is what cs_tlog_fault_verify() said. */
void verify_fault_json(struct cs_json_writer *j, const char *path,
    const struct cs_tlog_fault *f, const struct cs_tlog_fault_shown *shown,
    enum cs_err err);
void verify_fault_show(const char *path, const struct cs_tlog_fault *f,
    const struct cs_tlog_fault_shown *shown, enum cs_err err);
