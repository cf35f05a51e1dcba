/* SPDX-License-Identifier: MIT */
/*
 * The structures that the files of the client share.
 *
 * Rules of this folder.  A group's MLS state and its consequences (a message,
 * an event, a cursor) are stored in one transaction, so a crash leaves both or
 * neither. What is to be sent is stored first, and is sent again with the same
 * bytes until the hub has answered; the hub gives the same answer.  What the
 * hub says is verified before it is stored.
 */
#pragma once

#include "base/units.h"
#include "client/client.h"
#include "content/evidence.h"
#include "content/letter.h"
#include "countersign/mls.h"
#include "franking/recovery.h"
#include "net/session.h"
#include "room/handshake.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/folder.h"
#include "store/vault.h"

#define CLIENT_MAX_SKIP 1000 /* messages of one sender that may be missing */
#define CLIENT_PAST_EPOCHS 3 /* messages that arrive a commit or two late */
#define CLIENT_PADDING 256   /* so that lengths reveal little */
#define CLIENT_KEY_PACKAGES 20
#define CLIENT_KEY_PACKAGE_DAYS 365
#define CLIENT_DEVICE_DAYS (5 * 365)
#define CLIENT_TRIES 8 /* races lost in a row against other committers */
#define CLIENT_TIMEOUT_MS 15000
#define CLIENT_LINK_S (10 * 60) /* how long a code is valid, as at the hub */
/* RFC 9420, section 16.6: a member who never commits holds back the security of
 * all.  Each commits within a week, on a day of its own. */
#define CLIENT_COMMIT_MS (7 * CS_DAY_MS)
#define CLIENT_COMMIT_JITTER_MS CS_DAY_MS
#define CLIENT_COMMIT_MESSAGES 1000 /* sent under one leaf key */
#define CLIENT_UPKEEP_MS CS_HOUR_MS /* how often to look */
/* How often a device tries by itself to enter again where it may not yet. */
#define CLIENT_REPAIR_MS CS_HOUR_MS

/* Our GroupInfo extension, seen only by those who join: home/room.h. */
#define CLIENT_EXT_ROOM 0xf0c5

enum client_contact_state { CONTACT_KNOWN, CONTACT_ACCEPTED, CONTACT_BLOCKED };
struct client_contact {
	uint8_t account[CS_ID_LEN];
	char handle[CS_HANDLE_MAX + 1];
	uint8_t account_key[CS_KEY_LEN];
	enum client_contact_state state;
	uint64_t state_ms; /* when a device of the user set it; 0: none did */
	/* The hub showed another account or key under this name: nothing is
	 * sent to it until the user agrees. */
	bool changed;
	uint8_t new_account[CS_ID_LEN], new_key[CS_KEY_LEN];
};

/* Who the user is.  Stored when the home is made, and constant from then on. */
struct client_self {
	char handle[CS_HANDLE_MAX + 1];
	char hub[256]; /* its name, as it calls itself */
	char host[256];
	int port;
	uint8_t root[CS_KEY_LEN]; /* the operator's */
	uint8_t account[CS_ID_LEN], device[CS_ID_LEN];
	uint8_t account_key[CS_KEY_LEN]; /* public: the recovery key's */
	struct cs_seal_key
	    account_notes; /* all devices of the account have it */
	struct cs_sign_key device_key;
	struct cs_signer *signer; /* device_key for MLS; NULL until needed */
	/* Without the registrar's part until the hub has answered the join. */
	struct cs_buf credential;
	/* The words, until they are written down, or for as long as the user
	 * keeps them here. */
	bool has_recovery;
	struct cs_recovery recovery;
};

/* The report desk's keys, as certified by the root. */
struct client_desk {
	bool known;
	bool expired; /* they were certified, and the certificate has expired */
	uint8_t hpke[CS_KEY_LEN], sign[CS_KEY_LEN];
};

/* The connection, and what the hub said when it was made. */
struct client_link {
	struct cs_session session;
	struct cs_tls_tickets *tickets; /* NULL until the first connection */
	bool online;
	bool proven;    /* this device has logged in on this connection */
	bool logged_in; /* during the last cs_client_connect() */
	struct cs_wire_login_answer login;
	uint8_t external_sender[CS_KEY_LEN]; /* the key that signs the hub's
						proposals */
	struct client_desk desk;
	bool notices_due;     /* the desk may have decided something */
	bool asks_due;        /* somebody may ask to be let into a group */
	bool places_due;      /* hub and home are not in the same places */
	uint64_t boot;        /* of the hub that was reached */
	bool revocations_due; /* devices of contacts may have ended */
	uint16_t hub_code;    /* why the hub refused the last call, or 0 */
	/* Called when the hub refuses this device everything, with
	 * CS_WIRE_E_DISABLED or CS_WIRE_E_REMOVED; may replace the sentence in
	 * ${problem}. */
	void (*shut_out)(struct cs_client *c, uint16_t code);
	/* Called before the home is closed or left to other commands, to tell
	 * the hub what it does not know yet. */
	enum cs_err (*last_word)(struct cs_client *c);
};

/* How fast the log is read, which is as much at once as the line allows. */
struct client_fetching {
	uint32_t page_bytes;  /* asked for the next time; 0: nothing is known */
	uint64_t done, total; /* entries, of all logs */
	enum cs_err (*told)(void *arg, struct cs_client *c);
	void *arg;
};

struct cs_client {
	struct cs_folder home;
	int lock;
	bool at_once; /* nothing may wait: see cs_client_at_once() */
	bool reading; /* another command has the lock: nothing is written */
	uint64_t
	    opened_ms; /* when it was last locked, then: see ..._locked() */
	struct cs_db *db;
	struct cs_seal_key key;

	struct client_self self;
	struct {
		struct client_contact *v;
		size_t n;
	} contacts; /* the whole table, in memory */
	struct {
		struct client_alias *v;
		size_t n;
	} aliases; /* the whole table, in memory */
	/* What the names of people look like, and each name, as <V>; of how
	 * many names: see home/find.c. */
	struct cs_buf looks;
	size_t looks_of;
	/* The last name that was compared with them, and whom it looks like:
	 * messages of one group follow one another. */
	struct {
		char name[256], like[256];
	} looked;
	struct client_link link;
	/* How much has come and gone: what grows shows that a line is of use.
	 */
	uint64_t progress;
	struct client_fetching fetching;

	struct {
		int64_t ahead_ms; /* what the hub's clock is, if that counts */
		uint64_t seen_ms, stored_ms; /* the latest time in a stamp */
	} time;                              /* see home/clock.h */
	uint64_t upkept_ms;                  /* see groups/upkeep.c */
	uint64_t touched_base; /* see home/touched.c; 0: not begun */
	struct cs_buf entered; /* ids of groups entered anew since it was
				* opened, each as <V> */
	struct cs_buf asked; /* see groups/asked.c: a group, as stamps name it,
			      * and when; one after another */
	struct cs_buf acks;  /* see groups/log.c: <V> of a group, place in its
			      * log;    one after another */
	char problem[4096 + 512];
};

/* What MLS hands to client_check_leaf(), and what that found. */
struct client_leaf_check {
	struct cs_client *c;
	/* Who was refused last because their key is not the known one; without
	 * a handle: nobody. */
	struct client_contact differs;
	uint64_t at_ms; /* when the hub took what is looked at; 0: now */
	struct cs_room room;
};

struct client_group {
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len;
	uint8_t ref[CS_HASH_LEN];
	bool direct;
	bool registered; /* the hub knows it */
	bool noted;      /* and has a sealed note of its name */
	enum cs_client_group_state state;
	char name[256]; /* or the peer's handle */
	char added_by[CS_HANDLE_MAX + 1];
	uint64_t seq;     /* the last entry that was processed */
	bool chain_known; /* ${chain} is what the next stamp builds on */
	uint8_t chain[CS_HASH_LEN];
	uint64_t last_ms; /* time of the last stamp */
	uint64_t sender_seq;
	uint64_t
	    committed_ms; /* this device's last commit, or when it came in */
	uint32_t sent;    /* messages sent since */
	/* The log holds a change that this device could not follow: it has to
	 * enter the group anew. */
	bool lost;
	/* It is lost because this home is an old copy: the log goes on with
	 * what this device sent from another one.  The epoch that it knows may
	 * be the present one. */
	bool copied;
	/* It is lost because the hub was restored from a backup: its log ends
	 * before what this device has read. */
	bool rolled_back;
	struct cs_mls_group *mls;
	struct client_leaf_check
	    *check;     /* what ${mls} asks; NULL if ${mls} is */
	bool elsewhere; /* ${mls} was not loaded from this group's row */
};

/* What to look for by name; with ANY a person comes before a group. */
enum client_group_find {
	CLIENT_FIND_GROUP,
	CLIENT_FIND_DIRECT,
	CLIENT_FIND_ANY
};

/*
 * What is kept of a message.  ${body} is a capsule (content/proof.h) of what
 * was received, or sent and stamped; the bare application data of what was sent
 * and is not stamped yet (${bare}); or else a sentence.
 */
struct client_record {
	enum cs_client_message_kind kind;
	bool late, failed, bare, warning;
	uint64_t time_ms, seq;
	char from[CS_HANDLE_MAX + 1];
	char reason[32];
	struct cs_view body;
};
