/* SPDX-License-Identifier: MIT */
#include "desk/core/policy.h"

#include <stdio.h>
#include <string.h>

#include "desk/core/actor.h"
#include "desk/core/audit.h"
#include "desk/core/desk.h"
#include "desk/core/json.h"
#include "desk/core/policy_shipped.h"
#include "desk/core/problem.h"
#include "desk/core/toml.h"
#include "store/db.h"
#include "store/vault.h"

#define REDRESS_MAX 1000 /* bytes */
#define TEXT "policy"
#define VERSION "policy-version"

const char *const cs_desk_languages[CS_DESK_LANGUAGES] = { "en", "ar", "kmr",
	"ckb" };

const char *const cs_desk_actions[CS_DESK_ACTIONS] = { "none", "warn",
	"disable", "disable-until", "quarantine", "dissolve", "refer" };

const char *
cs_desk_action_name(enum cs_desk_action action)
{
	return cs_desk_actions[action];
}

int
cs_desk_action_find(const char *name)
{
	for (int i = 0; i < CS_DESK_ACTIONS; i++)
		if (strcmp(name, cs_desk_actions[i]) == 0)
			return i;
	return -1;
}

struct cs_view
cs_desk_policy_shipped(void)
{
	return cs_view(policy_shipped, sizeof policy_shipped - 1);
}

/* ---- reading one -------------------------------------------------------- */

/* Remembers the first thing that is wrong. */
struct reading {
	char *problem;
	const char *where;
	bool failed;
};

static void
wrong(struct reading *r, const char *key, const char *what)
{
	if (!r->failed)
		snprintf(r->problem, 160, "%s: %s %s", r->where, key, what);
	r->failed = true;
}

static uint32_t
whole(struct reading *r, const json_t *o, const char *key, uint32_t min,
    uint32_t max)
{
	const json_t *v = json_object_get(o, key);
	json_int_t n = json_integer_value(v);

	if (!json_is_integer(v) || n < min || n > max) {
		char what[64];

		snprintf(what, sizeof what, "has to be a number of %u to %u",
		    min, max);
		wrong(r, key, what);
		return min;
	}
	return (uint32_t)n;
}

static void
text(
    struct reading *r, char *out, size_t size, const json_t *o, const char *key)
{
	const char *s = json_get_str(o, key);

	if (*s == '\0' || strlen(s) >= size)
		wrong(r, key, "is missing or too long");
	snprintf(out, size, "%s", s);
}

static bool
flag(struct reading *r, const json_t *o, const char *key)
{
	const json_t *v = json_object_get(o, key);

	if (!json_is_boolean(v))
		wrong(r, key, "has to be true or false");
	return json_is_true(v);
}

static enum cs_desk_action
act(struct reading *r, const char *name)
{
	int found = cs_desk_action_find(name);

	if (found < 0)
		wrong(r, name, "is no action");
	return found < 0 ? CS_DESK_ACTION_NONE : (enum cs_desk_action)found;
}

/* Set the flags of the actions that the list ${key} names; none if there is no
 * such list. */
static void
read_actions(struct reading *r, bool out[static CS_DESK_ACTIONS],
    const json_t *doc, const char *key)
{
	const json_t *list = json_object_get(doc, key), *v;
	size_t i;

	if (list != NULL && !json_is_array(list))
		wrong(r, key, "has to be a list of actions");
	json_array_foreach (list, i, v) {
		const char *name = json_string_value(v);

		out[act(r, name != NULL ? name : "")] = true;
	}
}

static void
read_reason(struct reading *r, struct cs_desk_reason *out, const json_t *o)
{
	const json_t *titles = json_object_get(o, "title");
	const char *ground = json_get_str(o, "ground");

	r->where = json_get_str(o, "code");
	text(r, out->code, sizeof out->code, o, "code");
	out->number = (uint16_t)whole(r, o, "number", 1, 65535);
	out->severity = whole(r, o, "severity", 1, CS_DESK_SEVERITIES);
	out->danger = flag(r, o, "danger");
	out->two_people = flag(r, o, "two_people");
	out->action = act(r, json_get_str(o, "action"));
	out->hold_days = whole(r, o, "hold_days", 0, 36500);
	out->keep_days = whole(r, o, "keep_days", 1, 36500);
	if (out->keep_days < out->hold_days)
		wrong(r, "keep_days", "has to be at least hold_days");
	out->illegal = strcmp(ground, "illegal") == 0;
	if (!out->illegal && strcmp(ground, "terms") != 0)
		wrong(r, "ground", "has to be \"illegal\" or \"terms\"");
	text(r, out->category, sizeof out->category, o, "category");
	text(r, out->keyword, sizeof out->keyword, o, "keyword");
	for (unsigned i = 0; i < CS_DESK_LANGUAGES; i++) {
		out->titles[i] = json_get_str(titles, cs_desk_languages[i]);
		if (out->titles[i][0] == '\0')
			wrong(r, "title", "is missing in a language");
	}
}

static void
read_reasons(struct reading *r, struct cs_desk_policy *out)
{
	const json_t *list = json_object_get(out->doc, "reason");
	const json_t *o;
	size_t i;

	r->where = "reason";
	if (json_array_size(list) == 0 ||
	    json_array_size(list) > CS_DESK_REASONS_MAX)
		wrong(r, "[[reason]]", "has to stand there 1 to 64 times");
	json_array_foreach (list, i, o) {
		struct cs_desk_reason *new = &out->reasons[out->n_reasons];

		if (r->failed)
			return;
		read_reason(r, new, o);
		for (size_t k = 0; k < out->n_reasons; k++)
			if (strcmp(out->reasons[k].code, new->code) == 0 ||
			    out->reasons[k].number == new->number)
				wrong(
				    r, "code or number", "stands there twice");
		out->n_reasons++;
	}
	r->where = "reason";
	if (!r->failed && cs_desk_policy_reason(out, "other") == NULL)
		wrong(r, "\"other\"", "has to be among the reasons");
}

/* Where a decision holds, as the Transparency Database names countries. */
static void
read_territories(struct reading *r, struct cs_desk_policy *out)
{
	const json_t *list = json_object_get(out->doc, "territory"), *v;
	size_t i;

	json_array_foreach (list, i, v) {
		const char *s = json_string_value(v);

		if (s == NULL || strlen(s) >= CS_DESK_TERRITORY_SIZE ||
		    out->n_territories == CS_DESK_TERRITORIES_MAX) {
			wrong(r, "territory", "has to be up to 64 short names");
			return;
		}
		out->territories[out->n_territories++] = s;
	}
}

static void
read_severities(struct reading *r, struct cs_desk_policy *out)
{
	const json_t *list = json_object_get(out->doc, "severity");
	unsigned seen = 0;
	const json_t *o;
	size_t i;

	json_array_foreach (list, i, o) {
		unsigned level;

		r->where = "severity";
		level = whole(r, o, "level", 1, CS_DESK_SEVERITIES);
		out->targets[level].look_hours =
		    whole(r, o, "look_hours", 1, 24 * 365);
		out->targets[level].decide_hours =
		    whole(r, o, "decide_hours", 1, 24 * 365);
		seen |= 1u << level;
	}
	if (seen != (1u << (CS_DESK_SEVERITIES + 1)) - 2)
		wrong(r, "[[severity]]", "has to be there for 1 to 5");
}

enum cs_err
cs_desk_policy_parse(
    struct cs_desk_policy *out, struct cs_view toml, char problem[static 160])
{
	struct reading r = { .problem = problem, .where = "policy" };
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = desk_toml_parse(&out->doc, toml, problem)))
		return err;
	out->window_hours = whole(&r, out->doc, "window_hours", 1, 24 * 90);
	out->undo_seconds =
	    whole(&r, out->doc, "undo_seconds", 0, CS_DESK_UNDO_MAX_S);
	out->quality_percent = whole(&r, out->doc, "quality_percent", 0, 100);
	out->rejected_days = whole(&r, out->doc, "rejected_days", 1, 36500);
	out->redress = json_get_str(out->doc, "redress");
	if (out->redress[0] == '\0' || strlen(out->redress) > REDRESS_MAX)
		wrong(&r, "redress", "has to be a text of up to 1000 bytes");
	read_actions(&r, out->two_people, out->doc, "two_people");
	read_actions(&r, out->token_actions, out->doc, "token_actions");
	read_territories(&r, out);
	read_severities(&r, out);
	read_reasons(&r, out);
	if (!r.failed)
		return CS_OK;
	cs_desk_policy_clear(out);
	return CS_ERR_FORMAT;
}

void
cs_desk_policy_clear(struct cs_desk_policy *p)
{
	json_decref(p->doc);
	memset(p, 0, sizeof *p);
}

/* ---- the one in force --------------------------------------------------- */

enum cs_err
cs_desk_policy_text(struct cs_buf *out, struct cs_desk *d)
{
	struct cs_buf stored = { 0 };
	enum cs_err err;

	err = cs_vault_config_get(&stored, d->db, &d->key, TEXT);
	if (err == CS_OK)
		err = cs_buf_add(out, cs_buf_view(&stored));
	else if (err == CS_ERR_NOT_FOUND)
		err = cs_buf_add(out, cs_desk_policy_shipped());
	cs_buf_free(&stored);
	return err;
}

/* 1 is the policy that comes with the program. */
static enum cs_err
get_version(uint64_t *out, struct cs_desk *d)
{
	enum cs_err err = cs_vault_config_get_num(out, d->db, &d->key, VERSION);

	if (err == CS_ERR_NOT_FOUND)
		*out = 1;
	return err == CS_ERR_NOT_FOUND ? CS_OK : err;
}

/* Each report and each decision asks for it, so each version is parsed once. */
static enum cs_err
read_policy(struct cs_desk *d, uint64_t version)
{
	struct cs_desk_policy *p = &d->policy;
	struct cs_buf toml = { 0 };
	char problem[160];
	enum cs_err err;

	cs_desk_policy_clear(p);
	if ((err = cs_desk_policy_text(&toml, d)) == CS_OK)
		err = cs_desk_policy_parse(p, cs_buf_view(&toml), problem);
	if (err == CS_OK)
		p->version = version;
	cs_buf_free(&toml);
	return err == CS_ERR_FORMAT ? CS_ERR_CORRUPT : err;
}

enum cs_err
cs_desk_policy(struct cs_desk_policy *out, struct cs_desk *d)
{
	uint64_t version;
	enum cs_err err;

	memset(out, 0, sizeof *out);
	if ((err = get_version(&version, d)))
		return err;
	if (d->policy.version != version && (err = read_policy(d, version)))
		return err;
	*out = d->policy;
	json_incref(out->doc);
	return CS_OK;
}

enum cs_err
cs_desk_policy_set(struct cs_desk *d, const struct cs_desk_actor *actor,
    struct cs_view toml, uint64_t version)
{
	struct cs_desk_policy p;
	bool own = !cs_db_in_transaction(d->db);
	char problem[160];
	uint64_t now;
	enum cs_err err;

	if (!cs_desk_is_administrator(actor))
		return desk_problem(d, CS_ERR_DENIED, "policy-role",
		    "Only an administrator may change the policy.");
	if ((err = cs_desk_policy_parse(&p, toml, problem)))
		return desk_problem(d, err, "policy-refused",
		    "This policy is not taken: %s.", problem);
	cs_desk_policy_clear(&p);
	if (own && (err = cs_db_begin(d->db)))
		return err;
	if ((err = get_version(&now, d)) == CS_OK && now != version)
		err = desk_problem(d, CS_ERR_EXISTS, "policy-changed",
		    "Somebody has changed the policy meanwhile.");
	if (err == CS_OK &&
	    (err = cs_vault_config_set(d->db, &d->key, TEXT, toml)) == CS_OK &&
	    (err = cs_vault_config_set_num(d->db, &d->key, VERSION, now + 1)) ==
		CS_OK)
		err = desk_audit_add(d,
		    &(struct desk_audit_event){
			.actor = actor, .what = "policy-changed" });
	return own ? cs_db_end(d->db, err) : err;
}

/* ---- asking it ---------------------------------------------------------- */

const struct cs_desk_reason *
cs_desk_policy_reason(const struct cs_desk_policy *p, const char *code)
{
	for (size_t i = 0; i < p->n_reasons; i++)
		if (strcmp(p->reasons[i].code, code) == 0)
			return &p->reasons[i];
	return NULL;
}

const struct cs_desk_reason *
cs_desk_policy_reason_or_other(const struct cs_desk_policy *p, const char *code)
{
	const struct cs_desk_reason *reason = cs_desk_policy_reason(p, code);

	return reason != NULL ? reason : cs_desk_policy_reason(p, "other");
}

const struct cs_desk_reason *
cs_desk_policy_number(const struct cs_desk_policy *p, uint16_t number)
{
	for (size_t i = 0; i < p->n_reasons; i++)
		if (p->reasons[i].number == number)
			return &p->reasons[i];
	return cs_desk_policy_reason(p, "other");
}

bool
cs_desk_policy_two_for(
    const struct cs_desk_reason *reason, enum cs_desk_action what)
{
	return reason->two_people && what != CS_DESK_ACTION_NONE &&
	    what != CS_DESK_ACTION_WARN;
}
