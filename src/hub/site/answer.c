/* SPDX-License-Identifier: MIT */
#include "hub/site/answer.h"

#include <stdio.h>
#include <string.h>

#include "hub/site/html.h"
#include "hub/site/words.h"

#define API "/notices/api/"

/* Nothing of a page comes from elsewhere, and no page is shown in another;
 * scripts are the site's own, and pages do without. */
#define POLICY                                                                 \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; "      \
	"script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; "            \
	"connect-src 'self'; img-src 'self' blob: data:; "                     \
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'\r\n"      \
	"Referrer-Policy: no-referrer\r\n"                                     \
	"X-Content-Type-Options: nosniff\r\n"

void
site_answer(struct site_visit *v, int status, const char *type,
    struct cs_view bytes, enum site_keep keep)
{
	static const char *const kept[] = {
		[SITE_KEEP_NOT] = POLICY "Cache-Control: no-store\r\n",
		[SITE_KEEP_FRESH] = POLICY "Cache-Control: no-cache\r\n",
		[SITE_KEEP_DAY] = POLICY "Cache-Control: max-age=86400\r\n",
	};
	const char *fields = kept[keep];
	struct hub_talk_site_answer a = {
		.status = (uint16_t)status,
		.type = (uint16_t)strlen(type),
		.headers = (uint16_t)strlen(fields),
	};
	const struct cs_view parts[] = { HUB_TALK_OF(a), cs_view_str(type),
		cs_view_str(fields), bytes };
	struct site *s = v->site;

	if (v->answered)
		return;
	v->answered = true;
	if (s->links[v->link] != NULL &&
	    cs_channel_put_parts(s->links[v->link], HUB_TALK_SITE_ANSWER,
		v->number, parts, sizeof parts / sizeof *parts) != CS_OK) {
		cs_channel_free(s->links[v->link]);
		s->links[v->link] = NULL;
	}
}

void
site_answer_json(struct site_visit *v, int status, struct cs_json_writer *j)
{
	cs_json_close(j);
	if (cs_json_end(j) != CS_OK)
		site_answer(v, 500, "text/plain; charset=utf-8",
		    cs_view_str("The answer could not be made.\n"),
		    SITE_KEEP_NOT);
	else
		site_answer(v, status, "application/json", cs_buf_view(j->buf),
		    v->post ? SITE_KEEP_NOT : SITE_KEEP_FRESH);
	cs_buf_free(j->buf);
}

bool
site_is_api(const struct site_visit *v)
{
	return strncmp(v->path, API, sizeof API - 1) == 0;
}

static void
refuse_program(
    struct site_visit *v, int status, const char *code, uint64_t seconds)
{
	struct cs_buf text = { 0 };
	struct cs_json_writer j = cs_json_writer(&text);
	char key[64];

	snprintf(key, sizeof key, "error.%s", code);
	cs_json_object(&j, NULL);
	cs_json_string(&j, "error", code);
	cs_json_string(
	    &j, "sentence", site_word(v->site, &v->site->languages[0], key));
	if (seconds != 0)
		cs_json_number(&j, "retry_seconds", seconds);
	site_answer_json(v, status, &j);
}

void
site_refuse(
    struct site_visit *v, int status, const char *code, uint64_t seconds)
{
	struct site_html h;
	char key[64];

	if (v->answered)
		return;
	if (site_is_api(v)) {
		refuse_program(v, status, code, seconds);
		return;
	}
	snprintf(key, sizeof key, "error.%s", code);
	h = site_html(v, "error.title");
	site_put(&h, "<p class=problem role=alert>%w</p>", key);
	if (seconds != 0)
		site_put(&h, "<p>%w: <bdi>%d min</bdi></p>", "error.retry",
		    (seconds + 59) / 60);
	if (v->post)
		site_put(&h, "<p>%w</p>", "error.back");
	site_html_answer(v, &h, status);
}

void
site_refuse_frame(struct site_visit *v, const struct cs_wire_frame *answer)
{
	static const struct {
		uint16_t code;
		int status;
		const char *word;
	} known[] = {
		{ CS_WIRE_E_MALFORMED, 400, "malformed" },
		{ CS_WIRE_E_TOO_LARGE, 413, "too-large" },
		{ CS_WIRE_E_LIMIT, 429, "limit" },
		{ CS_WIRE_E_WORK, 429, "work" },
		{ CS_WIRE_E_REPEATED, 409, "repeated" },
		{ CS_WIRE_E_FILING, 404, "filing" },
		{ CS_WIRE_E_FILING_OVER, 409, "filing-over" },
		{ CS_WIRE_E_ORGANISATION, 403, "organisation" },
	};
	struct cs_wire_error error;
	struct cs_wire_retry retry = { 0 };

	if (answer == NULL || answer->kind != CS_WIRE_ERROR ||
	    cs_wire_parse(&error, &cs_wire_error_shape, answer->body) !=
		CS_OK) {
		site_refuse(v, 503, "unavailable", 0);
		return;
	}
	if (error.code == CS_WIRE_E_LIMIT &&
	    cs_wire_parse(&retry, &cs_wire_retry_shape, error.data) != CS_OK)
		retry.seconds = 0;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].code == error.code) {
			site_refuse(
			    v, known[i].status, known[i].word, retry.seconds);
			return;
		}
	site_refuse(v, 503, "unavailable", 0);
}
