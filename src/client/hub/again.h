/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"
#include "net/retry.h"

/*
 * What was done broke off with ${why}, and ${done} is achieved in all.  If that
 * is CS_ERR_CLOSED or CS_ERR_TIMEOUT, wait a little, connect and log in:
 * CS_OK, try again.  Otherwise, or after too many tries that achieved nothing,
 * ${why} or why the hub was not reached.
 */
CS_CHECKED enum cs_err client_again(
    struct cs_client *c, struct cs_retry *r, uint64_t done, enum cs_err why);
/* The same without connecting: true, it is time to try again. */
bool client_again_soon(struct cs_retry *r, uint64_t done, enum cs_err why);
