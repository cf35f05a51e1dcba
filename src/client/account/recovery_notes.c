/* SPDX-License-Identifier: MIT */
#include "client/account/recovery_notes.h"

#include <string.h>

#include "client/home/client.h"

#define PLACE "countersign/recovery-notes/v1"
#define VERSION 1

enum cs_err
client_recovery_notes_seal(struct cs_buf *out, const struct cs_client *c,
    const struct cs_seal_key *key)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account_key));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.account_notes.b));
	if ((err = cs_writer_end(&w)) == CS_OK)
		err =
		    cs_seal(out, key, cs_view_str(PLACE), cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_recovery_notes_open(struct client_recovery_notes *out,
    const struct cs_seal_key *key, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = cs_unseal(&plain, key, cs_view_str(PLACE), sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	cs_read_copy(&r, out->account, sizeof out->account);
	cs_read_copy(&r, out->account_key, sizeof out->account_key);
	cs_read_copy(&r, out->notes.b, sizeof out->notes.b);
	err = cs_reader_end(&r);
out:
	cs_buf_free(&plain);
	return err;
}
