/* SPDX-License-Identifier: MIT */
/* Lines that checkpoints and proofs are made of, read strictly. */
#pragma once

#include "tlog/proof.h"

/* Is ${text} UTF-8 with no control character but newlines, as C2SP signed-note
 * has it? */
CS_CHECKED bool cs_tlog_is_text(struct cs_view text);

/* Take a line that is not empty off ${text}, without its newline.
 * CS_ERR_FORMAT: there is none. */
CS_CHECKED enum cs_err cs_tlog_line_next(
    struct cs_view *line, struct cs_view *text);

/* A decimal number without zeroes before it.  CS_ERR_FORMAT: it is none;
 * CS_ERR_LIMIT: above ${max}. */
CS_CHECKED enum cs_err cs_tlog_line_number(
    uint64_t *out, struct cs_view line, uint64_t max);

/* A hash in base64; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err cs_tlog_line_hash(
    struct cs_tlog_hash *out, struct cs_view line);

/* Append these as lines. */
CS_CHECKED enum cs_err cs_tlog_line_add_number(
    struct cs_buf *text, uint64_t number);
CS_CHECKED enum cs_err cs_tlog_line_add_hash(
    struct cs_buf *text, const struct cs_tlog_hash *hash);

/* A proof as lines, one a hash, up to an empty one, which goes with them.
 * CS_ERR_FORMAT: it is none, or has more hashes than a proof can. */
CS_CHECKED enum cs_err cs_tlog_proof_lines_read(
    struct cs_tlog_proof *out, struct cs_view *text);
CS_CHECKED enum cs_err cs_tlog_proof_lines_add(
    struct cs_buf *text, const struct cs_tlog_proof *proof);
