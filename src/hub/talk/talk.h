/* SPDX-License-Identifier: MIT */
/*
 * What the processes of a hub say to one another (decision 0027).
 *
 *	network   sockets of strangers and members; as many as there are cores
 *	database  requests, hub.db
 *	signer    the keys for stamps, accounts and removals
 *	tls       the key for TLS
 *	files     the folder of blobs
 *	push      services that tell browsers that something waits
 *	tlog      the log that anybody may read, and its key
 *	witness   those who cosign the log
 *	site      pages for those who have no account
 *
 * Structs are copied as they are: both ends are one program.  The receiver
 * trusts no value in them.
 */
#pragma once

#include <string.h>

#include "base/units.h"
#include "crypto/tls_ticket_key.h"
#include "crypto/vrf.h"
#include "net/server.h"
#include "wire/messages.h"

/* Names of processes, as the parent uses them. */
#define HUB_NETWORK "network"
#define HUB_DATABASE "database"
#define HUB_SIGNER "signer"
#define HUB_TLS "tls"
#define HUB_FILES "files"
#define HUB_PUSH "push"
#define HUB_TLOG "tlog"
#define HUB_WITNESS "witness"
#define HUB_SITE "site"
/* Behind the hub's name: where its log is, and what it is called. */
#define HUB_TLOG_ORIGIN "/log"

/* Bytes of a connection's frames that may be on their way to the database.  One
 * frame is always let through. */
#define HUB_TALK_WINDOW ((size_t)64 << 10)
/* What a frame counts beside its bytes. */
#define HUB_TALK_FRAME_COST 64
/* The same for blobs, per request, in either direction. */
#define HUB_TALK_FILE_WINDOW ((size_t)256 << 10)
#define HUB_TALK_FILE_PIECE ((size_t)64 << 10)
/* Bytes of the longest message, and that may wait to be read by a process. */
#define HUB_TALK_MAX (CS_WIRE_FRAME_MAX + CS_KIB)
#define HUB_TALK_WAITING ((size_t)64 << 20)
/* A stamp may be so much ahead of the clock: time never goes backwards in a
 * group (FRANKING, rule 7), and a clock that was set wrong is put right. */
#define HUB_STAMP_AHEAD_MS CS_DAY_MS
/* Whoever asks the signer or the key of TLS waits so long. */
#define HUB_TALK_SIGN_MS 5000

/* ---- network and database; about: a connection --------------------------- */

enum hub_talk_network {
	HUB_TALK_OPENED = 1, /* struct hub_talk_opened */
	HUB_TALK_FRAME,      /* a frame */
	HUB_TALK_CLOSED,
	HUB_TALK_BLOB, /* struct hub_talk_blob, then its token */
};
struct hub_talk_opened {
	uint8_t address[CS_NET_ADDRESS_LEN];
	struct cs_wire_binding binding;
};
struct hub_talk_blob {
	uint64_t offset, length;
	uint8_t id[CS_ID_LEN];
	uint8_t put; /* 0 or 1 */
	uint8_t zero[7];
};

enum hub_talk_database {
	HUB_TALK_SEND = 1, /* a frame */
	HUB_TALK_END,      /* once all is sent */
	HUB_TALK_CREDIT,   /* uint64: bytes of the window that are free again */
	HUB_TALK_ALLOW,    /* struct hub_talk_allow */
	HUB_TALK_GRANT,    /* struct hub_talk_grant */
};
struct hub_talk_allow {
	uint32_t frame_max; /* bytes */
	uint32_t known;     /* 1: it has proved who it is */
};
/* What the database lets a request for a blob do; the files' process sees by
 * the MAC that it did. */
struct hub_pass {
	uint64_t size;           /* of the whole blob */
	uint64_t offset, length; /* of what is written or read */
	uint64_t until_ms;
	uint8_t id[CS_ID_LEN], account[CS_ID_LEN];
	uint8_t sha256[CS_HASH_LEN];
	uint8_t put; /* 0 or 1 */
	uint8_t zero[7];
};
struct hub_talk_grant {
	int32_t status; /* 0, or why not */
	uint32_t zero;
	struct hub_pass pass;
	uint8_t mac[CS_HASH_LEN];
};

/* ---- network and site; about: a request -----------------------------------
 */

/* What a page of the site may be asked with, and answers. */
#define HUB_TALK_SITE_PIECE ((size_t)256 << 10)
enum hub_talk_site {
	HUB_TALK_SITE_ASK = 1, /* struct hub_talk_site_ask, then target, type
				* of the body, languages */
	HUB_TALK_SITE_BYTES,   /* more of the body; or of the answer */
	HUB_TALK_SITE_WHOLE,   /* that was all */
	HUB_TALK_SITE_DROP,    /* the request is gone */
	HUB_TALK_SITE_ANSWER,  /* struct hub_talk_site_answer, its type, then
				* headers */
};
struct hub_talk_site_ask {
	uint8_t address[CS_NET_ADDRESS_LEN];
	uint8_t post; /* 0 or 1 */
	uint8_t zero;
	uint16_t target, type, languages; /* bytes of each */
};
struct hub_talk_site_answer {
	uint16_t status;
	uint16_t type, headers; /* bytes of each */
	uint16_t zero;
};

/* ---- network and files; about: a request --------------------------------- */

enum hub_talk_transfer {
	HUB_TALK_BEGIN = 1, /* struct hub_talk_grant */
	HUB_TALK_BYTES,     /* both ways */
	HUB_TALK_WHOLE,     /* the body is over */
	HUB_TALK_MORE,      /* uint64: so many more bytes may be sent */
	HUB_TALK_DROP,      /* the request is gone */
	HUB_TALK_STATUS,    /* int32, of BEGIN or WHOLE or a failure between */
	HUB_TALK_TAKEN,     /* uint64: bytes that are written */
};

/* ---- database and files ---------------------------------------------------
 */

enum hub_talk_files {
	HUB_TALK_TERMS = 1, /* struct hub_talk_terms */
	HUB_TALK_REMOVE,    /* an id */
	HUB_TALK_COMPLETE,  /* an id; about: a question of the files' */
	HUB_TALK_NOTED,     /* int32 status; about: the same */
};
struct hub_talk_terms {
	uint8_t key[32]; /* of passes */
	uint64_t uploads, uploads_all;
};

/* ---- database and signer --------------------------------------------------
 */

enum hub_talk_signer {
	HUB_TALK_STAMPS = 1, /* struct cs_stamp, one to CS_STAMPS_MAX */
	HUB_TALK_ACCOUNT,    /* struct hub_talk_account */
	HUB_TALK_PROPOSAL,   /* what MLS signs */
	HUB_TALK_KEYS,       /* struct hub_talk_keys, then the certificates */
	HUB_TALK_NAME,       /* a handle */
	HUB_TALK_RECEIPT,    /* struct hub_talk_receipt, then the hub's name */
	/* struct hub_talk_stamped or hub_talk_named, a certificate, a receipt,
	 * or a signature; empty: refused */
	HUB_TALK_SIGNED,
};
struct hub_talk_account {
	uint64_t from_ms;
	uint8_t account[CS_ID_LEN], account_key[CS_KEY_LEN];
	uint8_t handle_length;
	char handle[39];
};
struct hub_talk_stamped {
	uint8_t key_id[8];
	uint8_t sig[64];
};
struct hub_talk_receipt {
	uint64_t number, about, received_ms;
	uint8_t what, category;
	uint8_t zero[6];
	uint8_t commitment[CS_HASH_LEN];
};
struct hub_talk_named {
	uint8_t label[CS_HASH_LEN];
	uint8_t proof[CS_VRF_PROOF_LEN];
};
struct hub_talk_keys {
	uint8_t root[CS_KEY_LEN];
	uint8_t external[CS_KEY_LEN];
	uint8_t names[CS_KEY_LEN];
	uint32_t stamp_cert, external_cert, registrar_cert; /* bytes of each */
	uint32_t zero;
};

/* ---- network and tls ------------------------------------------------------
 */

enum hub_talk_tls {
	/* what TLS signs; about: number of the key << 32 | of the order.  Keys
	 * for pages have numbers with HUB_TALK_WEB_KEY. */
	HUB_TALK_SIGN = 1,
	HUB_TALK_CHAIN, /* the certificates, PEM; about: number of their key */
	HUB_TALK_TICKETS,   /* struct hub_talk_tickets */
	HUB_TALK_SIGNATURE, /* empty: refused */
};
#define HUB_TALK_WEB_KEY ((uint32_t)1 << 31)
struct hub_talk_tickets {
	uint8_t now[CS_TLS_TICKET_KEY_LEN], before[CS_TLS_TICKET_KEY_LEN];
};

/* ---- tlog, with the database and with network ---------------------------- */

enum hub_talk_tlog {
	HUB_TALK_TLOG_SIZE = 1, /* uint64: of the log, at first and after each
				 * batch */
	HUB_TALK_TLOG_ENTRIES,  /* about: the number of the first; each u8
				 * length | entry */
	HUB_TALK_TLOG_GET,      /* the path of a file; about: a request */
	HUB_TALK_TLOG_FILE,     /* its bytes; about: the same */
	HUB_TALK_TLOG_NONE,     /* there is none */
	HUB_TALK_TLOG_MORE,     /* uint64: somebody has a checkpoint of the log
				 * by which it has so many entries at least, and
				 * others than are here */
};
#define HUB_TALK_TLOG_MOST 10000 /* entries at once */

/* ---- tlog and witness; files are asked for as by network ------------------
 */

enum hub_talk_witness {
	/* The checkpoint's note that is to be cosigned; about: a number that
	 * the answers have. */
	HUB_TALK_COSIGN = HUB_TALK_TLOG_MORE + 1,
	HUB_TALK_COSIGNED,  /* a line of a witness */
	HUB_TALK_DISAGREES, /* a witness has cosigned another history: the note
			     * that it shows, which may be empty */
	HUB_TALK_ASKED,     /* all were asked */
};

/* ---- database and push; about: its own number ---------------------------- */

enum hub_talk_push_kind {
	HUB_TALK_PUSH = 1, /* struct hub_talk_push */
	HUB_TALK_PUSHED,   /* int32: the service's status; 0: it gave none */
	HUB_TALK_PUSH_KEY, /* the public key, CS_WIRE_PUSH_KEY_LEN bytes */
};
struct hub_talk_push {
	uint32_t length; /* of the endpoint */
	char endpoint[CS_WIRE_ENDPOINT_MAX];
	uint8_t public[CS_WIRE_PUSH_KEY_LEN];
	uint8_t auth[16];
	uint8_t zero[3];
};

/* Copy a message that has to be one struct of ${size} bytes. */
static inline bool
hub_talk_copy(void *out, size_t size, struct cs_view bytes)
{
	if (bytes.len != size)
		return false;
	memcpy(out, bytes.data, size);
	return true;
}
#define HUB_TALK_OF(s) cs_view(&(s), sizeof(s))
