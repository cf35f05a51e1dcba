/* SPDX-License-Identifier: MIT */
#include "programs/hub/agree.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

int
hub_agree(const struct cli_args *args, const struct hub_question *question)
{
	char line[16];

	if (cli_flag(args, "yes"))
		return CLI_OK;
	if (!isatty(STDIN_FILENO))
		return cli_fail(CLI_USAGE,
		    "Nobody can be asked here; --yes %s without. %s",
		    question->without, question->undone);
	printf("%s (yes) ", question->text);
	fflush(stdout);
	return fgets(line, sizeof line, stdin) != NULL &&
		strcmp(line, "yes\n") == 0
	    ? CLI_OK
	    : cli_fail(CLI_NOT_DONE, "%s", question->undone);
}
