/* SPDX-License-Identifier: MIT */
#include "programs/notice/far.h"
#include "net/authorities.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "cli/report_error.h"
#include "crypto/tls.h"
#include "crypto/tls_public.h"
#include "programs/notice/json.h"
#include "store/file.h"

#define TIMEOUT_MS 120000
#define ANSWER_MAX ((size_t)16 << 20)
#define SYSTEM "system"

static enum cs_err
place_of(struct notice_place *p, const char *path)
{
	enum cs_err err;

	if (snprintf(p->url, sizeof p->url, "%s%s", p->link, path) >=
	    (int)sizeof p->url)
		return CS_ERR_LIMIT;
	if ((err = cs_net_url_parse(&p->to, cs_view_str(p->url))))
		return err;
	return p->to.plain && strcmp(p->to.host, "127.0.0.1") != 0
	    ? CS_ERR_FORMAT
	    : CS_OK;
}

int
notice_far_open(struct notice_place *p)
{
	const char *file = p->authorities;
	enum cs_err err;

	signal(SIGPIPE, SIG_IGN);
	if (place_of(p, "/") != CS_OK)
		return cli_fail(CLI_USAGE,
		    "The hub's link is https://HOST[:PORT], with a name for a "
		    "host, or http://127.0.0.1:PORT.");
	if (p->to.plain)
		return CLI_OK;
	if (file == NULL) {
		err = cs_tls_client_new(
		    &p->ssl_ctx, p->root, p->to.host, CS_TLS_OWN_CLOCK);
		return err ? report_error(err, "TLS") : CLI_OK;
	}
	err = cs_net_authorities(
	    &p->ssl_ctx, strcmp(file, SYSTEM) == 0 ? NULL : file);
	return err ? report_error(err, "The authorities in %s", file) : CLI_OK;
}

void
notice_far_close(struct notice_place *p)
{
	if (p->authorities != NULL)
		cs_tls_public_free(p->ssl_ctx);
	else
		cs_tls_client_free(p->ssl_ctx);
	p->ssl_ctx = NULL;
}

/* ---- one request --------------------------------------------------------- */

static enum cs_err
ask(struct cs_buf *out, int *http, struct notice_place *p, const char *path,
    const json_t *body)
{
	struct cs_net_post post = {
		.ssl_ctx = p->ssl_ctx,
		.pinned = p->authorities == NULL,
		.to = &p->to,
		.fields = cs_view_str("Content-Type: application/json\r\n"),
		.timeout_ms = TIMEOUT_MS,
		.answer = out,
	};
	struct cs_buf text = { .max = CS_BUF_MAX };
	enum cs_err err = place_of(p, path);

	if (err == CS_OK && body != NULL)
		err = notice_json_write(&text, body, JSON_COMPACT);
	if (err == CS_OK && body != NULL) {
		post.body = cs_buf_view(&text);
		err = cs_net_post(&post);
	} else if (err == CS_OK) {
		post.fields = cs_view(NULL, 0);
		err = cs_net_get(&post);
	}
	cs_buf_free(&text);
	*http = post.status;
	return err;
}

static int
unreachable(const struct notice_place *p, enum cs_err err)
{
	if (err == CS_ERR_NOMEM)
		return report_error(err, "The request");
	return cli_fail(CLI_UNREACHABLE,
	    "Nobody answers at %s who is that hub (%s). What was not sent is "
	    "kept and can be sent again.",
	    p->link, cs_err_text(err));
}

int
notice_far_try(json_t **out, char code[static NOTICE_CODE_SIZE],
    struct notice_place *p, const char *path, const json_t *body)
{
	struct cs_buf answer = { .max = ANSWER_MAX };
	int http = 0, status = CLI_OK;
	enum cs_err err = ask(&answer, &http, p, path, body);

	*out = NULL;
	code[0] = '\0';
	if (err)
		status = unreachable(p, err);
	else
		*out = json_loadb((const char *)answer.data, answer.len,
		    JSON_REJECT_DUPLICATES, NULL);
	cs_buf_free(&answer);
	if (status == CLI_OK && !json_is_object(*out)) {
		json_decref(*out);
		*out = NULL;
		return cli_fail(CLI_UNREACHABLE,
		    "%s has no site for notices, or cannot serve it now "
		    "(status %d).",
		    p->link, http);
	}
	if (status == CLI_OK && http >= 300) {
		snprintf(
		    code, NOTICE_CODE_SIZE, "%s", notice_text(*out, "error"));
		status = CLI_NOT_DONE;
	}
	return status;
}

static int
asked(
    json_t **out, struct notice_place *p, const char *path, const json_t *body)
{
	char code[NOTICE_CODE_SIZE];
	int status = notice_far_try(out, code, p, path, body);

	if (status != CLI_OK && *out != NULL) {
		status = cli_fail(strcmp(code, "limit") == 0 ||
			    strcmp(code, "unavailable") == 0
			? CLI_TRY_LATER
			: CLI_NOT_DONE,
		    "%s", notice_text(*out, "sentence"));
		json_decref(*out);
		*out = NULL;
	}
	return status;
}

int
notice_far_get(json_t **out, struct notice_place *p, const char *path)
{
	return asked(out, p, path, NULL);
}

int
notice_far_post(
    json_t **out, struct notice_place *p, const char *path, const json_t *body)
{
	return asked(out, p, path, body);
}

enum cs_err
notice_far_file(
    struct cs_buf *out, struct notice_place *p, const char *path, size_t max)
{
	struct cs_buf answer = { .max = max };
	int http = 0;
	enum cs_err err = ask(&answer, &http, p, path, NULL);

	if (err == CS_OK && http != 200)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&answer));
	cs_buf_free(&answer);
	return err;
}
