/* SPDX-License-Identifier: MIT */
#include "client/home/recovery_key.h"

#include <string.h>

#include "client/home/client.h"

void
client_recovery_key_clear(struct client_recovery_key *k)
{
	cs_buf_free(&k->credential);
}

/* The next one after ${k}, if it was replaced.  CS_ERR_NOT_FOUND: it was not.
 */
static enum cs_err
follow(struct client_recovery_key *k, struct cs_client *c)
{
	struct cs_rows rows;
	struct cs_identity identity;
	struct cs_view next;
	bool found = false;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT bytes FROM revocation WHERE account=?",
	    cs_blob(CS_VIEW_OF(c->self.account)));
	while (err == CS_OK && !found && cs_rows_next(&rows)) {
		if (!cs_revocation_succeeds(
			&next, k->id, cs_col_blob(&rows, 0)) ||
		    cs_identity_peek(&identity, next) != CS_OK ||
		    !cs_recovery_id(identity.device.device))
			continue;
		found = true;
		memcpy(k->id, identity.device.device, CS_ID_LEN);
		memcpy(k->public, identity.device.public, CS_KEY_LEN);
		err = cs_buf_set(&k->credential, next);
	}
	err = cs_rows_end(&rows, err);
	return err == CS_OK && !found ? CS_ERR_NOT_FOUND : err;
}

enum cs_err
client_recovery_key_of(struct client_recovery_key *out, struct cs_client *c)
{
	enum cs_err err = CS_OK;

	memset(out, 0, sizeof *out);
	memcpy(out->public, c->self.account_key, CS_KEY_LEN);
	while (out->renewed < CS_CHAIN_MAX && (err = follow(out, c)) == CS_OK)
		out->renewed++;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

enum cs_err
client_recovery_key_kept(struct cs_sign_key *key,
    struct client_recovery_key *now, struct cs_client *c)
{
	enum cs_err err = client_recovery_key_of(now, c);

	if (err == CS_OK && !c->self.has_recovery)
		err = CS_ERR_NOT_FOUND;
	if (err == CS_OK &&
	    (err = cs_recovery_key(key, &c->self.recovery)) == CS_OK &&
	    memcmp(key->public, now->public, CS_KEY_LEN) != 0)
		err = CS_ERR_NOT_FOUND;
	return err;
}

enum cs_err
client_recovery_key_ends(struct cs_buf *out, const struct cs_client *c,
    const struct cs_revocation *revocation,
    const struct client_recovery_key *now, const struct cs_sign_key *key)
{
	return cs_revocation_make(out, revocation,
	    now->credential.len != 0 ? cs_buf_view(&now->credential)
				     : cs_buf_view(&c->self.credential),
	    key);
}
