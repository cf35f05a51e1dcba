/* SPDX-License-Identifier: MIT */
/* A hub in a folder, while it runs. */
#pragma once

#include "base/err.h"

struct cs_hub;

/*
 * Run until cs_hub_stop().  ${ready} is called once connections are taken.
 * CS_ERR_BUSY: it runs already, or the port is taken; CS_ERR_EXPIRED: its keys
 * need cs_hub_renew().
 */
CS_CHECKED enum cs_err cs_hub_run(const char *dir,
    void (*ready)(const char *name, const char *host, int port));

/* From a signal handler. */
void cs_hub_stop(void);
