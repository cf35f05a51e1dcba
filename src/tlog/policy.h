/* SPDX-License-Identifier: MIT */
/*
 * Whom one trusts about logs (C2SP tlog-policy): which logs there are, which
 * witnesses, and how many of them have to have cosigned a checkpoint before it
 * counts.  Hub, clients and verifiers read the same file.
 */
#pragma once

#include "tlog/cosign.h"

/* Of a file, in bytes; of logs, of witnesses, of groups; of a name and a URL in
 * it, in bytes.  C2SP tlog-policy, "Implementation limits": 32 at least. */
#define CS_TLOG_POLICY_MAX 65536
#define CS_TLOG_POLICY_EACH 32
#define CS_TLOG_POLICY_NAME_MAX 64
#define CS_TLOG_POLICY_URL_MAX 512
/* How far in the future a cosignature may be: clocks differ. */
#define CS_TLOG_POLICY_AHEAD_S 300

/* URLs: "" if there is none.  Of a witness it is the submission prefix. */
struct cs_tlog_policy_log {
	struct cs_note_key key; /* whose name is the origin */
	char url[CS_TLOG_POLICY_URL_MAX + 1];
};
struct cs_tlog_policy_witness {
	char name[CS_TLOG_POLICY_NAME_MAX + 1]; /* in this file only */
	struct cs_tlog_cosigner who;
	char url[CS_TLOG_POLICY_URL_MAX + 1];
};
/* Counts as one that witnessed if at least ${k} of its ${n} members do. */
struct cs_tlog_policy_group {
	char name[CS_TLOG_POLICY_NAME_MAX + 1];
	unsigned k, n;
};

/* A place is that of a witness, or CS_TLOG_POLICY_EACH and that of a group. */
#define CS_TLOG_POLICY_PLACES (2 * CS_TLOG_POLICY_EACH)
#define CS_TLOG_POLICY_NONE (-1)

struct cs_tlog_policy {
	struct cs_tlog_policy_log logs[CS_TLOG_POLICY_EACH];
	struct cs_tlog_policy_witness witnesses[CS_TLOG_POLICY_EACH];
	struct cs_tlog_policy_group groups[CS_TLOG_POLICY_EACH];
	size_t n_logs, n_witnesses, n_groups;
	/* The group that each place is a member of, or NONE. */
	int member_of[CS_TLOG_POLICY_PLACES];
	int quorum; /* a place; NONE: nobody has to have cosigned */
};

/*
 * C2SP tlog-policy, "Policy file syntax and structure".  CS_ERR_FORMAT: it is
 * none, or a key of it is of a type that is not ours; CS_ERR_NOT_FOUND: a name
 * is used that no line before defines; CS_ERR_EXISTS: a name, a key or the
 * quorum is defined twice, or a name is a member twice; CS_ERR_LIMIT: longer or
 * more than we accept.  ${*line} is the one at fault, from 1 on, or 0: all of
 * it.
 */
CS_CHECKED enum cs_err cs_tlog_policy_parse(
    struct cs_tlog_policy *out, unsigned *line, struct cs_view text);

/* What a checkpoint's note shows under a policy. */
struct cs_tlog_witnessed {
	struct cs_tlog_checkpoint checkpoint; /* views into the note */
	/* When each witness cosigned; 0: it did not. */
	uint64_t times[CS_TLOG_POLICY_EACH];
	/*
	 * What the times of a quorum prove if one of its members is honest,
	 * whoever that is.  The checkpoint was there at ${by_s}, at the latest:
	 * the earliest time at which a quorum had cosigned.  The log had not
	 * grown beyond it at ${as_of_s}: the latest time since which a quorum
	 * has cosigned.  Without a quorum, UINT64_MAX and 0, which say nothing.
	 */
	uint64_t by_s, as_of_s;
};

/*
 * Is ${note} a checkpoint that ${log} signed, or one of the policy's logs if
 * that is NULL, and a quorum cosigned?  Cosignatures of the time 0, or of more
 * than CS_TLOG_POLICY_AHEAD_S after ${now_s}, do not count.  CS_ERR_DENIED: too
 * few cosigned, and ${out} says who did; CS_ERR_NOT_FOUND: none of the logs
 * signed it; CS_ERR_MISMATCH: it is of another log than ${log};
 * CS_ERR_SIGNATURE: a line of a log or a witness is wrong; else as
 * cs_tlog_checkpoint_open().
 */
CS_CHECKED enum cs_err cs_tlog_policy_verify(struct cs_tlog_witnessed *out,
    const struct cs_tlog_policy *policy, struct cs_view note,
    const struct cs_note_key *log, uint64_t now_s);
