/* SPDX-License-Identifier: MIT */
/* The devices of the user's account. */
#include <string.h>

#include "base/text.h"
#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "crypto/random.h"

/* Every device that the hub lists has to be certified by the account's key. */
static enum cs_err
read_device(struct cs_client_device *out, struct cs_client *c,
    const struct cs_wire_device *item)
{
	struct cs_device_cert cert;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if (cs_device_cert_parse(&cert, item->device_cert,
		CS_VIEW_OF(c->self.account_key.public)) != CS_OK ||
	    memcmp(cert.account, c->self.account, CS_ID_LEN) != 0)
		return client_problem(c, CS_ERR_CERT,
		    "The hub lists a device that this account has never "
		    "certified.");
	memcpy(out->id, cert.device, sizeof out->id);
	out->created_ms = item->created_ms;
	out->seen_ms = item->seen_ms;
	out->own = memcmp(cert.device, c->self.device, CS_ID_LEN) == 0;
	err = item->name.len == 0
	    ? CS_OK
	    : client_device_name_open(out->name, c, cert.device, item->name);
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
cs_client_devices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_device *d), void *arg)
{
	struct cs_wire_devices_answer answer;
	struct cs_wire_device item;
	struct cs_client_device d;
	struct cs_view rest;
	enum cs_err err;

	if ((err = fetch(c, &answer)))
		return err;
	rest = answer.devices.raw;
	while (cs_wire_next(&item, &cs_wire_device_shape, &rest)) {
		if ((err = read_device(&d, c, &item)))
			return err;
		each(arg, &d);
	}
	return CS_OK;
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

enum cs_err
cs_client_device_remove(struct cs_client *c, const uint8_t id[static CS_ID_LEN])
{
	struct cs_wire_device_remove m;
	enum cs_err err;

	memcpy(m.device, id, sizeof m.device);
	if ((err = client_call_empty(
		 c, CS_WIRE_DEVICE_REMOVE, &cs_wire_device_remove_shape, &m)))
		return err;
	if (c->link.login.devices > 1)
		c->link.login.devices--;
	return CS_OK;
}
