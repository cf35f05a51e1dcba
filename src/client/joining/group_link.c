/* SPDX-License-Identifier: MIT */
#include "client/joining/group_link.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "client/joining/address.h"

#define SCHEME "https://"
#define KEY_TEXT 43 /* 32 bytes in base64url */
#define KEYS 3

enum cs_err
client_group_link_parse(struct client_group_link *out, const char *text)
{
	uint8_t *keys[KEYS] = { out->to.root, out->to.key, out->to.ref };
	const char *host, *slash, *at;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (strnlen(text, CS_CLIENT_CODE_SIZE) == CS_CLIENT_CODE_SIZE)
		return CS_ERR_LIMIT;
	if (strncmp(text, SCHEME, strlen(SCHEME)) != 0)
		return CS_ERR_FORMAT;
	host = text + strlen(SCHEME);
	if ((slash = strchr(host, '/')) == NULL ||
	    strncmp(slash, "/g#", 3) != 0)
		return CS_ERR_FORMAT;
	at = slash + 3;
	if (!client_host_parse(
		out->host, &out->port, host, (size_t)(slash - host)) ||
	    strlen(at) != KEYS * KEY_TEXT + KEYS - 1)
		return CS_ERR_FORMAT;
	for (unsigned i = 0; i < KEYS; i++, at += KEY_TEXT + 1) {
		if (i + 1 < KEYS && at[KEY_TEXT] != '.')
			return CS_ERR_FORMAT;
		if ((err = cs_unbase64url(keys[i], CS_KEY_LEN, at, KEY_TEXT)))
			return err;
	}
	/* What nothing can be sealed to is no key. */
	return cs_hpke_public_valid(CS_DHKEM_X25519, CS_VIEW_OF(out->to.key))
	    ? CS_OK
	    : CS_ERR_FORMAT;
}

void
client_group_link_write(
    char out[static CS_CLIENT_CODE_SIZE], const struct client_group_link *link)
{
	char root[CS_BASE64URL_SIZE(CS_KEY_LEN)];
	char key[CS_BASE64URL_SIZE(CS_KEY_LEN)];
	char ref[CS_BASE64URL_SIZE(CS_HASH_LEN)];

	cs_base64url(root, CS_VIEW_OF(link->to.root));
	cs_base64url(key, CS_VIEW_OF(link->to.key));
	cs_base64url(ref, CS_VIEW_OF(link->to.ref));
	snprintf(out, CS_CLIENT_CODE_SIZE, SCHEME "%s:%d/g#%s.%s.%s",
	    link->host, link->port, root, key, ref);
}
