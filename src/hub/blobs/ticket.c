/* SPDX-License-Identifier: MIT */
#include "hub/blobs/ticket.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "base/writer.h"
#include "crypto/hash.h"
#include "hub/core/hub.h"

static enum cs_err
ticket_mac(uint8_t out[static CS_HASH_LEN], const struct cs_hub *hub,
    const struct hub_ticket *t)
{
	uint8_t in[42];
	struct cs_view v = CS_VIEW_OF(in);

	in[0] = t->put;
	in[1] = t->desk;
	memcpy(in + 2, t->blob, CS_ID_LEN);
	cs_put_u64(in + 18, t->until_ms);
	memcpy(in + 26, t->device, CS_ID_LEN);
	return cs_hmac_parts(out, CS_SHA256, CS_VIEW_OF(hub->blob_key), &v, 1);
}

enum cs_err
hub_ticket_write(char out[static CS_WIRE_TOKEN_MAX], const struct cs_hub *hub,
    const struct hub_ticket *t)
{
	uint8_t mac[CS_HASH_LEN];
	char hex[65], device_hex[33];
	enum cs_err err = ticket_mac(mac, hub, t);

	if (err)
		return err;
	cs_hex(hex, CS_VIEW_OF(mac));
	cs_hex(device_hex, CS_VIEW_OF(t->device));
	snprintf(out, CS_WIRE_TOKEN_MAX, "%016llx%c%s.%s",
	    (unsigned long long)t->until_ms, t->desk ? '-' : '.', device_hex,
	    hex);
	return CS_OK;
}

bool
hub_ticket_read(struct hub_ticket *t, const struct cs_hub *hub,
    const struct hub_talk_blob *asked, struct cs_view token)
{
	char text[16 + 1 + 32 + 1 + 64 + 1];
	uint8_t until_bytes[8], mac[CS_HASH_LEN], want[CS_HASH_LEN];

	memset(t, 0, sizeof *t);
	t->put = asked->put != 0;
	memcpy(t->blob, asked->id, sizeof t->blob);
	if (token.len != sizeof text - 1)
		return false;
	memcpy(text, token.data, sizeof text - 1);
	text[sizeof text - 1] = '\0';
	t->desk = text[16] == '-';
	if ((text[16] != '.' && !t->desk) || text[49] != '.')
		return false;
	text[16] = text[49] = '\0';
	if (cs_unhex(until_bytes, 8, text) != CS_OK ||
	    cs_unhex(t->device, 16, text + 17) != CS_OK ||
	    cs_unhex(mac, 32, text + 50) != CS_OK)
		return false;
	for (unsigned i = 0; i < 8; i++)
		t->until_ms = t->until_ms << 8 | until_bytes[i];
	return ticket_mac(want, hub, t) == CS_OK &&
	    cs_equal_ct(mac, want, sizeof mac) && t->until_ms >= hub->now_ms;
}
