/* SPDX-License-Identifier: MIT */
/* Handlers: cases, decisions, appeals. */
#pragma once

#include "desk/console/call.h"

api_handler api_cases, api_case, api_claim, api_release, api_handover, api_note,
    api_escalate, api_opinion, api_merge, api_split, api_triage, api_attach,
    api_hold, api_question, api_redact, api_decide, api_export, api_decision,
    api_undo, api_confirm, api_decision_refuse, api_reverse, api_quality,
    api_appeals, api_appeal_decide;
