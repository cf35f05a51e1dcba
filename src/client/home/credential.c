/* SPDX-License-Identifier: MIT */
/* What the credential of a leaf says: whose device it is. */
#include "client/home/credential.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/recovery_key.h"
#include "crypto/hash.h"
#include "crypto/random.h"

enum cs_err
client_credential_open(struct cs_identity *out, const struct cs_client *c,
    struct cs_view bytes, uint64_t now_s)
{
	return cs_identity_verify(out, bytes, CS_VIEW_OF(c->self.root), now_s);
}

void
client_handle_of(char *out, struct cs_view bytes)
{
	struct cs_view handle;

	strcpy(out, "?"); /* holds CS_HANDLE_MAX + 1 */
	if (cs_credential_handle(&handle, bytes) != CS_OK)
		return;
	memcpy(out, handle.data, handle.len);
	out[handle.len] = '\0';
}

/* ---- certifying --------------------------------------------------------- */

/* Append the certificate of ${device}, by ${issuer}, to the ${n} that
 * ${credential} has. */
static enum cs_err
add(struct cs_buf *out, struct cs_credential *credential,
    const struct cs_client *c, const struct client_new_device *device,
    const struct cs_sign_key *issuer)
{
	uint64_t now = client_earliest_s(c);
	struct cs_device_cert cert = {
		.handle = cs_view_str(c->self.handle),
		.not_before = now - CS_HOUR_S, /* clocks differ */
		.not_after = now + CLIENT_DEVICE_DAYS * CS_DAY_S,
	};
	struct cs_buf signed_cert = { 0 };
	enum cs_err err;

	if (credential->n == CS_CHAIN_MAX)
		return CS_ERR_LIMIT;
	memcpy(cert.account, c->self.account, CS_ID_LEN);
	memcpy(cert.device, device->device, CS_ID_LEN);
	memcpy(cert.public, device->device_key, CS_KEY_LEN);
	if ((err = cs_device_cert_make(&signed_cert, &cert, issuer)) == CS_OK) {
		credential->devices[credential->n++] =
		    cs_buf_view(&signed_cert);
		cs_buf_reset(out);
		err = cs_credential_write(out, credential);
	}
	cs_buf_free(&signed_cert);
	return err;
}

enum cs_err
client_credential_begin(struct cs_buf *out, const struct cs_client *c,
    const struct cs_sign_key *key, const struct client_registered *registered)
{
	const struct client_new_device own = { c->self.device,
		c->self.device_key.public };
	struct cs_credential credential = {
		.registrar_cert = registered->registrar_cert,
		.account_cert = registered->account_cert,
	};
	enum cs_err err = registered->recovery.len == 0
	    ? CS_OK
	    : cs_credential_parse_devices(&credential, registered->recovery);

	return err ? err : add(out, &credential, c, &own, key);
}

enum cs_err
client_credential_by_words(struct cs_buf *out, const struct cs_client *c,
    const struct client_recovery_key *now, const struct cs_sign_key *key,
    const struct client_new_device *device)
{
	const bool first = now->credential.len == 0;
	struct cs_credential credential;
	enum cs_err err = cs_credential_parse(&credential,
	    first ? cs_buf_view(&c->self.credential)
		  : cs_buf_view(&now->credential));

	if (first)
		credential.n = 0;
	return err ? err : add(out, &credential, c, device, key);
}

enum cs_err
client_credential_make(struct cs_buf *out, struct cs_client *c,
    const struct client_new_device *device)
{
	struct client_recovery_key now;
	struct cs_credential credential;
	struct cs_sign_key key;
	enum cs_err err = client_recovery_key_kept(&key, &now, c);

	if (err == CS_OK)
		err = client_credential_by_words(out, c, &now, &key, device);
	else if (err == CS_ERR_NOT_FOUND &&
	    (err = cs_credential_parse(
		 &credential, cs_buf_view(&c->self.credential))) == CS_OK)
		err = add(out, &credential, c, device, &c->self.device_key);
	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	return err;
}

/* ---- keys --------------------------------------------------------------- */

enum cs_err
client_account_keys(struct cs_sign_key *account_key, struct cs_seal_key *notes,
    const struct cs_recovery *recovery)
{
	static const char label[] = "countersign/account-notes/v1";
	uint8_t prk[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = cs_recovery_key(account_key, recovery)) == CS_OK &&
	    (err = cs_hkdf_extract(prk, CS_SHA256, cs_view_str(label),
		 CS_VIEW_OF(account_key->seed))) == CS_OK)
		err = cs_hkdf_expand(notes->b, sizeof notes->b, CS_SHA256,
		    CS_VIEW_OF(prk), cs_view_str("notes"));
	cs_wipe(prk, sizeof prk);
	return err;
}
