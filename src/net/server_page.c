/* SPDX-License-Identifier: MIT */
#include "net/server_page.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "net/release.h"
#include "net/server_out.h"
#include "net/server_reply.h"

/* A file is queued in such pieces: one that is read slowly costs no more. */
#define PIECE ((size_t)64 << 10)
#define HEX_LEN ((size_t)2 * CS_HASH_LEN)
#define FOREVER "Cache-Control: public, max-age=31536000, immutable\r\n"
#define ASK_AGAIN "Cache-Control: no-cache\r\n"

/* What is sent, and of which release. */
struct answer {
	struct cs_release *release;
	const struct cs_release_file *file;
	bool fixed; /* it was asked for by its hash */
};

static bool
skip_word(struct cs_view *v, const char *word)
{
	size_t n = strlen(word);

	if (v->len < n ||
	    !cs_view_equal(cs_view(v->data, n), cs_view_str(word)))
		return false;
	*v = cs_view(v->data + n, v->len - n);
	return true;
}

static bool
read_hash(uint8_t out[static CS_HASH_LEN], struct cs_view hex)
{
	char text[HEX_LEN + 1] = { 0 };

	if (hex.len != HEX_LEN)
		return false;
	memcpy(text, hex.data, HEX_LEN);
	return cs_unhex(out, CS_HASH_LEN, text) == CS_OK;
}

/* ---- sending ------------------------------------------------------------ */

static void
over(struct cs_net_conn *c)
{
	cs_release_drop(c->release);
	c->release = NULL;
	c->file = cs_view(NULL, 0);
	net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
	net_later(c);
}

void
net_page_sent(struct cs_net_conn *c)
{
	size_t n = c->file.len < PIECE ? c->file.len : PIECE;

	if (n == 0) {
		over(c);
		return;
	}
	if (net_write(c, cs_view(c->file.data, n)) != CS_OK) {
		net_die(c);
		return;
	}
	c->file = cs_view(c->file.data + n, c->file.len - n);
}

static void
send_bytes(struct cs_net_conn *c, struct cs_release *r, struct cs_view bytes,
    const char *type, const char *extra)
{
	net_reply_head(c, 200, type, bytes.len, extra);
	if (c->state == NET_DEAD)
		return;
	c->release = cs_release_use(r);
	c->file = bytes;
	net_enter(c, NET_SHOWS);
}

/* The same file, compressed; NULL: the release has none. */
static const struct cs_release_file *
compressed(const struct answer *a)
{
	char path[CS_RELEASE_PATH_MAX + 4];
	struct cs_view v = a->file->path;

	memcpy(path, v.data, v.len);
	memcpy(path + v.len, ".br", 3);
	return cs_release_at(a->release, cs_view(path, v.len + 3));
}

static void
send_file(
    struct cs_net_conn *c, const struct cs_http_head *h, const struct answer *a)
{
	const struct cs_release_file *small =
	    cs_http_lists(h, "accept-encoding", "br") ? compressed(a) : NULL;
	struct cs_view bytes = small != NULL ? small->bytes : a->file->bytes;
	char hex[HEX_LEN + 1], tag[HEX_LEN + 3], extra[256];

	cs_hex(hex, CS_VIEW_OF(a->file->hash));
	snprintf(tag, sizeof tag, "\"%s\"", hex);
	snprintf(extra, sizeof extra, "%s%sETag: %s\r\n",
	    a->fixed ? FOREVER : ASK_AGAIN,
	    small != NULL ? "Content-Encoding: br\r\n" : "", tag);
	if (!a->fixed &&
	    cs_view_equal(
		cs_http_field(h, "if-none-match"), cs_view_str(tag))) {
		net_reply_head(
		    c, 304, cs_release_type(a->file->path), bytes.len, extra);
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
		return;
	}
	send_bytes(c, a->release, bytes, cs_release_type(a->file->path), extra);
}

/* ---- finding ------------------------------------------------------------ */

static void
send_release(struct cs_net_conn *c, struct cs_view name)
{
	uint8_t hash[CS_HASH_LEN];
	char hex[HEX_LEN + 1];

	if (cs_view_equal(name, cs_view_str("latest")) &&
	    c->server->shown[0] != NULL) {
		cs_hex(hex, CS_VIEW_OF(c->server->shown[0]->hash));
		net_reply_head(c, 200, "text/plain; charset=utf-8", HEX_LEN,
		    "Cache-Control: no-store\r\n");
		net_reply_text(c, hex);
		net_enter(c, c->closes ? NET_CLOSING : NET_HEAD);
		return;
	}
	for (int i = 0; read_hash(hash, name) && i < 2; i++) {
		struct cs_release *r = c->server->shown[i];

		if (r != NULL &&
		    cs_view_equal(CS_VIEW_OF(r->hash), CS_VIEW_OF(hash))) {
			send_bytes(c, r, r->note, "text/plain; charset=utf-8",
			    FOREVER);
			return;
		}
	}
	net_reply_status(c, 404);
}

static bool
find_hashed(struct answer *a, const struct cs_net_server *s, struct cs_view hex)
{
	uint8_t hash[CS_HASH_LEN];

	a->fixed = true;
	if (!read_hash(hash, hex))
		return false;
	for (int i = 0; i < 2; i++) {
		a->release = s->shown[i];
		if (a->release != NULL &&
		    (a->file = cs_release_hashed(a->release, hash)) != NULL)
			return true;
	}
	return false;
}

/* Links to a hub lead to the page, which reads what is behind "#". */
static bool
is_link(struct cs_view path)
{
	struct cs_view v = path;

	return cs_view_equal(path, cs_view_str("/")) ||
	    cs_view_equal(path, cs_view_str("/d")) ||
	    cs_view_equal(path, cs_view_str("/g")) || skip_word(&v, "/i/");
}

static bool
find_path(struct answer *a, const struct cs_net_server *s, struct cs_view path)
{
	a->release = s->shown[0];
	if (a->release == NULL)
		return false;
	if (is_link(path))
		path = cs_view_str("/index.html");
	a->file = cs_release_at(a->release, path);
	return a->file != NULL;
}

void
net_page_request(struct cs_net_conn *c, const struct cs_http_head *h)
{
	struct cs_view path = h->target, name;
	const uint8_t *query =
	    path.len != 0 ? memchr(path.data, '?', path.len) : NULL;
	struct answer a = { 0 };

	if (query != NULL)
		path.len = (size_t)(query - path.data);
	name = path;
	if (skip_word(&name, "/release/"))
		send_release(c, name);
	else if (skip_word(&name, "/file/") ? find_hashed(&a, c->server, name)
					    : find_path(&a, c->server, path))
		send_file(c, h, &a);
	else if (c->server->shown[0] == NULL && is_link(path))
		net_reply(c, 404, "This hub has no page installed.\n");
	else
		net_reply_status(c, 404);
}
