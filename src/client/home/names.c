/* SPDX-License-Identifier: MIT */
#include "client/home/names.h"

#include <string.h>

#include "client/home/clock.h"
#include "client/home/contact.h"
#include "crypto/hash.h"
#include "franking/credential.h"

#define KEY "names-key" /* a setting of the home */

enum cs_err
client_names_met(struct cs_client *c, const uint8_t account[static CS_ID_LEN],
    struct cs_view bytes)
{
	struct cs_credential credential;
	uint8_t value[CS_HASH_LEN];
	enum cs_err err;

	if ((err = cs_credential_parse(&credential, bytes)) ||
	    (err = cs_sha256(value, credential.account_cert)))
		return err;
	return cs_db_exec(c->db,
	    "INSERT INTO name_check(account,value,met) VALUES(?,?,?)"
	    " ON CONFLICT(account) DO NOTHING",
	    cs_blob(cs_view(account, CS_ID_LEN)), cs_blob(CS_VIEW_OF(value)),
	    cs_int(client_now_ms(c)));
}

static enum cs_err
own(struct client_name *out, struct cs_client *c)
{
	enum cs_err err = cs_db_begin(c->db);
	struct cs_rows row;

	if (err)
		return err;
	err = cs_db_end_as(c->db,
	    client_names_met(
		c, c->self.account, cs_buf_view(&c->self.credential)),
	    CS_DB_SAFE);
	if (err)
		return err;
	err = cs_db_row(&row, c->db,
	    "SELECT account,value FROM name_check WHERE account=?",
	    cs_blob(CS_VIEW_OF(c->self.account)));
	if (err == CS_OK) {
		cs_col_copy(&row, 0, out->account, sizeof out->account);
		cs_col_copy(&row, 1, out->value, sizeof out->value);
	}
	return cs_rows_end(&row, err);
}

enum cs_err
client_names_due(bool *due, struct cs_client *c)
{
	uint64_t asked = 0, now = client_now_ms(c);
	enum cs_err err = cs_db_get_int(&asked, c->db,
	    "SELECT asked FROM name_check WHERE account=?",
	    cs_blob(CS_VIEW_OF(c->self.account)));

	/* A clock that was set back hides nothing. */
	*due = asked > now || now - asked >= CS_MINUTE_MS;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_names_next(
    struct client_name *out, size_t *n, size_t most, struct cs_client *c)
{
	struct cs_rows rows;
	enum cs_err err = own(&out[0], c);

	*n = 1;
	if (err)
		return err;
	err = cs_db_query(&rows, c->db,
	    "SELECT account,value FROM name_check WHERE shown=0 AND account<>?"
	    " ORDER BY asked LIMIT ?",
	    cs_blob(CS_VIEW_OF(c->self.account)), cs_int(most - 1));
	while (err == CS_OK && cs_rows_next(&rows)) {
		struct client_name *name = &out[(*n)++];

		cs_col_copy(&rows, 0, name->account, sizeof name->account);
		cs_col_copy(&rows, 1, name->value, sizeof name->value);
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
client_names_note(
    struct cs_client *c, const struct client_name *name, bool shown)
{
	uint64_t now = client_now_ms(c);

	return cs_db_exec(c->db,
	    "UPDATE name_check SET asked=?,shown=? WHERE account=?",
	    cs_int(now), cs_int(shown ? now : 0),
	    cs_blob(CS_VIEW_OF(name->account)));
}

const char *
client_names_handle(
    struct cs_client *c, const uint8_t account[static CS_ID_LEN])
{
	const struct client_contact *contact;

	if (cs_view_equal(
		CS_VIEW_OF(c->self.account), cs_view(account, CS_ID_LEN)))
		return c->self.handle;
	contact = client_contact_find(c, account);
	return contact != NULL ? contact->handle : NULL;
}

enum cs_err
client_names_key(struct cs_client *c, const uint8_t key[static CS_KEY_LEN])
{
	struct cs_buf known = { 0 };
	enum cs_err err = cs_vault_config_get(&known, c->db, &c->key, KEY);

	if (err == CS_ERR_NOT_FOUND || (err == CS_OK && known.len == 0))
		err = cs_vault_config_set(
		    c->db, &c->key, KEY, cs_view(key, CS_KEY_LEN));
	else if (err == CS_OK &&
	    !cs_view_equal(cs_buf_view(&known), cs_view(key, CS_KEY_LEN)))
		err = CS_ERR_MISMATCH;
	cs_buf_free(&known);
	return err;
}

/* ---- what the user is told ---------------------------------------------- */

enum cs_err
cs_client_names(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_unshown *name),
    void *arg)
{
	uint64_t now = client_now_ms(c);
	struct cs_rows rows;
	enum cs_err err;

	if (now < CLIENT_NAMES_PATIENCE_MS)
		return CS_OK;
	err = cs_db_query(&rows, c->db,
	    "SELECT account,met FROM name_check WHERE shown=0 AND asked<>0"
	    " AND met<?",
	    cs_int(now - CLIENT_NAMES_PATIENCE_MS));
	while (err == CS_OK && cs_rows_next(&rows)) {
		uint8_t account[CS_ID_LEN] = { 0 };
		struct cs_client_unshown name;

		cs_col_copy(&rows, 0, account, sizeof account);
		name.handle = client_names_handle(c, account);
		name.own = cs_view_equal(
		    CS_VIEW_OF(c->self.account), CS_VIEW_OF(account));
		name.since_ms = cs_col_int(&rows, 1);
		if (name.handle != NULL)
			err = each(arg, &name);
	}
	return cs_rows_end(&rows, err);
}
