/* SPDX-License-Identifier: MIT */
/*
 * Proxies: where one is, and what it answers.  The first byte of an input says
 * of which kind it is, and in what pieces the rest comes.
 */
#include <string.h>

#include "fuzz/fuzz_want.h"
#include "net/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const kinds[] = { "socks5h://p:1", "socks5h://a:b@p:1",
	"http://p:1", "http://a:b@p:1" };

static void
parse(const uint8_t *data, size_t size)
{
	struct cs_net_proxy p;
	char text[1024];

	if (size >= sizeof text)
		return;
	if (size != 0)
		memcpy(text, data, size);
	text[size] = '\0';
	if (cs_net_proxy_parse(&p, text) != CS_OK ||
	    p.kind == CS_NET_PROXY_NONE)
		return;
	fuzz_want(p.port > 0 && p.port <= UINT16_MAX && p.host[0] != '\0');
	fuzz_want(strpbrk(p.host, " /@\r\n") == NULL);
	fuzz_want(p.has_user == (p.user[0] != '\0'));
}

/* What it is taken for, and after how many bytes. */
static size_t
hear(enum cs_err *err, bool *done, const char *kind, const uint8_t *data,
    size_t size, size_t piece)
{
	struct cs_net_proxy_talk t;
	struct cs_net_proxy p;
	size_t at = 0;

	fuzz_want(cs_net_proxy_parse(&p, kind) == CS_OK);
	*err = cs_net_proxy_begin(&t, &p, "hub.invalid", 443);
	fuzz_want(*err == CS_OK);
	while (*err == CS_OK && !t.done && at < size) {
		size_t n = size - at < piece ? size - at : piece;

		fuzz_want(t.wants != 0);
		n = n < t.wants ? n : t.wants;
		*err = cs_net_proxy_take(&t, cs_view(data + at, n));
		at += n;
	}
	*done = t.done;
	fuzz_want(*err == CS_OK || *err == CS_ERR_FORMAT ||
	    *err == CS_ERR_DENIED || *err == CS_ERR_CLOSED);
	cs_net_proxy_talk_clear(&t);
	return at;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum cs_err whole, pieces;
	bool done, done_in_pieces;
	const char *kind;
	size_t n;

	if (size == 0)
		return 0;
	kind = kinds[data[0] % 4];
	parse(data + 1, size - 1);
	n = hear(&whole, &done, kind, data + 1, size - 1, size);
	fuzz_want(hear(&pieces, &done_in_pieces, kind, data + 1, size - 1,
		      1 + data[0] / 4 % 7) == n);
	fuzz_want(whole == pieces && done == done_in_pieces);
	return 0;
}
