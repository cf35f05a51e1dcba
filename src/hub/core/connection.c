/* SPDX-License-Identifier: MIT */
#include "hub/core/connection.h"

#include "hub/core/hub.h"
#include "store/clock.h"

/* FNV-1a, seeded at each start because ids come from outside. */
static size_t
bucket(const struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	uint64_t h = 14695981039346656037ull;

	for (size_t i = 0; i < 16; i++) {
		h = (h ^ hub->hash_seed[i]) * 1099511628211ull;
		h = (h ^ device[i]) * 1099511628211ull;
	}
	return (h >> 20) % HUB_DEVICE_BUCKETS;
}

struct hub_conn *
hub_conn_first(struct cs_hub *hub, const uint8_t device[static CS_ID_LEN])
{
	return hub->by_device[bucket(hub, device)];
}

void
hub_conn_index(struct hub_conn *conn)
{
	struct hub_conn **at =
	    &conn->hub->by_device[bucket(conn->hub, conn->device)];

	conn->next_device = *at;
	*at = conn;
}

void
hub_conn_unindex(struct hub_conn *conn)
{
	struct hub_conn **at =
	    &conn->hub->by_device[bucket(conn->hub, conn->device)];

	while (*at != NULL && *at != conn)
		at = &(*at)->next_device;
	if (*at == conn)
		*at = conn->next_device;
}

void
hub_clock(struct cs_hub *hub)
{
	hub->now_ms = cs_clock_ms();
}
