/* SPDX-License-Identifier: MIT */
/* Hosts and invite links, as people paste them. */
#include "client/joining/address.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define SCHEME "https://"

bool
client_host_parse(
    char host[static 256], int *port_out, const char *s, size_t len)
{
	const char *colon = NULL;
	long port = 443;
	size_t n = len;

	for (size_t i = 0; i < len; i++)
		if (s[i] == ':')
			colon = s + i;
	if (colon != NULL) {
		char digits[6] = { 0 };
		size_t d = (size_t)(s + len - colon) - 1;

		n = (size_t)(colon - s);
		if (d == 0 || d >= sizeof digits)
			return false;
		memcpy(digits, colon + 1, d);
		/* strtol() would accept a sign, and blanks before it. */
		if (strspn(digits, "0123456789") != d)
			return false;
		port = strtol(digits, NULL, 10);
		if (port < 1 || port > 65535)
			return false;
	}
	if (n == 0 || n >= 256)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] >= 'A' && s[i] <= 'Z') ||
			(s[i] >= '0' && s[i] <= '9') || s[i] == '.' ||
			s[i] == '-'))
			return false;
	memcpy(host, s, n);
	host[n] = '\0';
	*port_out = (int)port;
	return true;
}

static bool
parse_code(struct cs_client_invite *out, const char *s, size_t len)
{
	if (len == 0 || len >= sizeof out->code)
		return false;
	for (size_t i = 0; i < len; i++)
		if (!((s[i] >= 'a' && s[i] <= 'z') ||
			(s[i] >= 'A' && s[i] <= 'Z') ||
			(s[i] >= '0' && s[i] <= '9') || s[i] == '_' ||
			s[i] == '-'))
			return false;
	memcpy(out->code, s, len);
	out->code[len] = '\0';
	return true;
}

enum cs_err
cs_client_invite_parse(struct cs_client_invite *out, const char *link)
{
	const char *host, *slash, *code, *hash;

	memset(out, 0, sizeof *out);
	if (strlen(link) > 1024)
		return CS_ERR_LIMIT;
	if (strncmp(link, SCHEME, strlen(SCHEME)) != 0)
		return CS_ERR_FORMAT;
	host = link + strlen(SCHEME);
	if ((slash = strchr(host, '/')) == NULL ||
	    strncmp(slash, "/i/", 3) != 0)
		return CS_ERR_FORMAT;
	code = slash + 3;
	if ((hash = strchr(code, '#')) == NULL)
		return CS_ERR_FORMAT;
	if (!client_host_parse(
		out->host, &out->port, host, (size_t)(slash - host)) ||
	    !parse_code(out, code, (size_t)(hash - code)))
		return CS_ERR_FORMAT;
	return cs_unbase64url(
	    out->root, sizeof out->root, hash + 1, strlen(hash + 1));
}
