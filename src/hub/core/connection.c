/* SPDX-License-Identifier: MIT */
#include "hub/core/connection.h"

#include <string.h>

#include "crypto/short_hash.h"
#include "hub/core/hub.h"

/* Ids come from outside. */
static size_t
bucket(const struct cs_hub *hub, const uint8_t id[static CS_ID_LEN])
{
	return cs_short_hash(hub->hash_key, cs_view(id, CS_ID_LEN)) %
	    HUB_BUCKETS;
}

/* ---- by device, by account, of the desk --------------------------------- */

/* ${c} or the first behind it that has the device. */
static struct hub_conn *
with_device(struct hub_conn *c, const uint8_t device[static CS_ID_LEN])
{
	while (c != NULL && memcmp(c->device, device, CS_ID_LEN) != 0)
		c = c->next_device;
	return c;
}

static struct hub_conn *
with_account(struct hub_conn *c, const uint8_t account[static CS_ID_LEN])
{
	while (c != NULL && memcmp(c->account, account, CS_ID_LEN) != 0)
		c = c->next_account;
	return c;
}

struct hub_conn *
hub_conn_of_device(
    const struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	return with_device(hub->by_device[bucket(hub, device)], device);
}

struct hub_conn *
hub_conn_next_of_device(const struct hub_conn *c)
{
	return with_device(c->next_device, c->device);
}

struct hub_conn *
hub_conn_of_account(
    const struct cs_hub *hub, const uint8_t account[static CS_ID_LEN])
{
	return with_account(hub->by_account[bucket(hub, account)], account);
}

struct hub_conn *
hub_conn_next_of_account(const struct hub_conn *c)
{
	return with_account(c->next_account, c->account);
}

void
hub_conn_index(struct hub_conn *c)
{
	struct cs_hub *hub = c->hub;
	size_t device = bucket(hub, c->device);
	size_t account = bucket(hub, c->account);

	if (c->role == HUB_DESK) {
		c->next_desk = hub->desks;
		hub->desks = c;
		return;
	}
	c->next_device = hub->by_device[device];
	hub->by_device[device] = c;
	c->next_account = hub->by_account[account];
	hub->by_account[account] = c;
}

void
hub_conn_unindex(struct hub_conn *c)
{
	struct cs_hub *hub = c->hub;
	struct hub_conn **at = &hub->desks;

	while (*at != NULL && *at != c)
		at = &(*at)->next_desk;
	if (*at != NULL)
		*at = c->next_desk;
	at = &hub->by_device[bucket(hub, c->device)];
	while (*at != NULL && *at != c)
		at = &(*at)->next_device;
	if (*at != NULL)
		*at = c->next_device;
	at = &hub->by_account[bucket(hub, c->account)];
	while (*at != NULL && *at != c)
		at = &(*at)->next_account;
	if (*at != NULL)
		*at = c->next_account;
}

/* ---- of this round ------------------------------------------------------ */

void
hub_conn_touch(struct hub_conn *c)
{
	if (c->touched)
		return;
	c->touched = true;
	c->next_touched = c->hub->touched;
	c->hub->touched = c;
}

void
hub_conn_untouch(struct hub_conn *c)
{
	struct hub_conn **at = &c->hub->touched;

	while (*at != NULL && *at != c)
		at = &(*at)->next_touched;
	if (*at != NULL)
		*at = c->next_touched;
	c->touched = false;
}

void
hub_conn_end(struct hub_conn *c)
{
	c->end_after_round = true;
	hub_conn_touch(c);
}
