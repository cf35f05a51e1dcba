/* SPDX-License-Identifier: MIT */
/*
 * What the hub's own site asks of it for those who file something from outside,
 * and what the desk asks about that (franking/filing.h).  Field by field the
 * same as in docs/PROTOCOL.md, "Notices".
 */
#pragma once

#include "wire/messages.h"

#define CS_WIRE_FILING_PIECE_MAX ((uint32_t)1 << 19)
#define CS_WIRE_FILING_PIECES_MAX 40
#define CS_WIRE_ORGANISATION_MAX 200 /* its name */
#define CS_WIRE_RECEIPT_MAX 512
#define CS_WIRE_FILING_ANSWER_MAX 9600
#define CS_WIRE_FILINGS_MAX 500
#define CS_WIRE_FILING_ANSWERS_MAX 20

/*
 * CS_WIRE_FILING_PIECE: a piece of what was sealed to the desk, in order, from
 * 0; answer empty.  Pieces that no filing claims within an hour are dropped.
 */
struct cs_wire_filing_piece {
	uint8_t id[16]; /* of the filing, chosen by who files it */
	uint32_t n;
	struct cs_view bytes;
};
CS_WIRE_SHAPE(cs_wire_filing_piece);

/* CS_WIRE_FILING; answer: cs_wire_receipt, the same if it is sent again. */
struct cs_wire_filing {
	uint8_t id[16];
	uint32_t pieces; /* that were sent before */
	uint8_t what, category, flags;
	uint64_t about; /* a notice with the same secret; or 0 */
	uint8_t commitment[32];
	uint8_t secret_hash[32];
	uint8_t organisation[32]; /* its key; zero: nobody's */
	uint8_t signature[64];    /* cs_filing_sign(), or zero */
	uint8_t worked;           /* 1: nonce is work for it */
	uint64_t nonce;
	/* The post of a channel that is reported (wire/channels.h); zero: none.
	 */
	uint8_t channel[16];
	uint64_t post;
};
CS_WIRE_SHAPE(cs_wire_filing);
struct cs_wire_receipt {
	struct cs_view receipt;        /* franking/filing.h */
	struct cs_view registrar_cert; /* of who signed it */
};
CS_WIRE_SHAPE(cs_wire_receipt);

/* CS_WIRE_FILING_STATE: a notice and all about it, for who has the secret. */
struct cs_wire_filing_state_get {
	uint64_t number;
	uint8_t secret_hash[32];
};
CS_WIRE_SHAPE(cs_wire_filing_state_get);
struct cs_wire_filing_state {
	uint64_t number;
	uint8_t what, category;
	uint64_t received_ms, deadline_ms; /* the deadline of now; 0: none */
	uint8_t outcome;                   /* of the last answer; 0: none */
	uint64_t answered_ms;
	uint8_t overdue;       /* 1: it was, or is, not answered in time */
	struct cs_view answer; /* the last one, signed by the desk; or empty */
	struct cs_view receipt, registrar_cert;
	uint64_t entry;        /* of the log, its number and 1; 0: not yet */
	uint64_t answer_entry; /* the same of the answer */
};
CS_WIRE_SHAPE(cs_wire_filing_state);
struct cs_wire_filing_states {
	struct cs_wire_list filings; /* of cs_wire_filing_state; the notice
				      * first */
};
CS_WIRE_SHAPE(cs_wire_filing_states);

/* CS_WIRE_FILINGS_OPEN: what is overdue, the longest first. */
struct cs_wire_filings_get {
	uint64_t after; /* a number: those behind it */
};
CS_WIRE_SHAPE(cs_wire_filings_get);
struct cs_wire_filing_overdue {
	uint64_t number;
	uint8_t what, category;
	uint64_t deadline_ms;
	struct cs_view organisation; /* that wants to be named; or empty */
};
CS_WIRE_SHAPE(cs_wire_filing_overdue);
struct cs_wire_filings_overdue {
	struct cs_wire_list filings; /* of cs_wire_filing_overdue */
};
CS_WIRE_SHAPE(cs_wire_filings_overdue);

/* CS_WIRE_FILINGS_MONTHS: request empty; what was filed in each month (UTC),
 * and what became of it. */
struct cs_wire_filing_month {
	uint16_t year;
	uint8_t month; /* 1 to 12 */
	uint8_t what, category;
	uint32_t filed;
	uint32_t acted, refused, not_ours, unreadable, listed; /* since then */
	uint32_t waiting; /* for an answer */
	uint32_t late;    /* of all of these: answered late, or overdue */
};
CS_WIRE_SHAPE(cs_wire_filing_month);
struct cs_wire_filing_months {
	uint64_t log_size; /* that the numbers go up to */
	struct cs_wire_list months;
};
CS_WIRE_SHAPE(cs_wire_filing_months);

/* CS_WIRE_DESK_FILINGS: what the desk has not taken, oldest first. */
struct cs_wire_desk_filing {
	uint64_t number;
	uint8_t what, category, flags;
	uint64_t about; /* the notice; 0: none */
	uint64_t received_ms, deadline_ms;
	uint8_t commitment[32];
	uint8_t organisation[32]; /* its key; zero: nobody's */
	uint8_t signature[64];    /* that it came with: cs_filing_sign() */
	struct cs_view name;      /* of the organisation */
	uint8_t trusted;          /* 1: a trusted flagger (DSA, article 22) */
	struct cs_view scope;     /* what for, in the operator's words */
	uint32_t pieces;
	uint32_t bytes;
};
CS_WIRE_SHAPE(cs_wire_desk_filing);
struct cs_wire_desk_filings {
	struct cs_wire_list filings; /* of cs_wire_desk_filing */
};
CS_WIRE_SHAPE(cs_wire_desk_filings);

/* CS_WIRE_DESK_FILING_PIECE; answer: cs_wire_filing_bytes. */
struct cs_wire_desk_filing_piece {
	uint64_t number;
	uint32_t n;
};
CS_WIRE_SHAPE(cs_wire_desk_filing_piece);
struct cs_wire_filing_bytes {
	struct cs_view bytes;
};
CS_WIRE_SHAPE(cs_wire_filing_bytes);

/* CS_WIRE_DESK_FILING_TAKEN: it is on the desk's disk; answer empty.  The hub
 * drops the sealed bytes, and nothing else. */
struct cs_wire_desk_filing_taken {
	uint64_t number;
};
CS_WIRE_SHAPE(cs_wire_desk_filing_taken);

/* CS_WIRE_DESK_FILING_ANSWER: cs_filing_answer_make(); answer empty, again if
 * it is sent again.  CS_WIRE_E_FILING_OVER: it has an answer that is none of
 * "needs more", or had that before. */
struct cs_wire_desk_filing_answer {
	struct cs_view answer;
};
CS_WIRE_SHAPE(cs_wire_desk_filing_answer);
