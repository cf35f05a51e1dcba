/* SPDX-License-Identifier: MIT */
#include "client/account/renewal.h"

#include <string.h>

#include "client/account/device.h"
#include "client/account/recovery.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/home.h"
#include "client/home/message.h"
#include "client/home/problem.h"
#include "client/home/revoked.h"
#include "client/hub/call.h"

#define EARLY_S (365 * CS_DAY_S)      /* so long before its end */
#define GAIN_S (30 * CS_DAY_S)        /* less is not worth a certificate */
#define LOOK_MS (7 * CS_DAY_MS)       /* how often to look */
#define LOOK_SOON_MS CS_DAY_MS        /* once this device is about to end */
#define TELL_MS (30 * CS_DAY_MS)      /* how often the user is told */
#define FORGOTTEN_MS (90 * CS_DAY_MS) /* not seen for so long: it may end */
#define NEXT "renewal-next"
#define TOLD "renewal-told"

/* What the hub lists. */
struct devices {
	struct cs_client *c;
	size_t n;
	struct {
		uint8_t id[CS_ID_LEN], key[CS_KEY_LEN];
		uint64_t ends_s, seen_ms;
	} v[CS_WIRE_DEVICES_MAX]; /* the others that end soon */
	struct cs_buf own;        /* a later credential of this one, or empty */
	uint64_t own_ends_s;
};

static enum cs_err
number(uint64_t *out, struct cs_client *c, const char *name)
{
	enum cs_err err = cs_vault_config_get_num(out, c->db, &c->key, name);

	if (err == CS_ERR_NOT_FOUND)
		*out = 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* When do all of the certificates of this device end? */
static enum cs_err
own_identity(struct cs_identity *out, const struct cs_client *c)
{
	enum cs_err err =
	    cs_identity_peek(out, cs_buf_view(&c->self.credential));

	return err ? CS_ERR_CORRUPT : CS_OK;
}

/* Another device may have made a new one for this device.  The hub can pass on
 * only what keys of the account have signed for this very key. */
static enum cs_err
note_own(struct devices *d, const struct client_listed *listed)
{
	enum cs_err err;

	if (listed->identity.not_after <= d->own_ends_s ||
	    memcmp(listed->identity.device.public, d->c->self.device_key.public,
		CS_KEY_LEN) != 0)
		return CS_OK;
	err = client_revoked_check(d->c, &listed->identity);
	if (err)
		return err == CS_ERR_CREDENTIAL ? CS_OK : err;
	return cs_buf_set(&d->own, listed->credential);
}

static enum cs_err
note(void *arg, const struct client_listed *listed)
{
	struct devices *d = arg;
	const struct cs_identity *identity = &listed->identity;

	if (listed->shown.own)
		return note_own(d, listed);
	if (d->n == CS_WIRE_DEVICES_MAX ||
	    identity->not_after > client_now_s(d->c) + EARLY_S)
		return CS_OK;
	memcpy(d->v[d->n].id, identity->device.device, CS_ID_LEN);
	memcpy(d->v[d->n].key, identity->device.public, CS_KEY_LEN);
	d->v[d->n].ends_s = identity->not_after;
	d->v[d->n++].seen_ms = listed->shown.seen_ms;
	return CS_OK;
}

/* ---- making and taking -------------------------------------------------- */

static enum cs_err
adopt(struct cs_client *c, struct cs_view credential)
{
	enum cs_err err = cs_buf_set(&c->self.credential, credential);

	return err ? err : client_identity_save(c);
}

/* Certify a device, unless what comes of it lasts hardly longer. */
static enum cs_err
certify(bool *done, struct cs_buf *credential, struct cs_client *c,
    const struct client_new_device *device, uint64_t ends_s)
{
	struct cs_identity identity;
	enum cs_err err = client_credential_make(credential, c, device);

	*done = false;
	if (err == CS_OK)
		err = cs_identity_peek(&identity, cs_buf_view(credential));
	/* This one is the last of the longest row, or came through that one. */
	if (err == CS_ERR_LIMIT || err == CS_ERR_MISMATCH)
		return CS_OK;
	if (err)
		return err;
	if (identity.not_after < ends_s + GAIN_S)
		return CS_OK;
	err = client_device_add(c, cs_buf_view(credential), device->device, "");
	*done = err == CS_OK;
	/* The hub takes no more today, or the device was just removed. */
	return err == CS_ERR_DENIED && c->link.online ? CS_OK : err;
}

/* By the words that are kept here, or by what another device made. */
static enum cs_err
renew_own(struct devices *d)
{
	struct cs_client *c = d->c;
	const struct client_new_device own = { c->self.device,
		c->self.device_key.public };
	struct cs_buf credential = { 0 };
	struct cs_identity identity;
	bool done = false;
	enum cs_err err = CS_OK;

	if (d->own.len != 0)
		err = adopt(c, cs_buf_view(&d->own));
	if (err == CS_OK && (err = own_identity(&identity, c)) == CS_OK)
		d->own_ends_s = identity.not_after;
	if (err == CS_OK && c->self.has_recovery &&
	    d->own_ends_s <= client_now_s(c) + EARLY_S &&
	    (err = certify(&done, &credential, c, &own, d->own_ends_s)) ==
		CS_OK &&
	    done && (err = adopt(c, cs_buf_view(&credential))) == CS_OK &&
	    (err = own_identity(&identity, c)) == CS_OK)
		d->own_ends_s = identity.not_after;
	cs_buf_free(&credential);
	return err;
}

/* Those that are in use; what lies in a drawer may end. */
static enum cs_err
renew_others(struct devices *d)
{
	uint64_t now_ms = client_now_ms(d->c);
	struct cs_buf credential = { 0 };
	enum cs_err err = CS_OK;
	bool done;

	for (size_t i = 0; err == CS_OK && i < d->n; i++) {
		const struct client_new_device device = { d->v[i].id,
			d->v[i].key };

		if (d->v[i].seen_ms + FORGOTTEN_MS > now_ms)
			err = certify(
			    &done, &credential, d->c, &device, d->v[i].ends_s);
	}
	cs_buf_free(&credential);
	return err;
}

/* ---- telling ------------------------------------------------------------ */

static enum cs_err
tell(struct cs_client *c, uint64_t ends_s)
{
	uint64_t now_ms = client_now_ms(c), told;
	char day[CLIENT_UTC_SIZE];
	enum cs_err err = number(&told, c, TOLD);

	if (err || now_ms - told < TELL_MS || (err = cs_db_begin(c->db)))
		return err;
	client_utc(day, ends_s * CS_SECOND_MS);
	day[strcspn(day, " ")] = '\0';
	if ((err = cs_vault_config_set_num(c->db, &c->key, TOLD, now_ms)) ==
	    CS_OK)
		err = client_event(c, NULL, 0,
		    "The certificate of this device %s on %s. %s it stays in "
		    "its conversations, but comes into no others. With the "
		    "recovery words you renew it here: countersign recover. "
		    "The other devices of yours that are in use then follow "
		    "by themselves.",
		    now_ms < ends_s * CS_SECOND_MS ? "ends" : "ended", day,
		    now_ms < ends_s * CS_SECOND_MS ? "After that" : "Now");
	return cs_db_end(c->db, err);
}

/* ---- in order ----------------------------------------------------------- */

static enum cs_err
look(struct devices *d)
{
	struct cs_client *c = d->c;
	uint64_t next_ms = client_now_ms(c);
	enum cs_err err;

	if ((err = client_devices_each(c, note, d)) || (err = renew_own(d)) ||
	    (err = renew_others(d)))
		return err;
	if (d->own_ends_s > client_now_s(c) + EARLY_S)
		next_ms += LOOK_MS;
	else if ((err = tell(c, d->own_ends_s)))
		return err;
	else
		next_ms += LOOK_SOON_MS;
	return cs_vault_config_set_num(c->db, &c->key, NEXT, next_ms);
}

enum cs_err
client_renew(struct cs_client *c)
{
	struct devices d = { .c = c };
	struct cs_identity identity;
	uint64_t next_ms, now_ms = client_now_ms(c);
	enum cs_err err;

	/* A clock that was ahead does not put it off for long. */
	if ((err = number(&next_ms, c, NEXT)) ||
	    (next_ms > now_ms && next_ms - now_ms <= LOOK_MS) ||
	    (err = own_identity(&identity, c)))
		return err;
	d.own_ends_s = identity.not_after;
	/* A single device in its good years has nothing to look for. */
	if (c->link.login.devices <= 1 &&
	    d.own_ends_s > client_now_s(c) + EARLY_S)
		return CS_OK;
	err = look(&d);
	cs_buf_free(&d.own);
	/* A hub that gives no list, or a false one, keeps nobody from their
	 * messages; "countersign devices" says what is wrong with it. */
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS) {
		c->problem[0] = '\0';
		err = cs_vault_config_set_num(
		    c->db, &c->key, NEXT, now_ms + LOOK_SOON_MS);
	}
	return err;
}

enum cs_err
cs_client_renew(struct cs_client *c, const char *words)
{
	const struct client_new_device own = { c->self.device,
		c->self.device_key.public };
	struct client_recovery_key now = { .renewed = 0 };
	struct cs_recovery recovery = { 0 };
	struct cs_sign_key key;
	struct cs_buf bytes = { 0 };
	enum cs_err err;

	if ((err = client_need_hub(c)) == CS_OK &&
	    (err = client_recovery_read(&recovery, c, words)) == CS_OK &&
	    (err = client_recovery_words_key(&key, &now, c, &recovery)) ==
		CS_OK &&
	    (err = client_credential_by_words(&bytes, c, &now, &key, &own)) ==
		CS_OK &&
	    (err = client_device_add(
		 c, cs_buf_view(&bytes), c->self.device, "")) == CS_OK)
		err = adopt(c, cs_buf_view(&bytes));
	/* The others follow at once, as far as this one may certify them. */
	if (err == CS_OK)
		err = cs_vault_config_set_num(c->db, &c->key, NEXT, 0);
	if (err == CS_OK)
		err = client_renew(c);
	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	cs_wipe(&recovery, sizeof recovery);
	cs_buf_free(&bytes);
	return err;
}
