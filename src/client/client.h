/* SPDX-License-Identifier: MIT */
/*
 * A member's side, without a user interface.
 *
 * A home is a folder: a sealed database, its key file, a lock.  Every function
 * that touches it is called with the lock held (cs_client_open() takes it).
 * What the hub says is verified before anything of it is stored or returned.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_client;

#define CS_CLIENT_MID_LEN 32 /* message ids (MIMI) */
#define CS_CLIENT_SAFETY_DIGITS 60

/* Why the last function failed, as a sentence for a person; never NULL. */
const char *cs_client_problem(const struct cs_client *c);
/* The hub's code (enum cs_wire_code) when it was the hub that refused. */
uint16_t cs_client_hub_code(const struct cs_client *c);

/* ---- a home ------------------------------------------------------------- */

/* Parts of an invite link, checked. */
struct cs_client_link {
	char host[256];
	int port;
	char code[65];
	uint8_t root[CS_KEY_LEN];
};
CS_CHECKED enum cs_err cs_client_link_parse(
    struct cs_client_link *out, const char *link);

/*
 * Join a hub and make a home for it in ${home}.  ${problem} gets a sentence
 * (256 bytes).  A join that broke off can be repeated with the same link and
 * name.  CS_ERR_EXISTS: there is a home already.
 */
CS_CHECKED enum cs_err cs_client_join(const char *home, const char *link,
    const char *name, struct cs_view passphrase, char problem[static 256]);

/* Does opening the home take a passphrase? */
CS_CHECKED enum cs_err cs_client_needs_passphrase(
    bool *needed, const char *home);

/*
 * Open a home and take its lock, waiting for another command to end.
 * CS_ERR_NOT_FOUND: there is none; CS_ERR_PASSPHRASE; CS_ERR_NEWER;
 * CS_ERR_CORRUPT.
 */
CS_CHECKED enum cs_err cs_client_open(
    struct cs_client **out, const char *home, struct cs_view passphrase);
void cs_client_close(struct cs_client *c);

/* Let other commands in while this one waits, and come back. */
void cs_client_unlock(struct cs_client *c);
CS_CHECKED enum cs_err cs_client_lock(struct cs_client *c);

/* Who we are; strings live as long as ${c}. */
const char *cs_client_handle(const struct cs_client *c);
const char *cs_client_hub(const struct cs_client *c);
const uint8_t *cs_client_account(const struct cs_client *c);
const uint8_t *cs_client_device(const struct cs_client *c);
/* base64url of the operator root key, and a zero. */
#define CS_CLIENT_OPERATOR_KEY_SIZE 44
void cs_client_operator_key(
    const struct cs_client *c, char out[static CS_CLIENT_OPERATOR_KEY_SIZE]);

/* ---- the hub ------------------------------------------------------------ */

/* Connect, log in, send what waited, and bring everything up to date. */
CS_CHECKED enum cs_err cs_client_connect(struct cs_client *c);
/* Connect and log in, and no more: what the holder of a disabled account may
 * do, too. */
CS_CHECKED enum cs_err cs_client_connect_held(struct cs_client *c);
/* Fetch what is new; also done by connect. */
CS_CHECKED enum cs_err cs_client_sync(struct cs_client *c);
/* Wait for something new, at most ${timeout_ms}; CS_ERR_TIMEOUT. */
CS_CHECKED enum cs_err cs_client_wait(struct cs_client *c, int timeout_ms);

/* ---- devices ------------------------------------------------------------ */

#define CS_CLIENT_DEVICE_NAME_MAX 64
#define CS_CLIENT_CODE_SIZE 512
#define CS_CLIENT_CHECK_DIGITS 6

/*
 * Let a new device into the account: make a code, carry it to the new device,
 * wait for what asks with it, compare the check number on both screens, agree.
 * Before the last call nothing has been given away; the code ends by itself.
 */
struct cs_client_linking;
CS_CHECKED enum cs_err cs_client_linking_new(
    struct cs_client_linking **out, struct cs_client *c);
void cs_client_linking_free(struct cs_client_linking *l);
const char *cs_client_linking_code(const struct cs_client_linking *l);
/* CS_ERR_TIMEOUT: nothing yet, call again; CS_ERR_CLOSED: connect and call
 * again; CS_ERR_EXPIRED: the code is over.  Does not touch the home: others may
 * be let in meanwhile. */
CS_CHECKED enum cs_err cs_client_linking_wait(
    struct cs_client_linking *l, struct cs_client *c, int timeout_ms);
/* Who asks: the name it gives itself, and the number to compare. */
const char *cs_client_linking_name(const struct cs_client_linking *l);
const char *cs_client_linking_number(const struct cs_client_linking *l);
/* Certify the device, and hand over what it needs. */
CS_CHECKED enum cs_err cs_client_linking_agree(
    struct cs_client_linking *l, struct cs_client *c);

/*
 * The new device's side: a home in ${home} for the account that ${code} is of.
 * ${asked} is told the check number; then the other device has to agree.
 * ${problem} as for cs_client_join(); what broke off can be repeated.
 */
CS_CHECKED enum cs_err cs_client_join_device(const char *home, const char *code,
    const char *name, struct cs_view passphrase,
    void (*asked)(const char *number), char problem[static 256]);

struct cs_client_device {
	uint8_t id[CS_ID_LEN];
	char name[CS_CLIENT_DEVICE_NAME_MAX + 1]; /* empty: the first one */
	uint64_t created_ms, seen_ms; /* seen: to the day, 0: never */
	bool own;                     /* the one that asks */
};
CS_CHECKED enum cs_err cs_client_devices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_device *d), void *arg);
/* The device whose id begins with ${prefix}, in hex. */
CS_CHECKED enum cs_err cs_client_device_find(
    struct cs_client *c, const char *prefix, struct cs_client_device *out);
/* Remove it from the account.  Its removal from the conversations is proposed
 * by the hub; cs_client_sync() commits it. */
CS_CHECKED enum cs_err cs_client_device_remove(
    struct cs_client *c, const uint8_t id[static CS_ID_LEN]);

/* ---- conversations ------------------------------------------------------ */

enum cs_client_group_state {
	CS_CLIENT_ACTIVE = 0,
	CS_CLIENT_REQUEST = 1, /* from somebody new, not accepted yet */
	CS_CLIENT_LEFT = 2,    /* we were removed, or left */
	CS_CLIENT_BLOCKED = 3,
	CS_CLIENT_LEAVING = 4, /* left; somebody has to commit it yet */
};
struct cs_client_group {
	uint8_t ref[CS_HASH_LEN];
	bool direct;
	char name[256]; /* of the group, or the other's handle */
	char added_by[33];
	enum cs_client_group_state state;
	uint64_t epoch;
	size_t n_members;
	char (*members)[33]; /* handles; freed by cs_client_groups_free() */
};
struct cs_client_groups {
	struct cs_client_group *v;
	size_t n;
};
CS_CHECKED enum cs_err cs_client_groups(
    struct cs_client_groups *out, struct cs_client *c);
void cs_client_groups_free(struct cs_client_groups *g);

CS_CHECKED enum cs_err cs_client_group_new(struct cs_client *c,
    const char *name, const char *const *handles, size_t n);
CS_CHECKED enum cs_err cs_client_group_add(struct cs_client *c,
    const char *name, const char *const *handles, size_t n);
CS_CHECKED enum cs_err cs_client_group_remove(
    struct cs_client *c, const char *name, const char *handle);
/* Leave a group, or with the name of a person the conversation with them, on
 * all devices of the account. */
CS_CHECKED enum cs_err cs_client_group_leave(
    struct cs_client *c, const char *name);

/* First contacts: accept lets somebody in, block keeps somebody out. */
CS_CHECKED enum cs_err cs_client_accept(
    struct cs_client *c, const char *handle);
CS_CHECKED enum cs_err cs_client_block(struct cs_client *c, const char *handle);
/* What becomes of first messages from people not accepted yet. */
enum cs_client_unknown { CS_CLIENT_UNKNOWN_REQUEST, CS_CLIENT_UNKNOWN_REFUSE };
CS_CHECKED enum cs_err cs_client_unknown_senders(
    struct cs_client *c, enum cs_client_unknown what);
/* 60 digits that two people compare, and a zero. */
CS_CHECKED enum cs_err cs_client_safety_number(struct cs_client *c,
    const char *handle, char out[static CS_CLIENT_SAFETY_DIGITS + 1]);
/* The same for a key that the hub shows since; CS_ERR_NOT_FOUND: it shows the
 * known one. */
CS_CHECKED enum cs_err cs_client_new_safety_number(struct cs_client *c,
    const char *handle, char out[static CS_CLIENT_SAFETY_DIGITS + 1]);
/* From now on the new key is theirs: the two have compared it. */
CS_CHECKED enum cs_err cs_client_accept_new_key(
    struct cs_client *c, const char *handle);

struct cs_client_contact {
	const char *handle;
	bool accepted, blocked;
	bool changed; /* another key than the known one was shown */
};
CS_CHECKED enum cs_err cs_client_contacts(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_contact *contact),
    void *arg);

/* ---- messages ----------------------------------------------------------- */

/* What to send; to a handle or to the name of a group. */
struct cs_client_outgoing {
	const char *to;
	struct cs_view text;    /* UTF-8, at most 60 KiB; or empty */
	const char *photo_path; /* or NULL */
	const char *file_path;  /* or NULL */
	const char *reply_to;   /* message id, or NULL */
	/* Called now and then while a file is sent; or NULL. */
	void (*progress)(uint64_t done, uint64_t total);
};
/* ${mid_hex} gets the message's id: 64 hex digits and a zero. */
CS_CHECKED enum cs_err cs_client_send(struct cs_client *c,
    const struct cs_client_outgoing *out, char mid_hex[static 65]);

enum cs_client_message_kind {
	CS_CLIENT_RECEIVED = 1,
	CS_CLIENT_SENT = 2,
	CS_CLIENT_EVENT = 3,   /* somebody came or went, a gap, and the like */
	CS_CLIENT_REFUSED = 4, /* a message that did not verify: never shown */
};
struct cs_client_media {
	char filename[256];
	char media_type[64];
	uint64_t size;
	bool photo;
};
struct cs_client_message {
	uint64_t number; /* of this device, in order of arrival */
	uint8_t mid[CS_CLIENT_MID_LEN];
	enum cs_client_message_kind kind;
	bool seen;
	bool request; /* from somebody not accepted yet */
	bool late;    /* the clocks of sender and hub differ much */
	bool waiting; /* ours, not with the hub yet */
	bool failed;  /* ours, the hub refused it */
	bool warning; /* a notice that nobody should miss */
	uint64_t time_ms, group_seq;
	char conversation[256];
	bool direct;
	char from[33];
	struct cs_view text; /* or the notice's sentence */
	bool is_reply;
	uint8_t reply_to[CS_CLIENT_MID_LEN];
	size_t n_media;
	const struct cs_client_media *media;
	const char *reason; /* of a refusal: the name of the error */
};
/* Which messages, in order of arrival. */
enum cs_client_which { CS_CLIENT_UNSEEN, CS_CLIENT_ALL, CS_CLIENT_REQUESTS };
/*
 * Call ${each} for every message; its views live during the call.  Unseen ones
 * are marked as seen after ${each} returned CS_OK for all of them.
 */
CS_CHECKED enum cs_err cs_client_messages(struct cs_client *c,
    enum cs_client_which which,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);

/* The full id of the message whose id begins with ${prefix}. */
CS_CHECKED enum cs_err cs_client_find(struct cs_client *c, const char *prefix,
    uint8_t mid[static CS_CLIENT_MID_LEN]);

/* Fetch, check and write the photo or file of a message. */
CS_CHECKED enum cs_err cs_client_save(struct cs_client *c,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const char *path,
    void (*progress)(uint64_t done, uint64_t total));

/* ---- reports ------------------------------------------------------------ */

#define CS_CLIENT_REPORT_MAX 50
/* What is to be reported or exported. */
struct cs_client_report {
	uint8_t (*mids)[CS_CLIENT_MID_LEN];
	size_t n;
	uint16_t reason;
	struct cs_view note;
};
/*
 * A report that is ready to be sent.  Its bytes are fixed when it is prepared:
 * what is described is what leaves, whatever happens in between.
 */
struct cs_client_prepared_report;
CS_CHECKED enum cs_err cs_client_report_prepare(
    struct cs_client_prepared_report **out, struct cs_client *c,
    const struct cs_client_report *r);
void cs_client_prepared_report_free(struct cs_client_prepared_report *p);
/* Tell ${line}, item by item, everything that will leave the device. */
void cs_client_report_describe(const struct cs_client_prepared_report *p,
    const struct cs_client *c, void (*line)(void *arg, const char *text),
    void *arg);
/* Seal to the desk, store and send; ${id_hex}: 32 hex digits and a zero. */
CS_CHECKED enum cs_err cs_client_report_send(struct cs_client *c,
    const struct cs_client_prepared_report *p, char id_hex[static 33]);
struct cs_client_report_state {
	uint8_t id[CS_ID_LEN];
	uint64_t created_ms, updated_ms;
	uint16_t reason;
	size_t n_messages;
	int state; /* enum cs_wire_report_state, or -1: not sent yet */
	char answer[1024];
	/* What the desk asks, or empty; ${unreadable}: it asks, and what it
	 * asks does not open here. */
	struct cs_view question;
	bool unreadable;
	uint8_t second_look; /* enum cs_wire_second_look */
	/* What the desk answers to who asked for it, or empty;
	 * ${reply_elsewhere}: it opens on the device that asked. */
	struct cs_view reply;
	bool reply_elsewhere;
	bool can_ask_again; /* a second look may be asked for */
};
CS_CHECKED enum cs_err cs_client_reports(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_report_state *s), void *arg);
/* The report whose id begins with ${prefix}, in hex. */
CS_CHECKED enum cs_err cs_client_report_find(
    struct cs_client *c, const char *prefix, uint8_t id[static CS_ID_LEN]);
/* Answer what the desk asked; ask it to look again, once, when it has decided.
 * Stored before it is sent: at most 8 KiB of UTF-8, in ${language}, a tag such
 * as "en" or empty. */
CS_CHECKED enum cs_err cs_client_report_reply(struct cs_client *c,
    const uint8_t id[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);
CS_CHECKED enum cs_err cs_client_second_look(struct cs_client *c,
    const uint8_t id[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);
/* Write evidence to a file: open when ${to_key} is NULL. */
CS_CHECKED enum cs_err cs_client_export(struct cs_client *c,
    const struct cs_client_report *r, const uint8_t *to_key, const char *path);

/* ---- what the desk decided about us ------------------------------------- */

/* A decision whose signature verifies; its views live during the call. */
struct cs_client_notice {
	uint8_t id[CS_ID_LEN], reverses[CS_ID_LEN];
	uint8_t kind; /* enum cs_wire_action_kind */
	uint16_t reason;
	uint64_t decided_ms, applied_ms;
	uint64_t until_ms, reversed_ms; /* 0: no end; it was not */
	bool in_force;
	bool has_statement; /* what follows, up to the case number */
	struct cs_view language, what, facts;
	bool automated_detection, automated_decision;
	bool illegal; /* else against the hub's rules */
	struct cs_view ground, explanation, territory, redress, reviewer;
	struct cs_view case_number;
	uint8_t appeal; /* enum cs_wire_appeal */
	uint64_t appeal_ms;
	struct cs_view answer; /* to the appeal: a sentence, and a letter */
	struct cs_view reply;
	bool unreadable; /* there is a letter, and it does not open here */
	bool can_appeal;
};
/* Newest first.  CS_ERR_SIGNATURE: one was left out that is not the desk's. */
CS_CHECKED enum cs_err cs_client_notices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg);
/* Object to one; stored before it is sent.  As cs_client_report_reply(). */
CS_CHECKED enum cs_err cs_client_appeal(struct cs_client *c,
    const uint8_t action[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);

/* What we wrote to the desk; views live during the call. */
struct cs_client_letter {
	uint8_t kind; /* enum cs_wire_letter_kind */
	uint8_t subject[CS_ID_LEN];
	uint64_t created_ms;
	bool sent;
	struct cs_view text;
};
CS_CHECKED enum cs_err cs_client_letters(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_letter *l), void *arg);

/* ---- the account -------------------------------------------------------- */

/* What the hub has on the account, as JSON; replaces what ${json} holds. */
CS_CHECKED enum cs_err cs_client_account_export(
    struct cs_client *c, struct cs_buf *json);
/* Leave the hub, with all devices; what is here stays readable. */
CS_CHECKED enum cs_err cs_client_account_leave(struct cs_client *c);
