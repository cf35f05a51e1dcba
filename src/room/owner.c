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

/* The same device under the same key, by certificates that last longer. */
static bool
may_follow(const struct cs_identity *new, const struct cs_mls_credential *old)
{
	struct cs_identity was;

	return old->type == CS_MLS_CREDENTIAL_BASIC &&
	    cs_identity_peek(&was, old->identity) == CS_OK &&
	    memcmp(new->account.account, was.account.account,
		sizeof was.account.account) == 0 &&
	    memcmp(new->account.account_key, was.account.account_key,
		sizeof was.account.account_key) == 0 &&
	    cs_view_equal(new->account.handle, was.account.handle) &&
	    memcmp(new->device.device, was.device.device,
		sizeof was.device.device) == 0 &&
	    memcmp(new->device.public, was.device.public,
		sizeof was.device.public) == 0 &&
	    new->not_after > was.not_after;
}

enum cs_err
cs_room_check_credential(struct cs_room_owner *out,
    const struct cs_mls_auth_request *request, struct cs_view root_public,
    uint64_t now_s)
{
	struct cs_identity identity;
	bool same = request->old != NULL &&
	    cs_view_equal(
		request->credential->identity, request->old->identity);
	enum cs_err err;

	if (request->external_sender)
		return CS_ERR_CREDENTIAL;
	if ((err = prove(&identity, request->credential, root_public)))
		return err;
	if (request->old != NULL && !same &&
	    !may_follow(&identity, request->old))
		return CS_ERR_CREDENTIAL;
	if (!request->settled && !same &&
	    !cs_identity_current(&identity, now_s))
		return CS_ERR_EXPIRED;
	if (!cs_view_equal(
		CS_VIEW_OF(identity.device.public), request->signature_key) ||
	    cs_recovery_id(identity.device.device))
		return CS_ERR_CREDENTIAL;
	fill(out, &identity);
	return CS_OK;
}
