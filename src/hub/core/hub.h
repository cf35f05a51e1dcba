/* SPDX-License-Identifier: MIT */
/*
 * What the files of the hub share.
 *
 * One thread.  Each round of the loop hands out the frames that came, and those
 * that come meanwhile; their handlers run in one transaction, each in a
 * savepoint of its own; then the transaction is committed, which syncs, and
 * only then do the answers leave. So an acknowledgement follows the fsync, and
 * a busy hub pays one fsync for many messages.
 */
#pragma once

#include "countersign/mls.h"
#include "crypto/sign.h"
#include "hub/hub.h"
#include "net/server.h"
#include "store/db.h"
#include "wire/messages.h"

/* ---- limits, each with its reason (DESIGN, "Limits") -------------------- */

#define HUB_IN_ROUND_MAX 64 /* outstanding submissions a connection */
/* A round that gathers what comes meanwhile keeps the answers waiting: */
#define HUB_ROUND_OUT_MAX 512 /* for some milliseconds */
#define HUB_ROUND_BYTES_MAX ((size_t)1 << 20)
#define HUB_LOGIN_MS 10000      /* DESIGN: handshake 10 s */
#define HUB_JOIN_TRIES_MAX 5    /* guessing invites is to be tedious */
#define HUB_NEW_CONTACTS_DAY 50 /* strangers one account may write to */
#define HUB_OFFERS_MAX 5        /* key packages to one stranger */
#define HUB_REPORTS_DAY 200     /* reports of one account */
/* Sealed reports that the desk has not read: what one account may make us keep.
 * A desk that is away for a weekend is no reason to refuse, a flood is. */
#define HUB_REPORTS_UNREAD 100
#define HUB_REPORTS_UNREAD_BYTES ((uint64_t)64 << 20)
#define HUB_REPORTS_KEPT 200 /* as many as an account is told of */
#define HUB_LETTERS_DAY 20   /* to the desk: nobody reads more */
#define HUB_BLOB_MAX ((uint64_t)104 << 20) /* 100 MiB of file, as CSM1 */
#define HUB_BLOB_BYTES_DAY ((uint64_t)4 << 30)
#define HUB_BLOB_TOKEN_MS (3600 * 1000) /* a slow link needs its time */
#define HUB_KEEP_MS ((uint64_t)30 * 86400 * 1000) /* report window */
#define HUB_GROUPS_ACCOUNT 10000
#define HUB_FETCH_BYTES ((size_t)2 << 20) /* of messages an answer */
#define HUB_LINK_MS                                                            \
	(10 * 60 * 1000) /* long enough to fetch the other device              \
			  */
#define HUB_DAY_MS ((uint64_t)86400 * 1000)

extern const struct cs_db_schema cs_hub_schema;

/* What a connection has proved to be. */
enum hub_role {
	HUB_NOBODY,
	HUB_DEVICE,
	HUB_DESK,
	HUB_HELD, /* a device of a disabled account: it may ask why */
};

struct hub_conn {
	struct cs_net_conn *net;
	struct cs_hub *hub;
	struct hub_conn *next_device;  /* chain of the table by device */
	struct hub_conn *next, **link; /* all connections */
	uint64_t opened_ms;
	uint8_t challenge[32];
	enum hub_role role;
	uint8_t account[16];
	uint8_t device[16];
	unsigned in_round;
	unsigned join_tries;
	bool end_after_round;
};

/* An answer or a push that leaves after the commit. */
struct hub_outgoing {
	struct hub_conn *conn; /* NULL: it has gone meanwhile */
	uint32_t id;           /* 0: a push */
	size_t from, to;       /* in the batch's bytes */
};

#define HUB_DEVICE_BUCKETS 4096

struct cs_hub {
	char *dir;
	struct cs_db *db;
	struct cs_net_server *net;
	char name[256];
	char listen_host[64];
	int listen_port;

	uint8_t root_public[32];
	struct cs_sign_key stamp_key;
	struct cs_sign_key external_key;
	struct cs_signer *external_signer; /* the same, for MLS */
	struct cs_buf stamp_cert, external_cert;
	struct cs_buf desk_seal_cert, desk_sign_cert;
	uint8_t desk_sign_public[32];
	bool have_desk;
	int64_t desk_mtime;

	uint8_t blob_key[32]; /* of this run: tokens do not outlive it */
	uint8_t hash_seed[16];
	struct hub_conn *conns;
	struct hub_conn *by_device[HUB_DEVICE_BUCKETS];

	uint64_t now_ms; /* set at each round */
	uint64_t housekept_ms, looked_ms;
	struct cs_buf batch;
	struct hub_outgoing *out;
	size_t n_out, cap_out;
	unsigned most_in_round; /* of any connection */
};

/* One request on its way through a handler. */
struct hub_request {
	struct cs_hub *hub;
	struct hub_conn *conn;
	uint32_t id;
	struct cs_view body;
	struct cs_buf error_data; /* goes along with a refusal */
};

/* A handler answers with hub_answer() and returns 0, or refuses by returning a
 * cs_wire_code; what it did in the database is then undone. */
typedef uint16_t hub_handler(struct hub_request *rq);

hub_handler hub_ping, hub_join, hub_login, hub_key_packages_put,
    hub_key_packages_get, hub_contact_set, hub_settings_set, hub_group_new,
    hub_submit, hub_sync, hub_fetch, hub_ack, hub_welcomes, hub_welcome_ack,
    hub_report, hub_report_states, hub_stamp_cert, hub_blob_put, hub_blob_get,
    hub_desk_reports, hub_desk_report_set, hub_desk_action, hub_link_open,
    hub_link_answer, hub_link_ask, hub_link_take, hub_device_add, hub_devices,
    hub_device_remove, hub_contacts, hub_group_info, hub_notices, hub_letter,
    hub_account_export, hub_account_leave, hub_desk_letters,
    hub_desk_letter_set;

/* ---- hub.c -------------------------------------------------------------- */

/* Look at the clock; each event begins with it. */
void hub_clock(struct cs_hub *hub);

/* ---- batch.c: transaction and answers of a round ------------------------ */

/* Begin the round's transaction if it has not begun. */
CS_CHECKED enum cs_err hub_batch_begin(struct cs_hub *hub);
/* Commit; send what waited, or refuse all of it when the commit failed. */
void hub_batch_end(struct cs_hub *hub);
/* Queue; an answer to ${rq}, or a push to ${conn}. */
uint16_t hub_answer(struct hub_request *rq, const struct cs_wire_shape *shape,
    const void *message);
void hub_push(struct hub_conn *conn, const struct cs_wire_push *push);
/* To all connections of a device; to the desk. */
void hub_push_device(struct cs_hub *hub, const uint8_t device[static 16],
    const struct cs_wire_push *push);
void hub_push_desk(struct cs_hub *hub, const struct cs_wire_push *push);
void hub_push_account(struct cs_hub *hub, const uint8_t account[static 16],
    const struct cs_wire_push *push);

/* ---- connection.c ------------------------------------------------------- */

extern const struct cs_net_server_config hub_net_callbacks;
/* Enter a connection into the table by device. */
void hub_conn_index(struct hub_conn *conn);
struct hub_conn *hub_conn_first(
    struct cs_hub *hub, const uint8_t device[static 16]);
/* End connections that have not said who they are in time. */
void hub_conns_end_strangers(struct cs_hub *hub);
/* What a refusal for our own failure, or for bad bytes, is called. */
uint16_t hub_code(enum cs_err err);

/* ---- account.c ---------------------------------------------------------- */

/* 0, CS_WIRE_E_DISABLED or CS_WIRE_E_REMOVED, with when and why in
 * ${rq->error_data}. */
uint16_t hub_account_check(struct hub_request *rq);

/* ---- standing.c --------------------------------------------------------- */

/* What the actions on an account come to now: disabled as long as one of them
 * says so.  Who comes or goes by that is taken out of its conversations, or may
 * come back. */
CS_CHECKED enum cs_err hub_account_settle(
    struct cs_hub *hub, const uint8_t account[static 16]);
/* The same for all whose time is over. */
CS_CHECKED enum cs_err hub_accounts_settle(struct cs_hub *hub);

/* ---- device.c ----------------------------------------------------------- */

/* Devices that were not removed. */
CS_CHECKED enum cs_err hub_devices_count(
    uint64_t *out, struct cs_hub *hub, const uint8_t account[static 16]);
CS_CHECKED enum cs_err hub_device_seen(
    struct cs_hub *hub, const uint8_t device[static 16]);
/* From here on nothing is taken of it and nothing kept for it; its connections
 * end. */
CS_CHECKED enum cs_err hub_device_forget(
    struct cs_hub *hub, const uint8_t device[static 16]);

/* ---- key_package.c ------------------------------------------------------ */

/* What is left of the connection's own; 0 or a code. */
uint16_t hub_key_packages_count(
    struct hub_request *rq, struct cs_wire_login_answer *out);

/* ---- contact.c ---------------------------------------------------------- */

/* One more than enum cs_wire_contact: key packages went out, no message yet. */
#define HUB_CONTACT_OFFERED 4

/* May ${from} have key packages of ${to}?  0 or a code. */
uint16_t hub_contact_may(struct cs_hub *hub, const uint8_t from[static 16],
    const uint8_t to[static 16]);
/* ${from} adds ${to} to a group: a first contact becomes a request. */
uint16_t hub_contact_added(struct cs_hub *hub, const uint8_t from[static 16],
    const uint8_t to[static 16]);

/* ---- group.c, log.c ----------------------------------------------------- */

/* The device that a credential belongs to; CS_ERR_CREDENTIAL: none of ours. */
CS_CHECKED enum cs_err hub_device_of(struct cs_hub *hub,
    struct cs_view credential, uint8_t device[static 16],
    uint8_t account[static 16]);

/* A group's row. */
struct hub_group {
	struct cs_view id; /* borrowed from the request */
	uint64_t seq, epoch, last_ms;
	uint64_t dissolved; /* until when; 0: it is not */
	uint8_t chain[32];
};
CS_CHECKED enum cs_err hub_group_load(
    struct hub_group *out, struct cs_hub *hub, struct cs_view id);
/* The public half, as the MLS library keeps it. */
CS_CHECKED enum cs_err hub_public_load(
    struct cs_mls_public_group **out, struct cs_hub *hub, struct cs_view id);
CS_CHECKED enum cs_err hub_public_store(
    struct cs_hub *hub, const struct cs_mls_public_group *g);
/* The extensions that each group of this hub has to have. */
CS_CHECKED enum cs_err hub_group_check_extensions(
    struct cs_hub *hub, const struct cs_mls_public_group *g);
/* Propose the removal of every device of a group that was removed or whose
 * account is disabled, and log it. */
CS_CHECKED enum cs_err hub_group_propose_removals(struct cs_hub *hub,
    struct hub_group *group, struct cs_mls_public_group *public);
/* The same in all groups of an account. */
CS_CHECKED enum cs_err hub_groups_propose_removals(
    struct cs_hub *hub, const uint8_t account[static 16]);

/* Something that is to be appended to a log. */
struct hub_entry {
	struct cs_view message;
	uint8_t account[16]; /* zero for the hub itself */
	uint8_t device[16];
	uint64_t epoch;
	uint8_t content; /* enum cs_mls_content */
	uint8_t tag[32]; /* zero for handshakes */
	uint8_t msg_hash[32];
};
/* Number it, stamp it, store it, wake its readers; ${stamp} gets the wire
 * form. */
CS_CHECKED enum cs_err hub_log_append(struct cs_hub *hub,
    struct hub_group *group, const struct hub_entry *entry,
    struct cs_buf *stamp);

/* Is a device of the account in the group, by the rows so far? */
CS_CHECKED enum cs_err hub_account_in(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static 16]);
/* Is the device of the connection?  0 or CS_WIRE_E_NO_GROUP. */
uint16_t hub_is_member(struct hub_request *rq, struct cs_view group_id);

/* Check a handshake and follow it; its entry is appended by hub_submit(). */
uint16_t hub_handshake(struct hub_request *rq, struct hub_group *group,
    const struct cs_wire_submit *m, struct hub_entry *entry,
    struct cs_buf *stamp);

/* ---- restore.c ---------------------------------------------------------- */

/* A device of ${account} was taken out by the entry that is the last now, in
 * the epoch that is the group's still. */
CS_CHECKED enum cs_err hub_restore_note(struct cs_hub *hub,
    const struct hub_group *group, const uint8_t account[static 16]);
/* The account is enabled: Removes that wait in its groups may yet be taken. */
CS_CHECKED enum cs_err hub_restore_pending(
    struct cs_hub *hub, const uint8_t account[static 16]);
/* It has come back, or the epoch that it waited for is over. */
CS_CHECKED enum cs_err hub_restore_done(
    struct cs_hub *hub, struct cs_view group, const uint8_t account[static 16]);
CS_CHECKED enum cs_err hub_restore_end_epoch(
    struct cs_hub *hub, const struct hub_group *group);
/* May a device of the account enter the group by itself?  Where the account is,
 * and where it was taken out while it was disabled.  But not where somebody
 * came since: who has never seen it there would not let it in. */
CS_CHECKED enum cs_err hub_account_may_enter(bool *out, struct cs_hub *hub,
    struct cs_view group, const uint8_t account[static 16]);

/* ---- blob.c ------------------------------------------------------------- */

int hub_blob_open(struct cs_hub *hub, struct cs_net_blob *b);
int hub_blob_done(struct cs_hub *hub, struct cs_net_blob *b, bool whole);
/* Drop blobs whose time is over. */
CS_CHECKED enum cs_err hub_blob_sweep(struct cs_hub *hub);

/* ---- stamp_key.c -------------------------------------------------------- */

/* Keep the certificate of the key that stamps now, for those who ask later. */
CS_CHECKED enum cs_err hub_stamp_key_remember(struct cs_hub *hub);

/* ---- keys.c ------------------------------------------------------------- */

CS_CHECKED enum cs_err hub_keys_load(struct cs_hub *hub);
/* Look whether a desk was joined since. */
void hub_keys_look_for_desk(struct cs_hub *hub);
