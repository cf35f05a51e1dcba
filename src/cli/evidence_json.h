/* SPDX-License-Identifier: MIT */
/* One bundle, as JSON for programs. */
#pragma once

#include "base/json_writer.h"
#include "cli/evidence_log.h"
#include "content/evidence.h"

/* One object; ${e} is NULL when the file was ${err}: no bundle, or not
 * readable.  ${witnesses}: whose cosignatures count, or NULL. */
void cli_evidence_json(struct cs_json_writer *j, const char *path,
    const struct cs_evidence *e, enum cs_err err,
    const struct cli_witnesses *witnesses);
