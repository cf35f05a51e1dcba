/* SPDX-License-Identifier: MIT */
/*
 * What the files of the client share.
 *
 * Rules of this folder.  A group's MLS state and what came of it (a message, a
 * notice, a cursor) move in one transaction, so a crash leaves both or none.
 * What is to be sent is stored before it is sent, and sent again with the same
 * bytes until the hub has answered; the hub answers the same.  What the hub
 * says is verified before it is stored.
 */
#pragma once

#include "client/client.h"
#include "content/evidence.h"
#include "content/letter.h"
#include "countersign/mls.h"
#include "net/session.h"
#include "store/clock.h"
#include "store/db.h"
#include "store/vault.h"

#define CLIENT_MAX_SKIP 1000 /* messages of one sender that may be missing */
#define CLIENT_PAST_EPOCHS 3 /* late messages across a commit or two */
#define CLIENT_PADDING 256   /* lengths say little */
#define CLIENT_KEY_PACKAGES 20
#define CLIENT_KEY_PACKAGE_DAYS 365
#define CLIENT_DEVICE_DAYS (5 * 365)
#define CLIENT_TRIES 8 /* lost races against other committers in a row */
#define CLIENT_REPORT_WINDOW_S (30 * 86400)
#define CLIENT_TIMEOUT_MS 15000
#define CLIENT_LINK_S (10 * 60) /* a code is valid, as at the hub */
/* RFC 9420, section 16.6: members who never commit hold back the security of
 * all.  Each does within the week, on a day of its own. */
#define CLIENT_COMMIT_MS ((uint64_t)7 * 86400 * 1000)
#define CLIENT_COMMIT_JITTER_MS ((uint64_t)86400 * 1000)
#define CLIENT_COMMIT_MESSAGES 1000 /* of ours, under one leaf key */
#define CLIENT_UPKEEP_MS ((uint64_t)3600 * 1000) /* how often to look */

/* GroupInfo extension of ours, seen by those who join only: kind and name. */
#define CLIENT_EXT_ROOM 0xf0c5

extern const struct cs_db_schema cs_client_schema;

enum client_contact_state { CONTACT_KNOWN, CONTACT_ACCEPTED, CONTACT_BLOCKED };
struct client_contact {
	uint8_t account[16];
	char handle[CS_HANDLE_MAX + 1];
	uint8_t account_key[32];
	enum client_contact_state state;
	uint64_t state_ms; /* when a device of ours set it; 0: none did */
	/* The hub showed another account or key under the name: nothing is
	 * sent to it before the user says so. */
	bool changed;
	uint8_t new_account[16], new_key[32];
};

struct cs_client {
	char *home;
	int lock;
	struct cs_db *db;
	struct cs_seal_key key;

	char handle[CS_HANDLE_MAX + 1];
	char hub[256]; /* its name, as it calls itself */
	char host[256];
	int port;
	uint8_t root[32];
	uint8_t account[16], device[16];
	struct cs_sign_key account_key, device_key;
	struct cs_signer *signer; /* device_key for MLS; NULL until needed */
	struct cs_buf credential;

	struct client_contact *contacts;
	size_t n_contacts;
	/* Who was refused last for a key that is not the known one; without a
	 * handle: nobody. */
	struct client_contact differs;
	uint64_t upkept_ms; /* see upkeep.c */

	struct cs_session session;
	bool online;
	uint8_t external_sender[32]; /* the hub's key for proposals */
	uint8_t desk_hpke[32], desk_sign[32];
	bool have_desk;
	bool desk_expired; /* there is one, but not by the root's word any more
			    */
	bool notices_due;  /* the desk may have decided something */
	struct cs_wire_login_answer login;

	char problem[4096 + 512];
	uint16_t hub_code;
};

/* ---- home.c ------------------------------------------------------------- */

/* Note a sentence for the user; returns ${err}. */
enum cs_err client_problem(struct cs_client *c, enum cs_err err,
    const char *format, ...) __attribute__((format(printf, 3, 4)));
struct cs_mls_options client_mls_options(struct cs_client *c);
/* Lives as long as ${c} and its device key. */
CS_CHECKED enum cs_err client_identity(
    struct cs_mls_identity *out, struct cs_client *c);

/* The home without its lock, for those who make one. */
CS_CHECKED enum cs_err client_home_new(
    struct cs_client **out, const char *home, struct cs_view passphrase);
CS_CHECKED enum cs_err client_identity_save(struct cs_client *c);
void client_offline(struct cs_client *c);
/* Without a connection there is nothing to be done: CS_ERR_CLOSED. */
CS_CHECKED enum cs_err client_need_hub(struct cs_client *c);

/* HOST or HOST:PORT, a host name or an IPv4 address; 443 if no port is given.
 * (join.c) */
CS_CHECKED bool client_host_parse(
    char host[static 256], int *port, const char *s, size_t len);

/* ---- connect.c ---------------------------------------------------------- */

/* Connect and take the hub's certificates; not logged in. */
CS_CHECKED enum cs_err client_reach(struct cs_client *c);
/* CS_ERR_NOT_FOUND, with the sentence that says why. */
enum cs_err client_no_desk(struct cs_client *c);
CS_CHECKED enum cs_err client_login(struct cs_client *c);

/* ---- stamp_key.c -------------------------------------------------------- */

/* The operator's certificate of the stamp key ${key_id}, asked of the hub when
 * it is new; replaces what ${out} holds.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_stamp_cert(
    struct cs_buf *out, struct cs_client *c, const uint8_t key_id[static 8]);
CS_CHECKED enum cs_err client_stamp_cert_learn(
    struct cs_client *c, struct cs_view cert);

/* ---- key_package.c ------------------------------------------------------ */

/* Give the hub new key packages when few are left. */
CS_CHECKED enum cs_err client_key_packages_fill(struct cs_client *c);
/* Everybody in the group, written down. */
CS_CHECKED enum cs_err client_learn_members(
    struct cs_client *c, const struct cs_mls_group *mls);
/* Join what we were invited to. */
CS_CHECKED enum cs_err client_welcomes(struct cs_client *c);

/* ---- contact.c ---------------------------------------------------------- */

CS_CHECKED enum cs_err client_contacts_load(struct cs_client *c);
struct client_contact *client_contact_find(
    struct cs_client *c, const uint8_t account[static 16]);
struct client_contact *client_contact_by_handle(
    struct cs_client *c, const char *handle);
/* Write down who a credential belongs to, if that is new. */
CS_CHECKED enum cs_err client_contact_learn(
    struct cs_client *c, struct cs_view credential);
CS_CHECKED enum cs_err client_contact_set_state(struct cs_client *c,
    struct client_contact *contact, enum client_contact_state state,
    uint64_t at_ms);
/* Somebody that another device of ours has met. */
CS_CHECKED enum cs_err client_contact_add(
    struct cs_client *c, const struct client_contact *contact);
/* ${contact}, one of c->contacts, is ${by} from now on. */
CS_CHECKED enum cs_err client_contact_replace(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);
/* Somebody was refused: if that was for a new key under a known name, say so,
 * once; inside a transaction. */
CS_CHECKED enum cs_err client_contact_warn(struct cs_client *c);
/* The authentication service of MLS: a device certificate that verifies, and
 * an account key that has not changed; of external senders only the operator
 * (its key is looked at in client_group_check_operator()). */
enum cs_err client_check_leaf(
    void *arg, const struct cs_mls_auth_request *request);
/* The handle in a credential, as a string of CS_HANDLE_MAX + 1. */
void client_handle_of(char *out, struct cs_view credential);

/* ---- request.c ---------------------------------------------------------- */

/* A device of ours decided about ${contact} at ${at_ms}: the contact and the
 * conversations with it; inside a transaction. */
CS_CHECKED enum cs_err client_contact_decide(struct cs_client *c,
    struct client_contact *contact, enum client_contact_state state,
    uint64_t at_ms);
/* The same for another account or key under a known name: conversations of the
 * two under the old one are over. */
CS_CHECKED enum cs_err client_contact_renew(struct cs_client *c,
    struct client_contact *contact, const struct client_contact *by);

/* ---- note.c ------------------------------------------------------------- */

/* Sealed for the devices of the account and nobody else; ${place} says what it
 * is.  Replaces what ${out} holds.  CS_ERR_DECRYPT */
CS_CHECKED enum cs_err client_account_seal(struct cs_buf *out,
    const struct cs_client *c, const char *place, struct cs_view plain);
CS_CHECKED enum cs_err client_account_open(struct cs_buf *out,
    const struct cs_client *c, const char *place, struct cs_view sealed);
/* What the other devices are told of ${contact}. */
CS_CHECKED enum cs_err client_note_write(struct cs_buf *out,
    const struct cs_client *c, const struct client_contact *contact);
/* Take over what other devices decided since. */
CS_CHECKED enum cs_err client_notes_fetch(struct cs_client *c);

/* ---- call.c ------------------------------------------------------------- */

/* A request; refusals become c->problem. */
CS_CHECKED enum cs_err client_call(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);
CS_CHECKED enum cs_err client_call_empty(struct cs_client *c, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request);

/* ---- group.c ------------------------------------------------------------ */

struct client_group {
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len;
	uint8_t ref[32];
	bool direct;
	bool registered; /* the hub knows it */
	enum cs_client_group_state state;
	char name[256]; /* or the peer's handle */
	char added_by[CS_HANDLE_MAX + 1];
	uint64_t seq;     /* the last entry that was processed */
	bool chain_known; /* ${chain} is what the next stamp builds on */
	uint8_t chain[32];
	uint64_t last_ms; /* time of the last stamp */
	uint64_t sender_seq;
	uint64_t committed_ms; /* our last commit; or when we came */
	uint32_t sent;         /* messages of ours since */
	/* Leaves whose own account has proposed their removal. */
	uint32_t leavers[CS_WIRE_DEVICES_MAX];
	size_t n_leavers;
	struct cs_mls_group *mls;
	bool elsewhere; /* ${mls} was not loaded from this group's row */
};
/* Left, or on the way out. */
bool client_group_over(const struct client_group *g);
void client_group_clear(struct client_group *g);
struct cs_view client_group_id(const struct client_group *g);
/* CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_group_load(
    struct client_group *out, struct cs_client *c, struct cs_view id);
/* Without the MLS state: for those who only show it. */
CS_CHECKED enum cs_err client_group_load_meta(
    struct client_group *out, struct cs_client *c, struct cs_view id);
/* A group by its name, or the conversation with a person by its handle;
 * CS_ERR_NOT_FOUND, CS_ERR_EXISTS: more than one. */
CS_CHECKED enum cs_err client_group_find(struct client_group *out,
    struct cs_client *c, const char *name, bool direct);
/* Into the database; inside a transaction, or alone. */
CS_CHECKED enum cs_err client_group_store(
    struct cs_client *c, struct client_group *g);
/* Ids of all groups, one <V> after the other: what is done with one may change
 * the table. */
CS_CHECKED enum cs_err client_group_list(
    struct cs_buf *out, struct cs_client *c);
/* Walk the groups of cs_client; stops at the first error. */
CS_CHECKED enum cs_err client_group_each(struct cs_client *c,
    enum cs_err (*each)(struct cs_client *c, struct client_group *g, void *arg),
    void *arg);
/* external_senders with the one operator in it. */
CS_CHECKED enum cs_err client_operator_sender(
    struct cs_buf *out, const struct cs_client *c);
/* Does the group belong to this operator, and to this one only? */
CS_CHECKED enum cs_err client_group_check_operator(
    struct cs_client *c, const struct cs_mls_group *mls);
CS_CHECKED enum cs_err client_group_check_staged(
    const struct client_group *g, const struct cs_mls_staged *staged);
/* May a Welcome put ${now} in the place of ${was}?  Group ids are unique (RFC
 * 9420, 12.4.3.1), and who is no member could otherwise replace a conversation
 * with one of the same id: so only if ${was} is over, or a member of it brings
 * us back in, later.  CS_ERR_EXISTS. */
CS_CHECKED enum cs_err client_group_check_replaced(
    const struct client_group *was, const struct client_group *now);
/* Leaves of the devices of ${handle}: how many. */
size_t client_group_leaves_of(const struct client_group *g, const char *handle,
    uint32_t leaves[static CS_WIRE_DEVICES_MAX]);
/* How many people: 1, 2, or 3 for more; devices of one count once. */
unsigned client_group_people(const struct client_group *g);
/* Somebody in it who is not us. */
bool client_group_other(const struct client_group *g, const struct cs_client *c,
    char out[static CS_HANDLE_MAX + 1]);

/* ---- group_make.c ------------------------------------------------------- */

/* The conversation of two with ${handle}, made if there is none. */
CS_CHECKED enum cs_err client_group_direct(
    struct client_group *out, struct cs_client *c, const char *handle);
/* Bring our other devices into ${g} if one is missing. */
CS_CHECKED enum cs_err client_devices_bring(
    struct cs_client *c, struct client_group *g);
/* Tell the hub of a group that it does not know yet. */
CS_CHECKED enum cs_err client_group_register(
    struct cs_client *c, struct client_group *g);

/* ---- join_group.c ------------------------------------------------------- */

/* Enter what waits by external commits, as far as the hub can help. */
CS_CHECKED enum cs_err client_join_groups(struct cs_client *c);
/* A conversation that this device is to enter; inside a transaction. */
CS_CHECKED enum cs_err client_joining_add(
    struct cs_client *c, const struct client_group *g);
/* What is known of a group that waits in there; CS_ERR_NOT_FOUND. */
CS_CHECKED enum cs_err client_joining_find(
    struct client_group *out, struct cs_client *c, struct cs_view id);
CS_CHECKED enum cs_err client_joining_forget(
    struct cs_client *c, struct cs_view id);
/* Is ${mls}, in which this device is by a commit of its own, a group of ours:
 * one in which our account is, or was until the operator took it out? */
CS_CHECKED enum cs_err client_join_check(
    struct cs_client *c, const struct cs_mls_group *mls, struct cs_view id);

/* ---- away.c ------------------------------------------------------------- */

/* The operator took ${handle} out of ${g}; inside a transaction. */
CS_CHECKED enum cs_err client_away_add(
    struct cs_client *c, const struct client_group *g, const char *handle);
CS_CHECKED enum cs_err client_away_find(bool *out, struct cs_client *c,
    const struct client_group *g, const char *handle);
/* It is there again. */
CS_CHECKED enum cs_err client_away_end(
    struct cs_client *c, const struct client_group *g, const char *handle);

/* ---- leave.c ------------------------------------------------------------ */

/* Go on leaving: propose it, again once an epoch has passed it over. */
CS_CHECKED enum cs_err client_leave_resume(
    struct cs_client *c, struct client_group *g);
/* A proposal came from ${sender}: is it somebody's own leaving? */
void client_leave_seen(
    const struct cs_client *c, struct client_group *g, uint32_t sender);

/* ---- upkeep.c ----------------------------------------------------------- */

/* Commit where we have not for long. */
CS_CHECKED enum cs_err client_upkeep(struct cs_client *c);

/* ---- commit.c ----------------------------------------------------------- */

/* Make, store, submit, merge.  CS_ERR_EPOCH: somebody was quicker, the group
 * is up to date now, try again. */
CS_CHECKED enum cs_err client_commit(struct cs_client *c,
    struct client_group *g, const struct cs_mls_commit_options *opt);
/* Finish a commit that was stored and perhaps sent. */
CS_CHECKED enum cs_err client_commit_resume(
    struct cs_client *c, struct client_group *g);
/* A commit of ours stands in the log: merge it if it is the one that is
 * pending (CS_ERR_NOT_FOUND); inside a transaction. */
CS_CHECKED enum cs_err client_commit_seen(struct cs_client *c,
    struct client_group *g, const uint8_t msg_hash[static 32]);
CS_CHECKED enum cs_err client_commit_forget(
    struct cs_client *c, const struct client_group *g);
/* Take a staged commit (also on failure): notices, state; inside a
 * transaction. */
CS_CHECKED enum cs_err client_commit_merge(
    struct cs_client *c, struct client_group *g, struct cs_mls_staged *staged);

/* ---- sync.c ------------------------------------------------------------- */

/* Bring one group up to date. */
CS_CHECKED enum cs_err client_sync_group(
    struct cs_client *c, struct client_group *g);

/* ---- receive.c ---------------------------------------------------------- */

/* One entry of the log; inside a transaction.  Whatever the hub made of it,
 * the result is a message, a notice or a refusal in the database. */
CS_CHECKED enum cs_err client_receive(struct cs_client *c,
    struct client_group *g, const struct cs_wire_entry *entry);

/* ---- message.c ---------------------------------------------------------- */

/*
 * What is kept of a message.  ${body}: a capsule (content/proof.h) of what was
 * received, or sent and stamped; with ${bare} the application data of what was
 * sent and not stamped yet; else a sentence.
 */
struct client_record {
	enum cs_client_message_kind kind;
	bool late, failed, bare, warning;
	uint64_t time_ms, seq;
	char from[CS_HANDLE_MAX + 1];
	char reason[32];
	struct cs_view body;
};
/* Insert; ${id} may be NULL. */
CS_CHECKED enum cs_err client_message_insert(struct cs_client *c,
    const struct client_group *g, const struct client_record *r,
    const uint8_t mid[static 32], uint64_t *id);
CS_CHECKED enum cs_err client_message_update(
    struct cs_client *c, uint64_t id, const struct client_record *r);
/* ${plain} holds what ${out->body} points into. */
CS_CHECKED enum cs_err client_message_load(struct client_record *out,
    struct cs_buf *plain, struct cs_client *c, uint64_t id);
/* The content of a record that has one; views point into ${r->body}. */
CS_CHECKED enum cs_err client_message_content(
    struct cs_mimi_content *out, const struct client_record *r);
/* By message id; CS_ERR_NOT_FOUND.  ${group_id} may be NULL. */
CS_CHECKED enum cs_err client_message_by_mid(uint64_t *id,
    struct cs_buf *group_id, struct cs_client *c, const uint8_t mid[static 32]);
CS_CHECKED enum cs_err client_notice(struct cs_client *c,
    const struct client_group *g, uint64_t time_ms, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
/* A notice that nobody should miss; now. */
CS_CHECKED enum cs_err client_warning(
    struct cs_client *c, const struct client_group *g, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* ---- send.c ------------------------------------------------------------- */

/* Send what waits in the outbox of ${g}. */
CS_CHECKED enum cs_err client_flush(
    struct cs_client *c, struct client_group *g);
/* The stamp in the hub's answer to ${message}: it has to be the one that the
 * log shows.  ${tag}: NULL for a handshake. */
CS_CHECKED enum cs_err client_stamp_check(struct cs_stamp *stamp,
    struct cs_client *c, const struct client_group *g, uint64_t epoch,
    const uint8_t *tag, struct cs_view message,
    const struct cs_wire_submit_answer *answer);
/* The message of ours that ${stamp} is about is with the hub: keep its proof.
 * CS_ERR_NOT_FOUND: there is none of that hash. */
CS_CHECKED enum cs_err client_sent(
    struct cs_client *c, struct client_group *g, const struct cs_stamp *stamp);

/* ---- notice.c ----------------------------------------------------------- */

/* What the desk signed about this account, without its letter. */
CS_CHECKED enum cs_err client_notice_read(struct cs_client_notice *out,
    struct cs_client *c, const struct cs_wire_notice *item);
/* Tell the user of what is new in a list of cs_wire_notice; each thing once. */
CS_CHECKED enum cs_err client_notices_take(
    struct cs_client *c, struct cs_view list);
/* Ask the hub, and tell. */
CS_CHECKED enum cs_err client_notices_tell(struct cs_client *c);
/* Why this account is disabled, as a sentence in c->problem: what the desk
 * signed, and nothing that the hub says. */
void client_notice_disabled(struct cs_client *c);

/* ---- letter.c ----------------------------------------------------------- */

/* Seal, store and send; enum cs_wire_letter_kind. */
CS_CHECKED enum cs_err client_letter_send(struct cs_client *c, uint8_t kind,
    const uint8_t subject[static 16], const struct cs_letter *letter);
/* Send what waits. */
CS_CHECKED enum cs_err client_letters_flush(struct cs_client *c);
/* Open the desk's answer to a letter of ours; replaces what ${out} holds.
 * CS_ERR_NOT_FOUND: none of this device's; CS_ERR_DECRYPT. */
CS_CHECKED enum cs_err client_letter_answer(struct cs_buf *out,
    struct cs_client *c, uint8_t kind, const uint8_t subject[static 16],
    struct cs_view sealed);

/* ---- account_leave.c ---------------------------------------------------- */

/* Did this device leave the hub, or ask to? */
bool client_account_left(struct cs_client *c);

/* ---- report.c ----------------------------------------------------------- */

/* Send reports that wait. */
CS_CHECKED enum cs_err client_reports_flush(struct cs_client *c);

/* ---- media.c ------------------------------------------------------------ */

/* Clean, encrypt and upload; fills ${out}, whose strings live in ${hold}. */
CS_CHECKED enum cs_err client_media_upload(struct cs_client *c,
    struct cs_mimi_external *out, struct cs_buf *hold, const char *path,
    bool photo, void (*progress)(uint64_t done, uint64_t total));
/* Fetch the encrypted file of ${part}, piece by piece, to ${take}. */
CS_CHECKED enum cs_err client_media_fetch(struct cs_client *c,
    const struct cs_mimi_external *part,
    enum cs_err (*take)(void *arg, struct cs_view bytes), void *arg,
    void (*progress)(uint64_t done, uint64_t total));
