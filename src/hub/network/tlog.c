/* SPDX-License-Identifier: MIT */
#include "hub/network/tlog.h"

#include "net/server_ask.h"
#include "tlog/tile.h"

#define PREFIX HUB_TLOG_ORIGIN "/"
#define CHECKPOINT "checkpoint"
#define TEXT "text/plain; charset=utf-8"
#define BYTES "application/octet-stream"

/* Below the prefix; false: it is not. */
static bool
below(struct cs_view *path)
{
	size_t n = sizeof PREFIX - 1;

	if (path->len < n ||
	    !cs_view_equal(cs_view(path->data, n), cs_view_str(PREFIX)))
		return false;
	*path = cs_view(path->data + n, path->len - n);
	return true;
}

bool
network_tlog_asks(struct cs_view target)
{
	return below(&target) && target.len < CS_TLOG_PATH_SIZE;
}

bool
network_tlog_ask(
    struct network *n, struct network_ask *mine, struct cs_view target)
{
	if (n->tlog == NULL || !below(&target))
		return false;
	mine->forever = !cs_view_equal(target, cs_view_str(CHECKPOINT));
	mine->number = cs_slots_add(&n->asks, mine);
	if (mine->number != 0 &&
	    cs_channel_put(n->tlog, HUB_TALK_TLOG_GET, mine->number, target) ==
		CS_OK)
		return true;
	cs_slots_remove(&n->asks, mine->number);
	return false;
}

enum cs_err
network_tlog_told(struct network *n, const struct cs_channel_message *m)
{
	const struct network_ask *mine = cs_slots_get(&n->asks, m->about);
	struct cs_net_answer answer = { .status = 404 };

	if (m->kind != HUB_TALK_TLOG_FILE && m->kind != HUB_TALK_TLOG_NONE)
		return CS_ERR_FORMAT;
	if (mine == NULL)
		return CS_OK;
	if (m->kind == HUB_TALK_TLOG_FILE)
		answer = (struct cs_net_answer){
			.status = 200,
			.type = mine->forever ? BYTES : TEXT,
			.bytes = m->bytes,
			.forever = mine->forever,
		};
	cs_net_ask_answer(mine->of, &answer);
	return CS_OK;
}

void
network_tlog_fail(struct network *n)
{
	const struct cs_net_answer answer = { .status = 503 };
	const struct network_ask *mine;
	size_t at = 0;

	while ((mine = cs_slots_each(&n->asks, &at)) != NULL)
		cs_net_ask_answer(mine->of, &answer);
}
