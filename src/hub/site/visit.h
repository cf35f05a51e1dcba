/* SPDX-License-Identifier: MIT */
/*
 * What the files of the site share: the process that shows pages to those who
 * have no account, and one request for one.
 *
 * It reads what strangers fill in, and holds no key: whatever it is given is
 * sealed to the desk before it goes on.  Whoever took it over reads what is
 * filed from then on, and cannot make a receipt that the database did not.
 */
#pragma once

#include <jansson.h>

#include "content/filing_body.h"
#include "family/channel.h"
#include "family/slots.h"
#include "hub/talk/talk.h"
#include "wire/filings.h"

#define SITE_LINKS_MAX 64
#define SITE_LANGUAGES_MAX 64
#define SITE_CODE_SIZE 17 /* of a language's tag */
#define SITE_VISITS_MAX 512
#define SITE_BODIES_MAX ((size_t)128 << 20) /* bytes of all visits' bodies */
#define SITE_TARGET_SIZE 2049
#define SITE_TYPE_SIZE 257

/* One language: its words by key. */
struct site_words {
	char code[SITE_CODE_SIZE];
	json_t *words;
	bool right_to_left;
};

struct site {
	struct cs_channel *links[SITE_LINKS_MAX], *database;
	struct cs_slots
	    visits[SITE_LINKS_MAX]; /* by the numbers of each link */
	struct cs_slots lines;      /* to the database, by numbers of ours */
	size_t n_visits, bodies;
	struct site_words languages[SITE_LANGUAGES_MAX]; /* English first */
	size_t n_languages;
	char hub[256], origin[CS_NET_ORIGIN_SIZE];
	uint8_t root_public[CS_KEY_LEN];
	bool has_photos; /* the release of the page has the photo module */
};

struct site_visit;
/* A page: begins when the request is whole. */
typedef void site_begin(struct site_visit *v);
/* Takes an answer of the database to what was asked last; NULL: there is none,
 * and none will come. */
typedef void site_step(
    struct site_visit *v, const struct cs_wire_frame *answer);

struct site_filing;
struct site_html;

struct site_visit {
	struct site *site;
	unsigned link;   /* where it came from, */
	uint64_t number; /* and what it is called there */
	uint8_t address[CS_NET_ADDRESS_LEN];
	bool post, answered;
	char path[SITE_TARGET_SIZE]; /* of the target, decoded or not */
	char query[SITE_TARGET_SIZE];
	char type[SITE_TYPE_SIZE];
	const struct site_words *words;
	struct cs_buf body;
	/* far.h */
	uint64_t line;
	site_begin *greeted; /* what waits for the database's hello */
	site_step *step;     /* what waits for its answer */
	/* Certificates of the key that filings are sealed to, of that by which
	 * the desk answers, and of the log's. */
	struct cs_buf desk_cert, sign_cert, tlog_cert;
	struct cs_buf whole;        /* a post of a channel, */
	uint32_t piece;             /* and the piece of it that was asked for */
	struct site_filing *filing; /* in work; or NULL */
	/* Puts the form again, with what was typed, below a refusal; NULL: the
	 * browser goes back. */
	void (*again)(struct site_html *h);
};
