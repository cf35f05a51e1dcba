/* SPDX-License-Identifier: MIT */
/*
 * New recovery words.  The recovery key of now certifies another one and ends
 * itself, in one statement that the hub and the people in the account's
 * conversations keep: so whoever has the old words can do nothing with them.
 * All that is needed is stored before the hub hears of it.
 */
#include <string.h>

#include "client/account/device.h"
#include "client/account/recovery.h"
#include "client/account/recovery_notes.h"
#include "client/account/revocations.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/home/revoked.h"
#include "client/hub/call.h"
#include "crypto/random.h"

#define STATE "words-next"
#define STATE_VERSION 1
/* Devices have to fit into the chain behind them. */
#define RENEWALS_MAX (CS_CHAIN_MAX / 2)
/* On paper it does not end. */
#define NEXT_DAYS ((uint64_t)100 * 365)

struct next {
	struct cs_recovery recovery;
	struct cs_buf revocation, notes;
};

static void
next_clear(struct next *n)
{
	cs_buf_free(&n->revocation);
	cs_buf_free(&n->notes);
	cs_wipe(n, sizeof *n);
}

static enum cs_err
next_store(struct cs_client *c, const struct next *n)
{
	struct cs_buf bytes = { 0 };
	struct cs_writer w = cs_writer(&bytes);
	enum cs_err err;

	cs_write_u8(&w, STATE_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(n->recovery.b));
	cs_write_vec(&w, cs_buf_view(&n->revocation));
	cs_write_vec(&w, cs_buf_view(&n->notes));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, STATE, cs_buf_view(&bytes));
	cs_buf_free(&bytes);
	return err;
}

/* CS_ERR_NOT_FOUND: no renewal broke off. */
static enum cs_err
next_load(struct next *out, struct cs_client *c)
{
	struct cs_buf bytes = { 0 };
	struct cs_view revocation, notes;
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_vault_config_get(&bytes, c->db, &c->key, STATE)))
		goto out;
	r = cs_reader(cs_buf_view(&bytes));
	if (cs_read_u8(&r) != STATE_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_copy(&r, out->recovery.b, sizeof out->recovery.b);
	revocation = cs_read_vec(&r);
	notes = cs_read_vec(&r);
	if (cs_reader_end(&r) != CS_OK)
		err = CS_ERR_CORRUPT;
	else if ((err = cs_buf_set(&out->revocation, revocation)) == CS_OK)
		err = cs_buf_set(&out->notes, notes);
out:
	cs_buf_free(&bytes);
	return err;
}

/* ---- what is signed ----------------------------------------------------- */

/* Certify the next key, as the last of the chain up to ${now}. */
static enum cs_err
certify(struct cs_buf *out, struct cs_device_cert *cert,
    const struct cs_client *c, const struct client_recovery_key *now,
    const struct cs_sign_key *key, const struct cs_sign_key *next)
{
	const bool first = now->credential.len == 0;
	uint64_t now_s = client_earliest_s(c);
	struct cs_credential credential;
	struct cs_buf signed_cert = { 0 };
	enum cs_err err = cs_credential_parse(&credential,
	    first ? cs_buf_view(&c->self.credential)
		  : cs_buf_view(&now->credential));

	if (first)
		credential.n = 0;
	*cert = (struct cs_device_cert){
		.handle = cs_view_str(c->self.handle),
		.not_before = now_s - CS_HOUR_S,
		.not_after = now_s + NEXT_DAYS * CS_DAY_S,
	};
	memcpy(cert->account, c->self.account, CS_ID_LEN);
	memcpy(cert->public, next->public, CS_KEY_LEN);
	cs_random(cert->device, sizeof cert->device);
	memset(cert->device, 0, sizeof cert->device / 2); /* cs_recovery_id() */
	if (err == CS_OK &&
	    (err = cs_device_cert_make(&signed_cert, cert, key)) == CS_OK) {
		credential.devices[credential.n++] = cs_buf_view(&signed_cert);
		err = cs_credential_write(out, &credential);
	}
	cs_buf_free(&signed_cert);
	return err;
}

static bool
is_kept(const struct cs_revocation *r, const uint8_t id[static CS_ID_LEN])
{
	for (size_t i = 0; i < r->n_kept; i++)
		if (memcmp(r->kept[i].device, id, CS_ID_LEN) == 0)
			return true;
	return false;
}

/* All devices stay: what stands in their chains behind the key that ends. */
static enum cs_err
keep(void *arg, const struct client_listed *d)
{
	const struct cs_identity *identity = &d->identity;
	struct cs_revocation *r = arg;
	size_t at = 0;

	if (!cs_view_is_zero(CS_VIEW_OF(r->device))) {
		while (at < identity->n &&
		    memcmp(identity->chain[at], r->device, CS_ID_LEN) != 0)
			at++;
		at++;
	}
	if (at >= identity->n || is_kept(r, identity->chain[at]))
		return CS_OK;
	return cs_revocation_keep(r, identity->chain[at], identity->keys[at]);
}

static enum cs_err
make(struct next *n, struct cs_client *c, const struct client_recovery_key *now,
    const struct cs_sign_key *key)
{
	struct cs_revocation revocation = { .at_ms = client_now_ms(c) };
	struct cs_device_cert cert;
	struct cs_sign_key next;
	struct cs_seal_key notes;
	struct cs_buf credential = { 0 };
	enum cs_err err;

	cs_recovery_new(&n->recovery);
	memcpy(revocation.account, c->self.account, CS_ID_LEN);
	memcpy(revocation.device, now->id, CS_ID_LEN);
	if ((err = client_account_keys(&next, &notes, &n->recovery)) ||
	    (err = client_devices_each(c, keep, &revocation)) ||
	    (err = certify(&credential, &cert, c, now, key, &next)) ||
	    (err = cs_revocation_keep(&revocation, cert.device, cert.public)) ||
	    (err = cs_revocation_make(
		 &n->revocation, &revocation, cs_buf_view(&credential), key)))
		goto out;
	err = client_recovery_notes_seal(&n->notes, c, &notes);
out:
	cs_wipe(&next, sizeof next);
	cs_wipe(&notes, sizeof notes);
	cs_buf_free(&credential);
	return err;
}

/* ---- in order ----------------------------------------------------------- */

/* The key that ends: of these words, or of those that are kept here. */
static enum cs_err
old_key(struct cs_sign_key *key, struct client_recovery_key *now,
    struct cs_client *c, const char *words)
{
	struct cs_recovery recovery = { 0 };
	enum cs_err err;

	if (words == NULL)
		return client_recovery_key_kept(key, now, c);
	if ((err = client_recovery_read(&recovery, c, words)) == CS_OK)
		err = client_recovery_words_key(key, now, c, &recovery);
	cs_wipe(&recovery, sizeof recovery);
	return err;
}

static enum cs_err
begin(struct next *n, struct cs_client *c, const char *words)
{
	struct client_recovery_key now = { .renewed = 0 };
	struct cs_sign_key key;
	enum cs_err err = old_key(&key, &now, c, words);

	if (err == CS_OK && now.renewed >= RENEWALS_MAX)
		err = client_problem(c, CS_ERR_LIMIT,
		    "The words of this account were renewed %d times, which is "
		    "as often as they can be. Nothing was changed.",
		    RENEWALS_MAX);
	if (err == CS_OK && (err = make(n, c, &now, &key)) == CS_OK)
		err = next_store(c, n);
	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	return err;
}

/* The hub has it: so has this device. */
static enum cs_err
finish(struct cs_client *c, const struct next *n)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	c->self.recovery = n->recovery;
	c->self.has_recovery = true;
	if ((err = client_revoked_learn(c, cs_buf_view(&n->revocation))) ==
		CS_OK &&
	    (err = client_identity_save(c)) == CS_OK)
		err = cs_db_exec(
		    c->db, "DELETE FROM config WHERE name='words-next'");
	return cs_db_end(c->db, err);
}

static enum cs_err
send(struct cs_client *c, const struct next *n)
{
	const struct cs_wire_recovery_renew m = { cs_buf_view(&n->revocation),
		cs_buf_view(&n->notes) };
	enum cs_err err = client_call_empty(
	    c, CS_WIRE_RECOVERY_RENEW, &cs_wire_recovery_renew_shape, &m);

	if (err == CS_OK)
		return finish(c, n);
	/* Another device was faster, or ended this one; it is made anew. */
	if (err == CS_ERR_DENIED && c->link.hub_code == CS_WIRE_E_CERTIFICATE) {
		err = cs_db_exec(
		    c->db, "DELETE FROM config WHERE name='words-next'");
		return err ? err
			   : client_problem(c, CS_ERR_DENIED,
				 "The hub did not take the new words, and "
				 "nothing was changed. Try again.");
	}
	return err;
}

enum cs_err
cs_client_recovery_renewing(bool *out, struct cs_client *c)
{
	struct next n = { .recovery = { { 0 } } };
	enum cs_err err = next_load(&n, c);

	*out = err == CS_OK;
	next_clear(&n);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
cs_client_recovery_renew(struct cs_client *c, const char *words)
{
	struct next n = { .recovery = { { 0 } } };
	enum cs_err err;

	if ((err = client_need_hub(c)) || (err = client_revocations_fetch(c)))
		return err;
	err = next_load(&n, c);
	if (err == CS_ERR_NOT_FOUND)
		err = begin(&n, c, words);
	if (err == CS_OK)
		err = send(c, &n);
	next_clear(&n);
	return err;
}
