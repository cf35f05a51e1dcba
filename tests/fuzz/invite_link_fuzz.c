/* SPDX-License-Identifier: MIT */
/* A link that somebody pasted, as a string. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends in its array, is not empty, and has letters, digits and ${more}. */
static void
want_chars(const char *s, size_t size, const char *more)
{
	size_t len = strnlen(s, size);

	fuzz_want(len > 0 && len < size);
	for (size_t i = 0; i < len; i++)
		fuzz_want((s[i] >= 'a' && s[i] <= 'z') ||
		    (s[i] >= 'A' && s[i] <= 'Z') ||
		    (s[i] >= '0' && s[i] <= '9') || strchr(more, s[i]) != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	char key[CS_BASE64URL_SIZE(32)];
	struct cs_client_invite link;

	fuzz_want(text != NULL);
	if (size != 0)
		memcpy(text, data, size);
	if (cs_client_invite_parse(&link, text) == CS_OK) {
		fuzz_want(link.port >= 1 && link.port <= 65535);
		want_chars(link.host, sizeof link.host, ".-");
		want_chars(link.code, sizeof link.code, "_-");
		/* One key has one spelling. */
		cs_base64url(key, CS_VIEW_OF(link.root));
		fuzz_want(strcmp(strchr(text, '#') + 1, key) == 0);
		/* Digits only between colon and slash. */
		if (text[8 + strlen(link.host)] == ':') {
			const char *port = text + 9 + strlen(link.host);

			fuzz_want(
			    strspn(port, "0123456789") == strcspn(port, "/"));
		}
	}
	free(text);
	return 0;
}
