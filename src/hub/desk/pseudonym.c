/* SPDX-License-Identifier: MIT */
#include "hub/desk/pseudonym.h"

#include <string.h>

#include "crypto/hash.h"

enum cs_err
hub_pseudonym(uint8_t out[static CS_ID_LEN], const struct cs_hub *hub,
    const uint8_t account[static CS_ID_LEN])
{
	static const char label[] = "countersign/pseudonym/v1";
	const struct cs_view parts[] = { cs_view(label, sizeof label),
		CS_VIEW_OF(hub->desk_sign_public),
		cs_view(account, CS_ID_LEN) };
	uint8_t mac[CS_HASH_LEN];
	enum cs_err err = cs_hmac_parts(
	    mac, CS_SHA256, CS_VIEW_OF(hub->pseudonym_key), parts, 3);

	memcpy(out, mac, CS_ID_LEN);
	return err;
}
