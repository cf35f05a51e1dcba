/* SPDX-License-Identifier: MIT */
/*
 * Accounts that the operator took out of a conversation because of a decision
 * of the report desk.  When the desk takes the decision back, such an account
 * may come in again by itself, and the members let it in because they remember
 * it.  The user's own account keeps its row: each of its devices comes back by
 * itself, after it has read what was sent before.
 */
#include "client/home/away.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/contact.h"
#include "client/home/group.h"

/* Each handle has one account: see leaf.c. */
static enum cs_err
account_of(struct cs_view *out, struct cs_client *c, const char *handle)
{
	const struct client_contact *contact =
	    client_contact_by_handle(c, handle);

	if (strcmp(handle, c->self.handle) == 0) {
		*out = CS_VIEW_OF(c->self.account);
		return CS_OK;
	}
	if (contact == NULL)
		return CS_ERR_NOT_FOUND;
	*out = CS_VIEW_OF(contact->account);
	return CS_OK;
}

enum cs_err
client_away_add(
    struct cs_client *c, const struct client_group *g, const char *handle)
{
	struct cs_view account;
	enum cs_err err = account_of(&account, c, handle);

	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_OK : err;
	return cs_db_exec(c->db,
	    "INSERT INTO away(grp,account) VALUES(?,?)"
	    " ON CONFLICT(grp,account) DO NOTHING",
	    cs_blob(client_group_id(g)), cs_blob(account));
}

enum cs_err
client_away_find(bool *out, struct cs_client *c, const struct client_group *g,
    const char *handle)
{
	struct cs_view account;
	uint64_t n = 0;
	enum cs_err err = account_of(&account, c, handle);

	if (err == CS_OK)
		err = cs_db_get_int(&n, c->db,
		    "SELECT COUNT(*) FROM away WHERE grp=? AND account=?",
		    cs_blob(client_group_id(g)), cs_blob(account));
	*out = err == CS_OK && n != 0;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_away_end(
    struct cs_client *c, const struct client_group *g, const char *handle)
{
	struct cs_view account;
	enum cs_err err = account_of(&account, c, handle);

	if (err)
		return err == CS_ERR_NOT_FOUND ? CS_OK : err;
	return cs_db_exec(c->db, "DELETE FROM away WHERE grp=? AND account=?",
	    cs_blob(client_group_id(g)), cs_blob(account));
}
