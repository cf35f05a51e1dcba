/* SPDX-License-Identifier: MIT */
/*
 * What the log's process makes of its witnesses (decision 0048): which
 * checkpoint they are asked to cosign, which of their lines are taken, and
 * which checkpoint is shown to the public.
 */
#pragma once

#include "store/tlog_writer.h"
#include "tlog/policy.h"

/* In the log's folder: the last checkpoint that a quorum has cosigned, with its
 * lines. */
#define HUB_TLOG_COSIGNED "cosigned"
/* Without a quorum for so long, the newest checkpoint is shown. */
#define HUB_WITNESSED_PATIENCE_MS (60 * CS_SECOND_MS)

struct hub_witnessed;

/* ${writer} is that of the log whose key is ${key}; ${cosigned} is the path of
 * the file above.  All are borrowed, and so is ${policy}; NULL: there are no
 * witnesses, and the newest checkpoint is shown. */
CS_CHECKED enum cs_err hub_witnessed_new(struct hub_witnessed **out,
    struct cs_tlog_writer *writer, const struct cs_note_key *key,
    const struct cs_tlog_policy *policy, const char *cosigned);
void hub_witnessed_free(struct hub_witnessed *w);

/* Is there a checkpoint that witnesses are to be asked about?  Then it is
 * ${note}, with no lines of others, and has a number.  One at a time, and each
 * once. */
bool hub_witnessed_next(
    struct cs_view *note, uint64_t *number, struct hub_witnessed *w);
/* All were asked about ${number}, or nobody will be: the next may follow.
 * Fails as cs_tlog_writer_cosigned() does if nothing more can be written. */
CS_CHECKED enum cs_err hub_witnessed_asked(
    struct hub_witnessed *w, uint64_t number);

/*
 * ${line} is said to be a witness's, about ${number}.  It is taken if it is one
 * of the policy's, and holds; so nobody is trusted who brings it.  If a quorum
 * has cosigned, that is kept and shown.  CS_ERR_DENIED: it is not taken; else
 * as cs_tlog_writer_cosigned(), and nothing more can be written.
 */
CS_CHECKED enum cs_err hub_witnessed_line(struct hub_witnessed *w,
    uint64_t number, struct cs_view line, uint64_t now_ms);

/* What is shown at ${now_ms}; until the next call. */
struct cs_view hub_witnessed_shown(struct hub_witnessed *w, uint64_t now_ms);

/*
 * A witness disagrees, and shows ${note}.  If that proves that the log was
 * another one, since its own key has signed it, ${*more} is how many entries
 * the log that is right has, at least.  CS_ERR_DENIED: it proves nothing.
 */
CS_CHECKED enum cs_err hub_witnessed_disagrees(
    uint64_t *more, struct hub_witnessed *w, struct cs_view note);
