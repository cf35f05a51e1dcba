/* SPDX-License-Identifier: MIT */
/*
 * Every message between client, hub and desk.  Field by
 * field the same as in docs/PROTOCOL.md.
 */
#pragma once

#include "wire/codec.h"
#include "wire/frame.h"

enum cs_wire_kind {
	/* any connection */
	CS_WIRE_PING = 1,
	CS_WIRE_JOIN = 2,
	CS_WIRE_LOGIN = 3,
	/* a device that is being linked, before it can log in */
	CS_WIRE_LINK_ASK = 4,
	CS_WIRE_LINK_TAKE = 5,
	/* a device that comes with an account's recovery key */
	CS_WIRE_RECOVER = 6,
	/* members */
	CS_WIRE_PLACES = 9,
	CS_WIRE_KEY_PACKAGES_PUT = 10,
	CS_WIRE_KEY_PACKAGES_GET = 11,
	CS_WIRE_CONTACT_SET = 12,
	CS_WIRE_SETTINGS_SET = 13,
	CS_WIRE_GROUP_NEW = 14,
	CS_WIRE_SUBMIT = 15,
	CS_WIRE_SYNC = 16,
	CS_WIRE_FETCH = 17,
	CS_WIRE_ACK = 18,
	CS_WIRE_WELCOMES = 19,
	CS_WIRE_WELCOME_ACK = 20,
	CS_WIRE_REPORT = 21,
	CS_WIRE_REPORT_STATES = 22,
	CS_WIRE_STAMP_CERT = 23,
	CS_WIRE_LINK_OPEN = 24,
	CS_WIRE_LINK_ANSWER = 25,
	CS_WIRE_DEVICE_ADD = 26,
	CS_WIRE_DEVICE_REMOVE = 27,
	CS_WIRE_DEVICES = 28,
	CS_WIRE_CONTACTS = 29,
	/* members and desk */
	CS_WIRE_BLOB_PUT = 30,
	CS_WIRE_BLOB_GET = 31,
	/* members */
	CS_WIRE_GROUP_INFO = 32,
	/* members, disabled ones included */
	CS_WIRE_NOTICES = 33,
	CS_WIRE_LETTER = 34,
	CS_WIRE_ACCOUNT_EXPORT = 35,
	CS_WIRE_ACCOUNT_LEAVE = 36,
	/* members */
	CS_WIRE_REVOCATIONS = 37,
	CS_WIRE_GROUPS = 38,
	CS_WIRE_GROUP_NOTE_SET = 39,
	/* desk */
	CS_WIRE_DESK_REPORTS = 40,
	CS_WIRE_DESK_REPORT_SET = 41,
	CS_WIRE_DESK_ACTION = 42,
	CS_WIRE_DESK_LETTERS = 43,
	CS_WIRE_DESK_LETTER_SET = 44,
	CS_WIRE_DESK_REMOVALS = 45,
	CS_WIRE_DESK_HEAD = 46,
	CS_WIRE_DESK_PINS = 47,
	/* members */
	CS_WIRE_GROUP_LINK_SET = 48,
	CS_WIRE_GROUP_ASK = 49,
	CS_WIRE_GROUP_ASKS = 50,
	CS_WIRE_GROUP_ASK_DROP = 51,
	CS_WIRE_OWN_ASKS = 52,
	/* of a device again */
	CS_WIRE_BLOB_REMOVE = 53,
	CS_WIRE_RECOVERY_RENEW = 54,
	/* of the desk again */
	CS_WIRE_DESK_TROUBLES = 55,
	CS_WIRE_PUSH_SET = 60,
	CS_WIRE_PUSH_CLEAR = 61,
	CS_WIRE_TLOG_TURN = 62,
	CS_WIRE_NAME_PROOF = 63,
	/* of the hub's own site, for those who have no account */
	CS_WIRE_FILING_PIECE = 64,
	CS_WIRE_FILING = 65,
	CS_WIRE_FILING_STATE = 66,
	CS_WIRE_FILINGS_OPEN = 67,
	CS_WIRE_FILINGS_MONTHS = 68,
	/* of the desk again */
	CS_WIRE_DESK_FILINGS = 70,
	CS_WIRE_DESK_FILING_PIECE = 71,
	CS_WIRE_DESK_FILING_TAKEN = 72,
	CS_WIRE_DESK_FILING_ANSWER = 73,
	/* channels: of members */
	CS_WIRE_CHANNEL_SET = 75,
	CS_WIRE_CHANNEL_PIECE = 76,
	CS_WIRE_CHANNEL_POST = 77,
	CS_WIRE_CHANNEL_DROP = 78,
	CS_WIRE_CHANNELS = 79,
	/* and of the hub's own site */
	CS_WIRE_CHANNEL_READ = 80,
	CS_WIRE_CHANNEL_BYTES = 81,
	CS_WIRE_CHANNEL_DIRECTORY = 82,
	/* from the hub */
	CS_WIRE_HELLO = 128,
	CS_WIRE_ANSWER = 129,
	CS_WIRE_ERROR = 130,
	CS_WIRE_PUSH = 131,
};

/* Why a request was refused.  Stable; cs_wire_code_text() has a sentence. */
enum cs_wire_code {
	CS_WIRE_E_MALFORMED = 1,
	CS_WIRE_E_TOO_LARGE = 2,
	CS_WIRE_E_UNKNOWN_REQUEST = 3,
	CS_WIRE_E_NOT_LOGGED_IN = 4,
	CS_WIRE_E_LOGIN = 5,
	CS_WIRE_E_DISABLED = 6,    /* data: cs_wire_disabled */
	CS_WIRE_E_STALE_EPOCH = 7, /* data: cs_wire_entry of the winner */
	CS_WIRE_E_INVALID_HANDSHAKE = 8,
	CS_WIRE_E_NO_GROUP = 9,
	CS_WIRE_E_NO_MEMBER = 10,
	CS_WIRE_E_INVITE_UNKNOWN = 11,
	CS_WIRE_E_INVITE_USED = 12,
	CS_WIRE_E_INVITE_EXPIRED = 13,
	CS_WIRE_E_HANDLE_TAKEN = 14,
	CS_WIRE_E_HANDLE_INVALID = 15,
	CS_WIRE_E_CERTIFICATE = 16,
	CS_WIRE_E_LIMIT = 17, /* data: cs_wire_retry */
	CS_WIRE_E_REPEATED = 18,
	CS_WIRE_E_WAITING = 19,
	CS_WIRE_E_UNAVAILABLE = 20,
	CS_WIRE_E_NO_BLOB = 21,
	CS_WIRE_E_TAG = 22,
	CS_WIRE_E_DENIED = 23,
	CS_WIRE_E_NO_KEY_PACKAGE = 24,
	CS_WIRE_E_EXISTS = 25,
	CS_WIRE_E_ACTION = 26,
	CS_WIRE_E_VERSION = 27,
	CS_WIRE_E_REMOVED = 28, /* data: cs_wire_removed */
	CS_WIRE_E_LAST_DEVICE = 29,
	CS_WIRE_E_LINK = 30,
	CS_WIRE_E_QUARANTINED = 31,
	CS_WIRE_E_DISSOLVED = 32,
	CS_WIRE_E_DESK_BUSY = 33, /* too much of yours waits for the desk */
	CS_WIRE_E_DESK_HEAD = 34, /* the hub knows a later one, or another */
	CS_WIRE_E_READERS = 35,   /* only owner and admins of the group write */
	CS_WIRE_E_GROUP_LINK = 36, /* no link to a group, or not any more */
	CS_WIRE_E_WORDS = 37,      /* others have taken the place of these */
	CS_WIRE_E_PUSH = 40,       /* the hub sends no pushes there */
	CS_WIRE_E_WORK = 41,       /* without a key or work, not so many */
	CS_WIRE_E_FILING = 42,     /* no such filing, or not with that secret */
	CS_WIRE_E_FILING_OVER = 43,  /* it is answered, or cannot be so */
	CS_WIRE_E_ORGANISATION = 44, /* that key is not known here */
	CS_WIRE_E_CHANNEL = 45,      /* no such channel, or it is over */
};
/* A short stable name, such as "stale-epoch"; never NULL. */
const char *cs_wire_code_name(uint16_t code);
/* One sentence for a person; never NULL. */
const char *cs_wire_code_text(uint16_t code);

#define CS_WIRE_HANDLE_MAX 32
#define CS_WIRE_NAME_MAX 255 /* of a hub: a host name */
#define CS_WIRE_GROUP_ID_MAX 64
#define CS_WIRE_CERT_MAX 512
#define CS_WIRE_DEVICES_CHAIN_MAX 4096 /* certificates up to a device's */
#define CS_WIRE_REVOCATION_MAX 6144
#define CS_WIRE_REVOCATIONS_MAX 100 /* an answer */
#define CS_WIRE_KEY_PACKAGE_MAX 8192
#define CS_WIRE_KEY_PACKAGES_MAX 100 /* DESIGN: a device, one last-resort */
#define CS_WIRE_DEVICES_MAX 20       /* DESIGN: an account */
#define CS_WIRE_MESSAGE_MAX ((uint32_t)1 << 20)
/* A GroupInfo without its tree: context, signature, a key. */
#define CS_WIRE_GROUP_INFO_MAX ((uint32_t)1 << 16)
/* A tree of 5,000 devices, with all its parents. */
#define CS_WIRE_TREE_MAX ((uint32_t)3 << 20)
/* Names and notes that the devices of an account keep for one another. */
#define CS_WIRE_NOTE_MAX 256
#define CS_WIRE_GROUP_NOTE_MAX 512 /* with the name of a conversation */
/* A request to be linked: keys and a name; it comes before the login. */
#define CS_WIRE_LINK_ASK_MAX 2048
/* Its answer: some thousands of contacts and conversations. */
#define CS_WIRE_LINK_ANSWER_MAX ((uint32_t)1 << 20)
#define CS_WIRE_CONTACTS_MAX 10000
#define CS_WIRE_STAMP_MAX 320
#define CS_WIRE_LOG_SALT_MAX 16
#define CS_WIRE_TLOG_TURN_MAX 1100 /* salt, number and 32 hashes */
#define CS_WIRE_MAP_PROOF_MAX 2200 /* 64 hashes and a leaf */
#define CS_WIRE_GROUPS_MAX 10000
#define CS_WIRE_FETCH_MAX 256 /* entries an answer */
#define CS_WIRE_TOKEN_MAX 128
#define CS_WIRE_REPORT_BLOBS_MAX 50
/* A statement of reasons with every field at its bound has 9.3 KB. */
#define CS_WIRE_STATEMENT_MAX 16384
#define CS_WIRE_ACTION_MAX (CS_WIRE_STATEMENT_MAX + 256)
#define CS_WIRE_REPORT_ANSWER_MAX 4096
#define CS_WIRE_NOTICES_MAX 100
#define CS_WIRE_LETTERS_MAX 100
#define CS_WIRE_LETTER_MAX 16384 /* sealed; 8 KiB of text and its dress */
#define CS_WIRE_REPLY_MAX 9000   /* sealed; the same of the desk's */
#define CS_WIRE_EXPORT_MAX ((uint32_t)1 << 20)
#define CS_WIRE_SENTENCE_MAX 512
/* To be let into a group: who asks, and a sentence (content/group_ask.h). */
#define CS_WIRE_GROUP_ASK_MAX 6144
#define CS_WIRE_GROUP_ASKS_MAX 100 /* that wait for a group */
#define CS_WIRE_OWN_ASKS_MAX 20    /* of an account */
#define CS_WIRE_ENDPOINT_MAX 1024
#define CS_WIRE_PUSH_KEY_LEN 65

#define CS_WIRE_SHAPE(name) extern const struct cs_wire_shape name##_shape

/* No fields. */
struct cs_wire_empty {
	uint8_t none;
};
CS_WIRE_SHAPE(cs_wire_empty);

/* The first frame on a connection, kind CS_WIRE_HELLO, from the hub. */
struct cs_wire_hello {
	uint16_t version;
	struct cs_view hub_name;
	uint8_t challenge[32];
	uint64_t now_ms;
	struct cs_view stamp_cert;     /* StampKeyCert, signed */
	struct cs_view external_cert;  /* RoleKeyCert, signed */
	struct cs_view desk_seal_cert; /* RoleKeyCert, or empty: no desk */
	struct cs_view desk_sign_cert; /* the same */
	struct cs_view tlog_cert;      /* RoleKeyCert, or empty: no log */
};
CS_WIRE_SHAPE(cs_wire_hello);

/* CS_WIRE_ERROR */
struct cs_wire_error {
	uint16_t code;
	struct cs_view sentence;
	struct cs_view data;
};
CS_WIRE_SHAPE(cs_wire_error);

/* Data of CS_WIRE_E_DISABLED. */
struct cs_wire_disabled {
	uint16_t reason;
	uint64_t at_ms;
	struct cs_view statement;
};
CS_WIRE_SHAPE(cs_wire_disabled);

/* Data of CS_WIRE_E_REMOVED: another device of the account did it. */
struct cs_wire_removed {
	uint64_t at_ms;
};
CS_WIRE_SHAPE(cs_wire_removed);

/* Data of CS_WIRE_E_LIMIT: when the same will be taken; 0: not by waiting,
 * something has to go first. */
struct cs_wire_retry {
	uint32_t seconds;
};
CS_WIRE_SHAPE(cs_wire_retry);

/* CS_WIRE_PUSH: something happened; the log is the truth, this is a hint. */
enum cs_wire_push_kind {
	CS_WIRE_PUSH_GROUP = 1, /* the group has entries up to head */
	CS_WIRE_PUSH_WELCOME = 2,
	CS_WIRE_PUSH_REPORT = 3, /* desk: a report came; member: an answer */
	CS_WIRE_PUSH_LINK = 4,   /* a device asks to be linked */
	CS_WIRE_PUSH_NOTICE = 5, /* the desk has acted on the account */
	CS_WIRE_PUSH_REVOCATION = 6, /* somebody has ended a device */
	CS_WIRE_PUSH_ASK = 7,        /* somebody asks to be let in */
	CS_WIRE_PUSH_FILING = 8,     /* desk: somebody has filed something */
};
struct cs_wire_push {
	uint8_t kind;
	struct cs_view group_id;
	uint64_t head;
};
CS_WIRE_SHAPE(cs_wire_push);

/* CS_WIRE_JOIN; answer: cs_wire_account. */
struct cs_wire_join {
	struct cs_view invite;
	uint8_t account_key[32];
	struct cs_view device_cert; /* signed by that key */
};
CS_WIRE_SHAPE(cs_wire_join);
/* What the registrar signed of an account (franking/credential.h). */
struct cs_wire_account {
	struct cs_view registrar_cert;
	struct cs_view account_cert;
};
CS_WIRE_SHAPE(cs_wire_account);

/*
 * CS_WIRE_RECOVER: a device that has the account's recovery key asks which
 * account that is; answer: cs_wire_recovered.  The connection may then add one
 * device, which the recovery key certified, and nothing else.  The signature is
 * over cs_wire_login_tbs() with the role ACCOUNT and the first half of the
 * SHA-256 of the key as the device.
 */
struct cs_wire_recover {
	uint8_t account_key[32]; /* or the recovery key of now */
	uint8_t signature[64];
};
CS_WIRE_SHAPE(cs_wire_recover);
struct cs_wire_recovered {
	struct cs_view registrar_cert, account_cert;
	struct cs_view devices; /* the chain of the recovery key; empty: it is
				 * the account key */
	struct cs_view notes;   /* sealed under it, or empty */
};
CS_WIRE_SHAPE(cs_wire_recovered);

/* CS_WIRE_RECOVERY_RENEW: the recovery key ends in favour of another; answer
 * empty, again if it is sent again. */
struct cs_wire_recovery_renew {
	struct cs_view revocation; /* by itself: franking/revocation.h */
	struct cs_view notes;      /* for whoever has the next one */
};
CS_WIRE_SHAPE(cs_wire_recovery_renew);

/* CS_WIRE_LOGIN.  The signature is over cs_wire_login_tbs(). */
enum cs_wire_role {
	CS_WIRE_ROLE_DEVICE = 0,
	CS_WIRE_ROLE_DESK = 1,
	CS_WIRE_ROLE_ACCOUNT = 2, /* in what CS_WIRE_RECOVER signs */
};
struct cs_wire_login {
	uint8_t role;
	uint8_t device[16]; /* zero for the desk */
	uint8_t signature[64];
};
CS_WIRE_SHAPE(cs_wire_login);
struct cs_wire_login_answer {
	/* Still there and good for 60 days more: single use, and of the other
	 * kind. */
	uint32_t key_packages;
	uint8_t last_resort;
	uint8_t unknown_senders;
	uint8_t devices;      /* that the account has, this one included */
	uint64_t revocations; /* the number of the hub's last one */
	/* What this device has acknowledged, summed over its conversations: a
	 * home that was never that far is an old copy.  And a number that the
	 * hub chose when it started: one that was restored from a backup has
	 * another.  CS_WIRE_PLACES says where that is so. */
	uint64_t read, boot;
};
CS_WIRE_SHAPE(cs_wire_login_answer);
/*
 * What a login is bound to, so that it is of no use elsewhere.  A program has
 * the exporter of its TLS connection.  A page has none: what a browser vouches
 * for, and no page can change, is the origin that the connection came from.
 */
enum cs_wire_binding_kind {
	CS_WIRE_BINDING_EXPORTER = 1,
	CS_WIRE_BINDING_ORIGIN = 2,
};
struct cs_wire_binding {
	uint8_t kind;
	uint8_t value[32];
};
/* That of pages of ${origin}, such as "https://chat.example.org".
 * CS_ERR_CRYPTO */
CS_CHECKED enum cs_err cs_wire_origin_binding(
    struct cs_wire_binding *out, struct cs_view origin);
CS_CHECKED enum cs_err cs_wire_login_tbs(struct cs_buf *out, uint8_t role,
    const uint8_t device[static 16], const uint8_t challenge[static 32],
    struct cs_view hub_name, const struct cs_wire_binding *binding);

/* One opaque thing in a list. */
struct cs_wire_bytes {
	struct cs_view v;
};
CS_WIRE_SHAPE(cs_wire_bytes); /* at most CS_WIRE_KEY_PACKAGE_MAX */

/* CS_WIRE_KEY_PACKAGES_PUT; answer: cs_wire_login_answer. */
struct cs_wire_key_packages_put {
	struct cs_wire_list key_packages; /* of cs_wire_bytes */
	struct cs_view last_resort;       /* or empty: keep the old one */
};
CS_WIRE_SHAPE(cs_wire_key_packages_put);

/* CS_WIRE_KEY_PACKAGES_GET: one for each device of a member, or for one. */
struct cs_wire_key_packages_get {
	struct cs_view handle;
	uint8_t device[16]; /* zero: each */
};
CS_WIRE_SHAPE(cs_wire_key_packages_get);
struct cs_wire_key_packages_answer {
	uint8_t account[16];
	uint8_t account_key[32];
	struct cs_wire_list key_packages; /* of cs_wire_bytes */
};
CS_WIRE_SHAPE(cs_wire_key_packages_answer);

/* CS_WIRE_CONTACT_SET; answer empty. */
enum cs_wire_contact {
	CS_WIRE_CONTACT_NONE = 0,
	CS_WIRE_CONTACT_ACCEPTED = 1,
	CS_WIRE_CONTACT_BLOCKED = 2,
	CS_WIRE_CONTACT_ASKED = 3, /* the hub's own: they wrote once */
};
struct cs_wire_contact_set {
	uint8_t account[16]; /* zero: whoever has ${handle}, if anybody */
	uint8_t state;
	struct cs_view note;   /* sealed, for the account's other devices */
	struct cs_view handle; /* empty: ${account} is enough */
};
CS_WIRE_SHAPE(cs_wire_contact_set);

/* CS_WIRE_CONTACTS: request empty; the notes that contact_set left. */
struct cs_wire_contact_note {
	uint8_t account[16];
	struct cs_view note;
};
CS_WIRE_SHAPE(cs_wire_contact_note);
struct cs_wire_contacts_answer {
	struct cs_wire_list contacts;
};
CS_WIRE_SHAPE(cs_wire_contacts_answer);

/* CS_WIRE_SETTINGS_SET; answer empty. */
enum cs_wire_unknown {
	CS_WIRE_UNKNOWN_REQUEST = 0,
	CS_WIRE_UNKNOWN_REFUSE = 1
};
struct cs_wire_settings {
	uint8_t unknown_senders;
};
CS_WIRE_SHAPE(cs_wire_settings);

/* CS_WIRE_GROUP_NEW; answer empty.  At epoch 0, with its creator alone. */
struct cs_wire_group_new {
	struct cs_view group_info;
};
CS_WIRE_SHAPE(cs_wire_group_new);

/* CS_WIRE_SUBMIT: an MLSMessage; a commit that adds has its Welcome along, and
 * every commit the GroupInfo of the epoch that it begins, without the tree. */
struct cs_wire_submit {
	struct cs_view group_id;
	struct cs_view message;
	struct cs_view welcome;
	struct cs_view group_info;
	struct cs_view again; /* empty, or a number: it was sent before, and may
			       * stand behind that entry */
};
CS_WIRE_SHAPE(cs_wire_submit);
struct cs_wire_submit_answer {
	uint64_t group_seq;
	struct cs_view stamp;
};
CS_WIRE_SHAPE(cs_wire_submit_answer);

/* CS_WIRE_GROUP_INFO: what a device needs that joins by an external commit;
 * for accounts that are in the group. */
struct cs_wire_group_info_get {
	struct cs_view group_id;
};
CS_WIRE_SHAPE(cs_wire_group_info_get);
struct cs_wire_group_info {
	struct cs_view group_info; /* of the current epoch, or empty */
	struct cs_view tree;       /* ratchet_tree (RFC 9420, 12.4.3.3) */
};
CS_WIRE_SHAPE(cs_wire_group_info);

/* CS_WIRE_SYNC: request empty; what is waiting for this device. */
struct cs_wire_group_state {
	struct cs_view group_id;
	uint64_t cursor; /* acknowledged up to here */
	uint64_t head;   /* the last entry that this device may read */
};
CS_WIRE_SHAPE(cs_wire_group_state);
struct cs_wire_sync_answer {
	struct cs_wire_list groups; /* with head > cursor */
	uint32_t welcomes;
};
CS_WIRE_SHAPE(cs_wire_sync_answer);

/* CS_WIRE_PLACES: request empty; all conversations of this device. */
struct cs_wire_place {
	struct cs_view group_id;
	uint64_t cursor, head; /* as in cs_wire_group_state */
	uint8_t chain[32];     /* of stamps, behind ${head} */
};
CS_WIRE_SHAPE(cs_wire_place);
struct cs_wire_places_answer {
	struct cs_wire_list groups; /* of cs_wire_place */
};
CS_WIRE_SHAPE(cs_wire_places_answer);

/* CS_WIRE_FETCH: entries of a group after a number, oldest first; as many as
 * fit into ${max_bytes}, and one in any case. */
struct cs_wire_fetch {
	struct cs_view group_id;
	uint64_t after;
	uint16_t max;       /* entries; 0: as many as there may be */
	uint32_t max_bytes; /* of them together; 0: the same */
};
CS_WIRE_SHAPE(cs_wire_fetch);
struct cs_wire_entry {
	uint64_t group_seq;  /* the stamp has to say the same */
	uint8_t account[16]; /* zero: the hub itself */
	uint8_t device[16];
	uint64_t epoch;
	struct cs_view stamp;
	struct cs_view message;
};
CS_WIRE_SHAPE(cs_wire_entry);
struct cs_wire_fetch_answer {
	struct cs_wire_list entries;
};
CS_WIRE_SHAPE(cs_wire_fetch_answer);

/* CS_WIRE_ACK; answer empty. */
struct cs_wire_ack {
	struct cs_view group_id;
	uint64_t group_seq;
};
CS_WIRE_SHAPE(cs_wire_ack);

/* CS_WIRE_WELCOMES: request empty. */
struct cs_wire_welcome {
	uint64_t id;
	struct cs_view group_id;
	uint8_t account[16]; /* the account that added us */
	uint64_t group_seq;  /* of the commit; what follows is ours to read */
	uint8_t chain[32];   /* of the stamps up to it */
	struct cs_view welcome;
};
CS_WIRE_SHAPE(cs_wire_welcome);
struct cs_wire_welcomes_answer {
	struct cs_wire_list welcomes;
};
CS_WIRE_SHAPE(cs_wire_welcomes_answer);

/* CS_WIRE_WELCOME_ACK; answer empty. */
struct cs_wire_welcome_ack {
	uint64_t id;
};
CS_WIRE_SHAPE(cs_wire_welcome_ack);

/* CS_WIRE_STAMP_CERT: the operator's certificate of a stamp key, past ones
 * included. */
struct cs_wire_stamp_cert_get {
	uint8_t key_id[8];
};
CS_WIRE_SHAPE(cs_wire_stamp_cert_get);
struct cs_wire_stamp_cert {
	struct cs_view cert; /* StampKeyCert, signed */
};
CS_WIRE_SHAPE(cs_wire_stamp_cert);

/* CS_WIRE_TLOG_TURN: how a batch of stamps and the entry of its turn in the log
 * hang together, for whoever has a stamp of it.  CS_WIRE_E_WAITING: the turn is
 * not over; CS_WIRE_E_UNAVAILABLE: it was so long ago that nobody keeps it. */
struct cs_wire_tlog_turn_get {
	uint64_t entry;
	uint32_t number; /* of the batch */
};
CS_WIRE_SHAPE(cs_wire_tlog_turn_get);
struct cs_wire_tlog_turn {
	struct cs_view turn; /* franking/tlog_entry.h */
};
CS_WIRE_SHAPE(cs_wire_tlog_turn);

/* CS_WIRE_NAME_PROOF: that the name of an account leads to it and to no other
 * (decision 0049), for whoever knows its id.  CS_WIRE_E_WAITING: it is not in
 * the map yet; CS_WIRE_E_UNAVAILABLE: there is no such account. */
struct cs_wire_name_proof_get {
	uint8_t account[16];
};
CS_WIRE_SHAPE(cs_wire_name_proof_get);
struct cs_wire_name_proof {
	uint8_t label[32];
	uint8_t proof[96]; /* of the label, under key (crypto/vrf.h) */
	uint8_t key[32];
	struct cs_view map_proof; /* tlog/map.h */
	uint8_t root[32];
	uint64_t names; /* in the map */
	uint64_t entry; /* of the log, that commits to these three */
};
CS_WIRE_SHAPE(cs_wire_name_proof);

/*
 * Linking a device.  CS_WIRE_LINK_OPEN, by a device of the account: a
 * rendezvous, open for some minutes; again: what has come to it.
 * CS_WIRE_LINK_ASK, by the new device; answer empty, whether the rendezvous is
 * there or not.  CS_WIRE_LINK_ANSWER; answer empty.  CS_WIRE_LINK_TAKE, by the
 * new device: the answer, or an empty one.
 */
struct cs_wire_link {
	uint8_t rendezvous[32];
};
CS_WIRE_SHAPE(cs_wire_link);
struct cs_wire_link_ask {
	uint8_t rendezvous[32];
	struct cs_view sealed; /* empty: nothing has come yet */
};
CS_WIRE_SHAPE(cs_wire_link_ask);
struct cs_wire_link_answer {
	uint8_t rendezvous[32];
	struct cs_view sealed; /* the same */
};
CS_WIRE_SHAPE(cs_wire_link_answer);

/* CS_WIRE_DEVICE_ADD: certified by the device that asks, or by the recovery
 * key; answer empty. */
struct cs_wire_device_add {
	struct cs_view devices; /* devices<V> of its credential */
	struct cs_view name;    /* sealed, for the account's devices */
};
CS_WIRE_SHAPE(cs_wire_device_add);

/* CS_WIRE_DEVICE_REMOVE: devices of the account, all or none; answer empty. */
struct cs_wire_revocation {
	struct cs_view revocation; /* franking/revocation.h */
};
CS_WIRE_SHAPE(cs_wire_revocation);
struct cs_wire_device_remove {
	struct cs_wire_list revocations;
};
CS_WIRE_SHAPE(cs_wire_device_remove);

/* CS_WIRE_REVOCATIONS: those after a number of the accounts with which this one
 * shares a conversation, its own included; oldest first. */
struct cs_wire_revocations {
	uint64_t after;
};
CS_WIRE_SHAPE(cs_wire_revocations);
struct cs_wire_revocations_answer {
	uint64_t last; /* ask again after this one, until it does not change */
	struct cs_wire_list revocations;
};
CS_WIRE_SHAPE(cs_wire_revocations_answer);

/* CS_WIRE_GROUPS: request empty; the conversations of the account, for a device
 * that comes back with nothing. */
struct cs_wire_group_note {
	struct cs_view group_id;
	struct cs_view note; /* sealed, for the account's devices; or empty */
};
CS_WIRE_SHAPE(cs_wire_group_note); /* CS_WIRE_GROUP_NOTE_SET; answer empty */
struct cs_wire_groups_answer {
	struct cs_wire_list groups;
};
CS_WIRE_SHAPE(cs_wire_groups_answer);

/* CS_WIRE_DEVICES: request empty; the account's own devices. */
struct cs_wire_device {
	struct cs_view devices; /* devices<V> of its credential */
	struct cs_view name;
	uint64_t created_ms;
	uint64_t seen_ms; /* to the day; 0: never logged in */
};
CS_WIRE_SHAPE(cs_wire_device);
struct cs_wire_devices_answer {
	struct cs_wire_list devices;
};
CS_WIRE_SHAPE(cs_wire_devices_answer);

/* CS_WIRE_BLOB_PUT: room for a blob, if there is none of that id yet; and where
 * its upload stands.  Whoever uploads chooses the id, so that a message can say
 * where its file will be before there is a line to the hub.
 * The token goes into the Authorization header of the PUT. */
struct cs_wire_blob_put {
	uint8_t blob[16]; /* random; zero: the hub chooses it */
	uint64_t size;
	uint8_t sha256[32];
	uint8_t own; /* 1: for devices of the account alone, which may remove
		      * it */
};
CS_WIRE_SHAPE(cs_wire_blob_put);
struct cs_wire_blob_answer {
	uint8_t blob[16];
	uint64_t size;
	uint64_t stored;
	struct cs_view token;
};
CS_WIRE_SHAPE(cs_wire_blob_answer);

/* CS_WIRE_BLOB_GET; answer: cs_wire_blob_answer. */
struct cs_wire_blob_get {
	uint8_t blob[16];
};
CS_WIRE_SHAPE(cs_wire_blob_get);

/* CS_WIRE_BLOB_REMOVE: cs_wire_blob_get of one that is for the account alone;
 * answer empty, whether there was one or not.  Others stay: somebody may have
 * to report them. */

/* CS_WIRE_REPORT; answer empty.  Sealed to the desk. */
enum cs_wire_reporter {
	CS_WIRE_REPORTER_UNNAMED = 0, /* the desk is given a pseudonym */
	CS_WIRE_REPORTER_NAMED = 1,   /* the desk is given the account */
};
struct cs_wire_report {
	uint8_t report[16];
	uint8_t named; /* enum cs_wire_reporter; the bundle says the same */
	struct cs_wire_list blobs; /* of cs_wire_blob_get: keep these */
	struct cs_view sealed;
};
CS_WIRE_SHAPE(cs_wire_report);

/* CS_WIRE_DESK_PINS: of what a report names, the hub keeps these, or none,
 * until the desk says otherwise; answer empty. */
struct cs_wire_desk_pins {
	uint8_t report[16];
	struct cs_wire_list blobs; /* of cs_wire_blob_get */
};
CS_WIRE_SHAPE(cs_wire_desk_pins);

/* CS_WIRE_REPORT_STATES: request empty. */
enum cs_wire_report_state {
	CS_WIRE_REPORT_SENT = 0,     /* the hub has it */
	CS_WIRE_REPORT_RECEIVED = 1, /* the desk has it and it verifies */
	CS_WIRE_REPORT_REJECTED = 2, /* it does not verify */
	CS_WIRE_REPORT_ACTED = 3,    /* decided, with an action */
	CS_WIRE_REPORT_CLOSED = 4,   /* decided, no action */
};
enum cs_wire_second_look {
	CS_WIRE_SECOND_LOOK_NONE = 0, /* may be asked for once decided */
	CS_WIRE_SECOND_LOOK_ASKED = 1,
	CS_WIRE_SECOND_LOOK_ANSWERED = 2,
};
struct cs_wire_report_status {
	uint8_t report[16];
	uint8_t state;
	uint64_t updated_ms;
	struct cs_view answer;   /* a sentence of the desk's */
	struct cs_view question; /* sealed under the report's reply key, or
				  * empty; a REPLY letter answers it */
	uint8_t second_look;     /* enum cs_wire_second_look */
	struct cs_view reply;    /* to the second look, sealed under the reply
				  * key of that letter; or empty */
};
CS_WIRE_SHAPE(cs_wire_report_status);
struct cs_wire_report_states_answer {
	struct cs_wire_list reports;
};
CS_WIRE_SHAPE(cs_wire_report_states_answer);

/* CS_WIRE_DESK_REPORTS: request empty; reports without an answer yet. */
struct cs_wire_desk_report {
	uint8_t report[16];
	uint8_t named;        /* enum cs_wire_reporter */
	uint8_t reporter[16]; /* the account, or a pseudonym of it that is the
			       * same at this desk for as long as the account
			       * exists */
	uint64_t received_ms;
	struct cs_view sealed;
};
CS_WIRE_SHAPE(cs_wire_desk_report);
struct cs_wire_desk_reports_answer {
	struct cs_wire_list reports;
};
CS_WIRE_SHAPE(cs_wire_desk_reports_answer);

/* CS_WIRE_DESK_REPORT_SET: a cs_wire_report_status; answer empty. */

/*
 * CS_WIRE_DESK_ACTION; answer: cs_wire_action_result.  The same action sent
 * again is not applied again and gets the first answer.
 */
struct cs_wire_desk_action {
	struct cs_view action; /* cs_wire_action */
	uint8_t signature[64];
};
CS_WIRE_SHAPE(cs_wire_desk_action);
struct cs_wire_action_result {
	uint64_t applied_ms;
	uint32_t groups; /* how many conversations it touched */
};
CS_WIRE_SHAPE(cs_wire_action_result);

/* What the desk signs: prefixed by "countersign/action/v2\0". */
enum cs_wire_action_kind {
	CS_WIRE_ACTION_DISABLE = 1,    /* an account; for a time: until_ms */
	CS_WIRE_ACTION_REVERSE = 2,    /* another action */
	CS_WIRE_ACTION_WARN = 3,       /* an account; a notice, no more */
	CS_WIRE_ACTION_QUARANTINE = 4, /* a blob */
	CS_WIRE_ACTION_DISSOLVE = 5,   /* a group */
};
struct cs_wire_action {
	uint8_t id[16];
	uint8_t kind;
	uint8_t account[16]; /* zero: none */
	uint8_t target[32];  /* blob id and 16 zeroes, group_ref, or zero */
	uint16_t reason;
	uint64_t decided_ms;
	uint64_t until_ms;    /* 0: no end */
	uint8_t reverses[16]; /* id of an action, or zero */
	struct cs_view statement;
};
CS_WIRE_SHAPE(cs_wire_action);
/* Append what is signed: the label and the encoded action. */
CS_CHECKED enum cs_err cs_wire_action_tbs(
    struct cs_buf *out, struct cs_view action);

/*
 * The statement of an action: what its holder is owed (Digital Services Act,
 * article 17).  Empty only for REVERSE, QUARANTINE and DISSOLVE.
 */
#define CS_WIRE_STATEMENT_VERSION 1
enum cs_wire_ground {
	CS_WIRE_GROUND_ILLEGAL = 1, /* content that a law forbids */
	CS_WIRE_GROUND_TERMS = 2,   /* the operator's rules */
};
struct cs_wire_statement {
	uint8_t version;
	struct cs_view language;     /* of what follows */
	struct cs_view what;         /* was done */
	struct cs_view facts;        /* that it rests on */
	uint8_t automated_detection; /* 0 or 1 */
	uint8_t automated_decision;  /* the same */
	uint8_t ground_kind;         /* enum cs_wire_ground */
	struct cs_view ground;       /* the law, or the rule */
	struct cs_view explanation;  /* why it covers the facts */
	struct cs_view territory;
	struct cs_view redress;
	struct cs_view reviewer; /* a pseudonym */
	struct cs_view case_number;
};
CS_WIRE_SHAPE(cs_wire_statement);
/* Parse, with its version, its flags and its text: UTF-8. */
CS_CHECKED enum cs_err cs_wire_statement_parse(
    struct cs_wire_statement *out, struct cs_view in);

/* CS_WIRE_NOTICES: request empty; the actions on the sender's account, newest
 * first. */
enum cs_wire_appeal {
	CS_WIRE_APPEAL_NONE = 0,
	CS_WIRE_APPEAL_SENT = 1,
	CS_WIRE_APPEAL_RECEIVED = 2,
	CS_WIRE_APPEAL_UPHELD = 3,
	CS_WIRE_APPEAL_REVERSED = 4,
	CS_WIRE_APPEAL_UNREADABLE = 5,
};
struct cs_wire_notice {
	struct cs_view action; /* cs_wire_action */
	uint8_t signature[64];
	uint64_t applied_ms;
	uint64_t reversed_ms; /* 0: it was not */
	uint8_t appeal;       /* enum cs_wire_appeal */
	uint64_t appeal_ms;
	struct cs_view answer; /* to the appeal: a sentence */
	struct cs_view reply;  /* sealed under the appeal's reply key */
	/* Where the hub's log commits to it, and with which salt
	 * (franking/tlog_entry.h); empty: it does not yet. */
	struct cs_view log_salt;
	uint64_t log_entry;
};
CS_WIRE_SHAPE(cs_wire_notice);
struct cs_wire_notices_answer {
	struct cs_wire_list notices;
};
CS_WIRE_SHAPE(cs_wire_notices_answer);

/* CS_WIRE_LETTER; answer empty.  Sealed to the desk (content/letter.h). */
enum cs_wire_letter_kind {
	CS_WIRE_LETTER_APPEAL = 1,      /* subject: an action */
	CS_WIRE_LETTER_SECOND_LOOK = 2, /* subject: a report */
	CS_WIRE_LETTER_REPLY = 3,       /* subject: a report with a question */
};
struct cs_wire_letter {
	uint8_t id[16];
	uint8_t kind;
	uint8_t subject[16];
	struct cs_view sealed;
};
CS_WIRE_SHAPE(cs_wire_letter);

/* CS_WIRE_ACCOUNT_EXPORT: request empty; all that the hub has on the account.
 */
struct cs_wire_account_export {
	struct cs_view json;
};
CS_WIRE_SHAPE(cs_wire_account_export);

/* CS_WIRE_ACCOUNT_LEAVE: request and answer empty. */

/* CS_WIRE_DESK_LETTERS: request empty; letters that the desk has not taken. */
struct cs_wire_desk_letter {
	uint8_t id[16];
	uint8_t kind;
	uint8_t subject[16];
	uint8_t named;       /* enum cs_wire_reporter: an appeal is NAMED, a
			      * letter about a report is what the report was */
	uint8_t account[16]; /* or the pseudonym */
	uint64_t received_ms;
	struct cs_view sealed;
};
CS_WIRE_SHAPE(cs_wire_desk_letter);
struct cs_wire_desk_letters_answer {
	struct cs_wire_list letters;
};
CS_WIRE_SHAPE(cs_wire_desk_letters_answer);

/* CS_WIRE_DESK_REMOVALS: request empty; whose removal from groups the hub has
 * not proposed yet: in how many, and where it failed and is tried again. */
#define CS_WIRE_REMOVALS_MAX 100
struct cs_wire_removals {
	uint8_t account[16];
	uint32_t groups, failed;
	uint64_t since_ms;
};
CS_WIRE_SHAPE(cs_wire_removals);
struct cs_wire_removals_answer {
	struct cs_wire_list removals;
};
CS_WIRE_SHAPE(cs_wire_removals_answer);

/* CS_WIRE_DESK_LETTER_SET; answer empty. */
struct cs_wire_desk_letter_set {
	uint8_t id[16];
	uint8_t state; /* enum cs_wire_appeal, from RECEIVED on */
	struct cs_view answer;
	struct cs_view reply; /* sealed under the letter's reply key */
};
CS_WIRE_SHAPE(cs_wire_desk_letter_set);

/*
 * CS_WIRE_DESK_HEAD: where the desk's log ends, for the hub to keep; with
 * ${seq} 0 it only asks.  Answer: the last one that the hub has, all zero if it
 * has none.  The hub reads no more of it than that each is later than the one
 * before: a higher ${seq} of the same ${epoch}, or the next epoch, which the
 * desk begins when somebody has said that an older copy is to go on.
 */
struct cs_wire_desk_head {
	uint32_t epoch;
	uint64_t seq;
	uint8_t head[32];
	uint64_t at_ms;
	uint8_t signature[64]; /* by the desk's key: desk/core/head.h */
};
CS_WIRE_SHAPE(cs_wire_desk_head);

/* CS_WIRE_GROUP_LINK_SET: by what name people ask to be let into a group; of
 * whoever may add people.  What waits under another name is over.  Answer
 * empty. */
struct cs_wire_group_link {
	struct cs_view group_id;
	uint8_t rendezvous[32]; /* zero: none */
	uint64_t group_seq; /* of the message that says so: the latest counts */
};
CS_WIRE_SHAPE(cs_wire_group_link);

/* CS_WIRE_GROUP_ASK: in the place of what the account asked before; answer
 * empty. */
struct cs_wire_group_ask {
	uint8_t rendezvous[32];
	struct cs_view sealed; /* for members; empty: take it back */
	struct cs_view note;   /* for the account's own devices */
};
CS_WIRE_SHAPE(cs_wire_group_ask);

/* CS_WIRE_GROUP_ASKS: who waits, for whoever may add people; the oldest
 * first. */
struct cs_wire_group_asks_get {
	struct cs_view group_id;
};
CS_WIRE_SHAPE(cs_wire_group_asks_get);
struct cs_wire_asking {
	uint8_t account[16];
	uint64_t asked_ms;
	struct cs_view sealed;
};
CS_WIRE_SHAPE(cs_wire_asking);
struct cs_wire_group_asks_answer {
	uint8_t rendezvous[32];   /* of the link that there is; zero: none */
	struct cs_wire_list asks; /* of cs_wire_asking */
};
CS_WIRE_SHAPE(cs_wire_group_asks_answer);

/* CS_WIRE_GROUP_ASK_DROP: they are not let in; answer empty. */
struct cs_wire_group_ask_drop {
	struct cs_view group_id;
	uint8_t account[16];
};
CS_WIRE_SHAPE(cs_wire_group_ask_drop);

/* CS_WIRE_OWN_ASKS: request empty; what became of what the account asked. */
enum cs_wire_ask_state {
	CS_WIRE_ASK_WAITS = 1,
	CS_WIRE_ASK_TAKEN = 2, /* a member let the account in */
	CS_WIRE_ASK_OVER = 3,  /* refused, or the link has ended */
};
struct cs_wire_own_ask {
	uint8_t state;
	uint64_t asked_ms, until_ms;
	struct cs_view note;
};
CS_WIRE_SHAPE(cs_wire_own_ask);
struct cs_wire_own_asks_answer {
	struct cs_wire_list asks; /* of cs_wire_own_ask */
};
CS_WIRE_SHAPE(cs_wire_own_asks_answer);

/* CS_WIRE_DESK_TROUBLES: request empty; what the operator of the hub has to see
 * to, for those who see the console. */
#define CS_WIRE_TROUBLES_MAX 8
struct cs_wire_desk_trouble {
	struct cs_view kind; /* as "countersignctl status --json" names it */
	uint64_t left;       /* seconds, or bytes of the disk; 0: none */
};
CS_WIRE_SHAPE(cs_wire_desk_trouble);
struct cs_wire_desk_troubles_answer {
	struct cs_wire_list troubles; /* of cs_wire_desk_trouble */
};
CS_WIRE_SHAPE(cs_wire_desk_troubles_answer);
/* CS_WIRE_PUSH_SET: where the device's browser gets pushes, and what they are
 * sealed with (RFC 8291), in place of what was before; an empty endpoint asks
 * for the answer alone.  The answer: the hub's key for such services (RFC
 * 8292); empty: it sends none.  CS_WIRE_PUSH_CLEAR: request and answer empty.
 */
struct cs_wire_push_set {
	struct cs_view endpoint;
	uint8_t key[65];
	uint8_t auth[16];
};
CS_WIRE_SHAPE(cs_wire_push_set);
struct cs_wire_push_set_answer {
	struct cs_view key;
};
CS_WIRE_SHAPE(cs_wire_push_set_answer);
