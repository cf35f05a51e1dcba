/* SPDX-License-Identifier: MIT */
/*
 * Connections, as the database's process has them: through processes that have
 * the sockets.
 *
 * A link is a stream to one of those.  What it says is not trusted: whoever
 * took it over can make requests for those who are logged in on its
 * connections, and no others.  What breaks the rules of talk.h ends the link,
 * and with it all of its connections.
 */
#pragma once

#include <poll.h>

#include "hub/core/hub.h"
#include "hub/talk/talk.h"

/* What the hub does with what comes; set once, before the first link. */
struct hub_line_events {
	/* A connection, of which conn->binding and address are filled; an
	 * error ends it. */
	enum cs_err (*opened)(struct hub_conn *c);
	/* A frame, while the connection is not held. */
	void (*frame)(struct hub_conn *c, struct cs_view frame);
	/* It is gone; the caller frees it. */
	void (*closed)(struct hub_conn *c);
	/* Fill ${grant} for a request, whose token is ${token}. */
	void (*blob)(struct cs_hub *hub, struct hub_talk_grant *grant,
	    const struct hub_talk_blob *asked, struct cs_view token);
};

/* ${fd} is the end of a link to the network process ${number}, or,
 * HUB_LINK_SITE, to that of the site, whose connections are HUB_AT_SITE: an
 * earlier one of that number is over. */
CS_CHECKED enum cs_err hub_link_new(
    struct cs_hub *hub, unsigned number, int fd);
void hub_links_free(struct cs_hub *hub);

/*
 * Hand out what has come, until a round is full; waits at most ${timeout_ms}
 * for something, here or on one of the ${n} sockets of ${others}.
 */
CS_CHECKED enum cs_err hub_lines_run(
    struct cs_hub *hub, int timeout_ms, struct pollfd *others, size_t n);

/* Queue a frame; what is queued leaves with the next hub_lines_flush(). */
void hub_line_send(struct hub_conn *c, struct cs_view frame);
void hub_lines_flush(struct cs_hub *hub);
/* Close once everything queued is sent. */
void hub_line_close(struct hub_conn *c);
/* Hand out no further frame of ${c} until hub_line_resume(): its sender finds
 * that the connection takes no more. */
void hub_line_hold(struct hub_conn *c);
void hub_line_resume(struct hub_conn *c);
/* Frames may be so long now, and whether it has proved who it is. */
void hub_line_allow(struct hub_conn *c, size_t frame_max, bool known);
