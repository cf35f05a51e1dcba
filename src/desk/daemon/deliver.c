/* SPDX-License-Identifier: MIT */
#include "desk/daemon/deliver.h"

#include "desk/core/desk.h"
#include "desk/core/link.h"
#include "desk/core/outbox.h"
#include "desk/decisions/outcome.h"
#include "desk/decisions/send.h"
#include "store/db.h"
#include "store/vault.h"
#include "wire/codec.h"
#include "wire/filings.h"
#include "wire/messages.h"

#define TABLE "outbox"

/* After so many failures in a row it is the hub that fails, not the message. */
#define REFUSED_MAX 16

/* One message being sent. */
struct sending {
	uint64_t id;
	uint8_t kind;
	struct cs_buf body;
};

/* It is damaged on the disk and can never be sent; those behind it go on. */
static enum cs_err
drop(struct cs_desk *d, uint64_t id)
{
	return desk_outcome_store(d, id,
	    &(struct desk_outcome){ .refused = "The desk cannot read any more "
					       "what it was to say." });
}

/* Has the hub refused it for good, or only for now? */
static bool
is_final(uint16_t code)
{
	return code != CS_WIRE_E_UNAVAILABLE && code != CS_WIRE_E_LIMIT &&
	    code != CS_WIRE_E_NOT_LOGGED_IN;
}

static enum cs_err
send_one(struct cs_desk *d, const struct sending *s)
{
	static const struct {
		uint8_t kind;
		const struct cs_wire_shape *shape;
	} kinds[] = {
		{ CS_WIRE_DESK_ACTION, &cs_wire_desk_action_shape },
		{ CS_WIRE_DESK_REPORT_SET, &cs_wire_report_status_shape },
		{ CS_WIRE_DESK_LETTER_SET, &cs_wire_desk_letter_set_shape },
		{ CS_WIRE_DESK_PINS, &cs_wire_desk_pins_shape },
		{ CS_WIRE_DESK_FILING_ANSWER,
		    &cs_wire_desk_filing_answer_shape },
	};
	union {
		struct cs_wire_desk_action action;
		struct cs_wire_report_status status;
		struct cs_wire_desk_letter_set letter;
		struct cs_wire_desk_pins pins;
		struct cs_wire_desk_filing_answer filing;
	} message;
	struct cs_wire_action_result result = { 0 };
	struct cs_wire_empty none;
	const struct cs_wire_shape *shape = NULL;
	bool action = s->kind == CS_WIRE_DESK_ACTION;
	enum cs_err err;

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (kinds[i].kind == s->kind)
			shape = kinds[i].shape;
	if (shape == NULL ||
	    cs_wire_parse(&message, shape, cs_buf_view(&s->body)) != CS_OK)
		return drop(d, s->id);
	err = desk_call(d, s->kind, shape, &message,
	    action ? &cs_wire_action_result_shape : &cs_wire_empty_shape,
	    action ? (void *)&result : (void *)&none);
	if (err == CS_ERR_DENIED && is_final(d->session.code))
		return desk_outcome_store(d, s->id,
		    &(struct desk_outcome){ .refused = d->session.sentence });
	if (err == CS_ERR_DENIED && d->session.code == CS_WIRE_E_NOT_LOGGED_IN)
		return CS_ERR_CLOSED;
	if (err == CS_ERR_DENIED)
		return CS_ERR_BUSY;
	return err ? err
		   : desk_outcome_store(d, s->id,
			 &(struct desk_outcome){ .groups = result.groups });
}

/* CS_ERR_NOT_FOUND if another process was quicker. */
static enum cs_err
load(struct sending *s, struct cs_desk *d, uint64_t id)
{
	struct cs_rows row;
	uint8_t name[8];
	enum cs_err err;

	s->id = id;
	err = cs_db_row(&row, d->db,
	    "SELECT kind,sealed FROM outbox WHERE id=?", cs_int(id));
	if (err == CS_OK) {
		s->kind = (uint8_t)cs_col_int(&row, 0);
		cs_vault_row(name, id);
		err = cs_vault_open(&s->body, &d->key, TABLE, CS_VIEW_OF(name),
		    cs_col_blob(&row, 1));
	}
	return cs_rows_end(&row, err);
}

enum cs_err
cs_desk_deliver(struct cs_desk *d)
{
	struct sending s = { 0 };
	unsigned refused = 0;
	uint64_t id;
	enum cs_err err = desk_decisions_send(d);

	while (err == CS_OK && refused < REFUSED_MAX) {
		if ((err = desk_outbox_next(&id, d)))
			break;
		if ((err = load(&s, d, id)) == CS_OK)
			err = send_one(d, &s);
		else if (err == CS_ERR_CORRUPT)
			err = drop(d, id);
		refused = err == CS_ERR_BUSY ? refused + 1 : 0;
		if (err == CS_ERR_BUSY)
			err = desk_outbox_postpone(d, id);
	}
	cs_buf_free(&s.body);
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}
