/* SPDX-License-Identifier: MIT */
/*
 * What somebody outside has filed (franking/filing.h): a notice, more to one,
 * an appeal against its answer, hashes of photos of a person at risk.
 *
 * The row says what the hub said of it and how it was answered; the body is
 * what was filed, without its files, which have rows of their own and are kept
 * sealed below the desk's folder, as files of reports are.  What could not be
 * opened, or is not what the hub's row says, has no body, and its one file is
 * the sealed bytes.
 */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "content/filing_body.h"
#include "desk/core/actor.h"
#include "desk/reports/organisation.h"
#include "wire/filings.h"

struct cs_desk;

enum desk_filing_state {
	DESK_FILING_OPEN = 0, /* waits for an answer */
	DESK_FILING_OVER = 1, /* answered, or there is nothing to answer */
};

/* An answer: the last one counts. */
struct desk_filing_answer {
	uint32_t outcome;
	uint64_t at_ms, person;        /* 0: the command line, or the desk */
	char by[CS_DESK_NAME_MAX + 1]; /* "": the desk by itself */
	char *text;
	uint64_t decision; /* what was done; 0: none */
	bool told;         /* the hub has taken it */
	char *refused;     /* what the hub said if it did not; "": nothing */
};
struct desk_filing_answers {
	struct desk_filing_answer *at;
	size_t n;
};

struct desk_filing {
	uint64_t id;      /* its number at the hub */
	uint64_t case_id; /* 0: none */

	uint64_t about; /* the notice; 0: none */
	uint32_t what, category, flags;
	enum desk_filing_state state;
	uint64_t received_ms;
	uint64_t due_ms; /* to be answered; 0: has no deadline */
	uint8_t commitment[CS_HASH_LEN];
	/* Its key, which has signed it; zero: nobody's. */
	uint8_t organisation[CS_KEY_LEN];
	enum desk_key_state key_state;
	uint8_t key_before[CS_KEY_LEN];                 /* DESK_KEY_OTHER_KEY */
	char name_before[CS_WIRE_ORGANISATION_MAX + 1]; /* ..._OTHER_NAME */
	/* DESK_KEY_UNPROVED: whom the hub named; else "". */
	char claimed[CS_WIRE_ORGANISATION_MAX + 1];
	char name[CS_WIRE_ORGANISATION_MAX + 1];
	char scope[CS_WIRE_ORGANISATION_MAX + 1];
	bool trusted;
	char problem[128];          /* why it is unreadable; "": it is not */
	uint8_t reply[CS_HASH_LEN]; /* answers are sealed under it */
	bool destroyed;             /* with its case */
	struct desk_filing_answers answers;
};

const char *desk_key_state_name(enum desk_key_state state);
/* By a key that this desk knows under the name it came with? */
bool desk_filing_is_by_known(const struct desk_filing *f);
bool desk_filing_is_by_nobody(const struct desk_filing *f);
/* The last answer; NULL: none. */
const struct desk_filing_answer *desk_filing_answered(
    const struct desk_filing *f);
/* The last answer that ended it: no "needs more". */
const struct desk_filing_answer *desk_filing_ended(const struct desk_filing *f);
/* Was "needs more" said of it? */
bool desk_filing_was_asked(const struct desk_filing *f);

/* CS_ERR_NOT_FOUND.  The caller clears ${out}, also after an error. */
CS_CHECKED enum cs_err desk_filing_load(
    struct desk_filing *out, struct cs_desk *d, uint64_t number);
void desk_filing_clear(struct desk_filing *f);
CS_CHECKED enum cs_err desk_filing_is_known(
    bool *out, struct cs_desk *d, uint64_t number);
/* Store the new ${f} with ${body}, which may be empty; in a transaction. */
CS_CHECKED enum cs_err desk_filing_insert(
    struct cs_desk *d, const struct desk_filing *f, struct cs_view body);
/* Store it as it is now; in a transaction. */
CS_CHECKED enum cs_err desk_filing_save(
    struct cs_desk *d, const struct desk_filing *f);

/* What was filed, opened; points into ${plain}. */
struct desk_filing_opened {
	struct cs_buf plain;
	struct cs_filing_body *body; /* NULL: there is none, or no more */
};
CS_CHECKED enum cs_err desk_filing_open(
    struct desk_filing_opened *out, struct cs_desk *d, uint64_t number);
void desk_filing_opened_clear(struct desk_filing_opened *o);

typedef enum cs_err desk_filing_each(void *arg, const struct desk_filing *f);
/* Call ${each} for those of a case, as they came; or for those that wait (the
 * soonest deadline first) or, for DESK_FILING_OVER, that do not (the latest
 * first).  Those that are damaged on the disk are left out.  Stops at its first
 * error. */
CS_CHECKED enum cs_err desk_filings_of_case(
    struct cs_desk *d, uint64_t case_id, desk_filing_each *each, void *arg);
CS_CHECKED enum cs_err desk_filings_in_state(struct cs_desk *d,
    enum desk_filing_state state, desk_filing_each *each, void *arg);

/* How this desk has answered the notices of an organisation. */
struct desk_filing_accuracy {
	uint64_t acted, refused, not_ours;
};
CS_CHECKED enum cs_err desk_filing_accuracy(struct desk_filing_accuracy *out,
    struct cs_desk *d, const uint8_t organisation[static CS_KEY_LEN]);

/* Destroy what was filed: body, files, texts, who filed it.  That there was
 * one stays, and how it was answered.  In a transaction. */
CS_CHECKED enum cs_err desk_filing_empty(struct cs_desk *d, uint64_t number);

/* ---- files --------------------------------------------------------------- */

enum desk_filing_file_kind {
	DESK_FILING_FILE_OTHER = 0,
	DESK_FILING_FILE_PHOTO = 1,
	DESK_FILING_FILE_EVIDENCE = 2, /* a bundle; its report: if proved */
	DESK_FILING_FILE_SEALED = 3,   /* what could not be read */
};
struct desk_filing_file {
	uint64_t id, filing, place; /* place: from 0 */

	enum desk_filing_file_kind kind;
	char name[CS_FILING_FILE_NAME_MAX + 1];
	uint64_t size;
	uint64_t messages;         /* of a bundle */
	bool proved;               /* a bundle of which all is proved */
	uint8_t report[CS_ID_LEN]; /* that it became; zero: none */
	char problem[128];         /* of a bundle or a photo */
};
const char *desk_filing_file_kind_name(enum desk_filing_file_kind kind);
/* Store ${f} and its bytes, sealed; sets its number.  In a transaction. */
CS_CHECKED enum cs_err desk_filing_file_add(
    struct cs_desk *d, struct desk_filing_file *f, struct cs_view bytes);
CS_CHECKED enum cs_err desk_filing_file_load(
    struct desk_filing_file *out, struct cs_desk *d, uint64_t id);
/* Append its bytes; CS_ERR_NOT_FOUND.  The caller writes that down. */
CS_CHECKED enum cs_err desk_filing_file_open(
    struct cs_buf *out, struct cs_desk *d, uint64_t id);
CS_CHECKED enum cs_err desk_filing_files(struct cs_desk *d, uint64_t number,
    enum cs_err (*each)(void *arg, const struct desk_filing_file *f),
    void *arg);
/* Append its bytes for ${actor}, written down in the log. */
CS_CHECKED enum cs_err cs_desk_filing_file(struct cs_buf *out,
    struct desk_filing_file *f, struct cs_desk *d,
    const struct cs_desk_actor *actor, uint64_t id);

/* ---- who looked ---------------------------------------------------------- */

/* Write down that ${actor} reads a filing; once a reading (reading.h). */
CS_CHECKED enum cs_err desk_filing_note_read(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_filing *f);
/* Write into the log that ${actor} did ${what} with it; in a transaction or
 * not. */
CS_CHECKED enum cs_err desk_filing_note(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_filing *f,
    const char *what);
