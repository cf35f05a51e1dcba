/* SPDX-License-Identifier: MIT */
#include "net/proxy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "net/http_head.h"

#define SOCKS_PORT 1080
#define HTTP_PORT 80

/* RFC 1928 and, for a name and a password, RFC 1929. */
#define SOCKS 5
#define SOCKS_OPEN 0 /* anybody may come */
#define SOCKS_PASSWORD 2
#define SOCKS_PASSWORD_VERSION 1
#define SOCKS_CONNECT 1
#define SOCKS_IPV4 1
#define SOCKS_NAME 3
#define SOCKS_IPV6 4
#define SOCKS_NOT_ALLOWED 2 /* what it answers to a connect */
#define SOCKS_ADDRESS_UNKNOWN 8
/* Of proxies for Tor's own addresses: not found, or not reached. */
#define SOCKS_ONION_FIRST 0xf0
#define SOCKS_ONION_LAST 0xf7

enum step { METHOD, PASSWORD, REPLY, REPLY_REST, HEAD };

/* ---- where it is -------------------------------------------------------- */

static bool
skip(const char **text, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(*text, word, n) != 0)
		return false;
	*text += n;
	return true;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* ${n} characters of a URL, of which some are written as "%41". */
static bool
read_word(
    char out[static CS_NET_PROXY_WORD_MAX + 1], const char *text, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		char c = text[i];

		if (c == '%') {
			if (n - i < 3 || hex_digit(text[i + 1]) < 0 ||
			    hex_digit(text[i + 2]) < 0)
				return false;
			c = (char)(hex_digit(text[i + 1]) << 4 |
			    hex_digit(text[i + 2]));
			i += 2;
		}
		if (c == '\0' || len == CS_NET_PROXY_WORD_MAX)
			return false;
		out[len++] = c;
	}
	out[len] = '\0';
	return true;
}

static bool
read_user(struct cs_net_proxy *p, const char *text, size_t n)
{
	const char *colon = memchr(text, ':', n);
	size_t user = colon != NULL ? (size_t)(colon - text) : n;

	p->has_user = true;
	return user != 0 && read_word(p->user, text, user) &&
	    (colon == NULL || read_word(p->password, colon + 1, n - user - 1));
}

static bool
read_port(int *port, const char *text)
{
	uint64_t n;

	if (!cs_http_number(&n, cs_view_str(text)) || n == 0 || n > UINT16_MAX)
		return false;
	*port = (int)n;
	return true;
}

static bool
is_host(const char *text, size_t n)
{
	if (n == 0 || n > CS_NET_PROXY_HOST_MAX)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~' ||
		    strchr("/\\?#@\"<>[]", text[i]) != NULL)
			return false;
	return true;
}

/* "HOST", "HOST:PORT", or the same with "[IPV6]". */
static bool
read_place(struct cs_net_proxy *p, const char *text)
{
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;
	const char *from = text, *colon;
	size_t n;

	if (end != NULL) {
		from = text + 1;
		n = (size_t)(end - from);
		colon = end[1] != '\0' ? end + 1 : NULL;
		if (colon != NULL && *colon != ':')
			return false;
	} else {
		colon = strchr(text, ':');
		n = colon != NULL ? (size_t)(colon - text) : strlen(text);
	}
	if (!is_host(from, n))
		return false;
	memcpy(p->host, from, n);
	p->host[n] = '\0';
	return colon == NULL || read_port(&p->port, colon + 1);
}

enum cs_err
cs_net_proxy_parse(struct cs_net_proxy *out, const char *text)
{
	const char *at;
	char place[CS_NET_PROXY_HOST_MAX + 16];
	size_t n;

	*out = (struct cs_net_proxy){ .kind = CS_NET_PROXY_NONE };
	if (strcmp(text, "none") == 0)
		return CS_OK;
	if (skip(&text, "socks5h://") || skip(&text, "socks5://")) {
		out->kind = CS_NET_PROXY_SOCKS5;
		out->port = SOCKS_PORT;
	} else if (skip(&text, "http://")) {
		out->kind = CS_NET_PROXY_HTTP;
		out->port = HTTP_PORT;
	} else {
		return CS_ERR_UNSUPPORTED;
	}
	if ((at = strrchr(text, '@')) != NULL) {
		if (!read_user(out, text, (size_t)(at - text)))
			goto bad;
		text = at + 1;
	}
	n = strlen(text);
	if (n != 0 && text[n - 1] == '/')
		n--;
	if (n >= sizeof place)
		goto bad;
	memcpy(place, text, n);
	place[n] = '\0';
	if (read_place(out, place))
		return CS_OK;
bad:
	cs_wipe(out, sizeof *out);
	return CS_ERR_FORMAT;
}

/* ---- SOCKS5 ------------------------------------------------------------- */

static void
expect(struct cs_net_proxy_talk *t, enum step step, size_t n)
{
	t->step = step;
	t->wants = n;
	cs_buf_reset(&t->in);
}

static enum cs_err
socks_greet(struct cs_net_proxy_talk *t)
{
	struct cs_writer w = cs_writer(&t->out);

	cs_write_u8(&w, SOCKS);
	cs_write_u8(&w, t->proxy->has_user ? 2 : 1);
	cs_write_u8(&w, SOCKS_OPEN);
	if (t->proxy->has_user)
		cs_write_u8(&w, SOCKS_PASSWORD);
	expect(t, METHOD, 2);
	return cs_writer_end(&w);
}

static enum cs_err
socks_connect(struct cs_net_proxy_talk *t)
{
	struct cs_writer w = cs_writer(&t->out);
	size_t n = strlen(t->host);

	if (n == 0 || n > UINT8_MAX)
		return CS_ERR_LIMIT;
	cs_write_u8(&w, SOCKS);
	cs_write_u8(&w, SOCKS_CONNECT);
	cs_write_u8(&w, 0);
	cs_write_u8(&w, SOCKS_NAME);
	cs_write_u8(&w, (uint8_t)n);
	cs_write_bytes(&w, cs_view(t->host, n));
	cs_write_u16(&w, (uint16_t)t->port);
	/* Up to the first byte of an address, which may be its length. */
	expect(t, REPLY, 5);
	return cs_writer_end(&w);
}

static enum cs_err
socks_log_in(struct cs_net_proxy_talk *t)
{
	const struct cs_net_proxy *p = t->proxy;
	struct cs_writer w = cs_writer(&t->out);
	size_t user = strlen(p->user), password = strlen(p->password);

	cs_write_u8(&w, SOCKS_PASSWORD_VERSION);
	cs_write_u8(&w, (uint8_t)user);
	cs_write_bytes(&w, cs_view(p->user, user));
	cs_write_u8(&w, (uint8_t)password);
	cs_write_bytes(&w, cs_view(p->password, password));
	expect(t, PASSWORD, 2);
	return cs_writer_end(&w);
}

static enum cs_err
socks_method(struct cs_net_proxy_talk *t)
{
	const uint8_t *in = t->in.data;

	if (in[0] != SOCKS)
		return CS_ERR_FORMAT;
	if (in[1] == SOCKS_OPEN)
		return socks_connect(t);
	if (in[1] == SOCKS_PASSWORD && t->proxy->has_user)
		return socks_log_in(t);
	return in[1] == UINT8_MAX ? CS_ERR_DENIED : CS_ERR_FORMAT;
}

static enum cs_err
socks_password(struct cs_net_proxy_talk *t)
{
	if (t->in.data[0] != SOCKS_PASSWORD_VERSION)
		return CS_ERR_FORMAT;
	return t->in.data[1] == 0 ? socks_connect(t) : CS_ERR_DENIED;
}

/* What the answer to a connect says. */
static enum cs_err
socks_said(uint8_t code)
{
	if (code == 0)
		return CS_OK;
	if (code == SOCKS_NOT_ALLOWED)
		return CS_ERR_DENIED;
	return code <= SOCKS_ADDRESS_UNKNOWN ||
		(code >= SOCKS_ONION_FIRST && code <= SOCKS_ONION_LAST)
	    ? CS_ERR_CLOSED
	    : CS_ERR_FORMAT;
}

/* The address in an answer says nothing to us, but it has an end. */
static enum cs_err
socks_reply(struct cs_net_proxy_talk *t)
{
	const uint8_t *in = t->in.data;
	size_t rest;
	enum cs_err err;

	if (in[0] != SOCKS || in[2] != 0)
		return CS_ERR_FORMAT;
	if ((err = socks_said(in[1])))
		return err;
	switch (in[3]) {
	case SOCKS_IPV4:
		rest = 4 - 1 + 2;
		break;
	case SOCKS_IPV6:
		rest = 16 - 1 + 2;
		break;
	case SOCKS_NAME:
		rest = (size_t)in[4] + 2;
		break;
	default:
		return CS_ERR_FORMAT;
	}
	expect(t, REPLY_REST, rest);
	return CS_OK;
}

/* ---- HTTP --------------------------------------------------------------- */

/* RFC 7617. */
static enum cs_err
write_basic(struct cs_buf *out, const struct cs_net_proxy *p)
{
	char plain[2 * CS_NET_PROXY_WORD_MAX + 2];
	char coded[CS_BASE64_SIZE(sizeof plain)];
	enum cs_err err;

	snprintf(plain, sizeof plain, "%s:%s", p->user, p->password);
	cs_base64(coded, cs_view_str(plain));
	if ((err = cs_buf_add(
		 out, cs_view_str("Proxy-Authorization: Basic "))) == CS_OK &&
	    (err = cs_buf_add(out, cs_view_str(coded))) == CS_OK)
		err = cs_buf_add(out, cs_view_str("\r\n"));
	cs_wipe(plain, sizeof plain);
	cs_wipe(coded, sizeof coded);
	return err;
}

static enum cs_err
http_connect(struct cs_net_proxy_talk *t)
{
	char text[2 * CS_NET_PROXY_HOST_MAX + 64];
	enum cs_err err;
	int n = snprintf(text, sizeof text,
	    "CONNECT %s:%d HTTP/1.1\r\nHost: %s:%d\r\n", t->host, t->port,
	    t->host, t->port);

	if (n < 0 || (size_t)n >= sizeof text)
		return CS_ERR_LIMIT;
	expect(t, HEAD, 1);
	if ((err = cs_buf_add(&t->out, cs_view_str(text))) ||
	    (t->proxy->has_user && (err = write_basic(&t->out, t->proxy))))
		return err;
	return cs_buf_add(&t->out, cs_view_str("\r\n"));
}

/* What comes behind the head is the hub's, so it is read byte by byte. */
static enum cs_err
http_head(struct cs_net_proxy_talk *t)
{
	struct cs_http_head h;

	if (cs_http_head_length(cs_buf_view(&t->in)) == 0) {
		t->wants = 1;
		return t->in.len < CS_HTTP_HEAD_MAX ? CS_OK : CS_ERR_FORMAT;
	}
	if (cs_http_answer_parse(&h, cs_buf_view(&t->in)) != CS_OK)
		return CS_ERR_FORMAT;
	t->done = h.status / 100 == 2;
	if (t->done)
		return CS_OK;
	return h.status == 407 || h.status == 401 || h.status == 403
	    ? CS_ERR_DENIED
	    : CS_ERR_CLOSED;
}

/* ---- the talk ----------------------------------------------------------- */

enum cs_err
cs_net_proxy_begin(struct cs_net_proxy_talk *t,
    const struct cs_net_proxy *proxy, const char *host, int port)
{
	*t = (struct cs_net_proxy_talk){
		.proxy = proxy,
		.host = host,
		.port = port,
	};
	return proxy->kind == CS_NET_PROXY_SOCKS5 ? socks_greet(t)
						  : http_connect(t);
}

void
cs_net_proxy_talk_clear(struct cs_net_proxy_talk *t)
{
	cs_buf_free(&t->in);
	cs_buf_free(&t->out);
}

enum cs_err
cs_net_proxy_take(struct cs_net_proxy_talk *t, struct cs_view bytes)
{
	enum cs_err err;

	if (bytes.len > t->wants)
		return CS_ERR_MISUSE;
	if ((err = cs_buf_add(&t->in, bytes)))
		return err;
	t->wants -= bytes.len;
	if (t->wants != 0)
		return CS_OK;
	switch ((enum step)t->step) {
	case METHOD:
		return socks_method(t);
	case PASSWORD:
		return socks_password(t);
	case REPLY:
		return socks_reply(t);
	case REPLY_REST:
		t->done = true;
		return CS_OK;
	case HEAD:
		return http_head(t);
	}
	return CS_ERR_MISUSE;
}
