/* SPDX-License-Identifier: MIT */
/* countersign-witness ask: a log's checkpoint, taken to its witnesses. */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "crypto/tls_public.h"
#include "net/authorities.h"
#include "net/cosign.h"
#include "programs/witness/main.h"
#include "store/clock.h"
#include "store/file.h"
#include "store/tlog_folder.h"

#define TIMEOUT_S 15

struct job {
	struct cs_tlog_policy policy;
	struct cs_tlog_folder folder;
	struct cs_tlog_tiles tiles;
	struct cs_buf note;  /* the log's own */
	struct cs_buf lines; /* of witnesses */
	void *ssl_ctx;
	int timeout_ms;
	struct cs_json_writer *json; /* NULL: text */
	bool contradicted;
};

/* ---- what is needed ----------------------------------------------------- */

static int
read_policy(struct job *job, const struct cli_args *args)
{
	const char *path = cli_value(args, "policy");
	struct cs_buf text = { 0 };
	unsigned line = 0;
	enum cs_err err;

	if (path == NULL)
		return cli_fail(CLI_USAGE, "Say whom to ask: --policy FILE.");
	if ((err = cs_file_read(&text, path, CS_TLOG_POLICY_MAX)))
		return report_error(err, "%s", path);
	err = cs_tlog_policy_parse(&job->policy, &line, cs_buf_view(&text));
	cs_buf_free(&text);
	if (err && line != 0)
		return cli_fail(CLI_USAGE, "%s, line %u: %s.", path, line,
		    cs_err_text(err));
	return err ? report_error(err, "%s is no policy", path) : CLI_OK;
}

/* Does one of the policy's logs say that?  Who cosigned is not asked yet. */
static int
read_checkpoint(struct job *job)
{
	char *path = cs_path_join(job->folder.path, "checkpoint");
	struct cs_tlog_witnessed w;
	enum cs_err err = CS_ERR_NOMEM;

	if (path != NULL)
		err = cs_file_read(&job->note, path, CS_TLOG_NOTE_MAX);
	cs_free_plain(path);
	if (err)
		return report_error(
		    err, "The checkpoint in %s", job->folder.path);
	err = cs_tlog_policy_verify(&w, &job->policy, cs_buf_view(&job->note),
	    NULL, cs_clock_ms() / CS_SECOND_MS);
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_NOT_VERIFIED,
		    "None of the policy's logs signed the checkpoint in %s.",
		    job->folder.path);
	if (err && err != CS_ERR_DENIED)
		return report_error(
		    err, "The checkpoint in %s", job->folder.path);
	job->tiles.size = w.checkpoint.size;
	job->tiles.fetch = cs_tlog_folder_fetch;
	job->tiles.arg = &job->folder;
	return CLI_OK;
}

static int
read_authorities(struct job *job, const struct cli_args *args)
{
	const char *path = cli_value(args, "authorities");
	enum cs_err err = cs_net_authorities(&job->ssl_ctx, path);

	/* Without, witnesses with http:// can be asked. */
	return err && path != NULL
	    ? report_error(err, "The authorities in %s", path)
	    : CLI_OK;
}

/* ---- asking ------------------------------------------------------------- */

static const char *
why(enum cs_err err, const struct cs_net_cosign *ask)
{
	if (err == CS_ERR_REFUSED && ask->status == 403)
		return "it knows another key of this log";
	if (err == CS_ERR_REFUSED && ask->status == 404)
		return "it does not know this log";
	if (err == CS_ERR_REFUSED && ask->status == 422)
		return "it has cosigned what this contradicts";
	if (err == CS_ERR_MISMATCH)
		return "it has cosigned a later state of this log: this one "
		       "was put back, or somebody else has its key";
	if (err == CS_ERR_REFUSED && ask->status == 503)
		return "it cannot sign now";
	return cs_err_text(err);
}

static void
say(struct job *job, const struct cs_net_cosign *ask, enum cs_err err)
{
	struct cs_json_writer *j = job->json;

	if (j == NULL && err) {
		fprintf(stderr, "countersign-witness: %s did not cosign: %s.\n",
		    ask->to->name, why(err, ask));
	} else if (j != NULL) {
		cs_json_object(j, NULL);
		cs_json_string(j, "name", ask->to->name);
		cs_json_bool(j, "cosigned", err == CS_OK);
		if (err)
			cs_json_string(j, "why", why(err, ask));
		else
			cs_json_number(j, "time_s", ask->time_s);
		if (ask->status != 0)
			cs_json_number(j, "http_status", (uint64_t)ask->status);
		cs_json_close(j);
	}
}

/* Is there room for one more line in the note? */
static bool
has_room(const struct job *job)
{
	struct cs_view text, lines;
	size_t n = 0;

	if (cs_note_split(&text, &lines, cs_buf_view(&job->note)) != CS_OK)
		return false;
	for (size_t i = 0; i < lines.len; i++)
		n += lines.data[i] == '\n';
	for (size_t i = 0; i < job->lines.len; i++)
		n += job->lines.data[i] == '\n';
	return n < CS_NOTE_LINES_MAX;
}

/* A witness that cannot be asked or refuses is passed over. */
static void
ask_one(struct job *job, const struct cs_tlog_policy_witness *to)
{
	struct cs_net_cosign ask = {
		.to = to,
		.note = cs_buf_view(&job->note),
		.read = cs_tlog_tiles_node,
		.arg = &job->tiles,
		.ssl_ctx = job->ssl_ctx,
		.timeout_ms = job->timeout_ms,
	};
	enum cs_err err;

	if (to->url[0] == '\0' || !has_room(job))
		return;
	err = cs_net_cosign(&job->lines, &ask);
	if (err == CS_ERR_MISMATCH || (err && ask.status == 422))
		job->contradicted = true;
	say(job, &ask, err);
}

/* ---- what came of it ---------------------------------------------------- */

static int
show(struct job *job)
{
	struct cs_json_writer *j = job->json;
	struct cs_tlog_witnessed w;
	enum cs_err err = cs_buf_add(&job->note, cs_buf_view(&job->lines));

	if (err == CS_OK)
		err = cs_tlog_policy_verify(&w, &job->policy,
		    cs_buf_view(&job->note), NULL,
		    cs_clock_ms() / CS_SECOND_MS);
	if (err && err != CS_ERR_DENIED)
		return report_error(err, "The cosigned checkpoint");
	if (j == NULL) {
		fwrite(job->note.data, 1, job->note.len, stdout);
	} else {
		cs_json_close(j);
		cs_json_bool(j, "quorum", err == CS_OK);
		if (w.as_of_s != 0) {
			cs_json_number(j, "by_s", w.by_s);
			cs_json_number(j, "as_of_s", w.as_of_s);
		}
		cs_json_text(j, "checkpoint", cs_buf_view(&job->note));
		cs_json_close(j);
		if (cli_json_print(j) != CS_OK)
			return cli_fail(CLI_CANNOT_WRITE,
			    "The checkpoint cannot be written.");
	}
	if (job->contradicted)
		return cli_fail(CLI_NOT_VERIFIED,
		    "A witness has cosigned what this log contradicts.");
	if (err)
		return cli_fail(CLI_NOT_DONE,
		    "Too few witnesses cosigned for the policy's quorum.");
	return CLI_OK;
}

static int
ask_all(struct job *job, const struct cli_args *args)
{
	int status;

	if ((status = read_policy(job, args)) != CLI_OK ||
	    (status = read_checkpoint(job)) != CLI_OK ||
	    (status = read_authorities(job, args)) != CLI_OK)
		return status;
	if (job->json != NULL) {
		cs_json_object(job->json, NULL);
		cs_json_array(job->json, "witnesses");
	}
	for (size_t i = 0; i < job->policy.n_witnesses; i++)
		ask_one(job, &job->policy.witnesses[i]);
	return show(job);
}

int
witness_ask(const struct cli_args *args)
{
	const char *timeout = cli_value(args, "timeout");
	char *path = cs_strdup(cli_arg(args, 0));
	struct job *job = cs_calloc(1, sizeof *job);
	struct cs_buf text = { 0 };
	struct cs_json_writer json = cs_json_writer(&text);
	long long seconds = TIMEOUT_S;
	int status = CLI_SOFTWARE;

	signal(SIGPIPE, SIG_IGN);
	if (timeout != NULL &&
	    (!cli_duration(&seconds, timeout) || seconds > 3600)) {
		status = cli_fail(CLI_USAGE,
		    "--timeout takes a time such as 5s, of at most an hour.");
	} else if (job != NULL && path != NULL) {
		job->folder.path = path;
		job->timeout_ms = (int)(seconds * (long long)CS_SECOND_MS);
		job->json = cli_flag(args, "json") ? &json : NULL;
		status = ask_all(job, args);
	}
	if (job != NULL) {
		cs_tls_public_free(job->ssl_ctx);
		cs_buf_free(&job->note);
		cs_buf_free(&job->lines);
		cs_free(job, sizeof *job);
	}
	cs_free_plain(path);
	cs_buf_free(&text);
	return status;
}
