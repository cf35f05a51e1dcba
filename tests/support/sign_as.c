/* SPDX-License-Identifier: MIT */
/*
 * sign-as HOME HEX: the device of a home signs the bytes that HEX says,
 * whatever they are; its id and the signature are printed in hex.
 */

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/home/client.h"
#include "crypto/init.h"

#define BYTES_MAX 1024

int
main(int argc, char **argv)
{
	uint8_t bytes[BYTES_MAX], sig[CS_SIGNATURE_LEN];
	char id[2 * CS_ID_LEN + 1], hex[2 * CS_SIGNATURE_LEN + 1];
	struct cs_client *c = NULL;
	size_t n;
	enum cs_err err;

	if (argc != 3 || (n = strlen(argv[2]) / 2) > BYTES_MAX)
		return 64;
	if ((err = cs_crypto_init()) || (err = cs_unhex(bytes, n, argv[2])) ||
	    (err = cs_client_open(&c, argv[1], cs_view(NULL, 0))) ||
	    (err = cs_sign(sig, &c->self.device_key, cs_view(bytes, n)))) {
		fprintf(stderr, "sign-as: %s\n", cs_err_text(err));
		return 1;
	}
	cs_hex(id, CS_VIEW_OF(c->self.device));
	cs_hex(hex, CS_VIEW_OF(sig));
	printf("%s %s\n", id, hex);
	cs_client_close(c);
	return 0;
}
