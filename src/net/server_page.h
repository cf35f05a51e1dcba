/* SPDX-License-Identifier: MIT */
/* Files of the page that members use in a browser. */
#pragma once

#include "net/http_head.h"
#include "net/server_internal.h"

/*
 * A GET of a page's:
 *
 *	/release/latest	the hash of the release that is shown now
 *	/release/HASH	a manifest (net/release.h)
 *	/file/HASH	a file of one of the two releases that are known
 *	/PATH		a file of the release that is shown now
 *	/ /i/... /d /g	its /index.html
 *
 * What is asked for by its hash never changes, and everything else may, at any
 * time.  A file that the release has with ".br" at the end of its path, too, is
 * sent as that, compressed by brotli, to a browser that takes it.
 */
void net_page_request(struct cs_net_conn *c, const struct cs_http_head *h);

/* All that was queued of the file is sent. */
void net_page_sent(struct cs_net_conn *c);
