/* SPDX-License-Identifier: MIT */
/*
 * A member's side, without a user interface.
 *
 * A home is a folder with a sealed database, its key file and a lock.  Every
 * function that touches it is called with the lock held; cs_client_open() takes
 * it. What the hub says is verified before any of it is stored or returned.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"

struct cs_client;

#define CS_CLIENT_ALIAS_MAX 63 /* bytes of a name that the user gives */
#define CS_CLIENT_MID_LEN 32   /* message ids (MIMI) */
#define CS_CLIENT_SAFETY_DIGITS 60

/* Why the last function failed, as a sentence for the user; never NULL. */
const char *cs_client_problem(const struct cs_client *c);
/* The hub's code (enum cs_wire_code) if the hub refused, or 0. */
uint16_t cs_client_hub_code(const struct cs_client *c);

/* ---- what takes time ---------------------------------------------------- */

/* What is done that can take longer than anybody expects. */
enum cs_client_activity {
	CS_CLIENT_IDLE, /* nothing more of that */
	CS_CLIENT_LOCKING,
	CS_CLIENT_CONNECTING,
	CS_CLIENT_CONNECTING_AGAIN,
	CS_CLIENT_ASKING,   /* an answer of the hub is awaited */
	CS_CLIENT_WAITING,  /* the hub wants us to */
	CS_CLIENT_FETCHING, /* ${done} of ${total} messages are there */
};
typedef void cs_client_activity_fn(
    enum cs_client_activity what, uint64_t done, uint64_t total);
/* Have ${fn} called when one begins, or gets on; NULL: nobody.  For all homes
 * of the process. */
void cs_client_on_activity(cs_client_activity_fn *fn);

/* ---- proxies ------------------------------------------------------------ */

/*
 * Connect through the proxy ${where} (net/proxy.h), a string that lives on; the
 * next home that reaches its hub keeps it.  "none": straight, whatever the
 * environment says.  CS_ERR_FORMAT, CS_ERR_UNSUPPORTED.
 */
CS_CHECKED enum cs_err cs_client_use_proxy(const char *where);
/* The same for a home that is open, from now on. */
CS_CHECKED enum cs_err cs_client_proxy_set(
    struct cs_client *c, const char *where);

/* ---- a home ------------------------------------------------------------- */

/* The parts of an invite link. */
struct cs_client_invite {
	char host[256];
	int port;
	char code[65];
	uint8_t root[CS_KEY_LEN];
};
CS_CHECKED enum cs_err cs_client_invite_parse(
    struct cs_client_invite *out, const char *link);

/*
 * Join a hub and make a home for it in ${home}.  ${problem} gets a sentence for
 * the user.  A join that broke off can be repeated with the same link and name.
 * CS_ERR_EXISTS: the folder holds a home already.
 */
CS_CHECKED enum cs_err cs_client_join(const char *home, const char *link,
    const char *name, struct cs_view passphrase, char problem[static 256]);

/* Does it take a passphrase to open the home? */
CS_CHECKED enum cs_err cs_client_needs_passphrase(
    bool *needed, const char *home);

/*
 * Open a home and take its lock, waiting for another command to end.
 * CS_ERR_NOT_FOUND: there is no home; CS_ERR_PASSPHRASE; CS_ERR_NEWER;
 * CS_ERR_CORRUPT.
 */
CS_CHECKED enum cs_err cs_client_open(
    struct cs_client **out, const char *home, struct cs_view passphrase);
void cs_client_close(struct cs_client *c);
/*
 * The same without waiting, to look at what is stored: while another command
 * has the lock, or where nothing can be written, the home is shown as it is at
 * this moment, and cs_client_reading() says so; such a client can neither
 * connect nor store.
 */
CS_CHECKED enum cs_err cs_client_open_reading(
    struct cs_client **out, const char *home, struct cs_view passphrase);
bool cs_client_reading(const struct cs_client *c);

/* Put the home under a passphrase, another one, or none if it is empty. */
CS_CHECKED enum cs_err cs_client_passphrase(
    struct cs_client *c, struct cs_view passphrase);
/* After ${limit} wrong passphrases in a row the home is destroyed; 0: never.
 * Whoever copies the folder goes around it. */
CS_CHECKED enum cs_err cs_client_passphrase_limit(
    struct cs_client *c, unsigned limit);
/* Have the commands that are using ${home} now end: cs_client_lock() fails for
 * them with CS_ERR_PASSPHRASE.  Has that been asked of ${c}? */
CS_CHECKED enum cs_err cs_client_lock_others(const char *home);
bool cs_client_locked(const struct cs_client *c);
/* Destroy ${home}: the keys first, then the rest; waits for nobody.  The
 * account stays, and so does this device in its list. */
CS_CHECKED enum cs_err cs_client_wipe(const char *home);

/* The same as to release the lock and to take it again, for who has the home
 * alone: what waits to be said is said, and what was replaced is gone. */
CS_CHECKED enum cs_err cs_client_rest(struct cs_client *c);
/* Release the lock while this command waits, and take it again. */
void cs_client_unlock(struct cs_client *c);
CS_CHECKED enum cs_err cs_client_lock(struct cs_client *c);

/* Who the user is; strings live as long as ${c}. */
const char *cs_client_handle(const struct cs_client *c);
const char *cs_client_hub(const struct cs_client *c);
const uint8_t *cs_client_account(const struct cs_client *c);
const uint8_t *cs_client_device(const struct cs_client *c);
/* The operator's root key in base64url, and a zero. */
#define CS_CLIENT_OPERATOR_KEY_SIZE 44
void cs_client_operator_key(
    const struct cs_client *c, char out[static CS_CLIENT_OPERATOR_KEY_SIZE]);

/* ---- the hub ------------------------------------------------------------ */

/* Connect, log in, send what waits, and bring everything up to date. */
CS_CHECKED enum cs_err cs_client_connect(struct cs_client *c);
/* Connect and log in, and nothing more: this is open to the holder of a
 * disabled account, too. */
CS_CHECKED enum cs_err cs_client_connect_held(struct cs_client *c);
/* Is this device's clock wrong, by what the hub proved when it was reached?
 * ${out} gets by how much, in words: "2 hours behind", "3 days ahead of". */
bool cs_client_clock_differs(const struct cs_client *c, char out[static 64]);
/* Fetch what is new; cs_client_connect() does so, too. */
CS_CHECKED enum cs_err cs_client_sync(struct cs_client *c);
/* Have ${fn} called while these two fetch messages, when some are stored and
 * others are still to come; it may show them.  An error ends it.  NULL:
 * nobody. */
void cs_client_on_messages(struct cs_client *c,
    enum cs_err (*fn)(void *arg, struct cs_client *c), void *arg);
/* Until this is called with false: what would wait for the hub fails with
 * CS_ERR_MISUSE.  For whoever asks while a call waits. */
void cs_client_at_once(struct cs_client *c, bool at_once);

/* cs_client_problem() is of what is called from now on. */
void cs_client_forget_problem(struct cs_client *c);

/* Wait at most ${timeout_ms} for something new; CS_ERR_TIMEOUT: none came. */
CS_CHECKED enum cs_err cs_client_wait(struct cs_client *c, int timeout_ms);

/* Is there a connection? */
bool cs_client_online(const struct cs_client *c);

/* ---- the hub's log ------------------------------------------------------ */

/*
 * A hub has a public log, which commits to all that it stamps.  Each connection
 * compares it with what this device and other members have seen of it, and each
 * stamp with its entry; what does not fit is kept as evidence.
 */
enum cs_client_log_fault {
	CS_CLIENT_LOG_FINE,
	CS_CLIENT_LOG_FORK,    /* two states that cannot both be true */
	CS_CLIENT_LOG_ENTRY,   /* an entry that is not what a stamp promised */
	CS_CLIENT_LOG_UNSIGNED /* the log's signature is wrong: no evidence for
				* others */
};
struct cs_client_log {
	uint64_t size;       /* entries of the log that is known; 0: of none */
	uint64_t checked_ms; /* when all that could be compared was; 0: never */
	uint64_t tried_ms;   /* when that was last tried */
	uint64_t due;        /* stamps that wait to be compared */
	uint64_t due_ms;     /* the time of the oldest of them */
	uint64_t refused;    /* for whose entry the hub did not account */
	uint64_t dropped;    /* stamps that it never accounted for */
	uint64_t heard; /* states of which members told, not compared yet */
	uint64_t names_shown; /* that lead to the accounts known by them */
	enum cs_client_log_fault fault;
	uint64_t fault_ms;
	bool accepted;      /* the user goes on all the same */
	char sentence[512]; /* what the fault is; empty: none */
};
CS_CHECKED enum cs_err cs_client_log(
    struct cs_client_log *out, struct cs_client *c);
/* Names of which the hub does not show, in its log, that they lead to the
 * accounts that are known by them: it was asked, and a day has passed. */
struct cs_client_unshown {
	const char *handle;
	bool own; /* the user's */
	uint64_t since_ms;
};
CS_CHECKED enum cs_err cs_client_names(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_unshown *name),
    void *arg);
/* Compare now.  CS_ERR_NOT_FOUND, with a sentence: the hub shows no log;
 * CS_ERR_CLOSED and others: it could not be done. */
CS_CHECKED enum cs_err cs_client_log_check(struct cs_client *c);
/* The evidence, for countersign-verify.  CS_ERR_NOT_FOUND, with a sentence:
 * there is none that would show anything to others. */
CS_CHECKED enum cs_err cs_client_log_proof(
    struct cs_buf *out, struct cs_client *c);
/* Go on sending, and with the log that the hub shows now. */
CS_CHECKED enum cs_err cs_client_log_accept(struct cs_client *c);

/* ---- devices ------------------------------------------------------------ */

#define CS_CLIENT_DEVICE_NAME_MAX 64
#define CS_CLIENT_CODE_SIZE 512
#define CS_CLIENT_CHECK_DIGITS 6

/*
 * Let a new device into the account: make a code, carry it to the new device,
 * wait for a device that asks with it, compare the check number on both
 * screens, and agree.  Nothing is given away before the last call; the code
 * expires by itself.
 */
struct cs_client_linking;
CS_CHECKED enum cs_err cs_client_linking_new(
    struct cs_client_linking **out, struct cs_client *c);
void cs_client_linking_free(struct cs_client_linking *l);
const char *cs_client_linking_code(const struct cs_client_linking *l);
/* CS_ERR_TIMEOUT: nobody asked yet, call again; CS_ERR_CLOSED: connect and call
 * again; CS_ERR_EXPIRED: the code is over.  Does not touch the home, so it may
 * be called without the lock. */
CS_CHECKED enum cs_err cs_client_linking_wait(
    struct cs_client_linking *l, struct cs_client *c, int timeout_ms);
/* The name that the asking device gives itself, and the number to compare. */
const char *cs_client_linking_name(const struct cs_client_linking *l);
const char *cs_client_linking_number(const struct cs_client_linking *l);
/* Does it ask for what was said before? */
bool cs_client_linking_wants_history(const struct cs_client_linking *l);
/* Certify the device, and hand over what it needs.  ${give}: it gets what was
 * said before, if it asks for it; see cs_client_history().  CS_ERR_EXISTS:
 * another device gets that now, and nothing was done. */
enum cs_client_give { CS_CLIENT_GIVE_NO_HISTORY, CS_CLIENT_GIVE_HISTORY };
CS_CHECKED enum cs_err cs_client_linking_agree(
    struct cs_client_linking *l, struct cs_client *c, enum cs_client_give give);

/*
 * The new device's side: make a home in ${home} for the account that the code
 * belongs to.  ${d->asked} gets the check number; then the other device has to
 * agree.  ${problem} as for cs_client_join(); what broke off can be repeated.
 */
struct cs_client_joining {
	const char *code, *name;
	bool history; /* ask for what was said before */
	void (*asked)(const char *number);
};
CS_CHECKED enum cs_err cs_client_join_device(const char *home,
    const struct cs_client_joining *d, struct cs_view passphrase,
    char problem[static 256]);

/*
 * What was said before goes to a device that was let in, if both sides wanted
 * it: as an archive, sealed between the two, through the hub.  Each call, on
 * either device, goes on as far as it gets; so it is called again until it says
 * that nothing is under way, and after whatever else a connection was for.
 * What came, or was refused, is told in the inbox.  ${progress} may be NULL.
 */
enum cs_client_history {
	CS_CLIENT_HISTORY_NONE,  /* nothing is under way */
	CS_CLIENT_HISTORY_WAITS, /* for the other device */
	CS_CLIENT_HISTORY_DONE   /* all of it went or came just now */
};
struct cs_client_history_progress {
	/* messages */
	void (*packed)(uint64_t done, uint64_t total);
	void (*unpacked)(uint64_t done, uint64_t total);
	/* bytes, to the hub or from it */
	void (*moved)(uint64_t done, uint64_t total);
};
/* Is it to come to this device? */
bool cs_client_history_comes(struct cs_client *c);
CS_CHECKED enum cs_err cs_client_history(enum cs_client_history *out,
    struct cs_client *c, const struct cs_client_history_progress *progress);

struct cs_client_device {
	uint8_t id[CS_ID_LEN];
	char name[CS_CLIENT_DEVICE_NAME_MAX + 1]; /* empty: the first one */
	uint64_t created_ms, seen_ms; /* seen: to the day; 0: never */
	uint64_t ends_ms; /* of its certificates, unless they are renewed */
	bool own;         /* the device that asks */
	/* It came in with the recovery words, as the first one did; or the
	 * device that let it in. */
	bool by_recovery_key;
	uint8_t let_in_by[CS_ID_LEN];
};
CS_CHECKED enum cs_err cs_client_devices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_device *d), void *arg);
/* Find the device whose id begins with ${prefix}, in hex. */
CS_CHECKED enum cs_err cs_client_device_find(
    struct cs_client *c, const char *prefix, struct cs_client_device *out);
/* Remove a device from the account, and with it those that it let in at
 * ${since_ms} or later; UINT64_MAX: they stay.  Nothing that it lets in from
 * now on counts.  The hub proposes the removal from the conversations;
 * cs_client_sync() commits that. */
CS_CHECKED enum cs_err cs_client_device_remove(
    struct cs_client *c, const uint8_t id[static CS_ID_LEN], uint64_t since_ms);

/*
 * The recovery words bring the account back when all devices are gone, and
 * overrule each of them.  They are made by cs_client_join(), shown once, and
 * then forgotten, unless the user keeps them on the device.
 */
#define CS_CLIENT_WORDS_SIZE 128
/* CS_ERR_NOT_FOUND: they are not on this device. */
CS_CHECKED enum cs_err cs_client_recovery_words(
    struct cs_client *c, char out[static CS_CLIENT_WORDS_SIZE]);
CS_CHECKED enum cs_err cs_client_recovery_forget(struct cs_client *c);
/* What stands beside the words: where the account is, and whose hub that is.
 * It is no secret. */
void cs_client_recovery_link(
    const struct cs_client *c, char out[static CS_CLIENT_CODE_SIZE]);
/* Are these the words of this account?  CS_ERR_FORMAT, CS_ERR_MISMATCH. */
CS_CHECKED enum cs_err cs_client_recovery_check(
    struct cs_client *c, const char *words);
/* Keep them on this device. */
CS_CHECKED enum cs_err cs_client_recovery_keep(
    struct cs_client *c, const char *words);

/*
 * Other words take the place of these, or of those that are kept here (NULL):
 * the old ones do nothing any more, and cs_client_recovery_words() gives the
 * new ones, once.  All devices stay.  Fails as cs_client_recovery_check() does;
 * CS_ERR_NOT_FOUND: none are kept; CS_ERR_LIMIT.  What broke off goes on with
 * the next call, for which no words are needed.
 */
CS_CHECKED enum cs_err cs_client_recovery_renew(
    struct cs_client *c, const char *words);
/* Did it break off? */
CS_CHECKED enum cs_err cs_client_recovery_renewing(
    bool *out, struct cs_client *c);

/* Give this device new certificates, by these words, because its old ones end.
 * It does so by itself where the words are kept here, or another device of the
 * account can make them.  Fails as cs_client_recovery_check() does. */
CS_CHECKED enum cs_err cs_client_renew(struct cs_client *c, const char *words);

/*
 * Bring an account back to a new home: ${link} is an invite link of its hub, or
 * https://HUB/r#OPERATORKEY.  ${remove_others}: the other devices of the
 * account end at once.  ${problem} as for cs_client_join(); what broke off can
 * be repeated.
 */
enum cs_client_recover { CS_CLIENT_KEEP_DEVICES, CS_CLIENT_REMOVE_DEVICES };
struct cs_client_recovery {
	const char *link, *words, *device_name;
	enum cs_client_recover others;
};
CS_CHECKED enum cs_err cs_client_recover(const char *home,
    const struct cs_client_recovery *r, struct cs_view passphrase,
    char problem[static 256]);

/*
 * A backup has all that is in the home but keys: messages with what proves
 * them, contacts, names, reports.  It is restored into the home of a device
 * that is in the account already.
 */
struct cs_client_backup_secret {
	const char *words; /* the recovery words; or NULL */
	struct cs_view passphrase;
};
/* Write ${path} anew, whole or not at all; "-": standard output.  ${progress}
 * counts messages and may be NULL. */
CS_CHECKED enum cs_err cs_client_backup(struct cs_client *c, const char *path,
    const struct cs_client_backup_secret *secret,
    void (*progress)(uint64_t done, uint64_t total));
/* Is it the recovery words that open it?  CS_ERR_FORMAT: it is no backup. */
CS_CHECKED enum cs_err cs_client_backup_needs_words(
    bool *out, const char *path);
/* Take over what is not here yet, all or nothing; ${*taken}: how many messages.
 * CS_ERR_MISMATCH: of another account; CS_ERR_PASSPHRASE; CS_ERR_FORMAT and
 * CS_ERR_DECRYPT: it is damaged. */
CS_CHECKED enum cs_err cs_client_restore(uint64_t *taken, struct cs_client *c,
    const char *path, const struct cs_client_backup_secret *secret,
    void (*progress)(uint64_t done, uint64_t total));

/* ---- conversations ------------------------------------------------------ */

enum cs_client_group_state {
	CS_CLIENT_ACTIVE = 0,
	CS_CLIENT_REQUEST = 1, /* from somebody new, not accepted yet */
	CS_CLIENT_LEFT = 2,    /* removed from it, or left */
	CS_CLIENT_BLOCKED = 3,
	CS_CLIENT_LEAVING = 4, /* left, and a member has yet to commit it */
};
enum cs_client_role { CS_CLIENT_MEMBER, CS_CLIENT_ADMIN, CS_CLIENT_OWNER };
/* What is kept from members who are neither owner nor admin. */
struct cs_client_policy {
	bool add, rename, timer, write;
};
struct cs_client_group {
	uint8_t ref[CS_HASH_LEN];
	bool direct;
	char name[256]; /* the group's, or the other person's handle */
	char id[30];    /* see cs_id_text(); of a conversation of two, that of
			 * the group, too */
	char alias[CS_CLIENT_ALIAS_MAX + 1];
	/* Whom people could take the group for by its name; or empty. */
	char looks_like[256];
	char added_by[33];
	enum cs_client_group_state state;
	bool lost; /* this device cannot follow it: see ..._group_repair() */
	uint64_t epoch;
	size_t n_members;
	/* Handles, and the role of each; freed by cs_client_groups_free().  A
	 * conversation of two has no roles. */
	char (*members)[33];
	enum cs_client_role *roles;
	enum cs_client_role role; /* the user's */
	struct cs_client_policy kept;
	bool picture; /* it has one */
};
struct cs_client_groups {
	struct cs_client_group *v;
	size_t n;
};
CS_CHECKED enum cs_err cs_client_groups(
    struct cs_client_groups *out, struct cs_client *c);
/* The one group that ${name} means. */
CS_CHECKED enum cs_err cs_client_group_show(
    struct cs_client_groups *out, struct cs_client *c, const char *name);
void cs_client_groups_free(struct cs_client_groups *g);

/* People, by handle, by a name that the user gave, or by the beginning of an
 * id. */
struct cs_client_people {
	const char *const *names;
	size_t n;
	/* Asked about each whom the user has not accepted; ${near} is who is
	 * called nearly the same, or empty.  NULL: no. */
	bool (*begin)(void *arg, const char *handle, const char *near);
	void *arg;
	/* Called after each commit, of which many people take several; or NULL.
	 */
	void (*progress)(uint64_t done, uint64_t total);
};
/* A ${begin} that says yes. */
bool cs_client_begin_with_anybody(
    void *arg, const char *handle, const char *near);
/*
 * Make a group of the user and others, or add them to one; those who are in it
 * already are passed over.  What a failure or a kill has left unfinished, the
 * same call finishes.  CS_ERR_EXISTS: there is one, or its name looks like that
 * of somebody the user knows.
 */
CS_CHECKED enum cs_err cs_client_group_new(
    struct cs_client *c, const char *name, const struct cs_client_people *who);
CS_CHECKED enum cs_err cs_client_group_add(
    struct cs_client *c, const char *name, const struct cs_client_people *who);
CS_CHECKED enum cs_err cs_client_group_remove(
    struct cs_client *c, const char *name, const char *handle);
/* Give somebody in a group a role: only its owner can, and stays in it as an
 * admin after making another the owner. */
CS_CHECKED enum cs_err cs_client_group_role(struct cs_client *c,
    const char *name, const char *handle, enum cs_client_role role);
/* Change what is kept from members: what ${which} names becomes what ${to}
 * says. */
CS_CHECKED enum cs_err cs_client_group_policy(struct cs_client *c,
    const char *name, const struct cs_client_policy *which,
    const struct cs_client_policy *to);
/* Give a group another name, for all who are in it. */
CS_CHECKED enum cs_err cs_client_group_rename(
    struct cs_client *c, const char *name, const char *to);
/*
 * The picture of a group, for all who are in it: the photo in ${path}, cleaned
 * and at most 640 pixels a side; NULL: none.  ${progress} as for
 * cs_client_send_files().
 */
CS_CHECKED enum cs_err cs_client_group_picture(struct cs_client *c,
    const char *name, const char *path,
    void (*progress)(uint64_t done, uint64_t total));
/* Write it to ${path}, in the place of what is there; "-": to standard output.
 * It is fetched and checked once, and kept.  CS_ERR_NOT_FOUND: it has none, or
 * the hub has it no more; CS_ERR_MEMBER: the group is a request. */
CS_CHECKED enum cs_err cs_client_group_picture_save(
    struct cs_client *c, const char *name, const char *path);

/* ---- links to groups ---------------------------------------------------- */

/*
 * By a link to a group people ask to be let into it.  Whoever may add people to
 * the group makes and ends it, sees who asks, and lets them in or not.  A new
 * one ends the one before, and what waits there.
 */
enum cs_client_link {
	CS_CLIENT_LINK_SHOW, /* make it if there is none */
	CS_CLIENT_LINK_NEW,
	CS_CLIENT_LINK_OFF
};
/* ${out} gets the link; it is empty after OFF. */
CS_CHECKED enum cs_err cs_client_group_link(struct cs_client *c,
    const char *name, enum cs_client_link what,
    char out[static CS_CLIENT_CODE_SIZE]);

/* Somebody who waits; views live during the call. */
struct cs_client_asker {
	char handle[33];
	char alias[CS_CLIENT_ALIAS_MAX + 1];
	char near[256]; /* who is called nearly the same, or empty */
	bool accepted;
	uint64_t asked_ms;
	struct cs_view text; /* what they say, or empty */
};
CS_CHECKED enum cs_err cs_client_group_asks(struct cs_client *c,
    const char *name,
    enum cs_err (*each)(void *arg, const struct cs_client_asker *asker),
    void *arg);
/* Let the one person of ${who} in, who is asked about as in
 * cs_client_group_add(); nothing is done if somebody else did.
 * CS_ERR_NOT_FOUND: they do not ask. */
CS_CHECKED enum cs_err cs_client_group_approve(
    struct cs_client *c, const char *name, const struct cs_client_people *who);
/* They are not told by whom, and cannot ask again for 14 days. */
CS_CHECKED enum cs_err cs_client_group_refuse(
    struct cs_client *c, const char *name, const char *handle);

/*
 * Ask to be let in; ${text} is for the members, at most 400 bytes, or empty.
 * ${group} gets the id of the group, see cs_id_text().  Whoever lets the user
 * in then has made no request: the group is accepted.  CS_ERR_FORMAT: it is no
 * link to a group; CS_ERR_NOT_FOUND: of another hub, or over; CS_ERR_EXISTS:
 * the user is in it; CS_ERR_DENIED: they were refused not long ago.
 */
#define CS_CLIENT_GROUP_ID_SIZE 30
CS_CHECKED enum cs_err cs_client_group_ask(struct cs_client *c,
    const char *link, struct cs_view text,
    char group[static CS_CLIENT_GROUP_ID_SIZE]);
CS_CHECKED enum cs_err cs_client_group_ask_take_back(
    struct cs_client *c, const char *link);
enum cs_client_ask_state {
	CS_CLIENT_ASK_WAITS,
	CS_CLIENT_ASK_TAKEN, /* a member let the user in */
	CS_CLIENT_ASK_OVER,  /* refused, or the link has ended */
};
struct cs_client_own_ask {
	char group[CS_CLIENT_GROUP_ID_SIZE];
	enum cs_client_ask_state state;
	uint64_t asked_ms, until_ms;
};
/* What the account asked, on whichever device. */
CS_CHECKED enum cs_err cs_client_own_asks(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_own_ask *ask), void *arg);

/* ---- leaving, and coming back ------------------------------------------- */

/* Leave a group or, given the name of a person, the conversation with them, on
 * all devices of the account. */
CS_CHECKED enum cs_err cs_client_group_leave(
    struct cs_client *c, const char *name);

/* Enter a group, or the conversation with a person, anew: after a change that
 * this device could not follow.  CS_ERR_EXISTS: nothing is wrong with it,
 * unless
 * ${force}; CS_ERR_MEMBER: it is not known whether it is still the same people,
 * which ${force} leaves to the user.  ${ref} gets which one it is. */
CS_CHECKED enum cs_err cs_client_group_repair(struct cs_client *c,
    const char *name, bool force, uint8_t ref[static CS_HASH_LEN]);

/* First contacts: accept lets a person in, block keeps a person out. */
CS_CHECKED enum cs_err cs_client_accept(
    struct cs_client *c, const char *handle);
CS_CHECKED enum cs_err cs_client_block(struct cs_client *c, const char *handle);
/* What happens to first messages from people who are not accepted. */
enum cs_client_unknown { CS_CLIENT_UNKNOWN_REQUEST, CS_CLIENT_UNKNOWN_REFUSE };
CS_CHECKED enum cs_err cs_client_unknown_senders(
    struct cs_client *c, enum cs_client_unknown what);
/* The 60 digits that two people compare, and a zero. */
CS_CHECKED enum cs_err cs_client_safety_number(struct cs_client *c,
    const char *handle, char out[static CS_CLIENT_SAFETY_DIGITS + 1]);
/* The same for the new key that the hub shows; CS_ERR_NOT_FOUND: it shows the
 * known one. */
CS_CHECKED enum cs_err cs_client_new_safety_number(struct cs_client *c,
    const char *handle, char out[static CS_CLIENT_SAFETY_DIGITS + 1]);
/* The new key is theirs from now on: the two have compared it. */
CS_CHECKED enum cs_err cs_client_accept_new_key(
    struct cs_client *c, const char *handle);

struct cs_client_contact {
	const char *handle;
	const uint8_t *account; /* CS_ID_LEN: see cs_id_text() */
	const char *alias;      /* that the user gave; or NULL */
	bool met;               /* otherwise only the name was blocked */
	bool accepted, blocked;
	bool changed; /* the hub showed a key that is not the known one */
};
CS_CHECKED enum cs_err cs_client_contacts(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_contact *contact),
    void *arg);

/* Give somebody, or a conversation, a name of the user's own, on this device;
 * an empty ${alias} takes it away.  ${typed} as for cs_client_send().
 * CS_ERR_FORMAT; CS_ERR_EXISTS: somebody or something is called that. */
CS_CHECKED enum cs_err cs_client_alias(
    struct cs_client *c, const char *typed, const char *alias);

/* ---- messages ----------------------------------------------------------- */

/*
 * What to send.  ${to} is, in this order, somebody accepted or an accepted
 * conversation: a handle, the name of a group, a name that the user gave, or
 * the beginning of an id; other spellings of a name are the same name.  Where
 * several could be meant nothing is sent (CS_ERR_EXISTS).
 */
struct cs_client_outgoing {
	const char *to;
	/* Asked before the first message to somebody new; ${near} is who is
	 * called nearly the same, or empty.  NULL: no. */
	bool (*begin)(void *arg, const char *handle, const char *near);
	void *arg;
	struct cs_view text;    /* UTF-8, at most 60 KiB; or empty */
	const char *photo_path; /* or NULL */
	const char *file_path;  /* or NULL */
	const char *voice_path; /* or NULL */
	const char *reply_to;   /* message id, or NULL */
	/* Seconds after which it vanishes on all devices; 0: as the timer of
	 * the conversation says, if it has one. */
	uint32_t expires_s;
};
/* ${mid_hex} gets the message's id: 64 hex digits and a zero, once the message
 * is kept: then it goes out, now or later, unless the hub refuses it.  One with
 * a photo or file goes with cs_client_send_files(). */
CS_CHECKED enum cs_err cs_client_send(struct cs_client *c,
    const struct cs_client_outgoing *out, char mid_hex[static 65]);

/*
 * Upload the photos and files that wait, and send their messages: for when
 * nothing is left to do that is shorter.  ${progress} is called now and then.
 * CS_ERR_CLOSED: there is no line that is good enough; CS_ERR_DENIED: the hub
 * refused one, and others were sent; CS_ERR_DISK_FULL, CS_ERR_BUSY: it takes
 * none now.
 */
CS_CHECKED enum cs_err cs_client_send_files(
    struct cs_client *c, void (*progress)(uint64_t done, uint64_t total));

/*
 * The functions below say something about a message that ${prefix} names, the
 * beginning of its id, or of a conversation; that is a message of its own, with
 * an id in ${mid_hex} and an outbox as for cs_client_send().  Recipients take
 * from nobody but its author that a message is changed.  What was said before
 * stays provable to them for 30 days after it came.
 *
 * CS_ERR_MEMBER: it is not the user's own; CS_ERR_NOT_FOUND: there is no such
 * message, or it is gone; CS_ERR_MISUSE: nothing of that kind can be done to
 * it.
 */
CS_CHECKED enum cs_err cs_client_edit(struct cs_client *c, const char *prefix,
    struct cs_view text, char mid_hex[static 65]);
/* For everybody. */
CS_CHECKED enum cs_err cs_client_delete(
    struct cs_client *c, const char *prefix, char mid_hex[static 65]);
/* From this device alone; nobody is told.  Anybody's message. */
CS_CHECKED enum cs_err cs_client_delete_here(
    struct cs_client *c, const char *prefix);
/* One line of 1 to 64 bytes, an emoji for instance.  CS_ERR_FORMAT;
 * CS_ERR_EXISTS: the user reacted so before. */
CS_CHECKED enum cs_err cs_client_react(struct cs_client *c, const char *prefix,
    struct cs_view reaction, char mid_hex[static 65]);
CS_CHECKED enum cs_err cs_client_react_remove(struct cs_client *c,
    const char *prefix, struct cs_view reaction, char mid_hex[static 65]);
/* How long messages of a conversation last that are sent from now on, by
 * whomever; 0: for good.  All members see who set it. ${typed} as for
 * cs_client_send(). */
CS_CHECKED enum cs_err cs_client_timer_set(struct cs_client *c,
    const char *typed, uint32_t seconds, char mid_hex[static 65]);
/* How long to wait at most, if no longer than ${most_ms}, until a message
 * vanishes. */
uint64_t cs_client_next_expiry_ms(struct cs_client *c, uint64_t most_ms);

/*
 * Receipts: whether the user tells the others of a conversation what has come
 * and what was read.  Off until the user says so; never told to anybody who is
 * not accepted, nor in conversations of more than CS_CLIENT_RECEIPTS_MOST
 * people.  Those of others are shown all the same.
 */
#define CS_CLIENT_RECEIPTS_MOST 10
CS_CHECKED enum cs_err cs_client_receipts(struct cs_client *c, bool on);
/* What was set on this device last. */
struct cs_client_settings {
	bool receipts;
	enum cs_client_unknown unknown_senders;
};
CS_CHECKED enum cs_err cs_client_settings(
    struct cs_client_settings *out, struct cs_client *c);
/* Send what is due, if there is a connection. */
CS_CHECKED enum cs_err cs_client_receipts_send(struct cs_client *c);

enum cs_client_message_kind {
	CS_CLIENT_RECEIVED = 1,
	CS_CLIENT_SENT = 2,
	CS_CLIENT_EVENT = 3,   /* somebody came or left, a gap, and so on */
	CS_CLIENT_REFUSED = 4, /* a message that did not verify; never shown */
};
struct cs_client_media {
	char filename[256];
	char media_type[64];
	uint64_t size;
	bool photo;
	bool voice;
	uint32_t duration_ms; /* of a voice message, as its sender says; or 0 */
};
/* What a message that was sent or received is. */
enum cs_client_what {
	CS_CLIENT_MESSAGE,
	CS_CLIENT_EDIT, /* of something that is not here, or not theirs */
	CS_CLIENT_DELETION,
	CS_CLIENT_REACTION, /* ${text} */
	CS_CLIENT_TIMER,    /* ${timer_s} */
	CS_CLIENT_UNKNOWN,  /* of ${other_type}, which is not shown */
	/* What the group gets: ${text}; or, unless ${taken_away}, a picture, a
	 * link by which people ask to be let in. */
	CS_CLIENT_NAME,
	CS_CLIENT_PICTURE,
	CS_CLIENT_LINK,
};
/* May what the message says about another be done? */
enum cs_client_target {
	CS_CLIENT_TARGET_OK,
	CS_CLIENT_TARGET_NOT_HERE,   /* this device never had it */
	CS_CLIENT_TARGET_NOT_THEIRS, /* they did not write it: nothing was done
				      */
};
struct cs_client_reaction {
	char text[65];
	char from[33]; /* the handle; for the user's own, that of the user */
};
#define CS_CLIENT_REACTIONS_MAX 64
struct cs_client_receipt {
	char from[33];
	bool read; /* otherwise it has come */
};
#define CS_CLIENT_MENTIONS_MAX 16
struct cs_client_message {
	uint64_t number; /* this device's count, in order of arrival */
	uint8_t mid[CS_CLIENT_MID_LEN];
	enum cs_client_message_kind kind;
	bool seen;
	bool request; /* from somebody not accepted yet */
	bool late;    /* the clocks of sender and hub differ much */
	bool waiting; /* sent by the user, and the hub does not have it yet */
	bool failed;  /* sent by the user, and refused by the hub */
	bool warning; /* an event that nobody should miss */
	uint64_t time_ms, group_seq;
	char conversation[256];
	char conversation_id[30]; /* see cs_id_text(); empty: of none */
	char alias[CS_CLIENT_ALIAS_MAX + 1];
	/* Whom people could take the group for by its name; or empty. */
	char looks_like[256];
	bool direct;
	bool picture; /* the conversation has one */
	char from[33];
	char from_alias[CS_CLIENT_ALIAS_MAX + 1];
	struct cs_view text; /* or the event's sentence */
	bool is_reply;
	uint8_t reply_to[CS_CLIENT_MID_LEN];
	size_t n_media;
	const struct cs_client_media *media;
	const char *reason; /* why it was refused: the name of the error */

	enum cs_client_what what;
	bool edited;  /* ${text} and ${media} are what it says now */
	bool deleted; /* by its author: it says nothing */
	uint8_t about[CS_CLIENT_MID_LEN]; /* of what is no message: the message
					   */
	enum cs_client_target target;
	uint64_t expires_ms; /* 0: it does not */
	uint32_t timer_s;    /* 0: the timer was switched off */
	bool taken_away;     /* of a picture or link: there is none now */
	struct cs_view other_type;
	bool mentions_you;
	size_t n_mentions; /* handles */
	const char (*mentions)[33];
	/* Each person once with each, in the order in which they came;
	 * ${more_reactions}: how many messages with some are not counted. */
	size_t n_reactions, more_reactions;
	const struct cs_client_reaction *reactions;
	size_t n_receipts;
	const struct cs_client_receipt *receipts;
};
/* Which messages to show, in order of arrival.  A message stands where it came,
 * as it is now; among the unseen there are also those that were edited since,
 * and what was said about others. */
enum cs_client_which { CS_CLIENT_UNSEEN, CS_CLIENT_ALL, CS_CLIENT_REQUESTS };
/*
 * Call ${each} for every message, whose views live during the call.  Unseen
 * messages are marked as seen once ${each} has returned CS_OK for all of them.
 */
CS_CHECKED enum cs_err cs_client_messages(struct cs_client *c,
    enum cs_client_which which,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);

/* A page of a conversation: the last ${most} messages, or those before, after
 * or around the message whose id begins so, which is with those around it. */
struct cs_client_page {
	unsigned most;
	const char *before, *after, *around; /* at most one; or NULL */
};
/* Call ${each} for them, in order of arrival.  ${typed} as for
 * cs_client_send(). */
CS_CHECKED enum cs_err cs_client_conversation(struct cs_client *c,
    const char *typed, const struct cs_client_page *page,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);
/* All of a conversation up to the message whose id begins with ${last} was
 * seen: it is new no more, and whoever gets receipts gets one. */
CS_CHECKED enum cs_err cs_client_seen(
    struct cs_client *c, const char *typed, const char *last);

/* How the user keeps a conversation, on this device. */
struct cs_client_shelf {
	bool pinned, muted, archived;
};
CS_CHECKED enum cs_err cs_client_shelve(struct cs_client *c, const char *typed,
    const struct cs_client_shelf *marks);
/* What was written and not sent: sealed, like what was.  An empty ${text}
 * without ${reply_to}, the beginning of a message's id or NULL, is none. */
CS_CHECKED enum cs_err cs_client_draft(struct cs_client *c, const char *typed,
    struct cs_view text, const char *reply_to);

/* A conversation in the list of all; views live during the call. */
struct cs_client_listed {
	const char *id, *name, *alias, *looks_like, *added_by;
	bool gone; /* it is not here any more: ${id} is all there is */
	bool direct, lost;
	bool picture; /* it has one */
	enum cs_client_group_state state;
	uint64_t unread;  /* messages of others that are new */
	uint64_t time_ms; /* of ${last}; or of the last entry of the log */
	struct cs_client_shelf marks;
	struct cs_view draft;
	bool is_reply;
	uint8_t reply_to[CS_CLIENT_MID_LEN];  /* of the draft */
	const struct cs_client_message *last; /* or NULL */
};
/* Call ${each} for every conversation, in no order.  No message is opened but
 * the last of each. */
CS_CHECKED enum cs_err cs_client_listing(struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_listed *l),
    void *arg);

/* The same for those that are shown otherwise than at an earlier call. */
struct cs_client_since {
	uint64_t
	    then; /* what that one said to be its ${now}; 0: there was none */
	uint64_t now; /* below 2^53 */
	bool whole;   /* these are all, since ${then} is too long ago, or people
		       * are called otherwise */
};
CS_CHECKED enum cs_err cs_client_listing_since(struct cs_client_since *since,
    struct cs_client *c,
    enum cs_err (*each)(void *arg, const struct cs_client_listed *l),
    void *arg);

/* Call ${each} for the messages in which all of the ${n} words are, as parts of
 * words too, in whatever case. */
CS_CHECKED enum cs_err cs_client_search(struct cs_client *c,
    const char *const *words, size_t n,
    enum cs_err (*each)(void *arg, const struct cs_client_message *m),
    void *arg);

/* Find the full id of the message whose id begins with ${prefix}. */
CS_CHECKED enum cs_err cs_client_message_find(struct cs_client *c,
    const char *prefix, uint8_t mid[static CS_CLIENT_MID_LEN]);

/* Fetch, check and write the photo or file of a message to ${path}, in the
 * place of what is there; "-": to standard output. */
CS_CHECKED enum cs_err cs_client_message_save(struct cs_client *c,
    const uint8_t mid[static CS_CLIENT_MID_LEN], const char *path,
    void (*progress)(uint64_t done, uint64_t total));

/* ---- reports ------------------------------------------------------------ */

#define CS_CLIENT_REPORT_MAX 50
/* The messages to report or export. */
struct cs_client_report {
	uint8_t (*mids)[CS_CLIENT_MID_LEN];
	size_t n;
	uint16_t reason;
	struct cs_view note;
	bool named; /* the desk learns, and can prove, who reports */
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
	bool named; /* the desk knows who reported */
	size_t n_messages;
	int state; /* enum cs_wire_report_state, or -1: not sent yet */
	char answer[1024];
	/* What the desk asks, or empty.  ${unreadable}: it asks something that
	 * does not open on this device. */
	struct cs_view question;
	bool unreadable;
	uint8_t second_look; /* enum cs_wire_second_look */
	/* The desk's answer to a request for a second look, or empty.
	 * ${reply_elsewhere}: it opens only on the device that asked. */
	struct cs_view reply;
	bool reply_elsewhere;
	bool can_ask_again; /* the user may ask for a second look */
};
CS_CHECKED enum cs_err cs_client_reports(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_report_state *s), void *arg);
/* Find the report whose id begins with ${prefix}, in hex. */
CS_CHECKED enum cs_err cs_client_report_find(
    struct cs_client *c, const char *prefix, uint8_t id[static CS_ID_LEN]);
/* Answer the desk's question; ask for a second look, once, after it has
 * decided. The text is stored before it is sent: at most 8 KiB of UTF-8, in
 * ${language}, a tag such as "en" or empty. */
CS_CHECKED enum cs_err cs_client_report_reply(struct cs_client *c,
    const uint8_t id[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);
CS_CHECKED enum cs_err cs_client_second_look(struct cs_client *c,
    const uint8_t id[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);
/* Write evidence to a file, or to standard output for "-"; sealed to ${to_key}
 * or, if that is NULL, open. */
CS_CHECKED enum cs_err cs_client_export(struct cs_client *c,
    const struct cs_client_report *r, const uint8_t *to_key, const char *path);

/* ---- channels ----------------------------------------------------------- */

/*
 * A channel is a group in which only the owner and admins write, and a page at
 * the hub that shows what they publish to whoever has its link (decision 0051).
 * A post is evidence of one message: its words, its files and its author's name
 * are for everybody, and so is the proof.
 */
#define CS_CLIENT_CHANNEL_TITLE_MAX 100 /* bytes of UTF-8 */
#define CS_CLIENT_CHANNEL_LINK_SIZE 304

enum cs_client_channel_state {
	CS_CLIENT_CHANNEL_OPEN,
	CS_CLIENT_CHANNEL_OVER,   /* ended, for good */
	CS_CLIENT_CHANNEL_CLOSED, /* by the desk */
};
struct cs_client_channel {
	char group[256]; /* its name; empty: this device does not have it */
	char title[CS_CLIENT_CHANNEL_TITLE_MAX + 1]; /* for everybody */
	char link[CS_CLIENT_CHANNEL_LINK_SIZE];
	bool listed; /* in a directory, if the hub has one */
	enum cs_client_channel_state state;
	size_t posts;
	uint64_t created_ms;
};
struct cs_client_channel_change {
	const char *title; /* NULL: as it is; that of a new one is its name */
	bool sets_listed, listed;
	bool end; /* nobody reads it any more, for good */
};
/* Make a group of the user alone a channel, and the group if there is none of
 * that name; or make a group that exists one, which its owner can.  Members
 * other than admins do not write there afterwards.  A call that broke off is
 * finished by the same call. */
CS_CHECKED enum cs_err cs_client_channel_new(struct cs_client *c,
    const char *group, const struct cs_client_channel_change *as,
    struct cs_client_channel *out);
/* Change, or end, the channel that the group is.  CS_ERR_NOT_FOUND: it is
 * none. */
CS_CHECKED enum cs_err cs_client_channel_change(struct cs_client *c,
    const char *group, const struct cs_client_channel_change *to,
    struct cs_client_channel *out);
/* The channels in which the user may write. */
CS_CHECKED enum cs_err cs_client_channels(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_channel *ch), void *arg);
/*
 * Let everybody read the message ${mid}, the user's own, which the hub has
 * taken: a message that says something, did not change since and does not
 * vanish.  ${seq} gets the number of the post in its channel.  The same again
 * changes nothing.  CS_ERR_MISUSE, with a sentence.
 */
CS_CHECKED enum cs_err cs_client_channel_publish(struct cs_client *c,
    const char *group, const uint8_t mid[static CS_CLIENT_MID_LEN],
    uint64_t *seq, void (*progress)(uint64_t done, uint64_t total));
/* Is the group a channel that people read?  CS_ERR_NOT_FOUND, CS_ERR_DENIED,
 * with a sentence. */
CS_CHECKED enum cs_err cs_client_channel_check(
    struct cs_client *c, const char *group);
/* Take a post off the page.  What was copied from it stays, with its proof. */
CS_CHECKED enum cs_err cs_client_channel_drop(struct cs_client *c,
    const char *group, const uint8_t mid[static CS_CLIENT_MID_LEN]);

/* ---- what the desk decided about us ------------------------------------- */

/* A decision whose signature verifies; its views live during the call. */
enum cs_client_in_log {
	CS_CLIENT_LOG_UNSEEN, /* it has no entry yet, or nobody looked */
	CS_CLIENT_LOG_THERE,
	CS_CLIENT_LOG_ANOTHER, /* where the hub says is something else */
};
struct cs_client_notice {
	uint8_t id[CS_ID_LEN], reverses[CS_ID_LEN];
	uint8_t kind; /* enum cs_wire_action_kind */
	uint16_t reason;
	uint64_t decided_ms, applied_ms;
	uint64_t until_ms, reversed_ms; /* 0: no end; not reversed */
	bool in_force;
	bool has_statement; /* the members up to the case number are set */
	struct cs_view language, what, facts;
	bool automated_detection, automated_decision;
	bool illegal; /* otherwise against the hub's rules */
	struct cs_view ground, explanation, territory, redress, reviewer;
	struct cs_view case_number;
	uint8_t appeal; /* enum cs_wire_appeal */
	uint64_t appeal_ms;
	struct cs_view answer; /* to the appeal: a sentence, and a letter */
	struct cs_view reply;
	bool unreadable; /* there is a letter that does not open here */
	bool can_appeal;
	enum cs_client_in_log in_log; /* the hub's log commits to it */
	uint64_t log_entry;           /* as that entry */
};
/* Call ${each} for each decision, the newest first.  CS_ERR_SIGNATURE: one that
 * is not the desk's was left out. */
CS_CHECKED enum cs_err cs_client_notices(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_notice *n), void *arg);
/* Object to a decision, as by cs_client_report_reply(). */
CS_CHECKED enum cs_err cs_client_appeal(struct cs_client *c,
    const uint8_t action[static CS_ID_LEN], struct cs_view text,
    struct cs_view language);

/* What the user wrote to the desk; views live during the call. */
struct cs_client_letter {
	uint8_t kind; /* enum cs_wire_letter_kind */
	uint8_t subject[CS_ID_LEN];
	uint64_t created_ms;
	bool sent;
	struct cs_view text;
};
CS_CHECKED enum cs_err cs_client_letters(struct cs_client *c,
    void (*each)(void *arg, const struct cs_client_letter *l), void *arg);

/* ---- pushes ------------------------------------------------------------- */

#define CS_CLIENT_PUSH_KEY_LEN 65
#define CS_CLIENT_PUSH_AUTH_LEN 16
/* Where a browser's service takes pushes for it (RFC 8030), and what they are
 * sealed with (RFC 8291): a point on P-256, and the secret beside it. */
struct cs_client_push {
	struct cs_view endpoint; /* an address, at most 1024 bytes */
	uint8_t key[CS_CLIENT_PUSH_KEY_LEN];
	uint8_t auth[CS_CLIENT_PUSH_AUTH_LEN];
};

/*
 * Have the hub wake this device there, in place of what was before; NULL: only
 * ask.  ${hub_key} becomes the key that such a service knows the hub by (RFC
 * 8292), 65 bytes; empty: the hub sends none.  CS_ERR_DENIED, with a sentence:
 * it sends none to this service.  It is good for 60 days.
 */
CS_CHECKED enum cs_err cs_client_push_set(struct cs_client *c,
    struct cs_buf *hub_key, const struct cs_client_push *to);
CS_CHECKED enum cs_err cs_client_push_clear(struct cs_client *c);

/* ---- the account -------------------------------------------------------- */

/* What the hub has about the account, as JSON; replaces what ${json} holds. */
CS_CHECKED enum cs_err cs_client_account_export(
    struct cs_client *c, struct cs_buf *json);
/* Leave the hub with all devices of the account; what is in the home stays
 * readable. */
CS_CHECKED enum cs_err cs_client_account_leave(struct cs_client *c);
