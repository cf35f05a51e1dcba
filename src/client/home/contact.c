/* SPDX-License-Identifier: MIT */
/*
 * People we know, and which account key is theirs.  The first key that we see
 * for a name is remembered; another one later is refused, and two people
 * compare the safety number to know that the first was right.
 */
#include <string.h>

#include "base/alloc.h"
#include "client/home/client.h"
#include "crypto/hash.h"

#define CONTACT_TABLE "contact"
#define CONTACT_VERSION 2
/* How much work a false number costs whoever looks for one that is similar. */
#define SAFETY_ROUNDS 5200

static enum cs_err
parse(struct client_contact *out, struct cs_view account, struct cs_view plain)
{
	struct cs_reader r = cs_reader(plain);
	struct cs_view handle;
	uint8_t version;

	memset(out, 0, sizeof *out);
	if (account.len != sizeof out->account)
		return CS_ERR_CORRUPT;
	memcpy(out->account, account.data, sizeof out->account);
	version = cs_read_u8(&r);
	if (version < 1 || version > CONTACT_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	handle = cs_read_vec_max(&r, CS_HANDLE_MAX);
	if (handle.len != 0)
		memcpy(out->handle, handle.data, handle.len);
	cs_read_copy(&r, out->account_key, sizeof out->account_key);
	out->state = cs_read_u8(&r);
	if (version >= 2) {
		out->state_ms = cs_read_u64(&r);
		out->changed = cs_read_u8(&r) != 0;
		cs_read_copy(&r, out->new_account, sizeof out->new_account);
		cs_read_copy(&r, out->new_key, sizeof out->new_key);
	}
	return cs_reader_end(&r) == CS_OK ? CS_OK : CS_ERR_CORRUPT;
}

static enum cs_err
append(struct cs_client *c, const struct client_contact *contact)
{
	struct client_contact *grown = cs_grow(
	    c->contacts, c->n_contacts, c->n_contacts + 1, sizeof *grown);

	if (grown == NULL)
		return CS_ERR_NOMEM;
	c->contacts = grown;
	c->contacts[c->n_contacts++] = *contact;
	return CS_OK;
}

enum cs_err
client_contacts_load(struct cs_client *c)
{
	struct cs_buf plain = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	cs_free(c->contacts, c->n_contacts * sizeof *c->contacts);
	c->contacts = NULL;
	c->n_contacts = 0;
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
client_contact_find(struct cs_client *c, const uint8_t account[static 16])
{
	for (size_t i = 0; i < c->n_contacts; i++)
		if (memcmp(c->contacts[i].account, account, 16) == 0)
			return &c->contacts[i];
	return NULL;
}

struct client_contact *
client_contact_by_handle(struct cs_client *c, const char *handle)
{
	for (size_t i = 0; i < c->n_contacts; i++)
		if (strcmp(c->contacts[i].handle, handle) == 0)
			return &c->contacts[i];
	return NULL;
}

/* Certificate and account key of a leaf's credential, checked against each
 * other at ${now_s}. */
static enum cs_err
open_credential(struct cs_credential *credential, struct cs_device_cert *cert,
    struct cs_view bytes, uint64_t now_s)
{
	enum cs_err err;

	if ((err = cs_credential_parse(credential, bytes)))
		return err;
	return cs_device_cert_verify(cert, credential->device_cert,
	    CS_VIEW_OF(credential->account_key), now_s);
}

void
client_handle_of(char *out, struct cs_view bytes)
{
	struct cs_credential credential;
	struct cs_device_cert cert;

	strcpy(out, "?"); /* holds CS_HANDLE_MAX + 1 */
	if (cs_credential_parse(&credential, bytes) != CS_OK ||
	    cs_device_cert_peek(&cert, credential.device_cert) != CS_OK)
		return;
	memcpy(out, cert.handle.data, cert.handle.len);
	out[cert.handle.len] = '\0';
}

static void
contact_of(struct client_contact *out, const struct cs_credential *credential,
    const struct cs_device_cert *cert)
{
	memset(out, 0, sizeof *out);
	memcpy(out->account, cert->account, sizeof out->account);
	memcpy(
	    out->account_key, credential->account_key, sizeof out->account_key);
	memcpy(out->handle, cert->handle.data, cert->handle.len);
}

/* Another key under a name that we know: for client_contact_warn(). */
static enum cs_err
differs(struct cs_client *c, const struct client_contact *seen)
{
	c->differs = *seen;
	return CS_ERR_CREDENTIAL;
}

/* Does it agree with what we know of this account and of this name? */
static enum cs_err
check_known(struct cs_client *c, const struct client_contact *seen)
{
	const struct client_contact *known;

	if (memcmp(seen->account, c->account, 16) == 0)
		return memcmp(seen->account_key, c->account_key.public, 32) == 0
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	if (strcmp(seen->handle, c->handle) == 0)
		return CS_ERR_CREDENTIAL;
	known = client_contact_find(c, seen->account);
	if (known == NULL)
		return client_contact_by_handle(c, seen->handle) == NULL
		    ? CS_OK
		    : differs(c, seen);
	if (strcmp(known->handle, seen->handle) != 0)
		return CS_ERR_CREDENTIAL;
	return memcmp(known->account_key, seen->account_key, 32) == 0
	    ? CS_OK
	    : differs(c, seen);
}

enum cs_err
client_check_leaf(void *arg, const struct cs_mls_auth_request *request)
{
	struct cs_view bytes = request->credential->identity;
	struct cs_client *c = arg;
	struct cs_credential credential;
	struct cs_device_cert cert;
	struct client_contact seen;
	enum cs_err err;

	if (request->credential->type != CS_MLS_CREDENTIAL_BASIC)
		return CS_ERR_CREDENTIAL;
	if (request->external_sender)
		return cs_view_equal(bytes, cs_view_str(c->hub))
		    ? CS_OK
		    : CS_ERR_CREDENTIAL;
	/* A leaf stays with its device. */
	if (request->old != NULL &&
	    !cs_view_equal(bytes, request->old->identity))
		return CS_ERR_CREDENTIAL;
	if ((err = open_credential(
		 &credential, &cert, bytes, cs_clock_ms() / 1000)))
		return err;
	if (!cs_view_equal(CS_VIEW_OF(cert.public), request->signature_key))
		return CS_ERR_CREDENTIAL;
	contact_of(&seen, &credential, &cert);
	return check_known(c, &seen);
}

enum cs_err
client_contact_learn(struct cs_client *c, struct cs_view bytes)
{
	struct cs_credential credential;
	struct cs_device_cert cert;
	struct client_contact seen;
	enum cs_err err;

	if ((err = open_credential(
		 &credential, &cert, bytes, cs_clock_ms() / 1000)))
		return err;
	contact_of(&seen, &credential, &cert);
	if ((err = check_known(c, &seen)))
		return err;
	if (memcmp(seen.account, c->account, 16) == 0 ||
	    client_contact_find(c, seen.account) != NULL)
		return CS_OK;
	if ((err = save(c, &seen)))
		return err;
	return append(c, &seen);
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

/* ---- a key that has changed --------------------------------------------- */

/* In the conversation of the two, if there is one. */
static enum cs_err
warn(struct cs_client *c, const char *handle)
{
	struct client_group g = { 0 };
	enum cs_err err = client_group_find(&g, c, handle, true);

	if (err == CS_OK || err == CS_ERR_NOT_FOUND)
		err = client_warning(c, err == CS_OK ? &g : NULL,
		    "The safety number of %s has changed: the hub shows "
		    "another key under this name. Somebody may stand in "
		    "between, or %s has a new account. Nothing is sent to the "
		    "new key before you have compared it: countersign "
		    "safety-number %s.",
		    handle, handle, handle);
	client_group_clear(&g);
	return err;
}

enum cs_err
client_contact_warn(struct cs_client *c)
{
	struct client_contact *known =
	    client_contact_by_handle(c, c->differs.handle);
	struct client_contact changed;
	enum cs_err err;

	if (known == NULL || c->differs.handle[0] == '\0')
		return CS_OK;
	/* Once for each key. */
	if (known->changed &&
	    memcmp(known->new_key, c->differs.account_key, 32) == 0)
		return CS_OK;
	changed = *known;
	changed.changed = true;
	memcpy(changed.new_account, c->differs.account, 16);
	memcpy(changed.new_key, c->differs.account_key, 32);
	if ((err = save(c, &changed)) || (err = warn(c, changed.handle)))
		return err;
	*known = changed;
	memset(&c->differs, 0, sizeof c->differs);
	return CS_OK;
}

/* ---- safety number ------------------------------------------------------ */

/* 30 digits of one side: a long iterated hash, five digits of five bytes. */
static enum cs_err
half(char out[static 31], const uint8_t account[static 16],
    const uint8_t key[static 32])
{
	static const char label[] = "countersign/safety/v1";
	uint8_t hash[32];
	const struct cs_view start[] = { cs_view_str(label), { account, 16 },
		{ key, 32 } };
	const struct cs_view round[] = { { hash, 32 }, { key, 32 } };
	enum cs_err err;

	err = cs_hash_parts(hash, CS_SHA256, start, 3);
	for (unsigned i = 0; err == CS_OK && i < SAFETY_ROUNDS; i++)
		err = cs_hash_parts(hash, CS_SHA256, round, 2);
	for (unsigned i = 0; err == CS_OK && i < 6; i++) {
		uint64_t x = 0;

		for (unsigned k = 0; k < 5; k++)
			x = x << 8 | hash[5 * i + k];
		x %= 100000;
		for (unsigned k = 5; k-- > 0; x /= 10)
			out[5 * i + k] = (char)('0' + x % 10);
	}
	out[30] = '\0';
	return err;
}

static enum cs_err
number(struct cs_client *c, const uint8_t account[static 16],
    const uint8_t key[static 32], char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	char ours[31], theirs[31];
	bool first;
	enum cs_err err;

	if ((err = half(ours, c->account, c->account_key.public)) ||
	    (err = half(theirs, account, key)))
		return err;
	/* Both sides see the same: the smaller half first. */
	first = strcmp(ours, theirs) < 0;
	memcpy(out, first ? ours : theirs, 30);
	memcpy(out + 30, first ? theirs : ours, 31);
	return CS_OK;
}

enum cs_err
cs_client_safety_number(struct cs_client *c, const char *handle,
    char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	const struct client_contact *peer = client_contact_by_handle(c, handle);

	if (peer == NULL)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "You have not met %s yet: send a message first.", handle);
	return number(c, peer->account, peer->account_key, out);
}

enum cs_err
cs_client_new_safety_number(struct cs_client *c, const char *handle,
    char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	const struct client_contact *peer = client_contact_by_handle(c, handle);

	if (peer == NULL || !peer->changed)
		return client_problem(c, CS_ERR_NOT_FOUND,
		    "The key of %.40s has not changed.", handle);
	return number(c, peer->new_account, peer->new_key, out);
}

enum cs_err
cs_client_contacts(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_contact *contact), void *arg)
{
	for (size_t i = 0; i < c->n_contacts; i++) {
		const struct client_contact *known = &c->contacts[i];
		const struct cs_client_contact shown = {
			.handle = known->handle,
			.accepted = known->state == CONTACT_ACCEPTED,
			.blocked = known->state == CONTACT_BLOCKED,
			.changed = known->changed,
		};

		each(arg, &shown);
	}
	return CS_OK;
}
