/* SPDX-License-Identifier: MIT */
/*
 * What this device has seen of its hub's log (decision 0047): the last
 * checkpoint that it verified, what stamps promised of entries, what other
 * members told of, and whether the hub was caught.
 *
 * Promises are plain; the checkpoint and the evidence are sealed as settings.
 */
#pragma once

#include "client/home/client.h"
#include "franking/safe_aad.h"
#include "franking/tlog_fault.h"

/* Stamps that are older can no longer be compared: the hub forgets how they
 * and the log hang together after 30 days. */
#define CLIENT_TLOG_DUE_MS (29 * CS_DAY_MS)
/* Checkpoints of others that wait to be compared. */
#define CLIENT_TLOG_HEARD_MAX 32
/* How often the members of a group are told. */
#define CLIENT_TLOG_TELL_MS CS_HOUR_MS

/* Note what ${s}, which verified, promises; inside of a transaction. */
CS_CHECKED enum cs_err client_tlog_due_add(
    struct cs_client *c, const struct cs_stamp *s);

/* The checkpoint that is kept.  Views into ${bytes}.  Free with
 * client_tlog_kept_clear(); all zero is empty. */
struct client_tlog_kept {
	struct cs_buf bytes;
	struct cs_tlog_signed as; /* the certificate and the note */
	struct cs_tlog_checkpoint checkpoint;
};
/* CS_ERR_NOT_FOUND: none yet. */
CS_CHECKED enum cs_err client_tlog_kept_load(
    struct client_tlog_kept *out, struct cs_client *c);
CS_CHECKED enum cs_err client_tlog_keep(
    struct cs_client *c, const struct cs_tlog_signed *s);
void client_tlog_kept_clear(struct client_tlog_kept *k);

/* The key of the hub's log, which its hello shows, if the root certified it for
 * now.  CS_ERR_NOT_FOUND: it shows none that counts. */
CS_CHECKED enum cs_err client_tlog_key(
    struct cs_note_key *out, struct cs_client *c);

/* The checkpoint to tell the members of ${g} of now, inside of a transaction
 * that sends it; CS_ERR_NOT_FOUND: not now. */
CS_CHECKED enum cs_err client_tlog_tell(struct cs_tlog_told *out,
    struct cs_client *c, const struct client_group *g);
/* A member told of ${told}: keep it to be compared if the log's key signed it;
 * inside of a transaction.  What that key did not sign says nothing. */
CS_CHECKED enum cs_err client_tlog_heard(
    struct cs_client *c, const struct cs_tlog_told *told);
/* The checkpoint as a note, signed by ${key}. */
CS_CHECKED enum cs_err client_tlog_told_note(struct cs_buf *out,
    const struct cs_tlog_told *told, const struct cs_note_key *key);

/* The hub was caught: keep the evidence ${fault}, or the note ${note} whose
 * signature of the log's key is wrong, unless there is some that the user has
 * not seen.  Inside of a transaction. */
CS_CHECKED enum cs_err client_tlog_caught(
    struct cs_client *c, const struct cs_tlog_fault *fault);
CS_CHECKED enum cs_err client_tlog_unsigned(
    struct cs_client *c, struct cs_view note);

/* The log was looked at; ${done}: and all was compared that could be.  ${n}
 * promises are given up, for the hub keeps no account of them.  Inside of a
 * transaction. */
CS_CHECKED enum cs_err client_tlog_note_try(struct cs_client *c, bool done);
CS_CHECKED enum cs_err client_tlog_note_dropped(
    struct cs_client *c, uint64_t n);

/* CS_ERR_DENIED, with a sentence: the hub was caught, and the user has not
 * said that they go on sending. */
CS_CHECKED enum cs_err client_tlog_may_send(struct cs_client *c);
