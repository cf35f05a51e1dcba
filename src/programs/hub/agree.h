/* SPDX-License-Identifier: MIT */
/* What cannot be taken back is asked about. */
#pragma once

#include "cli/command.h"

struct hub_question {
	const char *text;    /* the question itself */
	const char *without; /* what --yes does, such as "signs" */
	const char *undone;  /* a sentence for whoever did not agree */
};

/* CLI_OK: --yes was given, or the user has typed "yes"; else the exit status,
 * and why was said. */
int hub_agree(const struct cli_args *args, const struct hub_question *question);
