/* SPDX-License-Identifier: MIT */
/* What the credential of a leaf says: whose device it is. */
#include "client/home/credential.h"

#include <string.h>

#include "client/home/client.h"
#include "crypto/random.h"

enum cs_err
client_credential_open(struct cs_credential *credential,
    struct cs_device_cert *cert, struct cs_view bytes, uint64_t now_s)
{
	enum cs_err err;

	if ((err = cs_credential_parse(credential, bytes)))
		return err;
	return cs_device_cert_verify(cert, credential->device_cert,
	    CS_VIEW_OF(credential->account_key), now_s);
}

void
client_handle_of(char *out, struct cs_view bytes)
{
	struct cs_credential credential;
	struct cs_device_cert cert;

	strcpy(out, "?"); /* holds CS_HANDLE_MAX + 1 */
	if (cs_credential_parse(&credential, bytes) != CS_OK ||
	    cs_device_cert_peek(&cert, credential.device_cert) != CS_OK)
		return;
	memcpy(out, cert.handle.data, cert.handle.len);
	out[cert.handle.len] = '\0';
}
