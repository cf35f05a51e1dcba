/* SPDX-License-Identifier: MIT */
/* What the credential of a leaf says: whose device it is. */
#include "client/home/credential.h"

#include <string.h>

#include "client/home/client.h"
#include "crypto/random.h"

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

enum cs_err
client_credential_make(struct cs_buf *out, const struct cs_client *c,
    const uint8_t device[static CS_ID_LEN],
    const uint8_t device_key[static CS_KEY_LEN])
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_device_cert cert = {
		.handle = cs_view_str(c->self.handle),
		.not_before = now - CS_HOUR_S, /* clocks differ */
		.not_after = now + CLIENT_DEVICE_DAYS * CS_DAY_S,
	};
	struct cs_credential credential;
	struct cs_buf signed_cert = { 0 };
	enum cs_err err;

	memcpy(cert.account, c->self.account, CS_ID_LEN);
	memcpy(cert.device, device, CS_ID_LEN);
	memcpy(cert.public, device_key, CS_KEY_LEN);
	cs_buf_reset(out);
	if ((err = cs_device_cert_make(
		 &signed_cert, &cert, &c->self.account_key)) == CS_OK) {
		credential.device_cert = cs_buf_view(&signed_cert);
		memcpy(credential.account_key, c->self.account_key.public,
		    CS_KEY_LEN);
		err = cs_credential_write(out, &credential);
	}
	cs_buf_free(&signed_cert);
	return err;
}
