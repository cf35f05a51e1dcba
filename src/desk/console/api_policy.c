/* SPDX-License-Identifier: MIT */
#include "desk/console/api_policy.h"

#include "desk/console/call.h"
#include "desk/core/json.h"
#include "desk/core/policy.h"
#include "desk/people/proposal.h"

static json_t *
reason(const struct cs_desk_policy *p, const struct cs_desk_reason *r,
    enum cs_err *err)
{
	json_t *o = json_object(), *titles = json_object();

	json_put_str(o, "code", r->code, err);
	json_put_num(o, "number", r->number, err);
	for (size_t i = 0; i < CS_DESK_LANGUAGES; i++)
		json_put_str(titles, cs_desk_languages[i], r->titles[i], err);
	json_put(o, "titles", titles, err);
	json_put_num(o, "severity", r->severity, err);
	json_put_str(o, "action", cs_desk_action_name(r->action), err);
	json_put_bool(o, "two_people", r->two_people, err);
	json_put_str(o, "ground", r->illegal ? "illegal" : "terms", err);
	json_put_bool(o, "danger", r->danger, err);
	json_put_num(o, "hold_days", r->hold_days, err);
	json_put_num(o, "keep_days", r->keep_days, err);
	json_put_num(
	    o, "first_look_h", p->targets[r->severity].look_hours, err);
	json_put_num(o, "decide_h", p->targets[r->severity].decide_hours, err);
	return o;
}

static enum cs_err
show_policy(struct api_call *c)
{
	json_t *reasons = json_array(), *two = json_array(),
	       *tokens = json_array();
	struct cs_desk_policy p;
	struct cs_buf text = { 0 };
	enum cs_err err;

	if ((err = cs_desk_policy(&p, c->d))) {
		json_decref(reasons);
		json_decref(two);
		json_decref(tokens);
		return err;
	}
	err = cs_desk_policy_text(&text, c->d);
	json_put_view(c->out, "toml", cs_buf_view(&text), &err);
	json_put_num(c->out, "version", p.version, &err);
	json_put_num(c->out, "quality_share", p.quality_percent, &err);
	json_put_num(c->out, "window_h", p.window_hours, &err);
	for (size_t i = 0; i < p.n_reasons; i++)
		json_push(reasons, reason(&p, &p.reasons[i], &err), &err);
	for (unsigned i = 0; i < CS_DESK_ACTIONS; i++)
		if (p.two_people[i])
			json_push(two, json_string(cs_desk_actions[i]), &err);
	for (unsigned i = 0; i < CS_DESK_ACTIONS; i++)
		if (p.token_actions[i])
			json_push(
			    tokens, json_string(cs_desk_actions[i]), &err);
	json_put(c->out, "reasons", reasons, &err);
	json_put(c->out, "two_people_actions", two, &err);
	json_put(c->out, "token_actions", tokens, &err);
	cs_buf_free(&text);
	cs_desk_policy_clear(&p);
	return err;
}

enum cs_err
api_policy(struct api_call *c)
{
	return show_policy(c);
}

enum cs_err
api_policy_set(struct api_call *c)
{
	const struct cs_desk_wish wish = { .kind = DESK_PROPOSAL_POLICY,
		.toml = cs_view_str(json_get_str(c->in, "toml")),
		.version = json_get_num(c->in, "version") };
	struct cs_desk_granted granted;
	enum cs_err err = cs_desk_wish(&granted, c->d, &c->actor, &wish);

	if (err == CS_OK && granted.proposal != 0)
		json_put_id(c->out, "proposal", granted.proposal, &err);
	return err ? err : show_policy(c);
}
