/* SPDX-License-Identifier: MIT */
/*
 * Linking a device.  First byte even: a code that somebody pasted; odd: a
 * letter of somebody who has the code, sealed here, so that what is inside is
 * reached.  What is taken has one spelling.
 */

#include <stdlib.h>
#include <string.h>

#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/joining/letters.h"
#include "crypto/init.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
fuzz_code(const uint8_t *data, size_t size)
{
	char *text = calloc(1, size + 1);
	char again[CS_CLIENT_CODE_SIZE];
	struct client_code code, same;

	fuzz_want(text != NULL);
	if (size != 0)
		memcpy(text, data, size);
	if (client_code_parse(&code, text) == CS_OK) {
		fuzz_want(code.port >= 1 && code.port <= 65535);
		fuzz_want(
		    strnlen(code.host, sizeof code.host) < sizeof code.host);
		client_code_write(again, &code);
		fuzz_want(client_code_parse(&same, again) == CS_OK);
		fuzz_want(memcmp(&code, &same, sizeof code) == 0);
		/* Both keys, letter by letter. */
		fuzz_want(strcmp(strchr(text, '#'), strchr(again, '#')) == 0);
	}
	free(text);
}

static void
fuzz_ask(struct cs_view plain)
{
	static const struct client_code code = { .port = 1 };
	struct client_link_keys keys;
	struct client_link_ask ask, same;
	struct cs_buf sealed = { 0 };

	fuzz_want(client_link_keys_derive(&keys, &code) == CS_OK);
	fuzz_want(cs_seal(&sealed, &keys.ask,
		      cs_view_str("countersign/link/ask/v1"), plain) == CS_OK);
	if (client_link_ask_open(&ask, &keys, cs_buf_view(&sealed)) == CS_OK) {
		fuzz_want(client_device_name_valid(ask.name));
		cs_buf_reset(&sealed);
		fuzz_want(client_link_ask_seal(&sealed, &keys, &ask) == CS_OK);
		fuzz_want(sealed.len == plain.len + CS_SEAL_OVERHEAD);
		fuzz_want(client_link_ask_open(
			      &same, &keys, cs_buf_view(&sealed)) == CS_OK);
		fuzz_want(memcmp(&ask, &same, sizeof ask) == 0);
	}
	cs_buf_free(&sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;

	if (!ready)
		fuzz_want(cs_crypto_init() == CS_OK);
	ready = true;
	if (size == 0)
		return 0;
	if (data[0] % 2 == 0)
		fuzz_code(data + 1, size - 1);
	else
		fuzz_ask(cs_view(data + 1, size - 1));
	return 0;
}
