/* SPDX-License-Identifier: MIT */
/*
 * Pushes for browsers that are not connected: that something waits, and nothing
 * else.  Each is sent by another process (hub/push), at most one a minute for a
 * device.  A push is a hint: one that is lost costs time and nothing else.
 */
#pragma once

#include "family/channel.h"
#include "hub/core/hub.h"
#include "hub/core/keys.h"

#define HUB_PUSH_KEEP_MS (60 * CS_DAY_MS)
#define HUB_PUSH_EVERY_MS CS_MINUTE_MS
#define HUB_PUSH_DEVICES_MAX 5 /* of an account */

struct hub_pushes;

/* ${conf} says which services there are beside those of the browsers; it
 * outlives them.  CS_ERR_NOMEM */
CS_CHECKED enum cs_err hub_pushes_new(
    struct cs_hub *hub, const struct hub_conf *conf);
void hub_pushes_free(struct cs_hub *hub);

/* The process that sends them, from now on; the channel is the callee's. */
void hub_pushes_link(struct cs_hub *hub, struct cs_channel *to);
/* To wait for; -1: there is none. */
int hub_pushes_fd(const struct cs_hub *hub);
/* Take what it says, and send what is queued. */
void hub_pushes_serve(struct cs_hub *hub);
void hub_pushes_flush(struct cs_hub *hub);

/* The key that browsers have to know, once that process has said it; NULL: no
 * pushes are sent here. */
const uint8_t *hub_pushes_key(const struct cs_hub *hub);
/* May pushes go to ${host}:${port}? */
bool hub_pushes_allowed(const struct cs_hub *hub, const char *host, int port);

/* The device may have a subscription from now on. */
void hub_push_subscribed(
    struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
/* Something waits for it, and it is not connected. */
void hub_push_waits(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN]);
