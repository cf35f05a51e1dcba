/* SPDX-License-Identifier: MIT */
/* countersign-witness timestamp: a time-stamp token (RFC 3161) over a log's
 * checkpoint, kept beside it. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/units.h"
#include "cli/print.h"
#include "cli/report_error.h"
#include "crypto/random.h"
#include "crypto/timestamp.h"
#include "crypto/tls_public.h"
#include "net/authorities.h"
#include "net/post.h"
#include "programs/witness/main.h"
#include "store/file.h"
#include "store/folder.h"
#include "tlog/checkpoint.h"

#define TIMEOUT_MS (15 * (int)CS_SECOND_MS)
#define PATH_MAX_HERE 4096

struct job {
	struct cs_note_key key;
	struct cs_buf note, answer, authorities;
	struct cs_tlog_checkpoint c; /* views into the note */
	struct cs_timestamp got;
	void *ssl_ctx;
};

/* ---- what is given ------------------------------------------------------ */

static int
read_checkpoint(struct job *job, const struct cli_args *args)
{
	const char *key = cli_value(args, "key");
	char *path;
	enum cs_err err;

	if (key == NULL || cs_note_key_read(&job->key, cs_view_str(key)))
		return cli_fail(CLI_USAGE,
		    "Say whose log it is: --key KEY, as \"countersignctl log "
		    "key\" prints it.");
	if ((path = cs_path_join(cli_arg(args, 0), "checkpoint")) == NULL)
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	if ((err = cs_file_read(&job->note, path, CS_TLOG_NOTE_MAX)) == CS_OK)
		err = cs_tlog_checkpoint_open(&job->c, cs_buf_view(&job->note),
		    &job->key, cs_view_str(job->key.name));
	cs_free_plain(path);
	return err ? report_error(err, "The checkpoint in %s", cli_arg(args, 0))
		   : CLI_OK;
}

static int
read_authorities(struct job *job, const struct cli_args *args)
{
	const char *path = cli_value(args, "authorities");
	enum cs_err err;

	if (path == NULL)
		return cli_fail(CLI_USAGE,
		    "Say who certifies the time-stamp authority: --authorities "
		    "FILE, in PEM.");
	err = cs_file_read(&job->authorities, path, CS_NET_AUTHORITIES_MAX);
	if (err)
		return report_error(err, "The authorities in %s", path);
	/* Without, one with http:// can be asked: what it says is signed. */
	err = cs_net_authorities(&job->ssl_ctx, NULL);
	return err == CS_ERR_NOMEM ? cli_fail(CLI_SOFTWARE, "Out of memory.")
				   : CLI_OK;
}

/* ---- asking ------------------------------------------------------------- */

static enum cs_err
post(struct job *job, const char *url, struct cs_view request, int *status)
{
	struct cs_net_endpoint to;
	struct cs_net_post p = {
		.to = &to,
		.fields = cs_view_str(
		    "Content-Type: application/timestamp-query\r\n"),
		.body = request,
		.timeout_ms = TIMEOUT_MS,
		.answer = &job->answer,
	};
	enum cs_err err = cs_net_url_parse(&to, cs_view_str(url));

	if (err)
		return CS_ERR_MISUSE;
	p.ssl_ctx = to.plain ? NULL : job->ssl_ctx;
	if (!to.plain && job->ssl_ctx == NULL)
		return CS_ERR_NOT_FOUND;
	job->answer.max = CS_TIMESTAMP_MAX;
	err = cs_net_post(&p);
	*status = p.status;
	return err;
}

static int
ask(struct job *job, const char *url)
{
	uint8_t nonce[CS_TIMESTAMP_NONCE_LEN];
	struct cs_buf request = { 0 };
	int status = 0;
	enum cs_err err;

	cs_random(nonce, sizeof nonce);
	nonce[0] |= 0x40; /* of its full length, and no negative number */
	nonce[0] &= 0x7f;
	err = cs_timestamp_request(&request, cs_buf_view(&job->note), nonce);
	if (err == CS_OK)
		err = post(job, url, cs_buf_view(&request), &status);
	cs_buf_free(&request);
	if (err == CS_ERR_MISUSE)
		return cli_fail(CLI_USAGE,
		    "--ask takes https://NAME/PATH or http://NAME/PATH.");
	if (err == CS_ERR_NOT_FOUND)
		return cli_fail(CLI_NOT_DONE,
		    "There are no certificates of authorities "
		    "in " CS_NET_AUTHORITIES
		    ", so nobody can be asked by https.");
	if (err)
		return cli_fail(CLI_NOT_DONE, "%.200s gave no token: %s.", url,
		    cs_err_text(err));
	if (status != 200)
		return cli_fail(CLI_NOT_DONE,
		    "%.200s gave no token: it answered HTTP %d.", url, status);
	err = cs_timestamp_verify(&job->got, cs_buf_view(&job->answer),
	    cs_buf_view(&job->note), nonce, cs_buf_view(&job->authorities));
	if (err == CS_ERR_NOMEM)
		return cli_fail(CLI_SOFTWARE, "Out of memory.");
	if (err == CS_ERR_REFUSED)
		return cli_fail(
		    CLI_NOT_DONE, "%.200s refused to give a token.", url);
	return err ? cli_fail(CLI_NOT_VERIFIED,
			 "What %.200s gave does not verify (%s).", url,
			 cs_err_text(err))
		   : CLI_OK;
}

/* ---- keeping ------------------------------------------------------------ */

/* The token first: a checkpoint without one says nothing. */
static int
keep(const struct job *job, const char *folder)
{
	char path[PATH_MAX_HERE];
	enum cs_err err = cs_file_mkdir(folder);

	if (err == CS_OK || err == CS_ERR_EXISTS) {
		snprintf(path, sizeof path, "%s/%" PRIu64 ".tsr", folder,
		    job->c.size);
		err = cs_file_write(path, cs_buf_view(&job->answer), 0644);
	}
	if (err == CS_OK) {
		snprintf(path, sizeof path, "%s/%" PRIu64, folder, job->c.size);
		err = cs_file_write(path, cs_buf_view(&job->note), 0644);
	}
	return err ? report_error(err, "The token in %s", folder) : CLI_OK;
}

static int
show(const struct job *job, bool as_json)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);

	if (!as_json) {
		printf("%" PRIu64 " entries at ", job->c.size);
		cli_print_time(stdout, job->got.time_s * CS_SECOND_MS);
		printf(", says %s.\n", job->got.by);
		return CLI_OK;
	}
	cs_json_object(&j, NULL);
	cs_json_number(&j, "size", job->c.size);
	cs_json_number(&j, "time_s", job->got.time_s);
	cs_json_number(&j, "accuracy_s", job->got.accuracy_s);
	cs_json_string(&j, "by", job->got.by);
	cs_json_close(&j);
	return cli_json_print(&j) == CS_OK
	    ? CLI_OK
	    : cli_fail(CLI_CANNOT_WRITE, "The result cannot be written.");
}

int
witness_timestamp(const struct cli_args *args)
{
	const char *url = cli_value(args, "ask"), *to = cli_value(args, "to");
	struct job job = { .ssl_ctx = NULL };
	int status;

	if (url == NULL || to == NULL)
		return cli_fail(CLI_USAGE,
		    "Say whom to ask, and where to keep it: --ask URL --to "
		    "DIR.");
	signal(SIGPIPE, SIG_IGN);
	if ((status = read_checkpoint(&job, args)) == CLI_OK &&
	    (status = read_authorities(&job, args)) == CLI_OK &&
	    (status = ask(&job, url)) == CLI_OK &&
	    (status = keep(&job, to)) == CLI_OK)
		status = show(&job, cli_flag(args, "json"));
	cs_tls_public_free(job.ssl_ctx);
	cs_buf_free(&job.note);
	cs_buf_free(&job.answer);
	cs_buf_free(&job.authorities);
	return status;
}
