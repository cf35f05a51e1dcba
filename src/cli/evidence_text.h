/* SPDX-License-Identifier: MIT */
/* Times and bytes as the programs for evidence print them. */
#pragma once

#include "base/bytes.h"

/* UTC, to the second. */
void cli_evidence_time(uint64_t ms);
/* Lower-case hex. */
void cli_evidence_hex(struct cs_view bytes);
