/* SPDX-License-Identifier: MIT */
/* Making an account with an invite link. */
#include <string.h>

#include "client/groups/key_package.h"
#include "client/home/client.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "crypto/random.h"

/* ---- joining ------------------------------------------------------------ */

/* Make keys, ids and certificate of a new account with its first device. */
static enum cs_err
new_identity(
    struct cs_client *c, const struct cs_client_invite *link, const char *name)
{
	uint64_t now = cs_clock_ms() / CS_SECOND_MS;
	struct cs_credential credential = { 0 };
	struct cs_device_cert cert = { .handle = cs_view_str(name) };
	struct cs_buf signed_cert = { 0 };
	enum cs_err err;

	strcpy(c->self.handle, name); /* checked: at most CS_HANDLE_MAX */
	strcpy(c->self.host, link->host);
	c->self.port = link->port;
	memcpy(c->self.root, link->root, sizeof c->self.root);
	cs_random(c->self.account, sizeof c->self.account);
	cs_random(c->self.device, sizeof c->self.device);
	cs_signer_free(c->self.signer);
	c->self.signer = NULL;
	if ((err = cs_sign_key_new(&c->self.account_key)) ||
	    (err = cs_sign_key_new(&c->self.device_key)))
		return err;
	memcpy(cert.account, c->self.account, sizeof cert.account);
	memcpy(cert.device, c->self.device, sizeof cert.device);
	memcpy(cert.public, c->self.device_key.public, sizeof cert.public);
	cert.not_before = now - CS_HOUR_S; /* clocks differ */
	cert.not_after = now + CLIENT_DEVICE_DAYS * CS_DAY_S;
	cs_buf_reset(&c->self.credential);
	if ((err = cs_device_cert_make(
		 &signed_cert, &cert, &c->self.account_key)) == CS_OK) {
		credential.device_cert = cs_buf_view(&signed_cert);
		memcpy(credential.account_key, c->self.account_key.public,
		    CS_KEY_LEN);
		err = cs_credential_write(&c->self.credential, &credential);
	}
	cs_buf_free(&signed_cert);
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
	struct cs_buf joined = { 0 };
	enum cs_err err;

	err = cs_vault_config_get(&joined, c->db, &c->key, "joined");
	cs_buf_free(&joined);
	if (err == CS_OK)
		return client_problem(c, CS_ERR_EXISTS,
		    "This folder already belongs to %s@%s. Choose another one "
		    "with --home.",
		    c->self.handle, c->self.hub);
	if (err != CS_ERR_NOT_FOUND)
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
