/* SPDX-License-Identifier: MIT */
/*
 * What the files of the hub share: a running hub, its connections, a request.
 *
 * One thread.  Each round of the loop hands out the frames that have come, and
 * those that come meanwhile; their handlers run in one transaction, each in a
 * savepoint of its own.  Then the transaction is committed, which syncs, and
 * only then do the answers leave.  So an acknowledgement follows the fsync, and
 * a busy hub pays one fsync for many messages.
 */
#pragma once

#include "base/units.h"
#include "countersign/mls.h"
#include "crypto/sign.h"
#include "hub/talk/time.h"
#include "net/server.h"
#include "room/handshake.h"
#include "store/db.h"
#include "wire/messages.h"

/* ---- times, and bounds of a round.  What everybody may take is in budget.c
 * (DESIGN, "Limits") */

/* A round that gathers what comes meanwhile keeps the answers waiting: */
#define HUB_ROUND_OUT_MAX 512 /* for some milliseconds */
#define HUB_ROUND_BYTES_MAX CS_MIB
#define HUB_ROUND_US 20000
/* After a round with so many answers, so much of the time of the last commit is
 * spent waiting for more. */
#define HUB_GATHER_LEAST 4
#define HUB_GATHER_PART 4
#define HUB_CONN_ROUND_US 10000          /* of it for one connection */
#define HUB_LOGIN_MS (10 * CS_SECOND_MS) /* DESIGN: handshake 10 s */
/* A refusal of key packages takes so long, whyever: several times what it takes
 * to find out. */
#define HUB_LOOKUP_US 60
#define HUB_REPORTS_KEPT 200 /* as many as an account is told of */
#define HUB_BLOB_MAX ((uint64_t)104 * CS_MIB) /* 100 MiB of file, as CSM1 */
#define HUB_BLOB_TOKEN_MS CS_HOUR_MS          /* a slow link needs its time */
#define HUB_KEEP_MS (30 * CS_DAY_MS)          /* the report window */
/* Handshakes that some device has not read: it was away so long that it comes
 * back like one that was lost. */
#define HUB_KEEP_HANDSHAKE_MS (365 * CS_DAY_MS)
/* Answered reports and letters, actions that are over: an answer may be
 * questioned for six months (DSA, article 20). */
#define HUB_KEEP_ANSWER_MS (190 * CS_DAY_MS)
#define HUB_REPORT_UNREAD_MS (90 * CS_DAY_MS) /* blobs wait for the desk */
#define HUB_SWEEP_ROWS 200                    /* that go between two rounds */
#define HUB_ANSWER_ROWS 100          /* letters, reports, Welcomes at once */
#define HUB_SYNC_ROWS 10000          /* groups that have news, at once */
#define HUB_FETCH_BYTES (2 * CS_MIB) /* of messages in one answer */
/* Removals that are owed: groups in a round and time for them, while members
 * wait; and proposals in one group at once. */
#define HUB_REMOVALS_ROUND 8
#define HUB_REMOVALS_ROUND_MS 5
#define HUB_REMOVALS_GROUP 64
#define HUB_TURN_MS (10 * CS_SECOND_MS) /* of the log (decision 0046) */
#define HUB_ASK_MS (14 * CS_DAY_MS)     /* an ask to be let into a group */
#define HUB_LINK_MS (10 * CS_MINUTE_MS) /* time to fetch the other device */

/* What a connection has proved to be. */
enum hub_role {
	HUB_NOBODY,
	HUB_DEVICE,
	HUB_DESK,
	HUB_HELD,       /* a device of a disabled account: it may ask why */
	HUB_RECOVERING, /* has an account's recovery key, and no device yet */
	HUB_AT_SITE,    /* somebody at the hub's site, without an account */
};

struct hub_conn {
	struct cs_hub *hub;
	/* core/line.h: the process that has its socket, and its number there;
	 * NULL: none, as in tests */
	struct hub_link *link;
	uint64_t line;
	struct cs_wire_binding binding; /* that its login has to sign */
	struct cs_buf ahead;            /* frames that wait for its next turn */
	uint64_t taken; /* bytes of frames for which it has no credit yet */
	struct hub_conn *next_waiting; /* of those whose turn has come */
	bool held, waits, ended;
	/* chains of the tables by device and by account, and of the desk's */
	struct hub_conn *next_device, *next_account, *next_desk;
	struct hub_conn *next_touched; /* of those that did something */
	uint64_t opened_ms;
	uint8_t challenge[32];
	enum hub_role role;
	uint8_t account[CS_ID_LEN];
	uint8_t device[CS_ID_LEN];
	uint8_t address[CS_NET_ADDRESS_LEN];
	/* of this round: cost and bytes of requests, time of their handlers */
	uint64_t round_cost, round_bytes, round_us;
	/* when, and at which hub->standing, its account was looked at */
	uint64_t checked_ms, checked_standing;
	unsigned join_tries;
	bool touched; /* in this round */
	bool end_after_round;
};

/* An answer or a push that leaves after the commit. */
struct hub_outgoing {
	struct hub_conn *conn; /* NULL: it has gone meanwhile */
	uint32_t id;           /* 0: a push */
	size_t from, to;       /* in the batch's bytes */
};

/* A group whose log has grown; its members are told after the commit. */
struct hub_wake {
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len;
	uint64_t head;
	const struct hub_conn *by; /* who made the entry; NULL: nobody here */
};

/* A message that is in the log of this round, and not in the database yet. */
struct hub_pending;

#define HUB_BUCKETS 16384
#define HUB_LINKS_MAX 65 /* network processes, and the site's */
#define HUB_LINK_SITE (HUB_LINKS_MAX - 1)
#define HUB_OTHERS_MAX 6 /* other sockets that a round waits for */

/* Where dropping what is too old has got to (hub/retention.h). */
struct hub_sweep {
	uint64_t next_ms;
	bool under_way;
	size_t step;
	uint64_t after_ms, after_seq; /* handshakes that were looked at */
};

/* Where the log is (core/tlog.h). */
struct hub_tlog {
	bool loaded;       /* from the database, since something was undone */
	uint64_t next;     /* number of the entry of this turn */
	uint32_t batches;  /* of stamps in this turn */
	uint64_t ended_ms; /* when the last turn ended */
	uint64_t sent;     /* so many entries were sent to the log's process */
	bool ready;        /* it has said how many it has */
	bool linked, told; /* there is one; it has ever said that */
	int state;         /* enum hub_tlog_state */
	struct cs_channel *process; /* or NULL */
};

/* What the operator has to see to (hub/watch.h), as the parent said last. */
struct hub_trouble {
	char kind[16];
	uint64_t left;
};

struct cs_hub {
	struct cs_db *db;
	char name[256];
	uint64_t boot; /* chosen when it started */

	uint8_t root_public[CS_KEY_LEN];
	uint8_t external_public[CS_KEY_LEN];
	uint8_t names_public[CS_KEY_LEN]; /* of the labels of names */
	uint8_t operator_id[8], stamp_key_id[8];
	uint64_t stamp_from_s, stamp_until_s; /* its certificate */
	struct cs_signer *external_signer;    /* for MLS; elsewhere */
	const struct hub_signing *signing;    /* core/sign.h */
	bool stamps_refused;                  /* the signer made none */
	size_t n_orders;                      /* that are not answered yet */
	struct cs_room room;                  /* what its groups ask of it */
	struct cs_buf stamp_cert, external_cert, registrar_cert;
	uint8_t pseudonym_key[32]; /* see desk/pseudonym.h */
	struct cs_buf desk_seal_cert, desk_sign_cert;
	struct cs_buf tlog_cert; /* empty: there is none yet */
	uint8_t desk_sign_public[CS_KEY_LEN];
	bool have_desk;

	uint8_t blob_key[32]; /* of this run: tokens do not outlive it */
	uint8_t pass_key[32]; /* the same, for the process with the blobs */
	uint8_t hash_key[16]; /* of the tables of connections */
	struct hub_conn *by_device[HUB_BUCKETS], *by_account[HUB_BUCKETS];
	struct hub_conn *desks, *touched;
	/* core/line.h */
	const struct hub_line_events *events;
	struct hub_link *links[HUB_LINKS_MAX];
	struct hub_conn *waiting; /* connections whose turn has come */
	size_t n_conns;
	size_t ahead; /* bytes of frames that wait for their turns */
	bool more;    /* has come that this round had no room for */
	/* groups/log.h */
	struct hub_pending *pending;
	size_t n_pending, cap_pending;
	struct cs_buf pending_bytes;
	struct hub_recent *recent; /* groups/recent.h */

	uint64_t now_ms; /* set at each round */
	struct hub_time time;
	uint64_t housekept_ms;
	struct hub_sweep sweep;
	struct cs_channel
	    *files;           /* to the process that has the blobs; or NULL */
	int blobs;            /* their folder, to look into */
	uint64_t removals_ms; /* when removals are due; 0: look */
	struct cs_buf batch;
	struct hub_outgoing *out;
	size_t n_out, cap_out;
	bool broken;                /* nothing of this round may be committed */
	size_t answered;            /* in the last round */
	uint64_t commit_us;         /* that its commit took */
	struct hub_fanout *fanouts; /* core/fanout.h */
	size_t n_fanouts, cap_fanouts;
	struct hub_pushes *pushes; /* core/push.h; NULL: none are sent */
	struct hub_wake *wakes;
	size_t n_wakes, cap_wakes;
	unsigned connections;          /* that may be at once */
	bool directory;                /* channels may be listed */
	char origin[128];              /* where its pages are, or empty */
	uint64_t budget_times;         /* all budgets are multiplied by; 0: 1 */
	struct hub_counters *counters; /* budget.c; NULL: nothing spent yet */
	struct hub_spents *spents;     /* spent.c; the same */
	struct hub_trouble troubles[CS_WIRE_TROUBLES_MAX];
	size_t n_troubles;
	struct hub_tlog tlog;
	uint64_t standing; /* moves when the standing of any account may have */
};

/* One request on its way through a handler. */
struct hub_request {
	struct cs_hub *hub;
	struct hub_conn *conn;
	uint32_t id;
	struct cs_view body;
	bool saved;   /* what it does in the database can be undone by itself */
	bool changed; /* it has done something that cannot */
	uint16_t refusal;         /* enum cs_wire_code, of hub_refuse() */
	struct cs_buf error_data; /* goes along with a refusal */
};

/*
 * A handler answers with hub_answer() and returns CS_OK, or returns why not:
 * hub_refuse() for a reason that the other side is told, any other error for
 * what hub_refusal_of() makes of it.  What it did in the database is then
 * undone.
 */
typedef enum cs_err hub_handler(struct hub_request *rq);
