/* SPDX-License-Identifier: MIT */
#include "hub/site/answer.h"

#include <string.h>

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
