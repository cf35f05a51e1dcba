/* SPDX-License-Identifier: MIT */
/*
 * When a decision takes two people.
 *
 * The policy asks for it by the action, whatever the reason; or by a reason,
 * and then any reason counts that was ever given for the case: by one of its
 * reports, by a person, or by who decides.  Nobody makes less of a case by
 * calling it something else, by splitting it, or by not having read all of it.
 * What took two people to do takes two to give back.
 */
#pragma once

#include "base/bytes.h"
#include "desk/core/policy.h"

struct cs_desk;
struct cs_desk_actor;
struct desk_case;
struct desk_decision;

/* Say in ${dec}, whose action and reason are set, whether it takes two people
 * and why, by the policy in force; ${c} is its case.  What was said before
 * stays: a decision does not come to take fewer. */
void desk_second_set(struct desk_decision *dec, const struct desk_case *c,
    const struct cs_desk_policy *policy);
/* The same for a decision that takes back ${old}. */
void desk_second_set_reversal(struct desk_decision *dec,
    const struct desk_decision *old, const struct desk_case *c,
    const struct cs_desk_policy *policy);
/* Does it still wait for somebody, as far as it says? */
bool desk_second_missing(const struct desk_decision *dec);
/* CS_ERR_DENIED if ${actor} is a program: the policy says which actions a
 * token decides, and never one that takes two people. */
CS_CHECKED enum cs_err desk_second_check_token(struct cs_desk *d,
    const struct cs_desk_actor *actor, const struct desk_decision *dec,
    const struct cs_desk_policy *policy);
