/* SPDX-License-Identifier: MIT */
/* send */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/print.h"
#include "content/mimi.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/show.h"

static int
read_stdin(struct cs_buf *out)
{
	uint8_t chunk[4096];
	size_t n;

	while ((n = fread(chunk, 1, sizeof chunk, stdin)) != 0)
		if (out->len + n > CS_MIMI_TEXT_MAX ||
		    cs_buf_add(out, cs_view(chunk, n)) != CS_OK)
			return cli_fail(CLI_USAGE,
			    "A text has at most %zu bytes; send longer ones "
			    "with --file.",
			    CS_MIMI_TEXT_MAX);
	if (ferror(stdin))
		return cli_fail(CLI_NOT_DONE, "Standard input cannot be read.");
	/* The newline that ends the last line belongs to the file. */
	if (out->len != 0 && out->data[out->len - 1] == '\n')
		out->len--;
	return CLI_OK;
}

int
cli_send(const struct cli_args *args)
{
	struct cs_client_outgoing out = {
		.to = cli_arg(args, 0),
		.photo_path = cli_value(args, "photo"),
		.file_path = cli_value(args, "file"),
		.reply_to = cli_value(args, "reply"),
	};
	const char *text = cli_arg(args, 1);
	struct cs_buf input = { 0 };
	struct cs_client *c = NULL;
	char mid[65];
	enum cs_err err;
	int status;

	if (out.photo_path != NULL && out.file_path != NULL)
		return cli_fail(CLI_USAGE, "One photo or one file, not both.");
	if (text == NULL && out.photo_path == NULL && out.file_path == NULL)
		return cli_fail(CLI_USAGE,
		    "There is nothing to send: give a text, - or --photo "
		    "FILE.");
	if (text != NULL && strcmp(text, "-") == 0) {
		if ((status = read_stdin(&input)) != CLI_OK)
			goto out;
		out.text = cs_buf_view(&input);
	} else if (text != NULL) {
		out.text = cs_view_str(text);
	}
	if ((status = cli_open(&c, args, CLI_MAYBE)) != CLI_OK)
		goto out;
	err = cs_client_send(c, &out, mid);
	/* Texts are not kept waiting by this. */
	if (err == CS_OK)
		err = cs_client_send_files(c, cli_progress);
	if (mid[0] != '\0')
		printf("%.*s\n", CLI_MID_DIGITS, mid);
	if (err == CS_ERR_CLOSED && mid[0] != '\0')
		status = cli_fail(CLI_UNREACHABLE,
		    "The message is kept, and goes out with the next command "
		    "that reaches the hub.");
	else if (err)
		status = cli_client_fail(c, err);
out:
	cli_close(c);
	cs_buf_free(&input);
	return status;
}
