/* SPDX-License-Identifier: MIT */
/* A hub in a folder, while it runs. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

/* A hub that takes connections. */
struct cs_hub_ready {
	const char *name, *host;
	int port;
	/* Where pages come in, without TLS or with it; port 0: nowhere. */
	const char *web_host;
	int web_port;
	bool web_plain;
	/* At once; fewer than wanted if the system allows fewer open files. */
	uint64_t connections, wanted;
};

/*
 * Run until SIGTERM or SIGINT, as the parent of processes that are this program
 * again: its main() calls cs_hub_part() when it is run as "PROGRAM part NAME".
 * ${ready} is called once connections are taken, ${tell} with sentences for the
 * operator.  CS_ERR_BUSY: it runs already, or the port is taken;
 * CS_ERR_EXPIRED: its keys need cs_hub_renew().
 */
CS_CHECKED enum cs_err cs_hub_run(const char *dir,
    void (*ready)(const struct cs_hub_ready *at),
    void (*tell)(const char *sentence));

/* Be the process ${name} of a hub; an exit status when it is over. */
int cs_hub_part(const char *name);
