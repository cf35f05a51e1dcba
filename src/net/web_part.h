/* SPDX-License-Identifier: MIT */
/*
 * The process that has a program's web server (web.h): it reads HTTP, and TLS
 * if there is any, from whoever connects, and has no key but that of its
 * certificate, no file and no database.
 */
#pragma once

#include "net/web_talk.h"

/* All of its life, in a family (family/part.h).  It is handed "listener", a
 * socket; the number "body", of bytes; the string "csp", and "chain" and "key",
 * paths, if there is TLS: what cs_web_config calls so.  It asks whom it is
 * joined with.  Its exit status. */
int cs_web_part_main(void);
