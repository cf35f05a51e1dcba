/* SPDX-License-Identifier: MIT */
/* The subcommands of countersign-desk, one file a family. */
#pragma once

#include "cli/command.h"

typedef int desk_command(const struct cli_args *args);

desk_command run_cases, run_case, run_claim, run_release, run_note, run_triage,
    run_merge, run_split, run_redact, run_hold, run_decide, run_undo,
    run_confirm, run_refuse, run_reverse, run_quality, run_appeals, run_appeal,
    run_question, run_act, run_lists, run_tokens;
desk_command run_people, run_policy, run_audit, run_notices, run_notice,
    run_statements, run_statistics, run_custody, run_print, run_retention,
    run_backup, run_restore;
desk_command run_run;
