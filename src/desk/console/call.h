/* SPDX-License-Identifier: MIT */
/* One request on its way through a handler. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/units.h"
#include "desk/console/api.h"
#include "desk/console/rate.h"
#include "desk/core/actor.h"
#include "desk/people/attempts.h"
#include "desk/people/passkey_check.h"
#include "net/web.h"
#include "wire/messages.h"

struct cs_desk;

/* Somebody who signs in once more than this loses the session that they have
 * not used for longest, and nobody else loses one for it. */
#define API_SESSIONS_PERSON 8
#define API_SESSIONS_MAX 1024 /* for 128 people with as many */

/* What a new passkey, or one that unlocks a session, has to sign, once and
 * soon; it is kept in that session. */
struct api_challenge {
	uint8_t bytes[DESK_PASSKEY_CHALLENGE_LEN];
	uint64_t made_ms; /* 0: free */
};

#define API_CHALLENGE_MS (5 * 60 * 1000u) /* as long as browsers wait */

/* Challenges that somebody has signed in with; there are no more in that
 * time. */
#define API_CHALLENGES_USED_MAX 256

/* Bytes of JSON: a policy is the longest; from strangers, a password is. */
#define API_JSON_MAX CS_MIB

#define API_JSON_STRANGER_MAX (16 * CS_KIB)

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

/* What the hub's operator has to see to. */
struct api_trouble {
	char kind[17];
	uint64_t left;
};

struct cs_desk_api {
	struct cs_desk *d;
	const struct api_route *routes; /* ends with a NULL method */
	struct cs_desk_api_options options;
	char hosts[3][API_HOST_SIZE]; /* what the Host header may say */
	char address[320];            /* of the console */
	struct api_session sessions[API_SESSIONS_MAX];
	uint8_t challenge_key[CS_KEY_LEN]; /* api_challenge_make() */
	struct api_challenge used[API_CHALLENGES_USED_MAX];
	struct desk_attempts attempts; /* to sign in, and to unlock */
	struct events *events;         /* open streams; events.c */
	struct api_rate rate;          /* requests a minute */
	struct api_trouble troubles[CS_WIRE_TROUBLES_MAX];
	size_t n_troubles;
	uint64_t troubles_ms; /* when the hub was asked; 0: never */
};

/* One request on its way through a handler. */
struct api_call {
	struct cs_desk_api *api;
	struct cs_desk *d;
	struct cs_desk_actor actor;
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
	API_STREAM = 1 << 9, /* stays open; listening is no work */
};

struct api_route {
	const char *method;
	const char *path; /* below /api/v1; ":id" stands for one part */
	unsigned allowed; /* bits above */
	unsigned scope;   /* of tokens; enum cs_desk_scope */
	api_handler *handle;
	const char *summary;
	/* For the description: the fields of the body, or ""; the schema of
	 * the answer, as "[Name]" if it is a page of a list, a media type if
	 * it is no JSON, or "" if it says nothing. */
	const char *fields, *answer;
};

/*
 * Answer with a refusal: ${code} is what kind it is, ${problem} which sentence
 * and ${format} that sentence, as desk_problem() takes them.
 */
void api_refuse(struct api_call *c, int status, const char *code,
    const char *problem, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* Answer with what desk_problem() has been told, or else with the text of
 * ${err}. */
void api_refuse_said(
    struct api_call *c, int status, const char *code, enum cs_err err);
uint64_t api_num_arg(const struct api_call *c, const char *name);
uint64_t api_id(const struct api_call *c);
bool api_online(const struct cs_desk_api *api);
/* True or false in the body; anything else is CS_ERR_FORMAT, and not false. */
CS_CHECKED enum cs_err api_flag(
    bool *out, struct api_call *c, const char *name);
/* An id from hex; CS_ERR_FORMAT. */
CS_CHECKED enum cs_err api_hex_id(
    uint8_t out[static CS_ID_LEN], struct cs_desk *d, const char *hex);
/* Answer with bytes, to be kept as ${name}. */
CS_CHECKED enum cs_err api_file(struct api_call *c, struct cs_buf *bytes,
    const char *media_type, const char *name);
