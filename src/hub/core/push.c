/* SPDX-License-Identifier: MIT */
#include "hub/core/push.h"

#include <string.h>

#include "base/alloc.h"
#include "crypto/short_hash.h"
#include "crypto/web_push.h"
#include "hub/talk/talk.h"

/* Pushes in HUB_PUSH_EVERY_MS, of all devices: more are not sent. */
#define RECENT_MAX 2048
#define MAYBE_BITS 65536
#define WAITING_MAX ((size_t)512 << 10) /* bytes */

struct hub_pushes {
	const struct hub_conf *conf;
	struct cs_channel *to;
	uint8_t key[CS_WEB_PUSH_PUBLIC_LEN];
	bool has_key;
	/* What was sent last, by its number; at: when. */
	struct {
		uint8_t device[CS_ID_LEN];
		uint64_t since_ms, at_ms;
	} recent[RECENT_MAX];
	uint64_t next; /* number */
	/* Most devices have none: those whose bit is not set. */
	uint8_t maybe[MAYBE_BITS / 8];
};

/* Services of Chrome and Edge, Firefox, Safari; "." at the beginning: and what
 * is below. */
static const char *const services[] = { "fcm.googleapis.com",
	"android.googleapis.com", "updates.push.services.mozilla.com",
	".push.apple.com", ".notify.windows.com" };

static size_t
bit_of(const struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	return cs_short_hash(hub->hash_key, cs_view(device, CS_ID_LEN)) %
	    MAYBE_BITS;
}

void
hub_push_subscribed(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	size_t bit = bit_of(hub, device);

	if (hub->pushes != NULL)
		hub->pushes->maybe[bit / 8] |= (uint8_t)(1 << bit % 8);
}

/* ---- life --------------------------------------------------------------- */

static enum cs_err
load(struct cs_hub *hub)
{
	struct cs_rows rows;
	enum cs_err err = cs_db_query(
	    &rows, hub->db, "SELECT device FROM push ORDER BY device");

	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t device[CS_ID_LEN];

		cs_col_copy(&rows, 0, device, sizeof device);
		hub_push_subscribed(hub, device);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
hub_pushes_new(struct cs_hub *hub, const struct hub_conf *conf)
{
	struct cs_channel *to = NULL;

	if (hub->pushes == NULL) {
		hub->pushes = cs_calloc(1, sizeof *hub->pushes);
	} else {
		to = hub->pushes->to;
		memset(hub->pushes, 0, sizeof *hub->pushes);
	}
	if (hub->pushes == NULL)
		return CS_ERR_NOMEM;
	hub->pushes->to = to;
	hub->pushes->conf = conf;
	return load(hub);
}

static void
leave(struct cs_hub *hub)
{
	cs_channel_free(hub->pushes->to);
	hub->pushes->to = NULL;
}

void
hub_pushes_free(struct cs_hub *hub)
{
	if (hub->pushes == NULL)
		return;
	leave(hub);
	cs_free(hub->pushes, sizeof *hub->pushes);
	hub->pushes = NULL;
}

void
hub_pushes_link(struct cs_hub *hub, struct cs_channel *to)
{
	if (hub->pushes == NULL)
		hub->pushes = cs_calloc(1, sizeof *hub->pushes);
	if (hub->pushes == NULL) {
		cs_channel_free(to);
		return;
	}
	leave(hub);
	hub->pushes->to = to;
}

int
hub_pushes_fd(const struct cs_hub *hub)
{
	return hub->pushes != NULL && hub->pushes->to != NULL
	    ? cs_channel_fd(hub->pushes->to)
	    : -1;
}

/* ---- what it says ------------------------------------------------------- */

/* The service does not know the browser any more. */
static void
forget(struct cs_hub *hub, uint64_t number)
{
	const struct hub_pushes *p = hub->pushes;
	size_t at = number % RECENT_MAX;

	if (number >= p->next || p->next - number > RECENT_MAX)
		return;
	/* What cannot be dropped now is found at the next push. */
	(void)!cs_db_exec(hub->db,
	    "DELETE FROM push WHERE device=? AND since=?",
	    cs_blob(CS_VIEW_OF(p->recent[at].device)),
	    cs_int(p->recent[at].since_ms));
}

static enum cs_err
told(struct cs_hub *hub, const struct cs_channel_message *m)
{
	struct hub_pushes *p = hub->pushes;
	int32_t status;

	if (m->kind == HUB_TALK_PUSH_KEY) {
		p->has_key = hub_talk_copy(p->key, sizeof p->key, m->bytes);
		return p->has_key ? CS_OK : CS_ERR_FORMAT;
	}
	if (m->kind != HUB_TALK_PUSHED ||
	    !hub_talk_copy(&status, sizeof status, m->bytes))
		return CS_ERR_FORMAT;
	if (status == 404 || status == 410)
		forget(hub, m->about);
	return CS_OK;
}

void
hub_pushes_serve(struct cs_hub *hub)
{
	enum cs_err err = cs_channel_fill(hub->pushes->to);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, hub->pushes->to))
		err = told(hub, &m);
	if (err)
		leave(hub);
}

void
hub_pushes_flush(struct cs_hub *hub)
{
	if (hub->pushes != NULL && hub->pushes->to != NULL &&
	    cs_channel_flush(hub->pushes->to) != CS_OK)
		leave(hub);
}

const uint8_t *
hub_pushes_key(const struct cs_hub *hub)
{
	return hub->pushes != NULL && hub->pushes->conf != NULL &&
		hub->pushes->to != NULL && hub->pushes->has_key
	    ? hub->pushes->key
	    : NULL;
}

/* Is ${host} the name ${service}, or below it? */
static bool
is_of(const char *host, const char *service)
{
	size_t n = strlen(host), m = strlen(service);

	return service[0] == '.' ? n > m && strcmp(host + n - m, service) == 0
				 : strcmp(host, service) == 0;
}

bool
hub_pushes_allowed(const struct cs_hub *hub, const char *host, int port)
{
	const struct hub_conf *conf = hub->pushes->conf;

	for (size_t i = 0; i < sizeof services / sizeof *services; i++)
		if (port == 443 && is_of(host, services[i]))
			return true;
	for (size_t i = 0; i < conf->n_push_hosts; i++)
		if (port == conf->push_hosts[i].port &&
		    strcmp(host, conf->push_hosts[i].host) == 0)
			return true;
	return false;
}

/* ---- sending ------------------------------------------------------------ */

/* Was one sent for it a short while ago, or too many for all? */
static bool
too_soon(const struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	const struct hub_pushes *p = hub->pushes;

	for (uint64_t i = p->next; i > 0 && p->next - i < RECENT_MAX; i--) {
		size_t at = (i - 1) % RECENT_MAX;

		if (hub->now_ms - p->recent[at].at_ms >= HUB_PUSH_EVERY_MS)
			return false;
		if (memcmp(p->recent[at].device, device, CS_ID_LEN) == 0)
			return true;
	}
	return p->next >= RECENT_MAX;
}

static void
send_push(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN],
    const struct hub_talk_push *what, uint64_t since_ms)
{
	struct hub_pushes *p = hub->pushes;
	size_t at = p->next % RECENT_MAX;

	if (cs_channel_put(p->to, HUB_TALK_PUSH, p->next, HUB_TALK_OF(*what)) !=
	    CS_OK) {
		leave(hub);
		return;
	}
	memcpy(p->recent[at].device, device, CS_ID_LEN);
	p->recent[at].since_ms = since_ms;
	p->recent[at].at_ms = hub->now_ms;
	p->next++;
}

void
hub_push_waits(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	struct hub_pushes *p = hub->pushes;
	struct hub_talk_push what = { 0 };
	struct cs_view endpoint;
	struct cs_rows row;
	uint64_t since = 0;
	size_t bit = bit_of(hub, device);
	enum cs_err err;

	if (p == NULL || p->to == NULL || !p->has_key ||
	    (p->maybe[bit / 8] & 1 << bit % 8) == 0 ||
	    cs_channel_waiting(p->to) > WAITING_MAX || too_soon(hub, device))
		return;
	err = cs_db_row(&row, hub->db,
	    "SELECT endpoint,key,auth,since FROM push WHERE device=?",
	    cs_blob(cs_view(device, CS_ID_LEN)));
	if (err == CS_OK) {
		endpoint = cs_col_blob(&row, 0);
		cs_col_copy(&row, 1, what.public, sizeof what.public);
		cs_col_copy(&row, 2, what.auth, sizeof what.auth);
		since = cs_col_int(&row, 3);
		if (endpoint.len > sizeof what.endpoint)
			err = CS_ERR_CORRUPT;
		else
			memcpy(what.endpoint, endpoint.data, endpoint.len);
		what.length = (uint32_t)endpoint.len;
	}
	if (cs_rows_end(&row, err) == CS_OK)
		send_push(hub, device, &what, since);
}
