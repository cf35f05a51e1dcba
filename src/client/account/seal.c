/* SPDX-License-Identifier: MIT */
/* Sealing for the devices of the account, and the names of those devices. */
#include "client/account/seal.h"

#include "base/text.h"
#include "client/home/client.h"

#define NAME_PLACE "countersign/device-name/v1"

bool
client_device_name_valid(const char *name)
{
	struct cs_view v = cs_view_str(name);

	if (v.len == 0 || v.len > CS_CLIENT_DEVICE_NAME_MAX ||
	    !cs_utf8_valid(v))
		return false;
	for (size_t i = 0; i < v.len; i++)
		if (v.data[i] < 0x20 || v.data[i] == 0x7f)
			return false;
	return true;
}

enum cs_err
client_device_name_seal(struct cs_buf *out, const struct cs_client *c,
    const uint8_t device[static CS_ID_LEN], const char *name)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_bytes(&w, cs_view(device, CS_ID_LEN));
	cs_write_vec(&w, cs_view_str(name));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = client_account_seal(
		    out, c, NAME_PLACE, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_device_name_open(char out[static CS_CLIENT_DEVICE_NAME_MAX + 1],
    const struct cs_client *c, const uint8_t device[static CS_ID_LEN],
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err;

	out[0] = '\0';
	if ((err = client_account_open(&plain, c, NAME_PLACE, sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (!cs_view_equal(
		cs_read_bytes(&r, CS_ID_LEN), cs_view(device, CS_ID_LEN)))
		cs_reader_fail(&r, CS_ERR_MISMATCH);
	cs_read_string(&r, out, CS_CLIENT_DEVICE_NAME_MAX + 1);
	if ((err = cs_reader_end(&r)) == CS_OK &&
	    !client_device_name_valid(out))
		err = CS_ERR_FORMAT;
	if (err)
		out[0] = '\0';
out:
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_account_seal(struct cs_buf *out, const struct cs_client *c,
    const char *place, struct cs_view plain)
{
	cs_buf_reset(out);
	return cs_seal(out, &c->self.account_notes, cs_view_str(place), plain);
}

enum cs_err
client_account_open(struct cs_buf *out, const struct cs_client *c,
    const char *place, struct cs_view sealed)
{
	cs_buf_reset(out);
	return cs_unseal(
	    out, &c->self.account_notes, cs_view_str(place), sealed);
}
