/* SPDX-License-Identifier: MIT */
/* The operator's certificates of stamp keys: kept for as long as a message
 * that one of them stamped may have to be proved. */
#include <string.h>

#include "client/home/client.h"

enum cs_err
client_stamp_cert_learn(struct cs_client *c, struct cs_view cert)
{
	struct cs_stamp_key_cert key;
	enum cs_err err =
	    cs_stamp_key_cert_parse(&key, cert, CS_VIEW_OF(c->root));

	if (err)
		return err;
	return cs_db_exec(c->db,
	    "INSERT INTO stamp_key(id,cert) VALUES(?,?)"
	    " ON CONFLICT(id) DO NOTHING",
	    cs_blob(CS_VIEW_OF(key.key_id)), cs_blob(cert));
}

static enum cs_err
find(struct cs_buf *out, struct cs_client *c, const uint8_t key_id[static 8])
{
	struct cs_rows rows;
	enum cs_err err;

	cs_buf_reset(out);
	err = cs_db_query(&rows, c->db, "SELECT cert FROM stamp_key WHERE id=?",
	    cs_blob(cs_view(key_id, 8)));
	if (err == CS_OK) {
		if (cs_rows_next(&rows))
			err = cs_buf_set(out, cs_col_blob(&rows, 0));
		else
			err = CS_ERR_NOT_FOUND;
	}
	return cs_rows_end(&rows, err);
}

enum cs_err
client_stamp_cert(
    struct cs_buf *out, struct cs_client *c, const uint8_t key_id[static 8])
{
	struct cs_wire_stamp_cert_get ask;
	struct cs_wire_stamp_cert answer;
	enum cs_err err = find(out, c, key_id);

	if (err != CS_ERR_NOT_FOUND || !c->online)
		return err;
	memcpy(ask.key_id, key_id, sizeof ask.key_id);
	err = client_call(c, CS_WIRE_STAMP_CERT, &cs_wire_stamp_cert_get_shape,
	    &ask, &cs_wire_stamp_cert_shape, &answer);
	if (err == CS_ERR_DENIED)
		return CS_ERR_NOT_FOUND;
	if (err)
		return err;
	/* A certificate that does not verify is none. */
	err = client_stamp_cert_learn(c, answer.cert);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return CS_ERR_NOT_FOUND;
	return err ? err : find(out, c, key_id);
}
