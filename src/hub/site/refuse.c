/* SPDX-License-Identifier: MIT */
#include "hub/site/refuse.h"

#include <stdio.h>
#include <string.h>

#include "hub/site/answer.h"
#include "hub/site/html.h"
#include "hub/site/words.h"

#define API "/notices/api/"

static bool
is_api(const struct site_visit *v)
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
	if (is_api(v)) {
		refuse_program(v, status, code, seconds);
		return;
	}
	snprintf(key, sizeof key, "error.%s", code);
	h = site_html(v, "error.title");
	site_put(&h, "<p class=problem role=alert>%w</p>", key);
	if (seconds != 0)
		site_put(&h, "<p>%w: <bdi>%d min</bdi></p>", "error.retry",
		    (seconds + 59) / 60);
	if (v->again != NULL)
		v->again(&h);
	else if (v->post)
		site_put(&h, "<p>%w</p>", "error.back");
	site_html_answer(v, &h, status);
}

void
site_refuse_err(struct site_visit *v, enum cs_err err)
{
	if (err == CS_ERR_LIMIT)
		site_refuse(v, 413, "too-large", 0);
	else if (cs_err_class(err) == CS_ERR_CLASS_OURS)
		site_refuse(v, 503, "unavailable", 0);
	else
		site_refuse(v, 400, "malformed", 0);
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
		{ CS_WIRE_E_CHANNEL, 404, "channel" },
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

bool
site_answered(void *out, const struct cs_wire_shape *shape,
    struct site_visit *v, const struct cs_wire_frame *answer)
{
	if (answer != NULL && answer->kind == CS_WIRE_ANSWER &&
	    cs_wire_parse(out, shape, answer->body) == CS_OK)
		return true;
	site_refuse_frame(v, answer);
	return false;
}
