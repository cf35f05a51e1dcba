/* SPDX-License-Identifier: MIT */
#include "client/home/revoked.h"

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

enum cs_err
client_revoked_learn(struct cs_client *c, struct cs_view bytes)
{
	struct cs_revocation revocation;
	struct cs_identity signer;
	bool by_recovery_key;
	uint8_t hash[CS_HASH_LEN];
	enum cs_err err;

	err = cs_revocation_verify(&revocation, &signer, &by_recovery_key,
	    bytes, CS_VIEW_OF(c->self.root));
	/* A device that is out of the account ends no other. */
	if (err == CS_OK && !by_recovery_key)
		err = client_revoked_check(c, &signer);
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
