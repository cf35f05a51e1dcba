/* SPDX-License-Identifier: MIT */
#include "net/server_reply.h"

#include <stdio.h>
#include <string.h>

#include "net/server_door.h"
#include "net/server_out.h"

struct status {
	int code;
	const char *name, *text;
};

static const struct status *
status_of(int code)
{
	static const struct status all[] = {
		{ 200, "OK", "" },
		{ 201, "Created", "Stored.\n" },
		{ 202, "Accepted", "Stored.\n" },
		{ 206, "Partial Content", "" },
		{ 304, "Not Modified", "" },
		{ 400, "Bad Request", "The request is malformed.\n" },
		{ 401, "Unauthorized",
		    "The ticket is missing, wrong or too old.\n" },
		{ 403, "Forbidden", "That is not open to this page.\n" },
		{ 404, "Not Found", "There is nothing here.\n" },
		{ 405, "Method Not Allowed", "That is not served here.\n" },
		{ 409, "Conflict",
		    "The upload does not go on where it stopped, or goes on "
		    "elsewhere.\n" },
		{ 410, "Gone", "There is nothing here any more.\n" },
		{ 411, "Length Required",
		    "The request does not say how long it is.\n" },
		{ 303, "See Other", "" },
		{ 429, "Too Many Requests", "Too much; try again later.\n" },
		{ 413, "Content Too Large",
		    "That is more than was announced.\n" },
		{ 416, "Range Not Satisfiable",
		    "There are no such bytes in it.\n" },
		{ 422, "Unprocessable Content",
		    "The hash is not the one that was announced.\n" },
		{ 426, "Upgrade Required",
		    "Here is a WebSocket for countersign.v1.\n" },
		{ 431, "Request Header Fields Too Large",
		    "The request's head is too long.\n" },
		{ 503, "Service Unavailable",
		    "That cannot be had now; try again.\n" },
		{ 507, "Insufficient Storage",
		    "The hub cannot store anything now.\n" },
		{ 500, "Internal Server Error", "The hub failed.\n" },
	};
	size_t i = 0;

	while (all[i].code != code && i + 1 < sizeof all / sizeof *all)
		i++;
	return &all[i];
}

void
net_reply_text(struct cs_net_conn *c, const char *text)
{
	if (net_write(c, cs_view_str(text)) != CS_OK)
		net_die(c);
}

/* The head of an answer with ${n} bytes of ${type}; ${extra}: more fields. */
void
net_reply_head(struct cs_net_conn *c, int code, const char *type, uint64_t n,
    const char *extra)
{
	const struct status *status = status_of(code);
	char head[1024];

	snprintf(head, sizeof head,
	    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %llu\r\n"
	    "%s%s",
	    status->code, status->name, type, (unsigned long long)n, extra,
	    c->closes ? "Connection: close\r\n" : "");
	net_reply_text(c, head);
	if (c->web && c->state != NET_DEAD)
		net_reply_text(c, net_door_headers(c));
	if (c->state != NET_DEAD)
		net_reply_text(c, "\r\n");
}

void
net_reply_over(struct cs_net_conn *c)
{
	if (c->skip != 0)
		net_enter(c, NET_SKIP);
	else
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
}

void
net_reply(struct cs_net_conn *c, int code, const char *text)
{
	net_reply_head(c, code, "text/plain; charset=utf-8", strlen(text), "");
	net_reply_text(c, text);
	net_reply_over(c);
}

void
net_reply_status(struct cs_net_conn *c, int status)
{
	/* What cannot be parsed has no end from which one could go on. */
	if (status == 400 || status == 431) {
		c->closes = true;
		c->skip = 0;
	}
	net_reply(c, status, status_of(status)->text);
}
