/* SPDX-License-Identifier: MIT */
#include "hub/desk/head.h"

#include <string.h>

#include "base/units.h"
#include "hub/core/batch.h"
#include "hub/core/hub.h"
#include "hub/core/refusal.h"
#include "hub/core/tlog.h"
#include "store/db.h"
#include "wire/codec.h"
#include "wire/messages.h"

/* All zero if there is none. */
static enum cs_err
last(struct cs_wire_desk_head *out, struct cs_hub *hub)
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	err = cs_db_row(&row, hub->db,
	    "SELECT epoch,seq,head,at,signature FROM desk_head"
	    " ORDER BY epoch DESC,seq DESC LIMIT 1");
	if (err == CS_OK) {
		out->epoch = (uint32_t)cs_col_int(&row, 0);
		out->seq = cs_col_int(&row, 1);
		cs_col_copy(&row, 2, out->head, sizeof out->head);
		out->at_ms = cs_col_int(&row, 3);
		cs_col_copy(&row, 4, out->signature, sizeof out->signature);
	}
	err = cs_rows_end(&row, err);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Does ${m} come after ${known}? */
static bool
is_later(
    const struct cs_wire_desk_head *m, const struct cs_wire_desk_head *known)
{
	return known->seq == 0 ||
	    (m->epoch == known->epoch && m->seq > known->seq) ||
	    (m->epoch > known->epoch && m->epoch - known->epoch == 1);
}

static bool
is_same(
    const struct cs_wire_desk_head *m, const struct cs_wire_desk_head *known)
{
	return m->epoch == known->epoch && m->seq == known->seq &&
	    memcmp(m->head, known->head, sizeof m->head) == 0;
}

enum cs_err
hub_desk_head(struct hub_request *rq)
{
	struct cs_wire_desk_head m, known;
	enum cs_err err;

	if ((err = cs_wire_parse(&m, &cs_wire_desk_head_shape, rq->body)) ||
	    (err = last(&known, rq->hub)))
		return err;
	if (m.seq == 0 || is_same(&m, &known))
		return hub_answer(rq, &cs_wire_desk_head_shape, &known);
	if (m.seq > INT64_MAX || !is_later(&m, &known))
		return hub_refuse(rq, CS_WIRE_E_DESK_HEAD);
	if ((err = cs_db_exec(rq->hub->db,
		 "INSERT INTO desk_head(epoch,seq,head,at,signature)"
		 " VALUES(?,?,?,?,?)",
		 cs_int(m.epoch), cs_int(m.seq), cs_blob(CS_VIEW_OF(m.head)),
		 cs_int(m.at_ms), cs_blob(CS_VIEW_OF(m.signature)))))
		return err;
	/* The head is a hash, which nobody guesses. */
	if ((err = hub_tlog_add_once(
		 rq->hub, CS_TLOG_DESK_HEAD, CS_VIEW_OF(m.head))))
		return err;
	return hub_answer(rq, &cs_wire_desk_head_shape, &m);
}
