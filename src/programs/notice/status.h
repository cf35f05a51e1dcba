/* SPDX-License-Identifier: MIT */
/* What has become of what was filed. */
#pragma once

#include "cli/command.h"

int notice_run_status(const struct cli_args *args);
int notice_run_verify(const struct cli_args *args);
