/* SPDX-License-Identifier: MIT */
/* The process that has the home, while another one has the web server. */
#include "programs/countersign/page_part.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/report_error.h"
#include "crypto/init.h"
#include "family/part.h"
#include "member/member.h"
#include "net/beside.h"
#include "net/web_far.h"
#include "net/web_part.h"
#include "programs/countersign/page.h"
#include "programs/countersign/page_http.h"

#define TURN_MS 30000 /* a lost push delays a message by half a minute */
#define ASK_MS 1000   /* how often to look whether there is a connection */

struct part {
	char home[CS_HAND_BYTES_MAX + 1], exchange[CS_HAND_BYTES_MAX + 1];
	struct page_conf conf;
	int web_link; /* -1: none that is new */
	struct cs_web_far *web;
	struct page_http *http;
	struct cs_member *member;
	bool over;
};

/* ---- what is handed over ------------------------------------------------ */

static void
take_text(char out[static CS_HAND_BYTES_MAX + 1], const struct cs_hand *h)
{
	memcpy(out, h->bytes, h->length);
	out[h->length] = '\0';
}

static enum cs_err
take(void *arg, struct cs_hand *h)
{
	struct part *p = arg;

	if (cs_hand_is(h, "link") && h->fd >= 0) {
		if (p->web_link >= 0)
			close(p->web_link);
		p->web_link = h->fd;
		return CS_OK;
	}
	if (h->fd >= 0)
		close(h->fd);
	if (cs_hand_is(h, PAGE_HAND_HOME))
		take_text(p->home, h);
	if (cs_hand_is(h, PAGE_HAND_EXCHANGE))
		take_text(p->exchange, h);
	return cs_hand_is(h, PAGE_HAND_CONF)
	    ? cs_hand_copy(&p->conf, sizeof p->conf, h)
	    : CS_OK;
}

/* ---- the web server ----------------------------------------------------- */

/* Begin with a web server that is new, or was started anew. */
static enum cs_err
take_web(struct part *p)
{
	const struct cs_web_far_config config = {
		.body_max = PAGE_BODY_MAX,
		.arg = p->http,
		.handle = page_http_handle,
	};

	return cs_web_far_renew(&p->web, &p->web_link, &config);
}

static int
wait_for(void *arg, struct pollfd *out)
{
	struct part *p = arg;

	out[0] = (struct pollfd){ cs_part_socket(), POLLIN, 0 };
	out[1] = (struct pollfd){ -1, POLLIN, 0 };
	if (p->web != NULL)
		out[1].fd = cs_web_far_fd(p->web, &out[1].events);
	return 2;
}

/* Take what the parent says, and answer the page; READs at once. */
static bool
turn(void *arg)
{
	struct part *p = arg;
	enum cs_err err = cs_part_take(p, take, false);

	if (err || (err = take_web(p)))
		p->over = true;
	if (p->web != NULL && cs_web_far_serve(p->web) != CS_OK) {
		cs_web_far_free(p->web);
		p->web = NULL;
	}
	return p->over;
}

/* While news are waited for, a CALL goes first. */
static bool
turn_beside(void *arg)
{
	struct part *p = arg;

	return turn(p) ||
	    (cs_member_waits(p->member) && page_http_has_call(p->http));
}

static void
serve(struct part *p)
{
	struct pollfd fds[CS_NET_BESIDE_MAX];

	while (!p->over) {
		if (page_http_has_call(p->http)) {
			if (page_http_call(p->http) != CS_OK)
				p->over = true;
			continue;
		}
		if (cs_member_turn(p->member, TURN_MS))
			continue;
		/* There is no connection to wait on. */
		(void)wait_for(p, fds);
		(void)poll(fds, CS_NET_BESIDE_MAX, ASK_MS);
		(void)turn(p);
	}
}

/* ---- its life ----------------------------------------------------------- */

static enum cs_err
begin(struct part *p)
{
	struct cs_member_config config = { .home = p->home,
		.exchange = p->exchange,
		.event = page_http_event };
	enum cs_err err;

	if ((err = cs_part_begin(PAGE_PART)) || (err = cs_crypto_init()) ||
	    (err = cs_part_take(p, take, true)) ||
	    (err = page_http_new(&p->http, &p->conf, p->exchange)))
		return err;
	config.arg = p->http;
	if ((err = cs_member_new(&p->member, &config)))
		return err;
	page_http_serves(p->http, p->member);
	if ((err = take_web(p)))
		return err;
	return cs_part_ready();
}

static int
page_main(void)
{
	static struct part p = { .web_link = -1 };
	static const struct cs_net_beside beside = {
		.arg = &p, .wait_for = wait_for, .turn = turn_beside
	};
	enum cs_err err = begin(&p);

	if (err == CS_OK) {
		cs_net_beside(&beside);
		serve(&p);
		cs_net_beside(NULL);
	} else {
		cs_part_failed(err);
	}
	cs_web_far_free(p.web);
	cs_member_free(p.member);
	page_http_free(p.http);
	cs_wipe(&p.conf, sizeof p.conf);
	return err ? report_error(err, "The page") : CLI_OK;
}

int
page_part(const char *name)
{
	if (strcmp(name, CS_WEB_PART) == 0)
		return cs_web_part_main();
	return strcmp(name, PAGE_PART) == 0 ? page_main() : CLI_USAGE;
}
