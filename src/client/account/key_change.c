/* SPDX-License-Identifier: MIT */
/*
 * Safety numbers, and what happens when the hub shows another key for somebody
 * who is known: the user is warned, and nothing is sent before they accept the
 * key.
 */
#include "client/account/key_change.h"

#include <string.h>

#include "client/account/share.h"
#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/home/contact.h"
#include "client/home/find.h"
#include "client/home/group.h"
#include "client/home/message.h"
#include "client/home/outbox.h"
#include "client/home/problem.h"
#include "crypto/hash.h"
#include "crypto/random.h"

/* Rounds of hashing, which make it expensive to search for a key with a similar
 * number. */
#define SAFETY_ROUNDS 5200

/* Say it in the conversation with ${handle}, if there is one. */
static enum cs_err
warn(struct cs_client *c, const char *handle)
{
	struct client_group g = { 0 };
	struct client_meant meant;
	enum cs_err err = client_find_direct(&meant, c, handle);

	if (err == CS_OK)
		err = client_meant_load_meta(&g, c, &meant);
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
client_contact_warn(struct cs_client *c, const struct client_contact *differs)
{
	struct client_contact *known =
	    client_contact_by_handle(c, differs->handle);
	enum cs_err err;

	if (known == NULL || differs->handle[0] == '\0')
		return CS_OK;
	/* Each key is warned of once. */
	if (known->changed &&
	    memcmp(known->new_key, differs->account_key, CS_KEY_LEN) == 0)
		return CS_OK;
	err = client_contact_set_new_key(c, known, differs);
	return err ? err : warn(c, known->handle);
}

/* Compute the 30 digits of one side: an iterated hash, of which every five
 * bytes give five digits. */
static enum cs_err
half(char out[static 31], const uint8_t account[static CS_ID_LEN],
    const uint8_t key[static CS_KEY_LEN])
{
	static const char label[] = "countersign/safety/v1";
	uint8_t hash[CS_HASH_LEN];
	const struct cs_view start[] = { cs_view_str(label),
		{ account, CS_ID_LEN }, { key, CS_KEY_LEN } };
	const struct cs_view round[] = { { hash, CS_HASH_LEN },
		{ key, CS_HASH_LEN } };
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
number(struct cs_client *c, const uint8_t account[static CS_ID_LEN],
    const uint8_t key[static CS_KEY_LEN],
    char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	char ours[31], theirs[31];
	bool first;
	enum cs_err err;

	if ((err = half(ours, c->self.account, c->self.account_key)) ||
	    (err = half(theirs, account, key)))
		return err;
	/* The smaller half goes first, so that both people see the same number.
	 */
	first = strcmp(ours, theirs) < 0;
	memcpy(out, first ? ours : theirs, 30);
	memcpy(out + 30, first ? theirs : ours, 31);
	return CS_OK;
}

/* Find whom ${typed} means, if something of them was seen. */
static enum cs_err
find_met(struct client_contact **out, struct cs_client *c, const char *typed)
{
	char handle[CS_HANDLE_MAX + 1];
	enum cs_err err = client_find_person(handle, c, typed);

	*out = NULL;
	if (err)
		return err;
	*out = client_contact_by_handle(c, handle);
	return *out != NULL && !client_contact_is_name(*out)
	    ? CS_OK
	    : client_problem(c, CS_ERR_NOT_FOUND,
		  "You have not met %s yet: send a message first.", handle);
}

/* The same of somebody with a new key. */
static enum cs_err
find_changed(
    struct client_contact **out, struct cs_client *c, const char *typed)
{
	enum cs_err err = find_met(out, c, typed);

	return err || (*out)->changed
	    ? err
	    : client_problem(c, CS_ERR_NOT_FOUND,
		  "The key of %s has not changed.", (*out)->handle);
}

enum cs_err
cs_client_safety_number(struct cs_client *c, const char *typed,
    char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	struct client_contact *peer;
	enum cs_err err = find_met(&peer, c, typed);

	return err ? err : number(c, peer->account, peer->account_key, out);
}

enum cs_err
cs_client_new_safety_number(struct cs_client *c, const char *typed,
    char out[static CS_CLIENT_SAFETY_DIGITS + 1])
{
	struct client_contact *peer;
	enum cs_err err = find_changed(&peer, c, typed);

	return err ? err : number(c, peer->new_account, peer->new_key, out);
}

static enum cs_err
end_direct(struct cs_client *c, struct client_group *g, void *arg)
{
	const char *handle = arg;
	enum cs_err err;

	if (!g->direct || strcmp(g->name, handle) != 0 || client_group_over(g))
		return CS_OK;
	g->state = CS_CLIENT_LEFT;
	if ((err = client_outbox_drop(c, g)))
		return err;
	return client_group_store(c, g);
}

enum cs_err
client_contact_renew(struct cs_client *c, struct client_contact *contact,
    const struct client_contact *by)
{
	enum cs_err err = client_contact_replace(c, contact, by);

	if (err == CS_OK)
		err = client_group_each(c, end_direct, contact->handle);
	return err ? err
		   : client_warning(c, NULL,
			 "The new key of %s was accepted. Your next message to "
			 "them begins a new conversation.",
			 contact->handle);
}

enum cs_err
cs_client_accept_new_key(struct cs_client *c, const char *typed)
{
	struct client_contact *contact;
	struct client_contact by;
	enum cs_err err;

	if ((err = find_changed(&contact, c, typed)))
		return err;
	by = *contact;
	memcpy(by.account, contact->new_account, sizeof by.account);
	memcpy(by.account_key, contact->new_key, sizeof by.account_key);
	memset(by.new_account, 0, sizeof by.new_account);
	memset(by.new_key, 0, sizeof by.new_key);
	by.changed = false;
	by.state = CONTACT_ACCEPTED;
	by.state_ms = client_now_ms(c);
	if ((err = client_need_hub(c)) ||
	    (err = client_contact_share(c, &by)) || (err = cs_db_begin(c->db)))
		return err;
	err = client_contact_renew(c, contact, &by);
	return cs_db_end(c->db, err);
}
