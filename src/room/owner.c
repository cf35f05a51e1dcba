/* SPDX-License-Identifier: MIT */
#include "room/owner.h"

#include <string.h>

#include "franking/cert.h"

static void
fill(struct cs_room_owner *out, const struct cs_credential *credential,
    const struct cs_device_cert *cert)
{
	memcpy(out->account, cert->account, sizeof out->account);
	memcpy(out->device, cert->device, sizeof out->device);
	memcpy(
	    out->account_key, credential->account_key, sizeof out->account_key);
	out->handle = cert->handle;
}

enum cs_err
cs_room_owner_of(
    struct cs_room_owner *out, const struct cs_mls_credential *credential)
{
	struct cs_credential parsed;
	struct cs_device_cert cert;

	if (credential->type != CS_MLS_CREDENTIAL_BASIC ||
	    cs_credential_parse(&parsed, credential->identity) != CS_OK ||
	    cs_device_cert_peek(&cert, parsed.device_cert) != CS_OK)
		return CS_ERR_CREDENTIAL;
	fill(out, &parsed, &cert);
	return CS_OK;
}

/* What is in it, once its signature has verified. */
static enum cs_err
verify(struct cs_credential *credential, struct cs_device_cert *cert,
    const struct cs_mls_credential *in)
{
	enum cs_err err;

	if (in->type != CS_MLS_CREDENTIAL_BASIC)
		return CS_ERR_CREDENTIAL;
	if ((err = cs_credential_parse(credential, in->identity)))
		return err;
	return cs_device_cert_parse(
	    cert, credential->device_cert, CS_VIEW_OF(credential->account_key));
}

enum cs_err
cs_room_verify_credential(
    struct cs_room_owner *out, const struct cs_mls_credential *credential)
{
	struct cs_credential parsed;
	struct cs_device_cert cert;
	enum cs_err err = verify(&parsed, &cert, credential);

	if (err == CS_OK)
		fill(out, &parsed, &cert);
	return err;
}

enum cs_err
cs_room_check_credential(struct cs_room_owner *out,
    const struct cs_mls_auth_request *request, uint64_t now_s)
{
	struct cs_credential credential;
	struct cs_device_cert cert;
	enum cs_err err;

	if (request->external_sender ||
	    (request->old != NULL &&
		!cs_view_equal(
		    request->credential->identity, request->old->identity)))
		return CS_ERR_CREDENTIAL;
	if ((err = verify(&credential, &cert, request->credential)))
		return err;
	if (!request->settled && request->old == NULL &&
	    (now_s < cert.not_before || now_s > cert.not_after))
		return CS_ERR_EXPIRED;
	if (!cs_view_equal(CS_VIEW_OF(cert.public), request->signature_key))
		return CS_ERR_CREDENTIAL;
	fill(out, &credential, &cert);
	return CS_OK;
}
