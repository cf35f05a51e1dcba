/* SPDX-License-Identifier: MIT */
#include "net/server_door.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/writer.h"

/* Nothing from anywhere else; no code but our files' and WebAssembly's; no text
 * that becomes code but through a policy of the page's own (Trusted Types).
 * Isolated from windows that opened it, and from what it would embed.  Forms
 * are sent by pages of those who are asked (server_ask.h), and by no other. */
#define POLICY(forms)                                                          \
	"Content-Security-Policy: default-src 'none'; script-src 'self' "      \
	"'wasm-unsafe-eval'; style-src 'self'; img-src 'self' blob: data:; "   \
	"media-src 'self' blob:; font-src 'self'; connect-src 'self'; "        \
	"worker-src 'self'; manifest-src 'self'; base-uri 'none'; "            \
	"form-action " forms "; frame-ancestors 'none'; "                      \
	"require-trusted-types-for 'script'\r\n"                               \
	"Cross-Origin-Opener-Policy: same-origin\r\n"                          \
	"Cross-Origin-Embedder-Policy: require-corp\r\n"                       \
	"Cross-Origin-Resource-Policy: same-origin\r\n"                        \
	"Referrer-Policy: no-referrer\r\n"                                     \
	"Permissions-Policy: camera=(self), microphone=(self), "               \
	"geolocation=()\r\n"                                                   \
	"X-Content-Type-Options: nosniff\r\n"                                  \
	"Vary: Origin, Accept-Encoding\r\n"
#define ONLY_TLS "Strict-Transport-Security: max-age=31536000\r\n"

#define ADDRESS_TEXT_SIZE 46

const char *
net_door_headers(const struct cs_net_conn *c)
{
	static const char *const fields[2][2] = {
		{ POLICY("'none'"), POLICY("'none'") ONLY_TLS },
		{ POLICY("'self'"), POLICY("'self'") ONLY_TLS },
	};

	return fields[c->asked][c->tls != NULL];
}

/* The one that a browser says: NULL if it is none of the list. */
static const char *
find_origin(const struct cs_net_server *s, struct cs_view origin)
{
	for (size_t i = 0; i < s->web.n_origins; i++)
		if (cs_view_equal(origin, cs_view_str(s->web.origins[i])))
			return s->web.origins[i];
	return NULL;
}

/* What our proxy says of whom it lets in stands last: what stands before may be
 * anybody's words. */
static void
take_name(struct cs_net_conn *c, const struct cs_http_head *h)
{
	struct cs_view v = cs_http_field(h, "x-forwarded-for");
	char text[ADDRESS_TEXT_SIZE];
	struct in_addr four;
	struct in6_addr six;
	size_t from = v.len;

	while (from > 0 && v.data[from - 1] != ',' && v.data[from - 1] != ' ')
		from--;
	if (v.len - from == 0 || v.len - from >= sizeof text)
		return;
	memcpy(text, v.data + from, v.len - from);
	text[v.len - from] = '\0';
	if (inet_pton(AF_INET, text, &four) == 1) {
		memset(c->address, 0, CS_NET_ADDRESS_LEN);
		memset(c->address + 10, 0xff, 2);
		memcpy(c->address + 12, &four, sizeof four);
	} else if (inet_pton(AF_INET6, text, &six) == 1) {
		memcpy(c->address, &six, CS_NET_ADDRESS_LEN);
	}
}

void
net_door_named(struct cs_net_conn *c, const struct cs_http_head *h)
{
	if (c->web && c->tls == NULL &&
	    cs_http_count(h, "x-forwarded-for") == 1)
		take_name(c, h);
}

bool
net_door_lets_in(struct cs_net_conn *c, const struct cs_http_head *h)
{
	size_t n = cs_http_count(h, "origin");
	bool put = cs_view_equal(h->method, cs_view_str("PUT"));
	bool speaks = cs_view_equal(h->target, cs_view_str("/ws"));

	if (!c->web)
		return n == 0;
	c->origin =
	    n == 1 ? find_origin(c->server, cs_http_field(h, "origin")) : NULL;
	return n == 0 ? !put && !speaks : c->origin != NULL;
}

/* Of fc00::/7, which nobody has who comes from elsewhere. */
void
net_door_unnamed(
    uint8_t out[static CS_NET_ADDRESS_LEN], struct cs_net_server *s)
{
	memset(out, 0, CS_NET_ADDRESS_LEN);
	out[0] = 0xfd;
	cs_put_u64(out + 8, ++s->proxied);
}
