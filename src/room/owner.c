/* SPDX-License-Identifier: MIT */
#include "room/owner.h"

#include <string.h>

#include "franking/credential.h"

static void
fill(struct cs_room_owner *out, const struct cs_identity *identity)
{
	memcpy(out->account, identity->account.account, sizeof out->account);
	memcpy(out->device, identity->device.device, sizeof out->device);
	memcpy(out->account_key, identity->account.account_key,
	    sizeof out->account_key);
	out->handle = identity->account.handle;
}

enum cs_err
cs_room_owner_of(
    struct cs_room_owner *out, const struct cs_mls_credential *credential)
{
	struct cs_identity identity;

	if (credential->type != CS_MLS_CREDENTIAL_BASIC ||
	    cs_identity_peek(&identity, credential->identity) != CS_OK)
		return CS_ERR_CREDENTIAL;
	fill(out, &identity);
	return CS_OK;
}

static enum cs_err
prove(struct cs_identity *out, const struct cs_mls_credential *credential,
    struct cs_view root_public)
{
	if (credential->type != CS_MLS_CREDENTIAL_BASIC)
		return CS_ERR_CREDENTIAL;
	return cs_identity_prove(out, credential->identity, root_public);
}

enum cs_err
cs_room_verify_credential(struct cs_room_owner *out,
    const struct cs_mls_credential *credential, struct cs_view root_public)
{
	struct cs_identity identity;
	enum cs_err err = prove(&identity, credential, root_public);

	if (err == CS_OK)
		fill(out, &identity);
	return err;
}

enum cs_err
cs_room_check_credential(struct cs_room_owner *out,
    const struct cs_mls_auth_request *request, struct cs_view root_public,
    uint64_t now_s)
{
	struct cs_identity identity;
	enum cs_err err;

	if (request->external_sender ||
	    (request->old != NULL &&
		!cs_view_equal(
		    request->credential->identity, request->old->identity)))
		return CS_ERR_CREDENTIAL;
	if ((err = prove(&identity, request->credential, root_public)))
		return err;
	if (!request->settled && request->old == NULL &&
	    !cs_identity_current(&identity, now_s))
		return CS_ERR_EXPIRED;
	if (!cs_view_equal(
		CS_VIEW_OF(identity.device.public), request->signature_key))
		return CS_ERR_CREDENTIAL;
	fill(out, &identity);
	return CS_OK;
}
