/* SPDX-License-Identifier: MIT */
#include "client/home/revoked.h"

#include <string.h>

#include "client/home/todo.h"
#include "crypto/hash.h"

/* They were verified when they came; what is stored is what was signed. */
enum cs_err
client_revoked_check(struct cs_client *c, const struct cs_identity *identity)
{
	struct cs_rows rows;
	bool ended = false;
	enum cs_err err;

	err = cs_db_query(&rows, c->db,
	    "SELECT bytes FROM revocation WHERE account=?",
	    cs_blob(CS_VIEW_OF(identity->account.account)));
	while (err == CS_OK && !ended && cs_rows_next(&rows)) {
		struct cs_revocation revocation;

		if ((err = cs_revocation_peek(
			 &revocation, cs_col_blob(&rows, 0))) == CS_OK)
			ended = cs_revocation_ends(&revocation, identity);
	}
	err = cs_rows_end(&rows, err);
	return err == CS_OK && ended ? CS_ERR_CREDENTIAL : err;
}

/* Is there another statement by which ${id} of the account ended? */
static enum cs_err
has_ended(bool *out, struct cs_client *c, const struct cs_revocation *r,
    const uint8_t id[static CS_ID_LEN], struct cs_view bytes)
{
	struct cs_rows rows;
	enum cs_err err;

	*out = false;
	err = cs_db_query(&rows, c->db,
	    "SELECT bytes FROM revocation WHERE account=?",
	    cs_blob(CS_VIEW_OF(r->account)));
	while (err == CS_OK && !*out && cs_rows_next(&rows)) {
		struct cs_revocation known;

		if (cs_view_equal(cs_col_blob(&rows, 0), bytes))
			continue;
		if ((err = cs_revocation_peek(&known, cs_col_blob(&rows, 0))) ==
		    CS_OK)
			*out = memcmp(known.device, id, CS_ID_LEN) == 0;
	}
	return cs_rows_end(&rows, err);
}

/* A device that is out of the account ends no other, and neither does a
 * recovery key that another has taken the place of; least of all may it end
 * itself once more, with other words. */
static enum cs_err
check_signer(struct cs_client *c, const struct cs_revocation *r,
    const struct cs_identity *signer, enum cs_revocation_by by,
    struct cs_view bytes)
{
	static const uint8_t account_key[CS_ID_LEN];
	bool ended;
	enum cs_err err = by == CS_REVOCATION_BY_ACCOUNT_KEY
	    ? CS_OK
	    : client_revoked_check(c, signer);

	if (err || by == CS_REVOCATION_BY_DEVICE)
		return err;
	err = has_ended(&ended, c, r,
	    by == CS_REVOCATION_BY_ITSELF ? r->device : account_key, bytes);
	return err == CS_OK && ended ? CS_ERR_CREDENTIAL : err;
}

enum cs_err
client_revoked_learn(struct cs_client *c, struct cs_view bytes)
{
	struct cs_revocation revocation;
	struct cs_identity signer;
	enum cs_revocation_by by;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	err = cs_revocation_verify(
	    &revocation, &signer, &by, bytes, CS_VIEW_OF(c->self.root));
	if (err == CS_OK)
		err = check_signer(c, &revocation, &signer, by, bytes);
	if (err)
		return cs_err_class(err) == CS_ERR_CLASS_THEIRS ? CS_OK : err;
	if ((err = cs_sha256(hash, bytes)))
		return err;
	if ((err = cs_db_exec(c->db,
		 "INSERT INTO revocation(hash,account,bytes) VALUES(?,?,?)"
		 " ON CONFLICT(hash) DO NOTHING",
		 cs_blob(CS_VIEW_OF(hash)),
		 cs_blob(CS_VIEW_OF(revocation.account)), cs_blob(bytes))) ||
	    cs_db_changes(c->db) == 0)
		return err;
	/* The device may be in any of them. */
	return client_todo_look_all(c);
}
