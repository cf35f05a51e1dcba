/* SPDX-License-Identifier: MIT */
/* What the files of the API share. */
#pragma once

#include "desk/console/api.h"
#include "desk/core/doc.h"
#include "desk/decisions/decision_internal.h"
#include "desk/people/attempts.h"
#include "desk/people/passkey.h"

#define API_SESSIONS_MAX 256

/* What a passkey has to sign, once and soon, to be made or to unlock a session:
 * it lies in that session. */
struct api_challenge {
	uint8_t bytes[DESK_PASSKEY_CHALLENGE_LEN];
	uint64_t made_ms; /* 0: free */
};
#define API_CHALLENGE_MS (5 * 60 * 1000u) /* as long as browsers wait */
/* Those that somebody has signed in with; there are no more in that time. */
#define API_CHALLENGES_USED_MAX 256

/* Bytes of JSON: a policy is the longest; of who is not signed in, a password
 * is. */
#define API_JSON_MAX ((size_t)1 << 20)
#define API_JSON_STRANGER_MAX ((size_t)16 << 10)

/* Somebody who is signed in. */
struct api_session {
	char token[44]; /* "": free */
	char csrf[44];
	uint64_t person;
	uint32_t passwords; /* of the person, when it began */
	uint64_t made_ms, used_ms;
	bool locked;
	struct api_challenge adding, unlocking;
};

#define API_HOST_SIZE 300

struct cs_desk_api {
	struct cs_desk *d;
	struct cs_desk_api_options options;
	char hosts[3][API_HOST_SIZE]; /* what the Host header may say */
	char address[320];            /* of the console */
	struct api_session sessions[API_SESSIONS_MAX];
	uint8_t challenge_key[32]; /* api_challenge_make() */
	struct api_challenge used[API_CHALLENGES_USED_MAX];
	struct desk_attempts attempts; /* to sign in, and to unlock */
	struct events *events;         /* open streams; api_other.c */
};

/* One request on its way through a handler. */
struct api_call {
	struct cs_desk_api *api;
	struct cs_desk *d;
	struct cs_desk_who who;
	struct api_session *session; /* NULL: a token, or nobody */
	const struct cs_web_request *rq;
	const char *id; /* the :id of the path, or "" */
	json_t *in;     /* the body, an object; empty if there was none */
	json_t *out;    /* the answer; unless answer->body is filled */
	struct cs_web_answer *answer;
};
typedef enum cs_err api_handler(struct api_call *c);

enum {
	API_ANYBODY = 1 << 0, /* not signed in */
	API_REVIEWER = 1 << CS_DESK_REVIEWER,
	API_SENIOR = 1 << CS_DESK_SENIOR,
	API_AUDITOR = 1 << CS_DESK_AUDITOR,
	API_ADMINISTRATOR = 1 << CS_DESK_ADMINISTRATOR,
	API_WORKS = API_REVIEWER | API_SENIOR,
	API_ALL = API_WORKS | API_AUDITOR | API_ADMINISTRATOR,
	API_LOCKED = 1 << 6, /* also while the session is locked */
	API_TEXT = 1 << 7,   /* the body is no JSON */
	API_NO_TOKEN = 1 << 8,
};

struct api_route {
	const char *method;
	const char *path; /* below /api/v1; ":id" takes one part */
	unsigned who;     /* bits above */
	unsigned scope;   /* of tokens; enum cs_desk_scope */
	api_handler *handle;
	const char *summary;
	const char *fields; /* of the body, for the description; or "" */
};
extern const struct api_route api_routes[];

/* ---- api_session.c ------------------------------------------------------ */

/* Who asks, by cookie or by token; ${c->who.id} stays 0 for nobody.  Sets the
 * error's status and code if it may not go on, and returns false. */
bool api_who(struct api_call *c, const struct api_route *route,
    unsigned *scopes, bool *known);
CS_CHECKED enum cs_err api_session_show(struct api_call *c);
struct api_session *api_session_find(
    struct cs_desk_api *api, const char *cookie);
/* What the token of ${rq}, which has one, is known by. */
CS_CHECKED enum cs_err api_token_hash(
    uint8_t out[static 32], const struct cs_web_request *rq);
/* Has whoever guesses under ${name} from ${peer} to wait?  Then it has been
 * refused.  And what came of the guess: CS_OK, CS_ERR_DENIED, or neither. */
bool api_has_to_wait(struct api_call *c, const char *name, const char *peer);
void api_tried(
    struct api_call *c, const char *name, const char *peer, enum cs_err err);

/* Begin one for ${c->who}. */
void api_session_begin(struct api_call *c);
/* The password of who is signed in, in ${password}; CS_ERR_DENIED and
 * CS_ERR_LIMIT have been said, the one with ${refusal}. */
CS_CHECKED enum cs_err api_password_again(
    struct api_call *c, const char *password, const char *refusal);

/*
 * What a passkey has to sign to sign in: the time and a random number, with a
 * MAC of ours.  Nothing of it is kept, so nobody can ask so often that those
 * of others are forgotten; what is kept is which were used, by those who have
 * signed in.
 */
CS_CHECKED enum cs_err api_challenge_make(
    uint8_t out[static DESK_PASSKEY_CHALLENGE_LEN],
    const struct cs_desk_api *api, uint64_t now_ms);

api_handler api_sign_in, api_session_get, api_sign_out, api_lock, api_unlock,
    api_welcome, api_welcome_finish;

/* ---- api_passkey.c ------------------------------------------------------ */

api_handler api_passkey_ask, api_passkey_sign_in, api_passkey_unlock_ask,
    api_passkey_unlock, api_passkeys, api_passkey_add_ask, api_passkey_add,
    api_passkey_remove;

/* ---- api.c -------------------------------------------------------------- */

/* Answer with a refusal. */
void api_refuse(
    struct api_call *c, int status, const char *code, const char *message);
uint64_t api_num_arg(const struct api_call *c, const char *name);
uint64_t api_id(const struct api_call *c);
bool api_online(const struct cs_desk_api *api);
/* True or false, of the body: what is neither is CS_ERR_FORMAT, and not no. */
CS_CHECKED enum cs_err api_flag(
    bool *out, struct api_call *c, const char *name);
/* 16 bytes of hex; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err api_hex_id(
    uint8_t out[static 16], struct cs_desk *d, const char *hex);
/* Answer with bytes, to be kept as ${name}. */
CS_CHECKED enum cs_err api_file(struct api_call *c, struct cs_buf *bytes,
    const char *media_type, const char *name);

/* ---- api_cases.c, api_people.c, api_other.c ----------------------------- */

api_handler api_cases, api_case, api_claim, api_release, api_handover, api_note,
    api_escalate, api_opinion, api_merge, api_split, api_triage, api_attach,
    api_hold, api_question, api_redact, api_decide, api_export;
api_handler api_decision, api_undo, api_confirm, api_decision_refuse,
    api_reverse, api_quality, api_appeals, api_appeal_decide;
api_handler api_account, api_policy, api_policy_set, api_audit,
    api_audit_verify, api_statistics, api_statements, api_events, api_openapi;
api_handler api_picture, api_cluster, api_lists, api_list_add, api_list_remove,
    api_list_import, api_list_export;
api_handler api_people, api_person_add, api_person_change, api_person_reset,
    api_settings, api_tokens, api_token_add, api_token_remove;
