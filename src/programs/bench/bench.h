/* SPDX-License-Identifier: MIT */
/* The parts of countersign-bench. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "countersign/mls.h"
#include "franking/stamp.h"
#include "net/session.h"

/* ---- bench_util.c: time, medians, results ------------------------------- */

uint64_t bench_ns(void);
/* Sorts ${v}; the value below which ${percent} of them lie. */
uint64_t bench_percentile(uint64_t *v, size_t n, double percent);
/* Stop with a sentence when something that has to work does not. */
void bench_must(enum cs_err err, const char *what);

/* Run ${fn} ${n} times; nanoseconds of the median run. */
uint64_t bench_median(void (*fn)(void *arg), void *arg, unsigned n);

/* One line of the result: for people, or collected into one JSON object. */
void bench_begin(bool json);
void bench_value(const char *name, double value, const char *unit);
/* ${value} beside what it is compared with, and the goal (0: none). */
void bench_ratio(const char *name, double value, const char *unit,
    const char *peer, double peer_value, double goal);
void bench_section(const char *title);
void bench_note(const char *text);
void bench_end(void);

/* ---- bench_world.c: members in memory, and a real hub ------------------- */

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
void bench_member_init(struct bench_member *m, unsigned number);
void bench_member_clear(struct bench_member *m);
/* ${a} makes a group with ${b} in it; ${n} - 2 others fill it up.  With a hub
 * both are logged in, and the hub knows the group. */
void bench_pair(struct bench_member *a, struct bench_member *b, unsigned n,
    const uint8_t root[static 32], const char *hub_name,
    const uint8_t external_sender[static 32], bool hub);

/* One whole message: body, tag, signature, authenticated data, MLS. */
void bench_send(struct cs_buf *message, struct bench_member *m,
    const char *hub_name, struct cs_view text, struct cs_buf *body);

/* Every check that a recipient makes of an application message. */
void bench_receive(struct bench_member *m, const struct cs_wire_entry *e,
    const uint8_t root[static 32], struct cs_view stamp_cert);

struct bench_hub {
	char dir[200];
	int port;
	pid_t pid;
	uint8_t root[32];
};
/* It ends with this process, and its folder goes, however that comes about
 * but by SIGKILL. */
void bench_hub_start(struct bench_hub *h);
void bench_hub_stop(struct bench_hub *h);
/* Connect, join with an invite and log in. */
void bench_hub_join(struct bench_hub *h, struct bench_member *m);
void bench_hub_invite(struct bench_hub *h, char *code, unsigned uses);

int bench_free_port(void);
/* A sender and a recipient of its own, with a group of two at the hub. */
void bench_hub_pair(struct bench_hub *h, struct bench_member *a,
    struct bench_member *b, unsigned number);
/* An empty request and its answer; nanoseconds. */
uint64_t bench_ping(struct bench_member *m);

/* ---- bench_crowd.c: processes that each play some of the members -------- */

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
void bench_crowd_init(struct bench_crowd *c);
/* fork(), for a child that ends with its parent: true in the child. */
bool bench_crowd_fork(struct bench_crowd *c);
/* Has one failed?  Then this program does. */
void bench_crowd_check(struct bench_crowd *c);
/* Until ${ready} of them are. */
void bench_crowd_wait(struct bench_crowd *c, int ready);
void bench_crowd_end(struct bench_crowd *c);

/* ---- bench_peer.c: libwebsockets alone ---------------------------------- */

/* In a child of ${c}: WebSockets over TLS on ${port}, as the library does them
 * by itself, with a certificate of the same kind, signed by ${root}. */
void bench_peer_start(struct bench_crowd *c, const struct bench_hub *beside,
    int port, const struct cs_sign_key *root);

/* ---- bench_disk.c: what the disk allows --------------------------------- */

struct cs_db;
/* A database in the folder of ${h}, beside the hub's. */
struct cs_db *bench_disk_open(const struct bench_hub *h);
void bench_disk_close(struct cs_db *db);
/* ${rows} rows of 1.4 KB in one synced commit; nanoseconds. */
uint64_t bench_disk_commit(struct cs_db *db, unsigned rows);
/* Rows a second, for a second. */
double bench_disk_rate(struct cs_db *db, unsigned rows);

/* ---- what is measured --------------------------------------------------- */

struct bench_options {
	bool quick;
	unsigned seconds, connections;
	const char *members;
	const char *peer; /* a command, or NULL */
};
void bench_message(const struct bench_options *o);
void bench_throughput(const struct bench_options *o);
void bench_delay(const struct bench_options *o);
void bench_idle(const struct bench_options *o);
void bench_wire(const struct bench_options *o);
void bench_mls(const struct bench_options *o);
void bench_mls_scale(const struct bench_options *o);
void bench_phash(const struct bench_options *o);
void bench_desk(const struct bench_options *o);
