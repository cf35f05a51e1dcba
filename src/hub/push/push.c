/* SPDX-License-Identifier: MIT */
#include "hub/push/push.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "crypto/web_push.h"
#include "family/channel.h"
#include "family/part.h"
#include "hub/talk/outward.h"
#include "hub/talk/talk.h"
#include "net/post.h"
#include "store/clock.h"
#include "store/file.h"

#define POST_MS 5000
#define VAPID_S (12 * CS_HOUR_S) /* RFC 8292: at most a day */
/* A service that does not answer is left alone for so long: others wait. */
#define REST_MS CS_MINUTE_MS
#define RESTS 8
/* What is in each: nothing, and always as much of it. */
#define PLAIN_LEN 64
/* A day; what waits is replaced by the next, and is to be shown at once. */
#define FIELDS                                                                 \
	"TTL: 86400\r\nUrgency: high\r\nTopic: countersign\r\n"                \
	"Content-Encoding: aes128gcm\r\n"                                      \
	"Content-Type: application/octet-stream\r\nAuthorization: "

struct push {
	struct cs_channel *database;
	struct cs_web_push_key key;
	bool has_key;
	char subject[256];
	struct hub_outward out;
	struct {
		char host[CS_NET_ENDPOINT_HOST_SIZE];
		uint64_t until_ms;
	} rests[RESTS];
	size_t next_rest;
};

/* ---- one push ----------------------------------------------------------- */

static bool
rests(const struct push *p, const char *host)
{
	uint64_t now = cs_clock_us() / 1000;

	for (size_t i = 0; i < RESTS; i++)
		if (strcmp(p->rests[i].host, host) == 0 &&
		    now < p->rests[i].until_ms)
			return true;
	return false;
}

static void
let_rest(struct push *p, const char *host)
{
	snprintf(p->rests[p->next_rest].host,
	    sizeof p->rests[p->next_rest].host, "%s", host);
	p->rests[p->next_rest].until_ms = cs_clock_us() / 1000 + REST_MS;
	p->next_rest = (p->next_rest + 1) % RESTS;
}

static enum cs_err
write_fields(
    struct cs_buf *out, const struct push *p, const struct cs_net_endpoint *to)
{
	char audience[CS_NET_ENDPOINT_HOST_SIZE + 32];
	enum cs_err err = cs_buf_add(out, cs_view_str(FIELDS));

	if (to->port == 443)
		snprintf(audience, sizeof audience, "https://%s", to->host);
	else
		snprintf(audience, sizeof audience, "https://%s:%d", to->host,
		    to->port);
	if (err == CS_OK)
		err = cs_web_push_vapid(out, &p->key, audience, p->subject,
		    cs_clock_ms() / CS_SECOND_MS + VAPID_S);
	return err ? err : cs_buf_add(out, cs_view_str("\r\n"));
}

/* The status, or 0: nobody answered. */
static int32_t
send_one(struct push *p, const struct hub_talk_push *what)
{
	static const uint8_t nothing[PLAIN_LEN];
	struct cs_web_push_receiver receiver;
	struct cs_net_endpoint to;
	struct cs_buf fields = { 0 }, body = { 0 };
	struct cs_net_post post = {
		.ssl_ctx = p->out.tls,
		.to = &to,
		.timeout_ms = POST_MS,
	};
	enum cs_err err;

	if (!p->has_key || p->out.tls == NULL ||
	    what->length > sizeof what->endpoint ||
	    cs_net_endpoint_parse(&to, cs_view(what->endpoint, what->length)) !=
		CS_OK ||
	    rests(p, to.host))
		return 0;
	memcpy(receiver.public, what->public, sizeof receiver.public);
	memcpy(receiver.auth, what->auth, sizeof receiver.auth);
	if ((err = write_fields(&fields, p, &to)) == CS_OK &&
	    (err = cs_web_push_seal(&body, CS_VIEW_OF(nothing), &receiver)) ==
		CS_OK) {
		post.fields = cs_buf_view(&fields);
		post.body = cs_buf_view(&body);
		if ((err = cs_net_post(&post)))
			let_rest(p, to.host);
	}
	cs_buf_free(&fields);
	cs_buf_free(&body);
	return err ? 0 : post.status;
}

/* ---- what is handed over ------------------------------------------------ */

static enum cs_err
take_link(struct push *p, const struct cs_hand *h)
{
	const struct cs_channel_limits limits = { 4 * CS_KIB, CS_MIB };
	enum cs_err err;

	cs_channel_free(p->database);
	if ((err = cs_channel_new(&p->database, h->fd, &limits)))
		return err;
	if (p->has_key)
		err = cs_channel_put(p->database, HUB_TALK_PUSH_KEY, 0,
		    CS_VIEW_OF(p->key.public));
	return err ? err : cs_channel_flush(p->database);
}

static enum cs_err
take_key(struct push *p, int fd)
{
	struct cs_buf file = { 0 };
	enum cs_err err = cs_file_read_fd(&file, fd, CS_WEB_PUSH_PRIVATE_LEN);

	/* A hub without it sends no pushes, and is one all the same. */
	if (err == CS_OK && file.len == CS_WEB_PUSH_PRIVATE_LEN)
		p->has_key = cs_web_push_key_from(&p->key, file.data) == CS_OK;
	cs_buf_free(&file);
	return err == CS_ERR_NOMEM ? err : CS_OK;
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct push *p = arg;
	enum cs_err err = CS_OK;

	if (cs_hand_is(h, "link") && h->fd >= 0)
		return take_link(p, h);
	if (cs_hand_is(h, "subject") && h->length < sizeof p->subject)
		memcpy(p->subject, h->bytes, h->length);
	if (cs_hand_is(h, "vapid.key") && h->fd >= 0 && !p->has_key)
		err = take_key(p, h->fd);
	if (err == CS_OK)
		err = hub_outward_take(&p->out, h);
	if (h->fd >= 0)
		close(h->fd);
	return err;
}

/* ---- the loop ----------------------------------------------------------- */

static enum cs_err
serve(struct push *p)
{
	enum cs_err err = cs_channel_fill(p->database);
	struct cs_channel_message m;

	while (err == CS_OK && cs_channel_next(&m, p->database)) {
		struct hub_talk_push what;
		uint64_t about = m.about;
		int32_t status;

		if (m.kind != HUB_TALK_PUSH ||
		    !hub_talk_copy(&what, sizeof what, m.bytes))
			return CS_ERR_FORMAT;
		status = send_one(p, &what);
		if ((err = cs_channel_put(p->database, HUB_TALK_PUSHED, about,
			 HUB_TALK_OF(status))) == CS_OK)
			err = cs_channel_flush(p->database);
	}
	return err;
}

static enum cs_err
run_round(struct push *p)
{
	struct pollfd fds[] = {
		{ cs_part_socket(), POLLIN, 0 },
		{ p->database != NULL ? cs_channel_fd(p->database) : -1, POLLIN,
		    0 },
	};
	enum cs_err err;

	(void)poll(fds, 2, -1);
	if (fds[0].revents != 0 && (err = cs_part_take(p, take, false)))
		return err;
	if (fds[1].revents != 0 && p->database != NULL && serve(p) != CS_OK) {
		cs_channel_free(p->database);
		p->database = NULL;
	}
	return CS_OK;
}

static enum cs_err
begin(struct push *p)
{
	enum cs_err err = hub_outward_begin(&p->out, HUB_PUSH, p, take);

	if (err)
		return err;
	if (p->out.tls == NULL)
		cs_part_tell("authorities", 0, "");
	return cs_part_ready();
}

int
hub_push_main(void)
{
	static struct push p;
	enum cs_err err = begin(&p);

	if (err)
		cs_part_failed(err);
	while (err == CS_OK)
		err = run_round(&p);
	cs_channel_free(p.database);
	hub_outward_free(&p.out);
	cs_wipe(&p.key, sizeof p.key);
	return err == CS_ERR_CLOSED ? 0 : 1;
}
