/* SPDX-License-Identifier: MIT */
/* A hub in a folder, while it runs. */
#pragma once

#include <stdint.h>

#include "base/err.h"

struct cs_hub;

/* A hub that takes connections. */
struct cs_hub_ready {
	const char *name, *host;
	int port;
	/* At once; fewer than wanted if the system allows fewer open files. */
	uint64_t connections, wanted;
};

/*
 * Run until cs_hub_stop().  ${ready} is called once connections are taken.
 * CS_ERR_BUSY: it runs already, or the port is taken; CS_ERR_EXPIRED: its keys
 * need cs_hub_renew().
 */
CS_CHECKED enum cs_err cs_hub_run(
    const char *dir, void (*ready)(const struct cs_hub_ready *at));

/* From a signal handler. */
void cs_hub_stop(void);
