/* SPDX-License-Identifier: MIT */
/* The parts of countersign-bench. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "countersign/mls.h"
#include "franking/credential.h"
#include "franking/stamp.h"
#include "net/session.h"

struct bench_member {
	uint8_t account[16], device[16];
	char handle[CS_HANDLE_MAX + 1];
	struct cs_sign_key account_key, device_key;
	struct cs_signer *signer; /* device_key for MLS */
	struct cs_buf credential, cert;
	struct cs_buf key_package, secrets;
	struct cs_mls_hash ref;
	struct cs_mls_group *group;
	uint8_t group_ref[32];
	uint64_t sender_seq;
	struct cs_session session;
};

struct bench_hub {
	char dir[200];
	int port;
	pid_t pid;
	uint8_t root[32];
};

#define BENCH_MEMBERS_MAX 256

/* Shared with the processes of the members. */
struct bench_board {
	volatile int ready;
	volatile int go;
	volatile int stop;
	volatile uint64_t done[BENCH_MEMBERS_MAX];
};
struct bench_crowd {
	struct bench_board *board;
	unsigned n;
	pid_t pids[BENCH_MEMBERS_MAX];
};

struct cs_db;

/* ---- what is measured --------------------------------------------------- */

struct bench_options {
	bool quick;
	unsigned seconds, connections;
	uint64_t entries;
	const char *members;
	const char *peer; /* a command, or NULL */
};
