/* SPDX-License-Identifier: MIT */
/* What a desk is while it is open. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "crypto/dhkem.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "desk/core/actor.h"
#include "desk/core/policy.h"
#include "desk/core/problem.h"
#include "desk/core/store.h"
#include "desk/core/tally.h"
#include "net/session.h"
#include "store/folder.h"

struct cs_db;
struct desk_line;

struct cs_desk_conflict {
	char by[CS_DESK_NAME_MAX + 1];
	uint64_t at_ms;
};

/* Counted by day, for the charts. */
enum desk_day { DESK_DAY_REPORTS = 1, DESK_DAY_REJECTED = 2 };

struct cs_desk {
	struct cs_folder folder;
	struct cs_db *db;
	struct cs_seal_key key;
	struct cs_desk_hub hub;
	struct cs_hpke_key seal_key;
	struct cs_sign_key sign_key;
	struct cs_session session;
	struct cs_tls_tickets *tickets; /* NULL until the first connection */
	struct cs_net_far *(*far)(
	    void *arg); /* cs_desk_connect_by(), or NULL */
	void *far_arg;
	bool online;
	bool *shown_online; /* or NULL */
	/* Of cs_desk_run(). */
	void (*said)(const char *sentence);
	bool (*stops)(void *arg);
	void *stops_arg;
	bool said_no_decoder;
	uint32_t said_failed; /* groups in which the hub failed, as was said */
	struct desk_index *index;     /* of photos; NULL until needed */
	struct cs_desk_policy policy; /* as last parsed; version 0: not yet */
	struct cs_desk_conflict conflict;
	struct desk_problem problem;
	char *heads_file; /* of desk.conf; NULL: none */
	/* The head that was deposited last, and when; 0: none since it was
	 * opened. */
	uint64_t head_seq, head_ms;
	struct desk_tallying rows;
	/* Lines of the log that the transaction ends with. */
	struct {
		struct desk_line *at;
		size_t n;
	} lines;
};
