/* SPDX-License-Identifier: MIT */
/*
 * What somebody outside files with an operator, what the operator promises
 * about it, and how that is answered (PROTOCOL, "Notices"; decision 0050).
 *
 * A filing is a notice, more about one, an appeal against its answer, or hashes
 * of photos of a person at risk.  Each has a number of its own, a receipt that
 * the hub signs, and an entry in the log (franking/filing_entry.h).
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "crypto/sign.h"

enum cs_filing_what {
	CS_FILING_NOTICE = 1,
	CS_FILING_MORE = 2,   /* about a notice that needs more */
	CS_FILING_APPEAL = 3, /* against the answer to a notice */
	CS_FILING_PHOTOS = 4, /* of a person at risk, by an organisation */
};
/* A word such as "notice"; NULL: there is no such thing.  And back: 0. */
const char *cs_filing_what_name(uint8_t what);

/* Never renumbered: they are in logs. */
enum cs_filing_category {
	CS_FILING_DANGER = 1, /* a person is in danger now */
	CS_FILING_TRAFFICKING = 2,
	CS_FILING_CHILD_ABUSE = 3,
	CS_FILING_RECRUITMENT = 4, /* of children */
	CS_FILING_TERRORISM = 5,
	CS_FILING_THREAT = 6,
	CS_FILING_INTIMATE_IMAGES = 7,
	CS_FILING_EXPOSURE = 8, /* somebody is made findable */
	CS_FILING_HARASSMENT = 9,
	CS_FILING_HATE = 10,
	CS_FILING_FRAUD = 11,
	CS_FILING_OTHER = 12,
	CS_FILING_CATEGORIES, /* one more than the last */
};
struct cs_filing_term {
	const char *name;  /* "trafficking" */
	const char *title; /* in English */
	const char *dsa;   /* STATEMENT_CATEGORY_... of the DSA database */
	uint32_t hours;    /* in which a notice has to be answered */
};
/* NULL: there is no such category. */
const struct cs_filing_term *cs_filing_term(uint8_t category);
/* 0: no category has that name. */
uint8_t cs_filing_category_named(struct cs_view name);

/*
 * When a filing that came at ${received_ms} has to be answered; 0: it has no
 * deadline.  Everybody computes it: nobody sets it.  An appeal has
 * CS_FILING_APPEAL_DAYS.
 */
uint64_t cs_filing_deadline(
    uint8_t what, uint8_t category, uint64_t received_ms);
#define CS_FILING_APPEAL_DAYS 14
/* "Needs more" moves the deadline of a notice that is not over to so many days
 * after it was said, once. */
#define CS_FILING_MORE_DAYS 14

enum cs_filing_outcome {
	CS_FILING_ACTED = 1,      /* something was done about it */
	CS_FILING_REFUSED = 2,    /* with a reason */
	CS_FILING_NOT_OURS = 3,   /* it is not at this hub */
	CS_FILING_NEEDS_MORE = 4, /* no answer yet */
	CS_FILING_UNREADABLE = 5, /* not what its commitment says */
	CS_FILING_LISTED = 6,     /* hashes were taken up */
};
const char *cs_filing_outcome_name(uint8_t outcome);
uint8_t cs_filing_outcome_named(struct cs_view name);
/* May a filing of that kind be answered so? */
bool cs_filing_outcome_fits(uint8_t what, uint8_t outcome);

/* ---- what is known to who filed it --------------------------------------- */

/* By it they ask for the state of what they filed, and nobody else can. */
#define CS_FILING_SECRET_LEN 16
/* Its text: eight groups of four digits of hex, and a zero. */
#define CS_FILING_SECRET_SIZE 40
void cs_filing_secret_text(char out[static CS_FILING_SECRET_SIZE],
    const uint8_t secret[static CS_FILING_SECRET_LEN]);
/* In capitals, and with blanks or nothing in the place of dashes, it is the
 * same.  CS_ERR_FORMAT */
CS_CHECKED enum cs_err cs_filing_secret_parse(
    uint8_t out[static CS_FILING_SECRET_LEN], struct cs_view text);
/* What the hub knows it by. */
CS_CHECKED enum cs_err cs_filing_secret_hash(uint8_t out[static CS_HASH_LEN],
    const uint8_t secret[static CS_FILING_SECRET_LEN]);
/* What answers are sealed under (content/filing_body.h). */
CS_CHECKED enum cs_err cs_filing_reply_key(uint8_t out[static CS_HASH_LEN],
    const uint8_t secret[static CS_FILING_SECRET_LEN]);

/* SHA-256("countersign/filing/v1\0" | body), of what was filed before it was
 * sealed; the body has a salt. */
CS_CHECKED enum cs_err cs_filing_commit(
    uint8_t out[static CS_HASH_LEN], struct cs_view body);

/* An organisation's signature over "countersign/filing-by/v1\0" | hub<V> |
 * what | category | about | commitment32. */
struct cs_filing_signed {
	struct cs_view hub;
	uint8_t what, category;
	uint64_t about;
	uint8_t commitment[CS_HASH_LEN];
};
CS_CHECKED enum cs_err cs_filing_sign(uint8_t out[static CS_SIGNATURE_LEN],
    const struct cs_filing_signed *f, const struct cs_sign_key *key);
CS_CHECKED enum cs_err cs_filing_sign_check(const struct cs_filing_signed *f,
    const uint8_t sig[static CS_SIGNATURE_LEN],
    const uint8_t public[static CS_KEY_LEN]);

/* Work that somebody without a key has done for a filing: SHA-256 of
 * "countersign/filing-work/v1\0" | commitment32 | u64 nonce begins with
 * CS_FILING_WORK_BITS zero bits. */
#define CS_FILING_WORK_BITS 18
CS_CHECKED bool cs_filing_work_done(
    const uint8_t commitment[static CS_HASH_LEN], uint64_t nonce);
/* Do it: some hundred thousand hashes. */
CS_CHECKED enum cs_err cs_filing_work(
    uint64_t *nonce, const uint8_t commitment[static CS_HASH_LEN]);

/* ---- what the hub and the desk sign about it ------------------------------
 */

/*
 * A receipt: signed by the hub's registrar, whose certificate goes along.
 *
 *	receipt = label "countersign/receipt/v1" | u64 number | u8 what |
 *	    u8 category | u64 about | u64 received_ms | u64 deadline_ms |
 *	    commitment32 | hub<V, 255>
 */
struct cs_receipt {
	uint64_t number; /* from 1 */
	uint8_t what, category;
	uint64_t about; /* the number of the notice; 0: none */
	uint64_t received_ms, deadline_ms;
	uint8_t commitment[CS_HASH_LEN];
	struct cs_view hub;
};
#define CS_RECEIPT_MAX 512
CS_CHECKED enum cs_err cs_receipt_make(struct cs_buf *out,
    const struct cs_receipt *receipt, const struct cs_sign_key *registrar);
/* Strict, and its deadline is the one that it has to be; who signed it is
 * CS_ERR_CERT, unless it is the registrar that ${root_public} certified for
 * that time. */
CS_CHECKED enum cs_err cs_receipt_verify(struct cs_receipt *out,
    struct cs_view receipt, struct cs_view registrar_cert,
    const uint8_t root_public[static CS_KEY_LEN]);

/*
 * An answer, signed by the desk:
 *
 *	answer = label "countersign/filing-answer/v1" | u64 number | u8 outcome
 *| u64 answered_ms | hub<V, 255> | text<V, 9000>
 */
struct cs_filing_answer {
	uint64_t number;
	uint8_t outcome;
	uint64_t answered_ms;
	struct cs_view hub;
	struct cs_view text; /* cs_reply_seal() under the reply key */
};
#define CS_FILING_ANSWER_TEXT_MAX 9000
#define CS_FILING_ANSWER_MAX 9600
CS_CHECKED enum cs_err cs_filing_answer_make(struct cs_buf *out,
    const struct cs_filing_answer *answer, const struct cs_sign_key *desk);
/* What stands in it, whoever signed it. */
CS_CHECKED enum cs_err cs_filing_answer_parse(
    struct cs_filing_answer *out, struct cs_view answer);
CS_CHECKED enum cs_err cs_filing_answer_verify(struct cs_filing_answer *out,
    struct cs_view answer, const uint8_t desk_public[static CS_KEY_LEN]);
/* SHA-256("countersign/filing-answered/v1\0" | answer), for the log. */
CS_CHECKED enum cs_err cs_filing_answer_commit(
    uint8_t out[static CS_HASH_LEN], struct cs_view answer);
