/* SPDX-License-Identifier: MIT */
/* Which certificate of a bundle belongs to which of its messages. Writer and
 * verifier follow one rule, so no certificate is there without need
 * (docs/decisions/0003-csev-details.md). */
#pragma once

#include "franking/csev.h"
#include "franking/tlog_fault.h"

/* The place of the first credential in ${c} that is of the account and device
 * in ${s} and verifies at the time when the message was accepted.
 * CS_ERR_NOT_FOUND when there is none; ${*out} is then the first credential of
 * that device, so that a verifier can say what is wrong with it, or c->n_keys.
 */
CS_CHECKED enum cs_err cs_evidence_find_credential(size_t *out,
    const struct cs_csev *c, const struct cs_stamp *s,
    const uint8_t root_public[static 32]);

/* The same for the certificate of the key that made the stamp ${s}. */
CS_CHECKED enum cs_err cs_evidence_find_stamp_key(size_t *out,
    const struct cs_csev *c, const struct cs_stamp *s,
    const uint8_t root_public[static 32]);

/* The same for the certificate of the key that signed the checkpoint ${note} of
 * the log, and which had not run out when ${s} was accepted.  The
 * checkpoint has views into ${note}. */
struct cs_evidence_log_key {
	size_t which;
	struct cs_tlog_checkpoint at;
	struct cs_note_key key;
};
CS_CHECKED enum cs_err cs_evidence_find_log_key(struct cs_evidence_log_key *out,
    const struct cs_csev *c, struct cs_view note, const struct cs_stamp *s,
    const uint8_t root_public[static 32]);
