/* SPDX-License-Identifier: MIT */
/* Where the operator's log has a message, for people and programs. */
#pragma once

#include "base/json_writer.h"
#include "content/evidence.h"
#include "tlog/policy.h"

/* Whose cosignatures count; NULL where this is given: nobody asked. */
struct cli_witnesses {
	const struct cs_tlog_policy *policy;
	uint64_t now_s;
};

/* Lines of a message. */
void cli_evidence_log_show(const struct cs_evidence_log *log, uint64_t entry,
    const struct cli_witnesses *witnesses);
/* "log": an object. */
void cli_evidence_log_json(struct cs_json_writer *j,
    const struct cs_evidence_log *log, uint64_t entry,
    const struct cli_witnesses *witnesses);
/* Did enough witnesses cosign each checkpoint that ${e} shows? */
bool cli_evidence_witnessed(
    const struct cs_evidence *e, const struct cli_witnesses *witnesses);
