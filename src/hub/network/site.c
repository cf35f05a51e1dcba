/* SPDX-License-Identifier: MIT */
#include "hub/network/site.h"

#include <string.h>

#include "net/server_ask.h"

#define TARGET_MAX 2048
#define TYPE_MAX 256
#define LANGUAGE_MAX 256
/* While so much waits for the site, nobody is sent there. */
#define BEHIND ((size_t)32 << 20)

static const char *const prefixes[] = { "/notices", "/c" };

/* The prefix itself, or what is below it or asked of it. */
static bool
is_below(struct cs_view target, const char *prefix)
{
	size_t n = strlen(prefix);

	return target.len >= n && memcmp(target.data, prefix, n) == 0 &&
	    (target.len == n || target.data[n] == '/' || target.data[n] == '?');
}

bool
network_site_asks(struct cs_view target)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++)
		if (is_below(target, prefixes[i]))
			return true;
	return false;
}

/* What is too long is not looked at. */
static struct cs_view
bounded(struct cs_view v, size_t max)
{
	return v.len <= max ? v : cs_view(NULL, 0);
}

static bool
put(struct network *n, uint8_t kind, const struct network_ask *mine,
    struct cs_view bytes)
{
	return n->site != NULL &&
	    cs_channel_put(n->site, kind, mine->number, bytes) == CS_OK;
}

bool
network_site_ask(struct network *n, struct network_ask *mine,
    const struct cs_net_asked *what)
{
	const struct cs_view target = bounded(what->target, TARGET_MAX);
	const struct cs_view type = bounded(what->type, TYPE_MAX);
	const struct cs_view languages = bounded(what->language, LANGUAGE_MAX);
	struct hub_talk_site_ask ask = {
		.post = what->post,
		.target = (uint16_t)target.len,
		.type = (uint16_t)type.len,
		.languages = (uint16_t)languages.len,
	};
	const struct cs_view parts[] = { HUB_TALK_OF(ask), target, type,
		languages };

	if (n->site == NULL || cs_channel_waiting(n->site) > BEHIND)
		return false;
	cs_net_conn_address(ask.address, mine->of->conn);
	mine->number = cs_slots_add(&n->visits, mine);
	if (mine->number != 0 &&
	    cs_channel_put_parts(n->site, HUB_TALK_SITE_ASK, mine->number,
		parts, sizeof parts / sizeof *parts) == CS_OK)
		return true;
	cs_slots_remove(&n->visits, mine->number);
	return false;
}

void
network_site_bytes(
    struct network *n, struct network_ask *mine, struct cs_view bytes)
{
	const struct cs_net_answer busy = { .status = 503 };

	if (n->site == NULL || cs_channel_waiting(n->site) > BEHIND ||
	    !put(n, HUB_TALK_SITE_BYTES, mine, bytes))
		cs_net_ask_answer(mine->of, &busy);
}

void
network_site_whole(struct network *n, struct network_ask *mine)
{
	const struct cs_net_answer busy = { .status = 503 };

	if (!put(n, HUB_TALK_SITE_WHOLE, mine, cs_view(NULL, 0)))
		cs_net_ask_answer(mine->of, &busy);
}

void
network_site_over(struct network *n, struct network_ask *mine)
{
	(void)put(n, HUB_TALK_SITE_DROP, mine, cs_view(NULL, 0));
	cs_slots_remove(&n->visits, mine->number);
}

/* Take a text of ${n} bytes off ${v}. */
static bool
take_text(char *out, size_t size, struct cs_view *v, size_t n)
{
	if (n >= size || n > v->len)
		return false;
	memcpy(out, v->data, n);
	out[n] = '\0';
	*v = cs_view(v->data + n, v->len - n);
	return memchr(out, '\0', n) == NULL;
}

enum cs_err
network_site_told(struct network *n, const struct cs_channel_message *m)
{
	const struct network_ask *mine = cs_slots_get(&n->visits, m->about);
	char type[128], fields[640];
	struct hub_talk_site_answer a;
	struct cs_view rest = m->bytes;

	if (m->kind != HUB_TALK_SITE_ANSWER || rest.len < sizeof a)
		return CS_ERR_FORMAT;
	memcpy(&a, rest.data, sizeof a);
	rest = cs_view(rest.data + sizeof a, rest.len - sizeof a);
	if (!take_text(type, sizeof type, &rest, a.type) ||
	    !take_text(fields, sizeof fields, &rest, a.headers))
		return CS_ERR_FORMAT;
	if (mine != NULL)
		cs_net_ask_answer(mine->of,
		    &(struct cs_net_answer){ .status = a.status,
			.type = type,
			.bytes = rest,
			.fields = fields });
	return CS_OK;
}

void
network_site_fail(struct network *n)
{
	const struct cs_net_answer answer = { .status = 503 };
	const struct network_ask *mine;
	size_t at = 0;

	while ((mine = cs_slots_each(&n->visits, &at)) != NULL)
		cs_net_ask_answer(mine->of, &answer);
}
