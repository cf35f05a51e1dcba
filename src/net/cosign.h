/* SPDX-License-Identifier: MIT */
/* Asking a witness for its cosignature (C2SP tlog-witness, "add-checkpoint");
 * whoever calls waits. */
#pragma once

#include "tlog/policy.h"
#include "tlog/tree.h"

struct cs_net_cosign {
	const struct cs_tlog_policy_witness *to; /* with its URL */
	struct cs_view note;                     /* of the log's checkpoint */
	cs_tlog_read_node *read; /* nodes of its tree, to prove growth by */
	void *arg;
	void *ssl_ctx;  /* of crypto/tls_public.h; NULL: "http://" only */
	int timeout_ms; /* for each of at most three requests */
	/* In: the size that the witness is thought to have cosigned last; 0: it
	 * will say so.  Out: the size that it has. */
	uint64_t old;
	int status;      /* out: of its last answer; 0: there was none */
	uint64_t time_s; /* out: of the cosignature */
};

/*
 * Append the witness's line, which was verified, to ${lines}.
 * CS_ERR_UNSUPPORTED: it has no URL, or none that we can ask; CS_ERR_CLOSED,
 * CS_ERR_TIMEOUT: nobody answers, or not in time; CS_ERR_REFUSED: it says no,
 * with ${status}: 403 and 404, it does not know the log or its key, 422, to it
 * this is no continuation; CS_ERR_MISMATCH: it has cosigned a larger tree,
 * ${old}, of this log: the log was put back, or somebody else has its key;
 * CS_ERR_BUSY: it has something else each time; CS_ERR_FORMAT, CS_ERR_LIMIT,
 * CS_ERR_NOT_FOUND, CS_ERR_SIGNATURE: that is no answer, or not signed by the
 * witness; what ${read} says.
 */
CS_CHECKED enum cs_err cs_net_cosign(
    struct cs_buf *lines, struct cs_net_cosign *ask);
