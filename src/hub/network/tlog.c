/* SPDX-License-Identifier: MIT */
#include "hub/network/tlog.h"

#include "base/alloc.h"
#include "net/server_ask.h"
#include "tlog/tile.h"

#define PREFIX HUB_TLOG_ORIGIN "/"
#define CHECKPOINT "checkpoint"
#define TEXT "text/plain; charset=utf-8"
#define BYTES "application/octet-stream"

struct ask {
	struct cs_net_ask *of;
	uint64_t number;
	bool forever; /* that file never changes */
};

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
network_tlog_asks(void *arg, struct cs_view path)
{
	(void)arg;
	return below(&path) && path.len < CS_TLOG_PATH_SIZE;
}

bool
network_tlog_ask(void *arg, struct cs_net_ask *a, struct cs_view path)
{
	struct network *n = arg;
	struct ask *mine;

	if (n->tlog == NULL || !below(&path))
		return false;
	if ((mine = cs_calloc(1, sizeof *mine)) == NULL)
		return false;
	mine->of = a;
	mine->forever = !cs_view_equal(path, cs_view_str(CHECKPOINT));
	mine->number = cs_slots_add(&n->asks, mine);
	if (mine->number == 0 ||
	    cs_channel_put(n->tlog, HUB_TALK_TLOG_GET, mine->number, path) !=
		CS_OK) {
		cs_slots_remove(&n->asks, mine->number);
		cs_free(mine, sizeof *mine);
		return false;
	}
	a->user = mine;
	return true;
}

void
network_tlog_over(void *arg, struct cs_net_ask *a)
{
	struct network *n = arg;
	struct ask *mine = a->user;

	cs_slots_remove(&n->asks, mine->number);
	cs_free(mine, sizeof *mine);
}

enum cs_err
network_tlog_told(struct network *n, const struct cs_channel_message *m)
{
	const struct ask *mine = cs_slots_get(&n->asks, m->about);
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
	const struct ask *mine;
	size_t at = 0;

	while ((mine = cs_slots_each(&n->asks, &at)) != NULL)
		cs_net_ask_answer(mine->of, &answer);
}
