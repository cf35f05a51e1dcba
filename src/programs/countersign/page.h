/* SPDX-License-Identifier: MIT */
/* countersign page: the messenger in a browser of this machine. */
#pragma once

#include "base/bytes.h"

#define PAGE_PART "page"
#define PAGE_BODY_MAX ((size_t)110 << 20) /* a file, and some */
#define PAGE_TOKEN_LEN 16
#define PAGE_CSP                                                               \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self' blob: data:; media-src blob:; connect-src 'self'; "    \
	"manifest-src 'self'; form-action 'none'; base-uri 'none'; "           \
	"frame-ancestors 'none'; require-trusted-types-for 'script'; "         \
	"trusted-types 'none'"

/* What the parent hands over to the process that has the home. */
#define PAGE_HAND_HOME "home"
#define PAGE_HAND_EXCHANGE "exchange"
#define PAGE_HAND_CONF "conf"
struct page_conf {
	char host[64];
	int port;
	uint8_t token[PAGE_TOKEN_LEN]; /* in the link that begins */
};
