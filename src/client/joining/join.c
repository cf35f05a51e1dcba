/* SPDX-License-Identifier: MIT */
/* Making an account with an invite link. */
#include <string.h>

#include "client/groups/key_package.h"
#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "crypto/random.h"

/* ---- joining ------------------------------------------------------------ */

/* Make keys, ids and certificate of a new account with its first device. */
static enum cs_err
new_identity(
    struct cs_client *c, const struct cs_client_invite *link, const char *name)
{
	struct client_self *self = &c->self;
	enum cs_err err;

	strcpy(self->handle, name); /* checked: at most CS_HANDLE_MAX */
	strcpy(self->host, link->host);
	self->port = link->port;
	memcpy(self->root, link->root, sizeof self->root);
	cs_random(self->account, sizeof self->account);
	cs_random(self->device, sizeof self->device);
	cs_signer_free(self->signer);
	self->signer = NULL;
	if ((err = cs_sign_key_new(&self->account_key)) ||
	    (err = cs_sign_key_new(&self->device_key)))
		return err;
	return client_credential_make(
	    &self->credential, c, self->device, self->device_key.public);
}

static bool
same_attempt(const struct cs_client *c, const struct cs_client_invite *link,
    const char *name)
{
	return c->self.credential.len != 0 &&
	    strcmp(c->self.handle, name) == 0 &&
	    strcmp(c->self.host, link->host) == 0 &&
	    c->self.port == link->port &&
	    memcmp(c->self.root, link->root, sizeof c->self.root) == 0;
}

static enum cs_err
ask_to_join(struct cs_client *c, const struct cs_client_invite *link)
{
	struct cs_wire_join join = { .invite = cs_view_str(link->code) };
	struct cs_credential credential;
	enum cs_err err =
	    cs_credential_parse(&credential, cs_buf_view(&c->self.credential));

	if (err)
		return err;
	join.device_cert = credential.device_cert;
	memcpy(join.account_key, credential.account_key, CS_KEY_LEN);
	return client_call_empty(c, CS_WIRE_JOIN, &cs_wire_join_shape, &join);
}

static enum cs_err
join(struct cs_client *c, const struct cs_client_invite *link, const char *name)
{
	enum cs_err err = client_home_check_new(c);

	if (err)
		return err;
	/* Everything is stored before it is sent: a join that broke off is
	 * repeated with the same keys. */
	if (!same_attempt(c, link, name) &&
	    (err = new_identity(c, link, name)) != CS_OK)
		return err;
	if ((err = client_identity_save(c)) || (err = client_reach(c)) ||
	    (err = client_identity_save(c)) || (err = ask_to_join(c, link)) ||
	    (err = client_login(c)) || (err = client_key_packages_fill(c)))
		return err;
	return cs_vault_config_set(
	    c->db, &c->key, "joined", cs_view_str("yes"));
}

enum cs_err
cs_client_join(const char *home, const char *text, const char *name,
    struct cs_view passphrase, char problem[static 256])
{
	struct cs_client_invite link;
	struct cs_client *c = NULL;
	enum cs_err err;

	problem[0] = '\0';
	if ((err = cs_client_invite_parse(&link, text))) {
		strcpy(problem,
		    "That is not an invite link. It looks like "
		    "https://HUB/i/CODE#KEY; put it in quotes, so that the "
		    "shell leaves the part behind # alone.");
		return err;
	}
	if (!cs_handle_valid(cs_view_str(name))) {
		strcpy(problem,
		    "A name has 1 to 32 of the characters a-z 0-9 . _ - and "
		    "begins with a letter.");
		return CS_ERR_FORMAT;
	}
	if ((err = client_home_new(&c, home, passphrase)))
		return err;
	err = join(c, &link, name);
	if (err) {
		size_t n = strnlen(c->problem, 255);

		memcpy(problem, c->problem, n);
		problem[n] = '\0';
	}
	cs_client_close(c);
	return err;
}
