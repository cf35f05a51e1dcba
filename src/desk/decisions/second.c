/* SPDX-License-Identifier: MIT */
#include "desk/decisions/second.h"

#include <string.h>

#include "desk/cases/case.h"
#include "desk/core/actor.h"
#include "desk/core/problem.h"
#include "desk/decisions/decision.h"

/* The gravest of the reasons given for which this action takes two people;
 * NULL if there is none. */
static const struct cs_desk_reason *
gravest(const struct desk_reasons *reasons, const struct cs_desk_policy *policy,
    enum cs_desk_action action)
{
	const struct cs_desk_reason *found = NULL;

	for (size_t i = 0; i < reasons->n; i++) {
		const struct cs_desk_reason *r =
		    cs_desk_policy_number(policy, reasons->at[i].number);

		if (cs_desk_policy_two_for(r, action) &&
		    (found == NULL || r->severity > found->severity))
			found = r;
	}
	return found;
}

static void
set(struct desk_decision *dec, enum desk_two why,
    const struct cs_desk_reason *reason)
{
	dec->two = why;
	memset(dec->two_reason, 0, sizeof dec->two_reason);
	if (reason != NULL)
		memcpy(dec->two_reason, reason->code, sizeof reason->code);
}

void
desk_second_set(struct desk_decision *dec, const struct desk_case *c,
    const struct cs_desk_policy *policy)
{
	const struct cs_desk_reason *chosen =
	    cs_desk_policy_reason_or_other(policy, dec->reason);
	const struct cs_desk_reason *given =
	    gravest(&c->reasons, policy, dec->action);

	if (dec->two != DESK_TWO_NO)
		return;
	if (given != NULL)
		set(dec, DESK_TWO_REASON, given);
	else if (cs_desk_policy_two_for(chosen, dec->action))
		set(dec, DESK_TWO_REASON, chosen);
	else if (policy->two_people[dec->action])
		set(dec, DESK_TWO_ACTION, NULL);
}

void
desk_second_set_reversal(struct desk_decision *dec,
    const struct desk_decision *old, const struct desk_case *c,
    const struct cs_desk_policy *policy)
{
	set(dec, DESK_TWO_NO, NULL);
	if (old->two != DESK_TWO_NO || old->second != 0)
		set(dec, DESK_TWO_REVERSAL, NULL);
	else
		desk_second_set(dec, c, policy);
}

bool
desk_second_missing(const struct desk_decision *dec)
{
	return dec->two != DESK_TWO_NO && dec->second == 0;
}

enum cs_err
desk_second_check_token(struct cs_desk *d, const struct cs_desk_actor *actor,
    const struct desk_decision *dec, const struct cs_desk_policy *policy)
{
	if (!actor->token ||
	    (policy->token_actions[dec->action] && dec->two == DESK_TWO_NO))
		return CS_OK;
	return desk_problem(d, CS_ERR_DENIED, "token-decides",
	    "This takes a person who is signed in: the policy does not let a "
	    "program do it.");
}
