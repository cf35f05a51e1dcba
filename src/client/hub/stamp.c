/* SPDX-License-Identifier: MIT */
/* The operator's certificates of stamp keys, kept for as long as a message that
 * one of them stamped may have to be proved. */
#include "client/hub/stamp.h"

#include <string.h>

#include "client/home/client.h"
#include "client/home/clock.h"
#include "client/hub/call.h"
#include "crypto/hash.h"

enum cs_err
client_stamp_cert_learn(struct cs_client *c, struct cs_view cert)
{
	struct cs_stamp_key_cert key;
	enum cs_err err =
	    cs_stamp_key_cert_parse(&key, cert, CS_VIEW_OF(c->self.root));

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
	err = cs_db_row(&rows, c->db, "SELECT cert FROM stamp_key WHERE id=?",
	    cs_blob(cs_view(key_id, 8)));
	if (err == CS_OK)
		err = cs_buf_set(out, cs_col_blob(&rows, 0));
	return cs_rows_end(&rows, err);
}

enum cs_err
client_stamp_cert(
    struct cs_buf *out, struct cs_client *c, const uint8_t key_id[static 8])
{
	struct cs_wire_stamp_cert_get ask;
	struct cs_wire_stamp_cert answer;
	enum cs_err err = find(out, c, key_id);

	if (err != CS_ERR_NOT_FOUND || !c->link.online ||
	    cs_db_in_transaction(c->db))
		return err;
	memcpy(ask.key_id, key_id, sizeof ask.key_id);
	err = client_call(c, CS_WIRE_STAMP_CERT, &cs_wire_stamp_cert_get_shape,
	    &ask, &cs_wire_stamp_cert_shape, &answer);
	if (err == CS_ERR_DENIED)
		return CS_ERR_NOT_FOUND;
	if (err)
		return err;
	/* A certificate that does not verify counts as none. */
	err = client_stamp_cert_learn(c, answer.cert);
	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return CS_ERR_NOT_FOUND;
	return err ? err : find(out, c, key_id);
}

enum cs_err
client_stamp_check(struct cs_stamp *stamp, struct cs_client *c,
    const struct client_stamped *s, const struct cs_wire_submit_answer *answer)
{
	struct cs_buf cert = { 0 };
	struct cs_stamp_key_cert key;
	enum cs_err err;

	if ((err = cs_stamp_parse(stamp, answer->stamp)))
		return err;
	memcpy(stamp->group_ref, s->group->ref, sizeof stamp->group_ref);
	memcpy(stamp->account, c->self.account, sizeof stamp->account);
	memcpy(stamp->device, c->self.device, sizeof stamp->device);
	memset(stamp->tag, 0, sizeof stamp->tag);
	if (s->tag != NULL)
		memcpy(stamp->tag, s->tag, sizeof stamp->tag);
	stamp->epoch = s->epoch;
	if ((err = cs_operator_id(stamp->operator_id, c->self.root)) ||
	    (err = cs_sha256(stamp->msg_hash, s->message)) ||
	    (err = client_stamp_cert(&cert, c, stamp->key_id)) ||
	    (err = cs_stamp_key_cert_parse(
		 &key, cs_buf_view(&cert), CS_VIEW_OF(c->self.root))) ||
	    (err = cs_stamp_verify(stamp, &key, c->self.root)))
		goto out;
	if (stamp->group_seq != answer->group_seq ||
	    !!(stamp->flags & CS_STAMP_HANDSHAKE) != (s->tag == NULL))
		err = CS_ERR_STAMP;
	else
		client_time_seen(c, stamp->accepted_ms,
		    (stamp->flags & CS_STAMP_CLOCK_SET) != 0);
out:
	cs_buf_free(&cert);
	return err;
}
