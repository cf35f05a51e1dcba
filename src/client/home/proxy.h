/* SPDX-License-Identifier: MIT */
/*
 * Which proxy leads to the hub: the one that was given for this process, or the
 * one of the home, or the one of the environment (ALL_PROXY, HTTPS_PROXY, and
 * NO_PROXY; not for this machine itself).
 */
#pragma once

#include "client/home/client.h"
#include "net/proxy.h"

/* CS_ERR_FORMAT, with a sentence: the environment names what is no proxy. */
CS_CHECKED enum cs_err client_proxy(
    struct cs_net_proxy *out, struct cs_client *c);
/* The one that was given led to the hub: the home keeps it. */
CS_CHECKED enum cs_err client_proxy_keep(struct cs_client *c);
