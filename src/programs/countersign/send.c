/* SPDX-License-Identifier: MIT */
/* send */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/print.h"
#include "content/media.h"
#include "content/mimi.h"
#include "content/sniff.h"
#include "content/traces.h"
#include "programs/countersign/change.h"
#include "programs/countersign/home.h"
#include "programs/countersign/main.h"
#include "programs/countersign/send.h"
#include "programs/countersign/show.h"

int
cli_read_text(struct cs_buf *out)
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

/* ---- what a file tells -------------------------------------------------- */

/* All of ${path}, or nothing: what cannot be read is said when it is sent. */
static void
read_file(struct cs_buf *out, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	uint8_t *at;
	size_t n = 0;
	ssize_t got = 1;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	    st.st_size > 0 && (uint64_t)st.st_size <= CS_MEDIA_FILE_MAX &&
	    cs_buf_extend(out, (size_t)st.st_size, &at) == CS_OK) {
		while (n < (size_t)st.st_size && got > 0)
			if ((got = read(fd, at + n, (size_t)st.st_size - n)) >
			    0)
				n += (size_t)got;
		out->len = n;
	}
	if (fd >= 0)
		close(fd);
}

/* "where it was taken, when, and the camera". */
static void
list_traces(char *out, size_t size, unsigned traces)
{
	static const char *const names[] = { "where it was taken",
		"which camera took it", "when it was taken",
		"who made it, or how" };
	unsigned left = traces;
	size_t n = 0;

	*out = '\0';
	for (unsigned i = 0; i < 4 && n < size; i++) {
		if ((left & 1u << i) == 0)
			continue;
		left &= ~(1u << i);
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    n == 0          ? ""
			: left == 0 ? " and "
				    : ", ",
		    names[i]);
	}
}

static bool
can_be_cleaned(struct cs_view file)
{
	const char *type = cs_media_sniff_more(file);

	return type != NULL && strncmp(type, "image/", 6) == 0 &&
	    strcmp(type, "image/tiff") != 0;
}

/* The letter of the answer; 'n' if there is none. */
static int
ask(bool cleanable)
{
	char line[16];

	for (;;) {
		fprintf(stderr,
		    cleanable
			? "c: clean it, s: send it as it is, n: do not send "
			  "it? "
			: "s: send it as it is, n: do not send it? ");
		if (fgets(line, sizeof line, stdin) == NULL)
			return 'n';
		if (line[0] == 's' || line[0] == 'n' || line[0] == '\n' ||
		    (line[0] == 'c' && cleanable))
			return line[0] == '\n' ? 'n' : line[0];
	}
}

static int
refuse(const char *path, const char *tells, bool cleanable)
{
	return cli_fail(CLI_NOT_DONE,
	    "%.300s tells %s, and was not sent. %s--file with --as-is sends it "
	    "with all of that.",
	    path, tells, cleanable ? "--photo sends it without; " : "");
}

/* A photo that is sent as a file takes its place and camera along: nobody does
 * that without knowing. */
static int
check_file(struct cs_client_outgoing *out)
{
	struct cs_buf file = { 0 };
	char tells[120];
	unsigned traces;
	bool cleanable;
	int status = CLI_OK, answer;

	read_file(&file, out->file_path);
	traces = cs_traces_find(cs_buf_view(&file));
	cleanable = can_be_cleaned(cs_buf_view(&file));
	cs_buf_free(&file);
	if (traces == 0)
		return CLI_OK;
	list_traces(tells, sizeof tells, traces);
	if (!isatty(STDIN_FILENO) || !isatty(STDERR_FILENO))
		return refuse(out->file_path, tells, cleanable);
	fprintf(stderr, "%.300s tells %s to whoever gets it.\n", out->file_path,
	    tells);
	answer = ask(cleanable);
	if (answer == 'n')
		status = cli_fail(CLI_NOT_DONE, "Nothing was sent.");
	if (answer == 'c') {
		out->photo_path = out->file_path;
		out->file_path = NULL;
	}
	return status;
}

/* ---- send --------------------------------------------------------------- */

int
cli_send(const struct cli_args *args)
{
	bool is_new = cli_flag(args, "new");
	struct cs_client_outgoing out = {
		.to = cli_arg(args, 0),
		.begin = cli_begin_with,
		.arg = &is_new,
		.photo_path = cli_value(args, "photo"),
		.file_path = cli_value(args, "file"),
		.voice_path = cli_value(args, "voice"),
		.reply_to = cli_value(args, "reply"),
	};
	const char *text = cli_arg(args, 1);
	struct cs_buf input = { 0 };
	struct cs_client *c = NULL;
	char mid[65];
	enum cs_err err;
	int status;

	if ((out.photo_path != NULL) + (out.file_path != NULL) +
		(out.voice_path != NULL) >
	    1)
		return cli_fail(CLI_USAGE,
		    "One photo, one file or one voice message, not more.");
	if (cli_flag(args, "as-is") && out.file_path == NULL)
		return cli_fail(CLI_USAGE, "--as-is goes with --file.");
	if (cli_value(args, "expires") != NULL &&
	    (status = cli_seconds(
		 &out.expires_s, cli_value(args, "expires"))) != CLI_OK)
		return status;
	if (text == NULL && out.photo_path == NULL && out.file_path == NULL &&
	    out.voice_path == NULL)
		return cli_fail(CLI_USAGE,
		    "There is nothing to send: give a text, - or --photo "
		    "FILE.");
	if (out.file_path != NULL && !cli_flag(args, "as-is") &&
	    (status = check_file(&out)) != CLI_OK)
		return status;
	if (text != NULL && strcmp(text, "-") == 0) {
		if ((status = cli_read_text(&input)) != CLI_OK)
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
