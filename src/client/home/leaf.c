/* SPDX-License-Identifier: MIT */
/*
 * Whom this device takes for whom: the check that MLS asks for on every leaf,
 * and the options and the identity that this device gives to MLS.
 */
#include "client/home/leaf.h"

#include <string.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/credential.h"
#include "client/home/names.h"
#include "crypto/random.h"
#include "mls/group.h"
#include "room/owner.h"

static void
contact_of(struct client_contact *out, const struct cs_room_owner *owner)
{
	memset(out, 0, sizeof *out);
	memcpy(out->account, owner->account, sizeof out->account);
	memcpy(out->account_key, owner->account_key, sizeof out->account_key);
	memcpy(out->handle, owner->handle.data, owner->handle.len);
}

/* A leaf is looked at as of when the hub took it, however late it is read: so
 * all members find the same. */
static uint64_t
now_s(const struct client_leaf_check *check)
{
	uint64_t ms =
	    check->at_ms != 0 ? check->at_ms : client_now_ms(check->c);

	return ms / CS_SECOND_MS;
}

/* Another key under a known name: the user will be warned. */
static enum cs_err
differs(struct client_leaf_check *check, const struct client_contact *seen)
{
	check->differs = *seen;
	return CS_ERR_CREDENTIAL;
}

/* Does it agree with what is known of this account and of this name? */
static enum cs_err
check_known(struct client_leaf_check *check, const struct client_contact *seen)
{
	struct cs_client *c = check->c;
	const struct client_contact *known;

	if (memcmp(seen->account, c->self.account, CS_ID_LEN) == 0)
		return memcmp(seen->account_key, c->self.account_key,
			   CS_KEY_LEN) == 0
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	if (strcmp(seen->handle, c->self.handle) == 0)
		return CS_ERR_CREDENTIAL;
	known = client_contact_find(c, seen->account);
	if (known == NULL) {
		known = client_contact_by_handle(c, seen->handle);
		return known == NULL || client_contact_is_name(known)
		    ? CS_OK
		    : differs(check, seen);
	}
	if (strcmp(known->handle, seen->handle) != 0)
		return CS_ERR_CREDENTIAL;
	return memcmp(known->account_key, seen->account_key, CS_KEY_LEN) == 0
	    ? CS_OK
	    : differs(check, seen);
}

enum cs_err
client_check_leaf(void *arg, const struct cs_mls_auth_request *request)
{
	struct client_leaf_check *check = arg;
	struct client_contact seen;
	struct cs_room_owner owner;
	enum cs_err err;

	if (request->external_sender)
		return cs_view_equal(request->credential->identity,
			   cs_view_str(check->c->self.hub))
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	if ((err = cs_room_check_credential(&owner, request,
		 CS_VIEW_OF(check->c->self.root), now_s(check))))
		return err;
	contact_of(&seen, &owner);
	return check_known(check, &seen);
}

/* Did the operator take the account out of the group? Then it may come back. */
static enum cs_err
may_return(bool *out, void *arg, struct cs_view group_id,
    const uint8_t account[static CS_ID_LEN])
{
	const struct client_leaf_check *check = arg;
	uint64_t n = 0;
	enum cs_err err = cs_db_get_int(&n, check->c->db,
	    "SELECT COUNT(*) FROM away WHERE grp=? AND account=?",
	    cs_blob(group_id), cs_blob(cs_view(account, CS_ID_LEN)));

	*out = err == CS_OK && n != 0;
	return err;
}

enum cs_err
client_contact_learn(struct client_leaf_check *check, struct cs_view bytes)
{
	const struct cs_mls_credential credential = {
		.type = CS_MLS_CREDENTIAL_BASIC,
		.identity = bytes,
	};
	struct cs_client *c = check->c;
	struct client_contact seen, *named;
	struct cs_room_owner owner;
	enum cs_err err;

	/* Whether it was in time was seen when its leaf came in. */
	if ((err = cs_room_verify_credential(
		 &owner, &credential, CS_VIEW_OF(c->self.root))))
		return err;
	contact_of(&seen, &owner);
	if ((err = check_known(check, &seen)))
		return err;
	if (memcmp(seen.account, c->self.account, CS_ID_LEN) == 0 ||
	    client_contact_find(c, seen.account) != NULL)
		return CS_OK;
	if ((err = client_names_met(c, seen.account, bytes)))
		return err;
	named = client_contact_by_handle(c, seen.handle);
	if (named == NULL)
		return client_contact_add(c, &seen);
	/* What was decided about the name holds for who turns out to have it.
	 */
	seen.state = named->state;
	seen.state_ms = named->state_ms;
	return client_contact_replace(c, named, &seen);
}

struct client_leaf_check *
client_leaf_check_new(struct cs_client *c)
{
	struct client_leaf_check *check = cs_calloc(1, sizeof *check);

	if (check != NULL)
		check->c = c;
	return check;
}

struct cs_mls_options
client_mls_options(struct client_leaf_check *check)
{
	check->room = (struct cs_room){ may_return, check };
	return (struct cs_mls_options){
		.auth = { client_check_leaf, check },
		.rules = cs_room_rules(&check->room),
		.max_members = CS_ROOM_DEVICES_MAX,
		.now_s = client_now_s(check->c),
		.max_skip = CLIENT_MAX_SKIP,
		.past_epochs = CLIENT_PAST_EPOCHS,
		.padding = CLIENT_PADDING,
	};
}

enum cs_err
client_identity(struct cs_mls_identity *out, struct cs_client *c)
{
	uint64_t now = client_earliest_s(c);
	enum cs_err err;

	if (c->self.signer == NULL &&
	    (err = cs_signer_from_ed25519(
		 &c->self.signer, &c->self.device_key)))
		return err;
	*out = (struct cs_mls_identity){
		.credential = cs_buf_view(&c->self.credential),
		.signer = c->self.signer,
		/* Clocks differ, so this tolerates one that is an hour behind.
		 */
		.not_before_s = now - CS_HOUR_S,
		.not_after_s = now + CLIENT_KEY_PACKAGE_DAYS * CS_DAY_S,
	};
	return CS_OK;
}

enum cs_err
client_learn_members(
    struct client_leaf_check *check, const struct cs_mls_group *mls)
{
	struct cs_mls_member m;
	enum cs_err err = CS_OK;

	for (uint32_t i = 0; err == CS_OK && i < cs_mls_group_leaves(mls); i++)
		if (cs_mls_group_member(mls, i, &m))
			err = client_contact_learn(check, m.credential);
	return err;
}
