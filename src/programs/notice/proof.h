/* SPDX-License-Identifier: MIT */
/* What a receipt and an answer prove, and that the public log has them. */
#pragma once

#include "content/filing_body.h"
#include "franking/filing_entry.h"
#include "programs/notice/place.h"

/* The bytes that a receipt's views point into. */
struct notice_receipt {
	struct cs_buf file;
	struct cs_view receipt, registrar_cert;
};
/* A receipt as text, verified under ${root}.  CS_ERR_FORMAT, CS_ERR_CERT and
 * others. */
CS_CHECKED enum cs_err notice_receipt_read(struct cs_receipt *out,
    struct notice_receipt *bytes, const char *text,
    const uint8_t root[static CS_KEY_LEN]);
void notice_receipt_clear(struct notice_receipt *r);

/* The hub's log, opened once for several questions. */
struct notice_log;
/* CS_ERR_NOT_FOUND: the hub shows none. */
CS_CHECKED enum cs_err notice_log_open(
    struct notice_log **out, struct notice_place *p);
void notice_log_close(struct notice_log *l);
/* Is ${entry} the one of ${number} in the tree that the log's key has signed?
 * CS_ERR_NOT_FOUND: the log has not come so far; CS_ERR_MISMATCH: it has
 * another there. */
CS_CHECKED enum cs_err notice_log_has(
    struct notice_log *l, uint64_t number, struct cs_view entry);

/* The key by which the desk answers, certified by the operator. */
CS_CHECKED enum cs_err notice_desk_key(
    uint8_t out[static CS_KEY_LEN], struct notice_place *p);
