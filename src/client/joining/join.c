/* SPDX-License-Identifier: MIT */
/* Making an account with an invite link. */
#include <string.h>

#include "client/groups/key_package.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "crypto/random.h"

/* ---- joining ------------------------------------------------------------ */

/* Make keys, ids and certificate of a new account with its first device. */
static enum cs_err
new_identity(struct cs_client *c, const char *name)
{
	const struct client_registered none = { { NULL, 0 }, { NULL, 0 } };
	struct client_self *self = &c->self;
	struct cs_sign_key account_key;
	enum cs_err err;

	strcpy(self->handle, name); /* checked: at most CS_HANDLE_MAX */
	cs_random(self->account, sizeof self->account);
	cs_random(self->device, sizeof self->device);
	cs_signer_free(self->signer);
	self->signer = NULL;
	cs_recovery_new(&self->recovery);
	self->has_recovery = true;
	if ((err = client_account_keys(&account_key, &self->account_notes,
		 &self->recovery)) == CS_OK &&
	    (err = cs_sign_key_new(&self->device_key)) == CS_OK)
		err = client_credential_begin(
		    &self->credential, c, &account_key, &none);
	memcpy(self->account_key, account_key.public, CS_KEY_LEN);
	cs_wipe(&account_key, sizeof account_key);
	return err;
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

static void
take_address(struct client_self *self, const struct cs_client_invite *link)
{
	strcpy(self->host, link->host);
	self->port = link->port;
	memcpy(self->root, link->root, sizeof self->root);
}

/* Put what the registrar signed into the credential; it has to be about the
 * account, name and key that this device made. */
static enum cs_err
take_account(struct cs_client *c, struct cs_credential *credential,
    const struct cs_wire_account *answer)
{
	struct cs_identity identity;
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	credential->registrar_cert = answer->registrar_cert;
	credential->account_cert = answer->account_cert;
	if ((err = cs_credential_write(&bytes, credential)) == CS_OK &&
	    (err = client_credential_open(&identity, c, cs_buf_view(&bytes),
		 client_now_s(c))) == CS_OK &&
	    (memcmp(identity.account.account, c->self.account, CS_ID_LEN) !=
		    0 ||
		memcmp(identity.account.account_key, c->self.account_key,
		    CS_KEY_LEN) != 0 ||
		!cs_view_equal(
		    identity.account.handle, cs_view_str(c->self.handle))))
		err = CS_ERR_MISMATCH;
	if (err == CS_OK)
		err = cs_buf_set(&c->self.credential, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return client_problem(c, err,
		    "The hub's certificate of the new account does not verify "
		    "(%s). Nothing was joined.",
		    cs_err_text(err));
	return err;
}

static enum cs_err
ask_to_join(struct cs_client *c, const struct cs_client_invite *link)
{
	struct cs_wire_join join = { .invite = cs_view_str(link->code) };
	struct cs_wire_account answer;
	struct cs_credential credential;
	struct cs_buf before = { 0 };
	enum cs_err err;

	if ((err = cs_buf_set(&before, cs_buf_view(&c->self.credential))) ==
		CS_OK &&
	    (err = cs_credential_parse(&credential, cs_buf_view(&before))) ==
		CS_OK) {
		join.device_cert = credential.devices[0];
		memcpy(join.account_key, c->self.account_key, CS_KEY_LEN);
		err = client_call(c, CS_WIRE_JOIN, &cs_wire_join_shape, &join,
		    &cs_wire_account_shape, &answer);
	}
	if (err == CS_OK)
		err = take_account(c, &credential, &answer);
	cs_buf_free(&before);
	return err;
}

static enum cs_err
join(struct cs_client *c, const struct cs_client_invite *link, const char *name)
{
	enum cs_err err = client_home_check_new(c);
	bool again = same_attempt(c, link, name);

	/* It broke off after the last step, before the words were shown. */
	if (err == CS_ERR_EXISTS && again && c->self.has_recovery)
		return CS_OK;
	if (err)
		return err;
	take_address(&c->self, link);
	/* The hub is reached first: what is certified now is to be valid to it,
	 * whatever this device's clock says.  Everything is stored before it is
	 * sent: a join that broke off is repeated with the same keys. */
	if ((err = client_reach(c)) ||
	    (!again && (err = new_identity(c, name)) != CS_OK))
		return err;
	if ((err = client_identity_save(c)) || (err = ask_to_join(c, link)) ||
	    (err = client_identity_save(c)) || (err = client_login(c)) ||
	    (err = client_key_packages_fill(c)))
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
