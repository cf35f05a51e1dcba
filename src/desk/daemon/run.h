/* SPDX-License-Identifier: MIT */
/* The loop of the daemon: fetch, deliver, look at photos, tidy up. */
#pragma once

#include "base/bytes.h"

struct cs_desk;

/*
 * Fetch and verify reports as they come, and deliver what was decided, until
 * ${stops}, which is asked once a second; reconnects by itself, and fails only
 * where it never was connected.  ${said} is called for people: "connected", and
 * the like, and never with anything of a report.
 */
CS_CHECKED enum cs_err cs_desk_run(struct cs_desk *d,
    void (*said)(const char *sentence), bool (*stops)(void *arg), void *arg);
