/* SPDX-License-Identifier: MIT */
/*
 * What the devices of an account tell one another through the hub: names of
 * devices, decisions about contacts.  Sealed under a key of the account, so
 * that the hub can neither read nor make any; the time inside keeps it from
 * bringing back an old one.
 */
#include <string.h>

#include "client/home/client.h"
#include "crypto/hash.h"

#define NOTE_VERSION 1
#define CONTACT_PLACE "countersign/contact-note/v1"

static enum cs_err
account_seal_key(struct cs_seal_key *out, const struct cs_client *c)
{
	static const char label[] = "countersign/account-notes/v1";
	uint8_t prk[CS_SHA256_LEN];
	enum cs_err err;

	if ((err = cs_hkdf_extract(prk, CS_SHA256, cs_view_str(label),
		 CS_VIEW_OF(c->account_key.seed))) == CS_OK)
		err = cs_hkdf_expand(out->b, sizeof out->b, CS_SHA256,
		    CS_VIEW_OF(prk), CS_VIEW_OF(c->account));
	cs_wipe(prk, sizeof prk);
	return err;
}

enum cs_err
client_account_seal(struct cs_buf *out, const struct cs_client *c,
    const char *place, struct cs_view plain)
{
	struct cs_seal_key key;
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = account_seal_key(&key, c)) == CS_OK)
		err = cs_seal(out, &key, cs_view_str(place), plain);
	cs_wipe(&key, sizeof key);
	return err;
}

enum cs_err
client_account_open(struct cs_buf *out, const struct cs_client *c,
    const char *place, struct cs_view sealed)
{
	struct cs_seal_key key;
	enum cs_err err;

	cs_buf_reset(out);
	if ((err = account_seal_key(&key, c)) == CS_OK)
		err = cs_unseal(out, &key, cs_view_str(place), sealed);
	cs_wipe(&key, sizeof key);
	return err;
}

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

static enum cs_err
note_read(struct client_contact *out, const struct cs_client *c,
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

/* What another device decided, unless we know better. */
static enum cs_err
take(struct cs_client *c, const struct client_contact *said)
{
	struct client_contact *known =
	    client_contact_by_handle(c, said->handle);

	if (known == NULL)
		return client_contact_find(c, said->account) == NULL
		    ? client_contact_add(c, said)
		    : CS_OK;
	if (known->state_ms >= said->state_ms)
		return CS_OK;
	if (memcmp(known->account, said->account, 16) != 0 ||
	    memcmp(known->account_key, said->account_key, 32) != 0)
		return client_contact_renew(c, known, said);
	return client_contact_decide(c, known, said->state, said->state_ms);
}

static enum cs_err
take_all(struct cs_client *c, struct cs_view rest)
{
	struct cs_wire_contact_note item;
	struct client_contact said;
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	while (err == CS_OK &&
	    cs_wire_next(&item, &cs_wire_contact_note_shape, &rest)) {
		err = note_read(&said, c, item.note);
		if (err == CS_OK)
			err = take(c, &said);
		/* What does not open is not ours. */
		else if (cs_err_class(err) == CS_ERR_CLASS_THEIRS)
			err = CS_OK;
	}
	if (err == CS_OK)
		err = cs_db_commit(c->db);
	if (err)
		cs_db_rollback(c->db);
	return err;
}

enum cs_err
client_notes_fetch(struct cs_client *c)
{
	const struct cs_wire_empty empty = { 0 };
	struct cs_wire_contacts_answer answer;
	enum cs_err err;

	/* Nobody else could have written any. */
	if (c->login.devices < 2)
		return CS_OK;
	if ((err = client_call(c, CS_WIRE_CONTACTS, &cs_wire_empty_shape,
		 &empty, &cs_wire_contacts_answer_shape, &answer)))
		return err;
	return take_all(c, answer.contacts.raw);
}
