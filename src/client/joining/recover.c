/* SPDX-License-Identifier: MIT */
/*
 * Coming back with the recovery words.
 *
 * The account key that they make proves to the hub which account it is, and
 * certifies this new device.  The key itself is not stored.  What the account
 * had is with the hub, sealed under a key that comes from the words, too:
 * contacts, and the names of conversations.  The conversations themselves are
 * entered like by any other new device.
 */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "client/account/device.h"
#include "client/account/group_note.h"
#include "client/account/recovery_notes.h"
#include "client/account/request.h"
#include "client/account/revocations.h"
#include "client/account/seal.h"
#include "client/groups/key_package.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/home/recovery_key.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "client/joining/address.h"
#include "crypto/random.h"
#include "franking/revocation.h"

/* What the words make; wipe it. */
struct keys {
	struct cs_sign_key account;
	struct cs_seal_key notes;
};

/* https://HUB[:PORT]/r#OPERATORKEY, or an invite link. */
static enum cs_err
parse_link(struct cs_client_invite *out, const char *text)
{
	static const char scheme[] = "https://";
	const char *host, *slash;

	if (cs_client_invite_parse(out, text) == CS_OK)
		return CS_OK;
	memset(out, 0, sizeof *out);
	if (strlen(text) > 1024)
		return CS_ERR_LIMIT;
	if (strncmp(text, scheme, strlen(scheme)) != 0)
		return CS_ERR_FORMAT;
	host = text + strlen(scheme);
	if ((slash = strchr(host, '/')) == NULL ||
	    strncmp(slash, "/r#", 3) != 0 ||
	    !client_host_parse(
		out->host, &out->port, host, (size_t)(slash - host)))
		return CS_ERR_FORMAT;
	return cs_unbase64url(
	    out->root, sizeof out->root, slash + 3, strlen(slash + 3));
}

/* ---- the account -------------------------------------------------------- */

/* Whose the key is: the account key itself, or certified by it through others.
 * For the latter, what was sealed under the words says which account key that
 * has to be: an operator could register another one. */
static enum cs_err
check_key(struct cs_seal_key *notes, const struct keys *keys,
    const struct cs_account_cert *account,
    const struct cs_wire_recovered *answer)
{
	struct client_recovery_notes sealed;
	enum cs_err err;

	*notes = keys->notes;
	if (answer->devices.len == 0)
		return memcmp(account->account_key, keys->account.public,
			   CS_KEY_LEN) == 0
		    ? CS_OK
		    : CS_ERR_MISMATCH;
	if ((err = client_recovery_notes_open(
		 &sealed, &keys->notes, answer->notes)) == CS_OK &&
	    (memcmp(sealed.account, account->account, CS_ID_LEN) != 0 ||
		memcmp(sealed.account_key, account->account_key, CS_KEY_LEN) !=
		    0))
		err = CS_ERR_MISMATCH;
	*notes = sealed.notes;
	cs_wipe(&sealed, sizeof sealed);
	return err;
}

/* Was a device made for it before, by the key of now? */
static bool
was_begun(const struct cs_client *c, const struct cs_account_cert *account,
    const struct keys *keys)
{
	struct cs_identity identity;

	return c->self.credential.len != 0 &&
	    memcmp(c->self.account, account->account, CS_ID_LEN) == 0 &&
	    memcmp(c->self.account_key, account->account_key, CS_KEY_LEN) ==
	    0 &&
	    cs_identity_peek(&identity, cs_buf_view(&c->self.credential)) ==
	    CS_OK &&
	    memcmp(identity.n == 1 ? identity.account.account_key
				   : identity.keys[identity.n - 2],
		keys->account.public, CS_KEY_LEN) == 0;
}

static enum cs_err
make_device(struct cs_client *c, const struct keys *keys,
    const struct client_registered *registered)
{
	struct cs_identity identity;
	enum cs_err err;

	cs_random(c->self.device, sizeof c->self.device);
	if ((err = cs_sign_key_new(&c->self.device_key)) ||
	    (err = client_credential_begin(
		 &c->self.credential, c, &keys->account, registered)) ||
	    (err = client_credential_open(&identity, c,
		 cs_buf_view(&c->self.credential), client_now_s(c))))
		return err;
	return client_identity_save(c);
}

/* Learn which account the key belongs to, and make a device for it, unless one
 * was made before and the rest broke off. */
static enum cs_err
take_account(struct cs_client *c, const struct keys *keys,
    const struct cs_wire_recovered *answer)
{
	const struct client_registered registered = { answer->registrar_cert,
		answer->account_cert, answer->devices };
	struct client_self *self = &c->self;
	struct cs_account_cert account;
	struct cs_seal_key notes;
	enum cs_err err;

	err = cs_account_cert_verify(&account, answer->account_cert,
	    answer->registrar_cert, CS_VIEW_OF(self->root));
	if (err == CS_OK)
		err = check_key(&notes, keys, &account, answer);
	if (err == CS_OK && !was_begun(c, &account, keys)) {
		memcpy(self->account, account.account, CS_ID_LEN);
		memcpy(self->account_key, account.account_key, CS_KEY_LEN);
		memcpy(self->handle, account.handle.data, account.handle.len);
		self->handle[account.handle.len] = '\0';
		self->account_notes = notes;
		self->has_recovery = false;
		err = make_device(c, keys, &registered);
	}
	cs_wipe(&notes, sizeof notes);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return client_problem(c, err,
		    "The hub's certificate of the account does not verify "
		    "(%s).",
		    cs_err_text(err));
	return err;
}

static enum cs_err
prove(struct cs_client *c, const struct keys *keys)
{
	struct cs_wire_recovered answer;
	enum cs_err err =
	    cs_session_recover(&c->link.session, &keys->account, &answer);

	if (err == CS_OK)
		return take_account(c, keys, &answer);
	if (err == CS_ERR_DENIED && c->link.session.code == CS_WIRE_E_NO_MEMBER)
		err = client_problem(c, CS_ERR_DENIED,
		    "This hub has no account with these words. Check them, "
		    "and that the link is of the right hub.");
	else if (err == CS_ERR_DENIED &&
	    c->link.session.code == CS_WIRE_E_WORDS)
		err = client_problem(c, CS_ERR_DENIED,
		    "These words were replaced by others (countersign recovery "
		    "renew). They do nothing any more: use the new ones.");
	else if (err == CS_ERR_DENIED)
		err = client_problem(c, err, "%s", c->link.session.sentence);
	client_offline(c);
	return err;
}

static enum cs_err
add_device(struct cs_client *c, const char *device_name)
{
	enum cs_err err = client_device_add(
	    c, cs_buf_view(&c->self.credential), c->self.device, device_name);

	/* A share that is used up says when there is more of it. */
	if (err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_LIMIT &&
	    c->link.session.retry_s == 0)
		return client_problem(c, err,
		    "The account has %d devices, as many as there may be. "
		    "Remove the others: --remove-others.",
		    CS_WIRE_DEVICES_MAX);
	return err;
}

/* ---- the other devices -------------------------------------------------- */

struct removing {
	struct cs_client *c;
	const struct keys *keys;
	struct client_recovery_key now;
	struct cs_buf list;
	uint32_t n;
	enum cs_err err;
};

/* The recovery key ends it; nothing that it let in stays. */
static void
remove_one(void *arg, const struct cs_client_device *d)
{
	struct removing *r = arg;
	struct cs_revocation revocation = { .at_ms = client_now_ms(r->c) };
	struct cs_buf bytes = { 0 };
	struct cs_wire_revocation item;

	if (r->err || d->own)
		return;
	memcpy(revocation.account, r->c->self.account, CS_ID_LEN);
	memcpy(revocation.device, d->id, CS_ID_LEN);
	r->err = client_recovery_key_ends(
	    &bytes, r->c, &revocation, &r->now, &r->keys->account);
	item.revocation = cs_buf_view(&bytes);
	if (r->err == CS_OK)
		r->err = cs_wire_list_add(
		    &r->list, &r->n, &cs_wire_revocation_shape, &item);
	cs_buf_free(&bytes);
}

static enum cs_err
remove_others(struct cs_client *c, const struct keys *keys)
{
	struct removing r = { .c = c, .keys = keys };
	struct cs_wire_device_remove m;
	enum cs_err err = client_recovery_key_of(&r.now, c);

	if (err == CS_OK &&
	    (err = cs_client_devices(c, remove_one, &r)) == CS_OK)
		err = r.err;
	m.revocations.n = r.n;
	m.revocations.raw = cs_buf_view(&r.list);
	if (err == CS_OK && r.n != 0)
		err = client_call_empty(
		    c, CS_WIRE_DEVICE_REMOVE, &cs_wire_device_remove_shape, &m);
	client_recovery_key_clear(&r.now);
	cs_buf_free(&r.list);
	return err;
}

/* ---- in order ----------------------------------------------------------- */

/* As a device of the account: what was asked for beside coming back. */
static enum cs_err
log_in_and_remove(struct cs_client *c, const struct cs_client_recovery *r,
    const struct keys *keys)
{
	enum cs_err err;

	if ((err = client_reach(c)) || (err = client_login(c)) ||
	    (err = client_key_packages_fill(c)) ||
	    (err = client_revocations_fetch(c)))
		return err;
	return r->others == CS_CLIENT_REMOVE_DEVICES ? remove_others(c, keys)
						     : CS_OK;
}

/* Is the account of these words here already, from an earlier call? */
static bool
is_back(
    struct cs_client *c, const struct cs_client_invite *link, const char *words)
{
	return memcmp(c->self.root, link->root, sizeof link->root) == 0 &&
	    cs_client_recovery_check(c, words) == CS_OK;
}

static enum cs_err
recover(struct cs_client *c, const struct cs_client_invite *link,
    const struct cs_client_recovery *r, const struct keys *keys)
{
	enum cs_err err = client_home_check_new(c);

	if (err == CS_ERR_EXISTS && is_back(c, link, r->words))
		return log_in_and_remove(c, r, keys);
	if (err == CS_ERR_EXISTS)
		err = client_home_check_new(c); /* for its sentence */
	if (err)
		return err;
	strcpy(c->self.host, link->host);
	c->self.port = link->port;
	memcpy(c->self.root, link->root, sizeof c->self.root);
	c->self.hub[0] = '\0';
	if ((err = client_reach(c)) || (err = prove(c, keys)) ||
	    (err = client_identity_save(c)) ||
	    (err = add_device(c, r->device_name)))
		return err;
	/* The connection was good for that alone. */
	client_offline(c);
	if ((err = log_in_and_remove(c, r, keys)) ||
	    (err = client_notes_fetch(c)) ||
	    (err = client_group_notes_fetch(c)))
		return err;
	return cs_vault_config_set(
	    c->db, &c->key, "joined", cs_view_str("yes"));
}

/* Read words and link; says in ${problem} what is wrong with them. */
static enum cs_err
read_input(struct keys *keys, struct cs_client_invite *link,
    const struct cs_client_recovery *r, char problem[static 256])
{
	struct cs_recovery recovery = { 0 };
	int word;
	enum cs_err err;

	if ((err = parse_link(link, r->link))) {
		snprintf(problem, 256,
		    "That is not a link of a hub. It looks like "
		    "https://HUB/r#KEY, or is an invite link; put it in "
		    "quotes, so that the shell leaves the part behind # "
		    "alone.");
		return err;
	}
	if (!client_device_name_valid(r->device_name)) {
		strcpy(problem,
		    "The name of a device has 1 to 64 bytes of UTF-8 on one "
		    "line.");
		return CS_ERR_FORMAT;
	}
	err = cs_recovery_read(&recovery, &word, r->words);
	if (err == CS_ERR_FORMAT && word != 0)
		snprintf(problem, 256, "Word %d is not one of the list.", word);
	else if (err == CS_ERR_FORMAT)
		snprintf(problem, 256, "There have to be %d words.",
		    CS_RECOVERY_WORDS);
	else if (err == CS_ERR_MISMATCH)
		strcpy(problem,
		    "These words do not belong together: one of them is wrong, "
		    "or stands in the wrong place.");
	if (err == CS_OK)
		err = client_account_keys(
		    &keys->account, &keys->notes, &recovery);
	cs_wipe(&recovery, sizeof recovery);
	return err;
}

enum cs_err
cs_client_recover(const char *home, const struct cs_client_recovery *r,
    struct cs_view passphrase, char problem[static 256])
{
	struct cs_client_invite link;
	struct cs_client *c = NULL;
	struct keys keys = { 0 };
	enum cs_err err;

	problem[0] = '\0';
	if ((err = read_input(&keys, &link, r, problem)) ||
	    (err = client_home_new(&c, home, passphrase)))
		goto out;
	if ((err = recover(c, &link, r, &keys))) {
		size_t n = strnlen(c->problem, 255);

		memcpy(problem, c->problem, n);
		problem[n] = '\0';
	}
	cs_client_close(c);
out:
	cs_wipe(&keys, sizeof keys);
	return err;
}
