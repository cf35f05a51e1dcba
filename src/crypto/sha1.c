/* SPDX-License-Identifier: MIT */
/* OpenSSL calls these functions deprecated; digest.c says why they are used. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/sha1.h"

#include <openssl/sha.h>

enum cs_err
cs_sha1_parts(
    uint8_t out[static CS_SHA1_LEN], const struct cs_view *parts, size_t n)
{
	SHA_CTX sha1;
	int ok = SHA1_Init(&sha1);

	for (size_t i = 0; ok == 1 && i < n; i++)
		if (parts[i].len != 0)
			ok = SHA1_Update(&sha1, parts[i].data, parts[i].len);
	return ok == 1 && SHA1_Final(out, &sha1) == 1 ? CS_OK : CS_ERR_CRYPTO;
}
