/* SPDX-License-Identifier: MIT */
/* Certificates of stamp keys, past ones included: what one of them stamped is
 * read and reported long after the next one took over. */
#include "hub/core/stamp_key.h"

#include "franking/cert.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/tlog.h"

enum cs_err
hub_stamp_key_remember(struct cs_hub *hub)
{
	struct cs_stamp_key_cert key;
	enum cs_err err = cs_stamp_key_cert_parse(
	    &key, cs_buf_view(&hub->stamp_cert), CS_VIEW_OF(hub->root_public));

	if (err)
		return err;
	err = cs_db_exec(hub->db,
	    "INSERT INTO stamp_key(id,cert) VALUES(?,?)"
	    " ON CONFLICT(id) DO NOTHING",
	    cs_blob(CS_VIEW_OF(key.key_id)),
	    cs_blob(cs_buf_view(&hub->stamp_cert)));
	/* No key that the operator certified stays out of the log. */
	return err ? err
		   : hub_tlog_add_once(hub, CS_TLOG_CERTIFICATE,
			 cs_buf_view(&hub->stamp_cert));
}

enum cs_err
hub_stamp_cert(struct hub_request *rq)
{
	struct cs_wire_stamp_cert_get m;
	struct cs_wire_stamp_cert answer = { 0 };
	struct cs_rows rows;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_stamp_cert_get_shape, rq->body)))
		return err;
	err = cs_db_row(&rows, rq->hub->db,
	    "SELECT cert FROM stamp_key WHERE id=?",
	    cs_blob(CS_VIEW_OF(m.key_id)));
	if (err == CS_OK) {
		answer.cert = cs_col_blob(&rows, 0);
		err = hub_answer(rq, &cs_wire_stamp_cert_shape, &answer);
	}
	err = cs_rows_end(&rows, err);
	return err == CS_ERR_NOT_FOUND ? hub_refuse(rq, CS_WIRE_E_UNAVAILABLE)
				       : err;
}
