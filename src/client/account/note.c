/* SPDX-License-Identifier: MIT */
/*
 * Notes about contacts that the devices of an account pass one another through
 * the hub.  They are sealed under a key of the account, so the hub can neither
 * read nor forge one, and each carries its time, so the hub cannot bring back
 * an old one.
 */
#include "client/account/note.h"

#include <string.h>

#include "client/account/seal.h"
#include "client/home/client.h"

#define NOTE_VERSION 1
#define CONTACT_PLACE "countersign/contact-note/v1"

/* ---- contacts ----------------------------------------------------------- */

enum cs_err
client_note_write(struct cs_buf *out, const struct cs_client *c,
    const struct client_contact *contact)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, NOTE_VERSION);
	cs_write_bytes(&w, CS_VIEW_OF(contact->account));
	cs_write_vec(&w, cs_view_str(contact->handle));
	cs_write_bytes(&w, CS_VIEW_OF(contact->account_key));
	cs_write_u8(&w, (uint8_t)contact->state);
	cs_write_u64(&w, contact->state_ms);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = client_account_seal(
		    out, c, CONTACT_PLACE, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

enum cs_err
client_note_read(struct client_contact *out, const struct cs_client *c,
    struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	struct cs_reader r;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = client_account_open(&plain, c, CONTACT_PLACE, sealed)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != NOTE_VERSION)
		cs_reader_fail(&r, CS_ERR_VERSION);
	cs_read_copy(&r, out->account, sizeof out->account);
	cs_read_string(&r, out->handle, sizeof out->handle);
	cs_read_copy(&r, out->account_key, sizeof out->account_key);
	out->state = cs_read_u8(&r);
	out->state_ms = cs_read_u64(&r);
	if (out->state > CONTACT_BLOCKED)
		cs_reader_fail(&r, CS_ERR_FORMAT);
	err = cs_reader_end(&r);
out:
	cs_buf_free(&plain);
	return err;
}
