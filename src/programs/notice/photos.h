/* SPDX-License-Identifier: MIT */
/* Hashes of photos of a person at risk: the desk is to look out for them. */
#pragma once

#include "cli/command.h"

int notice_run_photos(const struct cli_args *args);
