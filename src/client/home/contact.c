/* SPDX-License-Identifier: MIT */
/*
 * The people the user knows, and the account key of each.  The first key seen
 * for a name is remembered and another one is refused later; by comparing the
 * safety number, two people learn that the first one was right.
 */
#include "client/home/contact.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "client/home/alias.h"
#include "client/home/client.h"
#include "crypto/hash.h"
#include "crypto/random.h"

#define CONTACT_TABLE "contact"
#define CONTACT_VERSION 1

static enum cs_err
parse(struct client_contact *out, struct cs_view account, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	struct cs_view handle;

	memset(out, 0, sizeof *out);
	if (account.len != sizeof out->account)
		return CS_ERR_CORRUPT;
	memcpy(out->account, account.data, sizeof out->account);
	if (cs_read_u8(&r) != CONTACT_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	handle = cs_read_vec_max(&r, CS_HANDLE_MAX);
	if (handle.len != 0)
		memcpy(out->handle, handle.data, handle.len);
	cs_read_copy(&r, out->account_key, sizeof out->account_key);
	out->state = cs_read_u8(&r);
	out->state_ms = cs_read_u64(&r);
	out->changed = cs_read_u8(&r) != 0;
	cs_read_copy(&r, out->new_account, sizeof out->new_account);
	cs_read_copy(&r, out->new_key, sizeof out->new_key);
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
append(struct cs_client *c, const struct client_contact *contact)
{
	struct client_contact *grown = cs_grow(
	    c->contacts.v, c->contacts.n, c->contacts.n + 1, sizeof *grown);

	if (grown == NULL)
		return CS_ERR_NOMEM;
	c->contacts.v = grown;
	c->contacts.v[c->contacts.n++] = *contact;
	return CS_OK;
}

enum cs_err
client_contacts_load(struct cs_client *c)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	cs_free(c->contacts.v, c->contacts.n * sizeof *c->contacts.v);
	c->contacts.v = NULL;
	c->contacts.n = 0;
	err = cs_db_query(&rows, c->db, "SELECT account,sealed FROM contact");
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct cs_view account = cs_col_blob(&rows, 0);
		struct client_contact contact;

		if ((err = cs_vault_open(&plain, &c->key, CONTACT_TABLE,
			 account, cs_col_blob(&rows, 1))) == CS_OK &&
		    (err = parse(&contact, account, cs_buf_view(&plain))) ==
			CS_OK)
			err = append(c, &contact);
	}
	cs_buf_free(&plain);
	return cs_rows_end(&rows, err);
}

static enum cs_err
save(struct cs_client *c, const struct client_contact *contact)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, CONTACT_VERSION);
	cs_write_vec(&w, cs_view_str(contact->handle));
	cs_write_bytes(&w, CS_VIEW_OF(contact->account_key));
	cs_write_u8(&w, (uint8_t)contact->state);
	cs_write_u64(&w, contact->state_ms);
	cs_write_u8(&w, contact->changed);
	cs_write_bytes(&w, CS_VIEW_OF(contact->new_account));
	cs_write_bytes(&w, CS_VIEW_OF(contact->new_key));
	if ((err = cs_writer_end(&w)) == CS_OK &&
	    (err = cs_vault_seal(&sealed, &c->key, CONTACT_TABLE,
		 CS_VIEW_OF(contact->account), cs_buf_view(&plain))) == CS_OK)
		err = cs_db_exec(c->db,
		    "INSERT INTO contact(account,sealed) VALUES(?,?)"
		    " ON CONFLICT(account) DO UPDATE SET "
		    "sealed=excluded.sealed",
		    cs_blob(CS_VIEW_OF(contact->account)),
		    cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

struct client_contact *
client_contact_find(
    struct cs_client *c, const uint8_t account[static CS_ID_LEN])
{
	for (size_t i = 0; i < c->contacts.n; i++)
		if (memcmp(c->contacts.v[i].account, account, CS_ID_LEN) == 0)
			return &c->contacts.v[i];
	return NULL;
}

struct client_contact *
client_contact_by_handle(struct cs_client *c, const char *handle)
{
	for (size_t i = 0; i < c->contacts.n; i++)
		if (strcmp(c->contacts.v[i].handle, handle) == 0)
			return &c->contacts.v[i];
	return NULL;
}

bool
client_contact_is_name(const struct client_contact *contact)
{
	return cs_view_is_zero(CS_VIEW_OF(contact->account_key));
}

enum cs_err
client_contact_of_name(struct client_contact *out, const char *handle)
{
	const struct cs_view parts[] = { cs_view_str("countersign/named/v1"),
		cs_view_str(handle) };
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err = cs_hash_parts(hash, CS_SHA256, parts, 2);

	memset(out, 0, sizeof *out);
	memcpy(out->account, hash, sizeof out->account);
	snprintf(out->handle, sizeof out->handle, "%s", handle);
	return err;
}

enum cs_err
client_contact_set_state(struct cs_client *c, struct client_contact *contact,
    enum client_contact_state state, uint64_t at_ms)
{
	struct client_contact changed = *contact;
	enum cs_err err;

	changed.state = state;
	changed.state_ms = at_ms;
	if ((err = save(c, &changed)) == CS_OK)
		*contact = changed;
	return err;
}

enum cs_err
client_contact_set_new_key(struct cs_client *c, struct client_contact *contact,
    const struct client_contact *seen)
{
	struct client_contact changed = *contact;
	enum cs_err err;

	changed.changed = true;
	memcpy(changed.new_account, seen->account, CS_ID_LEN);
	memcpy(changed.new_key, seen->account_key, CS_KEY_LEN);
	if ((err = save(c, &changed)) == CS_OK)
		*contact = changed;
	return err;
}

enum cs_err
client_contact_add(struct cs_client *c, const struct client_contact *contact)
{
	enum cs_err err = save(c, contact);

	return err ? err : append(c, contact);
}

enum cs_err
client_contact_replace(struct cs_client *c, struct client_contact *contact,
    const struct client_contact *by)
{
	enum cs_err err;

	if ((err = cs_db_exec(c->db, "DELETE FROM contact WHERE account=?",
		 cs_blob(CS_VIEW_OF(contact->account)))) ||
	    (err = save(c, by)))
		return err;
	*contact = *by;
	return CS_OK;
}

enum cs_err
cs_client_contacts(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_contact *contact), void *arg)
{
	for (size_t i = 0; i < c->contacts.n; i++) {
		const struct client_contact *known = &c->contacts.v[i];
		const struct cs_client_contact shown = {
			.handle = known->handle,
			.account = known->account,
			.alias = client_alias_of_person(c, known->account),
			.met = !client_contact_is_name(known),
			.accepted = known->state == CONTACT_ACCEPTED,
			.blocked = known->state == CONTACT_BLOCKED,
			.changed = known->changed,
		};

		each(arg, &shown);
	}
	return CS_OK;
}
