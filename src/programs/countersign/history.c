/* SPDX-License-Identifier: MIT */
#include "programs/countersign/history.h"

#include "cli/print.h"
#include "cli/wait.h"

static void
show_packed(uint64_t done, uint64_t total)
{
	cli_waits_count("packing the messages from before", done, total);
}

static void
show_unpacked(uint64_t done, uint64_t total)
{
	cli_waits_count("unpacking the messages from before", done, total);
}

enum cs_err
cli_history_go_on(enum cs_client_history *out, struct cs_client *c)
{
	static const struct cs_client_history_progress progress = { show_packed,
		show_unpacked, cli_progress };
	enum cs_client_history state;
	enum cs_err err = cs_client_history(&state, c, &progress);

	cli_waits(NULL);
	if (out != NULL)
		*out = state;
	return err;
}
