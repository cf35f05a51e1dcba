/* SPDX-License-Identifier: MIT */
/* The policy, from a TOML file: reasons, periods, who has to agree. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_actor;

enum cs_desk_action {
	CS_DESK_ACTION_NONE = 0, /* no violation */
	CS_DESK_ACTION_WARN = 1,
	CS_DESK_ACTION_DISABLE = 2,
	CS_DESK_ACTION_DISABLE_UNTIL = 3,
	CS_DESK_ACTION_QUARANTINE = 4,
	CS_DESK_ACTION_DISSOLVE = 5,
	CS_DESK_ACTION_REFER = 6,
};

#define CS_DESK_ACTIONS (CS_DESK_ACTION_REFER + 1)
#define CS_DESK_SEVERITIES 5
#define CS_DESK_REASONS_MAX 64
#define CS_DESK_LANGUAGES 4
#define CS_DESK_TERRITORIES_MAX 64
#define CS_DESK_TERRITORY_SIZE 8 /* "EU", "AT", and a zero */
#define CS_DESK_UNDO_MAX_S 300
#define CS_DESK_REASON_SIZE 40 /* of a code, with its zero */

struct cs_desk_reason {
	char code[CS_DESK_REASON_SIZE];
	uint16_t number; /* as in reports */
	unsigned severity;
	bool danger, two_people, illegal;
	enum cs_desk_action action;
	uint32_t hold_days, keep_days;
	char category[80], keyword[120];
	const char *titles[CS_DESK_LANGUAGES]; /* of the policy; not NULL */
};

struct cs_desk_policy {
	json_t *doc; /* owns the strings */
	uint64_t version;
	uint32_t window_hours, undo_seconds, quality_percent, rejected_days;
	const char *redress;
	const char *territories[CS_DESK_TERRITORIES_MAX];
	size_t n_territories;
	struct {
		uint32_t look_hours, decide_hours;
	} targets[CS_DESK_SEVERITIES + 1]; /* by severity */
	bool two_people[CS_DESK_ACTIONS];
	bool token_actions[CS_DESK_ACTIONS]; /* programs decide these, too */
	struct cs_desk_reason reasons[CS_DESK_REASONS_MAX];
	size_t n_reasons;
};

/* "none", "warn", "disable", "disable-until", "quarantine", "dissolve",
 * "refer". */
extern const char *const cs_desk_actions[CS_DESK_ACTIONS];
const char *cs_desk_action_name(enum cs_desk_action action);
/* -1 for a name that is none. */
int cs_desk_action_find(const char *name);
/* The languages, in the order of titles: "en", "ar", "kmr", "ckb". */
extern const char *const cs_desk_languages[CS_DESK_LANGUAGES];
/* The policy that comes with the program. */
struct cs_view cs_desk_policy_shipped(void);
/* CS_ERR_FORMAT: ${problem} says what is wrong. */
CS_CHECKED enum cs_err cs_desk_policy_parse(
    struct cs_desk_policy *out, struct cs_view toml, char problem[static 160]);
void cs_desk_policy_clear(struct cs_desk_policy *p);
/* Get the policy in force; the caller clears it. */
CS_CHECKED enum cs_err cs_desk_policy(
    struct cs_desk_policy *out, struct cs_desk *d);
/* Append its text. */
CS_CHECKED enum cs_err cs_desk_policy_text(
    struct cs_buf *out, struct cs_desk *d);
/* Replace the policy, which had ${version} when it was read; CS_ERR_EXISTS
 * if somebody else has replaced it since.  Joins the caller's transaction if
 * there is one.  Where there are two administrators it takes both: proposal.h.
 */
CS_CHECKED enum cs_err cs_desk_policy_set(struct cs_desk *d,
    const struct cs_desk_actor *actor, struct cs_view toml, uint64_t version);
/* NULL if there is no such reason. */
const struct cs_desk_reason *cs_desk_policy_reason(
    const struct cs_desk_policy *p, const char *code);
/* The same, or "other" if the policy no longer has it; never NULL. */
const struct cs_desk_reason *cs_desk_policy_reason_or_other(
    const struct cs_desk_policy *p, const char *code);
/* The reason of a report's number; "other" for a number that the policy does
 * not have; never NULL. */
const struct cs_desk_reason *cs_desk_policy_number(
    const struct cs_desk_policy *p, uint16_t number);
/* Does this action take a second person for this reason?  Besides, some do
 * whatever the reason: two_people. */
bool cs_desk_policy_two_for(
    const struct cs_desk_reason *reason, enum cs_desk_action act);
