/* SPDX-License-Identifier: MIT */
#include "desk/decisions/statement.h"

#include <stdio.h>

#include "desk/core/policy.h"
#include "desk/core/record.h"
#include "desk/decisions/decision.h"
#include "wire/codec.h"
#include "wire/messages.h"

static const char *
done(const struct desk_decision *dec)
{
	static const char *const what[CS_DESK_ACTIONS] = { "Nothing was done.",
		"The account was warned.", "The account was disabled.",
		"The account was disabled for a time.",
		"A photo or file was made unavailable.",
		"The conversation was dissolved.",
		"The matter was given to an authority." };

	return dec->reverses != 0 ? "An earlier decision was reversed."
				  : what[dec->action];
}

/* "EU, NO". */
static void
join(char *out, size_t size, const struct desk_territories *list)
{
	size_t n = 0;

	out[0] = '\0';
	for (size_t i = 0; i < list->n && n < size; i++)
		n += (size_t)snprintf(out + n, size - n, "%s%s",
		    i != 0 ? ", " : "", list->at[i].name);
}

void
desk_explanation(
    char out[static DESK_EXPLANATION_SIZE], const struct cs_desk_reason *reason)
{
	snprintf(out, DESK_EXPLANATION_SIZE,
	    "What was reported, and verified, falls under: %s.",
	    reason->titles[0]);
}

enum cs_err
desk_statement_write(
    struct cs_buf *out, struct cs_desk *d, const struct desk_decision *dec)
{
	const struct cs_desk_reason *reason;
	struct cs_desk_policy policy;
	struct cs_wire_statement s = { 0 };
	char territory[200], number[24], explanation[DESK_EXPLANATION_SIZE];
	enum cs_err err;

	if ((err = cs_desk_policy(&policy, d)))
		return err;
	reason = cs_desk_policy_reason_or_other(&policy, dec->reason);
	join(territory, sizeof territory, &dec->territories);
	snprintf(
	    number, sizeof number, "%llu", (unsigned long long)dec->case_id);
	desk_explanation(explanation, reason);
	s.version = CS_WIRE_STATEMENT_VERSION;
	s.language = cs_view_str("en");
	s.what = cs_view_str(done(dec));
	s.facts = cs_view_str(desk_string(dec->facts));
	/* A person reported it and a person decided it, not a program. */
	s.ground_kind = dec->ground == CS_DESK_GROUND_ILLEGAL
	    ? CS_WIRE_GROUND_ILLEGAL
	    : CS_WIRE_GROUND_TERMS;
	s.ground = cs_view_str(desk_string(dec->legal));
	if (s.ground.len == 0)
		s.ground = cs_view_str(reason->titles[0]);
	s.explanation = cs_view_str(explanation);
	s.territory = cs_view_str(territory);
	s.redress = cs_view_str(policy.redress);
	s.reviewer = cs_view_str(dec->pseudonym);
	s.case_number = cs_view_str(number);
	err = cs_wire_write(out, &cs_wire_statement_shape, &s);
	cs_desk_policy_clear(&policy);
	return err;
}
