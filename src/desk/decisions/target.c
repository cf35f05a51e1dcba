/* SPDX-License-Identifier: MIT */
#include "desk/decisions/target.h"

#include <string.h>

#include "base/units.h"
#include "desk/core/desk.h"
#include "desk/core/record.h"
#include "desk/core/row.h"
#include "desk/decisions/decision.h"
#include "store/db.h"
#include "wire/messages.h"

static const char *const states[] = { "queued", "applied", "failed" };

static const struct desk_field fields[] = {
	DESK_WORD(desk_target, state, states),
	DESK_NUMBER(desk_target, kind, 1, UINT8_MAX),
	DESK_BYTES(desk_target, account),
	DESK_BYTES(desk_target, target),
	DESK_BUF(desk_target, action, CS_WIRE_ACTION_MAX),
	DESK_BYTES(desk_target, signature),
	DESK_TIME(desk_target, done_ms),
	DESK_TIME(desk_target, groups),
	DESK_STRING(desk_target, problem, CS_WIRE_SENTENCE_MAX),
};
const struct desk_record desk_target_record =
    DESK_RECORD(desk_target, "target", fields);

bool
desk_target_is_account(const struct desk_target *t)
{
	static const uint8_t none[CS_ID_LEN];

	return memcmp(t->account, none, sizeof none) != 0;
}

enum cs_err
desk_target_add(struct cs_desk *d, const struct desk_target *t)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal(&sealed, d, &desk_target_record,
		 CS_VIEW_OF(t->id), t)) == CS_OK)
		err = cs_db_exec(d->db,
		    "INSERT INTO target(id,decision,state,account,sealed)"
		    " VALUES(?,?,?,?,?)",
		    cs_blob(CS_VIEW_OF(t->id)), cs_int(t->decision),
		    cs_int(t->state),
		    desk_target_is_account(t) ? cs_blob(CS_VIEW_OF(t->account))
					      : cs_null(),
		    cs_blob(cs_buf_view(&sealed)));
	cs_buf_free(&sealed);
	return err;
}

enum cs_err
desk_target_load(struct desk_target *out, struct cs_desk *d,
    const uint8_t id[static CS_ID_LEN])
{
	struct cs_rows row;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	memcpy(out->id, id, CS_ID_LEN);
	err = cs_db_row(&row, d->db,
	    "SELECT decision,sealed FROM target WHERE id=?",
	    cs_blob(cs_view(id, CS_ID_LEN)));
	if (err == CS_OK) {
		out->decision = cs_col_int(&row, 0);
		err = desk_row_open(out, &desk_target_record, d,
		    CS_VIEW_OF(out->id), cs_col_blob(&row, 1));
	}
	return cs_rows_end(&row, err);
}

enum cs_err
desk_target_save(struct cs_desk *d, const struct desk_target *t)
{
	struct cs_buf sealed = { 0 };
	enum cs_err err;

	if ((err = desk_row_seal(&sealed, d, &desk_target_record,
		 CS_VIEW_OF(t->id), t)) == CS_OK)
		err = cs_db_exec(d->db,
		    "UPDATE target SET state=?,sealed=? WHERE id=?",
		    cs_int(t->state), cs_blob(cs_buf_view(&sealed)),
		    cs_blob(CS_VIEW_OF(t->id)));
	cs_buf_free(&sealed);
	return err;
}

void
desk_target_clear(struct desk_target *t)
{
	desk_record_clear(t, &desk_target_record);
}

static enum cs_err
count(uint64_t *out, struct cs_desk *d, uint64_t decision,
    enum desk_target_state state)
{
	return cs_db_get_int(out, d->db,
	    "SELECT COUNT(*) FROM target WHERE decision=? AND state=?",
	    cs_int(decision), cs_int(state));
}

enum cs_err
desk_targets_count(struct cs_desk *d, struct desk_decision *dec)
{
	enum cs_err err;

	if ((err = cs_db_get_int(&dec->targets, d->db,
		 "SELECT COUNT(*) FROM target WHERE decision=?",
		 cs_int(dec->id))) ||
	    (err = count(&dec->applied, d, dec->id, DESK_TARGET_APPLIED)))
		return err;
	return count(&dec->failed, d, dec->id, DESK_TARGET_FAILED);
}
