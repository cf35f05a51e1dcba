/* SPDX-License-Identifier: MIT */
/* The devices of the user's account. */
#include "client/account/device.h"

#include <string.h>

#include "base/text.h"
#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/credential.h"
#include "client/home/problem.h"
#include "client/home/recovery_key.h"
#include "client/hub/call.h"
#include "crypto/random.h"
#include "franking/revocation.h"

/* Every device that the hub lists has to be certified by keys of the account;
 * for how long shows by itself. */
static enum cs_err
read_device(struct client_listed *out, struct cs_buf *hold, struct cs_client *c,
    const struct cs_wire_device *item)
{
	struct cs_client_device *shown = &out->shown;
	struct cs_credential credential;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	cs_buf_reset(hold);
	if ((err = cs_credential_parse(
		 &credential, cs_buf_view(&c->self.credential))) == CS_OK &&
	    (err = cs_credential_parse_devices(&credential, item->devices)) ==
		CS_OK &&
	    (err = cs_credential_write(hold, &credential)) == CS_OK)
		err = cs_identity_prove(&out->identity, cs_buf_view(hold),
		    CS_VIEW_OF(c->self.root));
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return client_problem(c, CS_ERR_CERT,
		    "The hub lists a device that this account has never "
		    "certified.");
	if (err)
		return err;
	out->credential = cs_buf_view(hold);
	memcpy(shown->id, out->identity.device.device, sizeof shown->id);
	shown->created_ms = item->created_ms;
	shown->seen_ms = item->seen_ms;
	shown->ends_ms = out->identity.not_after * CS_SECOND_MS;
	shown->own = memcmp(shown->id, c->self.device, CS_ID_LEN) == 0;
	if (out->identity.n > 1)
		memcpy(shown->let_in_by,
		    out->identity.chain[out->identity.n - 2], CS_ID_LEN);
	shown->by_recovery_key = cs_recovery_id(shown->let_in_by);
	err = item->name.len == 0
	    ? CS_OK
	    : client_device_name_open(shown->name, c, shown->id, item->name);
	/* A name that does not open was not given by this account, and is left
	 * out. */
	return err && cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
}

static enum cs_err
fetch(struct cs_client *c, struct cs_wire_devices_answer *answer)
{
	const struct cs_wire_empty empty = { 0 };
	enum cs_err err = client_need_hub(c);

	return err ? err
		   : client_call(c, CS_WIRE_DEVICES, &cs_wire_empty_shape,
			 &empty, &cs_wire_devices_answer_shape, answer);
}

enum cs_err
client_devices_each(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct client_listed *d), void *arg)
{
	struct cs_wire_devices_answer answer;
	struct cs_wire_device item;
	struct client_listed d;
	struct cs_buf hold = { 0 };
	struct cs_view rest;
	enum cs_err err;

	if ((err = fetch(c, &answer)))
		return err;
	rest = answer.devices.raw;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_device_shape, &rest) &&
	    (err = read_device(&d, &hold, c, &item)) == CS_OK)
		err = each(arg, &d);
	cs_buf_free(&hold);
	return err;
}

struct showing {
	void (*each)(void *arg, const struct cs_client_device *d);
	void *arg;
};

static enum cs_err
show(void *arg, const struct client_listed *d)
{
	const struct showing *s = arg;

	s->each(s->arg, &d->shown);
	return CS_OK;
}

enum cs_err
cs_client_devices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_device *d), void *arg)
{
	struct showing s = { each, arg };

	return client_devices_each(c, show, &s);
}

struct search {
	const char *prefix;
	struct cs_client_device *out;
	unsigned n;
};

static void
compare(void *arg, const struct cs_client_device *d)
{
	struct search *s = arg;
	char hex[2 * CS_ID_LEN + 1];

	cs_hex(hex, CS_VIEW_OF(d->id));
	if (strncmp(hex, s->prefix, strlen(s->prefix)) != 0)
		return;
	s->n++;
	*s->out = *d;
}

enum cs_err
cs_client_device_find(
    struct cs_client *c, const char *prefix, struct cs_client_device *out)
{
	struct search s = { prefix, out, 0 };
	enum cs_err err;

	if (strlen(prefix) < 4)
		return client_problem(c, CS_ERR_FORMAT,
		    "Give at least 4 characters of the device's id, as "
		    "\"countersign devices\" shows it.");
	if ((err = cs_client_devices(c, compare, &s)))
		return err;
	if (s.n == 0)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "No device of yours has an id that begins with %.32s.",
		    prefix);
	if (s.n > 1)
		return client_problem(c, CS_ERR_EXISTS,
		    "More than one id begins with %.32s: give more of it.",
		    prefix);
	return CS_OK;
}

/* ---- adding ------------------------------------------------------------- */

enum cs_err
client_device_add(struct cs_client *c, struct cs_view credential,
    const uint8_t device[static CS_ID_LEN], const char *name)
{
	struct cs_wire_device_add m;
	struct cs_credential parsed;
	struct cs_buf sealed = { 0 }, devices = { 0 };
	enum cs_err err;

	if ((err = cs_credential_parse(&parsed, credential)) == CS_OK &&
	    (err = cs_credential_write_devices(&devices, &parsed)) == CS_OK &&
	    (err = client_device_name_seal(&sealed, c, device, name)) ==
		CS_OK) {
		m.devices = cs_buf_view(&devices);
		m.name = cs_buf_view(&sealed);
		err = client_call_empty(
		    c, CS_WIRE_DEVICE_ADD, &cs_wire_device_add_shape, &m);
	}
	cs_buf_free(&sealed);
	cs_buf_free(&devices);
	return err;
}

/* ---- removing ----------------------------------------------------------- */

struct keeping {
	struct cs_revocation *out;
	uint64_t since_ms;
};

static enum cs_err
keep(void *arg, const struct client_listed *d)
{
	const struct keeping *k = arg;

	if (d->shown.by_recovery_key || d->shown.created_ms >= k->since_ms ||
	    memcmp(d->shown.let_in_by, k->out->device, CS_ID_LEN) != 0)
		return CS_OK;
	return cs_revocation_keep(
	    k->out, d->shown.id, d->identity.device.public);
}

/* Which devices that ${out->device} let in stay: those that came before
 * ${since_ms}. */
static enum cs_err
find_kept(struct cs_revocation *out, struct cs_client *c, uint64_t since_ms)
{
	struct keeping k = { out, since_ms };

	return client_devices_each(c, keep, &k);
}

static enum cs_err
sign(struct cs_buf *out, struct cs_client *c,
    const struct cs_revocation *revocation)
{
	struct client_recovery_key now;
	struct cs_sign_key key;
	enum cs_err err = client_recovery_key_kept(&key, &now, c);

	if (err == CS_OK)
		err = client_recovery_key_ends(out, c, revocation, &now, &key);
	else if (err == CS_ERR_NOT_FOUND)
		err = cs_revocation_make(out, revocation,
		    cs_buf_view(&c->self.credential), &c->self.device_key);
	client_recovery_key_clear(&now);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
cs_client_device_remove(
    struct cs_client *c, const uint8_t id[static CS_ID_LEN], uint64_t since_ms)
{
	struct cs_revocation revocation = { .at_ms = client_now_ms(c) };
	struct cs_wire_device_remove m = { .revocations = { .n = 0 } };
	struct cs_buf bytes = { 0 }, list = { 0 };
	struct cs_wire_revocation item;
	enum cs_err err;

	memcpy(revocation.account, c->self.account, CS_ID_LEN);
	memcpy(revocation.device, id, CS_ID_LEN);
	if ((err = find_kept(&revocation, c, since_ms)) == CS_OK &&
	    (err = sign(&bytes, c, &revocation)) == CS_OK) {
		item.revocation = cs_buf_view(&bytes);
		err = cs_wire_list_add(
		    &list, &m.revocations.n, &cs_wire_revocation_shape, &item);
	}
	m.revocations.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = client_call_empty(
		    c, CS_WIRE_DEVICE_REMOVE, &cs_wire_device_remove_shape, &m);
	cs_buf_free(&bytes);
	cs_buf_free(&list);
	if (err)
		return err;
	c->link.revocations_due = true;
	if (c->link.login.devices > 1)
		c->link.login.devices--;
	return CS_OK;
}
