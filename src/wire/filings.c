/* SPDX-License-Identifier: MIT */
#include "wire/filings.h"

#include "wire/shape.h"

static const struct cs_wire_field cs_wire_filing_piece_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_filing_piece, id, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_piece, n, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_filing_piece, bytes, CS_WIRE_FILING_PIECE_MAX),
};
SHAPE(cs_wire_filing_piece);

static const struct cs_wire_field cs_wire_filing_fields[] = {
	FIELD(CS_WIRE_FIXED, cs_wire_filing, id, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing, pieces, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing, what, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing, category, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing, flags, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing, about, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing, commitment, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing, secret_hash, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing, organisation, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing, signature, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing, worked, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing, nonce, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing, channel, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing, post, 0),
};
SHAPE(cs_wire_filing);

static const struct cs_wire_field cs_wire_receipt_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_receipt, receipt, CS_WIRE_RECEIPT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_receipt, registrar_cert, CS_WIRE_CERT_MAX),
};
SHAPE(cs_wire_receipt);

static const struct cs_wire_field cs_wire_filing_state_get_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_filing_state_get, number, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_filing_state_get, secret_hash, 0),
};
SHAPE(cs_wire_filing_state_get);

static const struct cs_wire_field cs_wire_filing_state_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_filing_state, number, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_state, what, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_state, category, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing_state, received_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing_state, deadline_ms, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_state, outcome, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing_state, answered_ms, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_state, overdue, 0),
	FIELD(CS_WIRE_VEC, cs_wire_filing_state, answer,
	    CS_WIRE_FILING_ANSWER_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_filing_state, receipt, CS_WIRE_RECEIPT_MAX),
	FIELD(CS_WIRE_VEC, cs_wire_filing_state, registrar_cert,
	    CS_WIRE_CERT_MAX),
	FIELD(CS_WIRE_U64, cs_wire_filing_state, entry, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing_state, answer_entry, 0),
};
SHAPE(cs_wire_filing_state);

static const struct cs_wire_field cs_wire_filing_states_fields[] = {
	LIST(cs_wire_filing_states, filings, CS_WIRE_FILING_ANSWERS_MAX,
	    cs_wire_filing_state),
};
SHAPE(cs_wire_filing_states);

static const struct cs_wire_field cs_wire_filings_get_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_filings_get, after, 0),
};
SHAPE(cs_wire_filings_get);

static const struct cs_wire_field cs_wire_filing_overdue_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_filing_overdue, number, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_overdue, what, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_overdue, category, 0),
	FIELD(CS_WIRE_U64, cs_wire_filing_overdue, deadline_ms, 0),
	FIELD(CS_WIRE_VEC, cs_wire_filing_overdue, organisation,
	    CS_WIRE_ORGANISATION_MAX),
};
SHAPE(cs_wire_filing_overdue);

static const struct cs_wire_field cs_wire_filings_overdue_fields[] = {
	LIST(cs_wire_filings_overdue, filings, CS_WIRE_FILINGS_MAX,
	    cs_wire_filing_overdue),
};
SHAPE(cs_wire_filings_overdue);

static const struct cs_wire_field cs_wire_filing_month_fields[] = {
	FIELD(CS_WIRE_U16, cs_wire_filing_month, year, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_month, month, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_month, what, 0),
	FIELD(CS_WIRE_U8, cs_wire_filing_month, category, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, filed, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, acted, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, refused, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, not_ours, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, unreadable, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, listed, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, waiting, 0),
	FIELD(CS_WIRE_U32, cs_wire_filing_month, late, 0),
};
SHAPE(cs_wire_filing_month);

static const struct cs_wire_field cs_wire_filing_months_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_filing_months, log_size, 0),
	LIST(cs_wire_filing_months, months, CS_WIRE_FILINGS_MAX * 20,
	    cs_wire_filing_month),
};
SHAPE(cs_wire_filing_months);

static const struct cs_wire_field cs_wire_desk_filing_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_desk_filing, number, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_filing, what, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_filing, category, 0),
	FIELD(CS_WIRE_U8, cs_wire_desk_filing, flags, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_filing, about, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_filing, received_ms, 0),
	FIELD(CS_WIRE_U64, cs_wire_desk_filing, deadline_ms, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_filing, commitment, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_filing, organisation, 0),
	FIELD(CS_WIRE_FIXED, cs_wire_desk_filing, signature, 0),
	FIELD(CS_WIRE_VEC, cs_wire_desk_filing, name, CS_WIRE_ORGANISATION_MAX),
	FIELD(CS_WIRE_U8, cs_wire_desk_filing, trusted, 0),
	FIELD(
	    CS_WIRE_VEC, cs_wire_desk_filing, scope, CS_WIRE_ORGANISATION_MAX),
	FIELD(CS_WIRE_U32, cs_wire_desk_filing, pieces, 0),
	FIELD(CS_WIRE_U32, cs_wire_desk_filing, bytes, 0),
};
SHAPE(cs_wire_desk_filing);

static const struct cs_wire_field cs_wire_desk_filings_fields[] = {
	LIST(cs_wire_desk_filings, filings, CS_WIRE_FILINGS_MAX,
	    cs_wire_desk_filing),
};
SHAPE(cs_wire_desk_filings);

static const struct cs_wire_field cs_wire_desk_filing_piece_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_desk_filing_piece, number, 0),
	FIELD(CS_WIRE_U32, cs_wire_desk_filing_piece, n, 0),
};
SHAPE(cs_wire_desk_filing_piece);

static const struct cs_wire_field cs_wire_filing_bytes_fields[] = {
	FIELD(
	    CS_WIRE_VEC, cs_wire_filing_bytes, bytes, CS_WIRE_FILING_PIECE_MAX),
};
SHAPE(cs_wire_filing_bytes);

static const struct cs_wire_field cs_wire_desk_filing_taken_fields[] = {
	FIELD(CS_WIRE_U64, cs_wire_desk_filing_taken, number, 0),
};
SHAPE(cs_wire_desk_filing_taken);

static const struct cs_wire_field cs_wire_desk_filing_answer_fields[] = {
	FIELD(CS_WIRE_VEC, cs_wire_desk_filing_answer, answer,
	    CS_WIRE_FILING_ANSWER_MAX),
};
SHAPE(cs_wire_desk_filing_answer);
