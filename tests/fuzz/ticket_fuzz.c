/* SPDX-License-Identifier: MIT */
/* What stands in the Authorization header of a request for a blob: direction,
 * blob, and a token.  Only what the hub wrote is taken. */
#include <string.h>

#include "crypto/init.h"
#include "fuzz/fuzz_want.h"
#include "hub/blobs/ticket.h"
#include "hub/core/hub.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cs_hub hub = { .now_ms = 1000 };
	char again[CS_WIRE_TOKEN_MAX];
	struct hub_talk_blob b = { 0 };
	struct cs_view token;
	struct hub_ticket t;

	if (cs_crypto_init() != CS_OK || size < 1 + CS_ID_LEN)
		return 0;
	b.put = data[0] & 1;
	memcpy(b.id, data + 1, sizeof b.id);
	token = cs_view(data + 1 + CS_ID_LEN, size - 1 - CS_ID_LEN);
	/* Half of the inputs get the token that belongs to them, changed where
	 * the fuzzer likes: so that it finds its way past the MAC. */
	if (data[0] & 2) {
		memset(&t, 0, sizeof t);
		t.put = b.put;
		t.desk = data[0] & 4;
		t.until_ms = data[0] & 8 ? 999 : 2000;
		memcpy(t.blob, b.id, sizeof t.blob);
		fuzz_want(hub_ticket_write(again, &hub, &t) == CS_OK);
		if (data[0] & 16 && token.len != 0)
			again[token.data[0] % strlen(again)] ^= 1;
		token = cs_view_str(again);
		fuzz_want(hub_ticket_read(&t, &hub, &b, token) ==
		    !(data[0] & 8 || (data[0] & 16 && size > 1 + CS_ID_LEN)));
		return 0;
	}
	if (!hub_ticket_read(&t, &hub, &b, token))
		return 0;
	fuzz_want(t.put == b.put && t.until_ms >= hub.now_ms);
	fuzz_want(hub_ticket_write(again, &hub, &t) == CS_OK);
	fuzz_want(cs_view_equal(token, cs_view_str(again)));
	return 0;
}
