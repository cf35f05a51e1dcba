/* SPDX-License-Identifier: MIT */
/* One bundle, as text for people. */
#pragma once

#include "cli/evidence_log.h"
#include "content/evidence.h"

/* ${witnesses}: whose cosignatures count, or NULL. */
void cli_evidence_show(const char *path, const struct cs_evidence *e,
    const struct cli_witnesses *witnesses);
/* What all of it means, once at the end; ${named}: a bundle says who made it.
 */
void cli_evidence_meaning(bool all_proved, bool named);
