/* SPDX-License-Identifier: MIT */
#include "member/member.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "member/events.h"
#include "member/member_call.h"
#include "member/take.h"

#define TAKE_MAX ((size_t)256 << 10)

enum cs_err
cs_member_new(struct cs_member **out, const struct cs_member_config *config)
{
	struct cs_member *m = cs_calloc(1, sizeof *m);

	*out = m;
	if (m == NULL)
		return CS_ERR_NOMEM;
	m->config = *config;
	member_events_begin(m);
	return CS_OK;
}

void
cs_member_free(struct cs_member *m)
{
	if (m == NULL)
		return;
	member_events_begin(NULL);
	cs_client_prepared_report_free(m->prepared);
	cs_client_linking_free(m->linking);
	cs_client_close(m->c);
	cs_free(m, sizeof *m);
}

static const struct member_method *
find(const char *name)
{
	for (const struct member_method *x = member_methods; x->name != NULL;
	     x++)
		if (strcmp(x->name, name) == 0)
			return x;
	return NULL;
}

enum cs_member_kind
cs_member_kind(const char *method)
{
	const struct member_method *x = find(method);

	return x != NULL ? x->kind : CS_MEMBER_NONE;
}

/* ---- one call ----------------------------------------------------------- */

/* While it waited for news, the home was left to other programs. */
static enum cs_err
take_home(struct member_call *k, bool needed)
{
	enum cs_err err;

	if (k->m->c == NULL)
		return needed ? member_fail(k, CS_ERR_PASSPHRASE,
				    "The messages on this device are locked.")
			      : CS_OK;
	if ((err = cs_client_lock(k->m->c)))
		return err;
	k->c = k->m->c;
	return CS_OK;
}

static enum cs_err
run(struct member_call *k, const struct member_method *x, struct cs_view take,
    json_t **held)
{
	enum cs_err err;

	if (take.len > TAKE_MAX)
		return member_fail(k, CS_ERR_LIMIT, "That is too much.");
	*held = take.len == 0 ? json_object()
			      : json_loadb((const char *)take.data, take.len,
				    JSON_REJECT_DUPLICATES, NULL);
	if (*held == NULL || !json_is_object(*held))
		return member_fail(k, CS_ERR_FORMAT, "That is not JSON.");
	k->take = *held;
	if ((err = member_take_check(k, x->take)) ||
	    (err = take_home(k, x->needs_home)))
		return err;
	/* What only reads may come in the middle of a call. */
	if (k->c != NULL && x->kind == CS_MEMBER_CALL)
		cs_client_forget_problem(k->c);
	if (k->c == NULL || x->kind != CS_MEMBER_READ)
		return x->run(k);
	cs_client_at_once(k->c, true);
	err = x->run(k);
	cs_client_at_once(k->c, false);
	return err;
}

static enum cs_err
write_error(struct cs_buf *answer, const struct member_call *k, enum cs_err err)
{
	struct cs_json_writer j = cs_json_writer(answer);
	const char *sentence = k->problem;

	if (*sentence == '\0' && k->m->c != NULL)
		sentence = cs_client_problem(k->m->c);
	if (*sentence == '\0')
		sentence = cs_err_text(err);
	cs_json_object(&j, NULL);
	cs_json_object(&j, "error");
	cs_json_string(&j, "code", cs_err_name(err));
	cs_json_string(&j, "sentence", sentence);
	cs_json_close(&j);
	cs_json_close(&j);
	return cs_json_end(&j);
}

enum cs_err
cs_member_do(struct cs_member *m, const char *method, struct cs_view take,
    struct cs_buf *answer)
{
	const struct member_method *x = find(method);
	struct cs_json_writer j;
	struct member_call k = { .m = m, .out = &j };
	json_t *held = NULL;
	enum cs_err err;

	cs_buf_reset(answer);
	j = cs_json_writer(answer);
	cs_json_object(&j, NULL);
	err = x != NULL ? run(&k, x, take, &held)
			: member_fail(&k, CS_ERR_NOT_FOUND,
			      "There is no method \"%.40s\".", method);
	json_decref(held);
	/* What looked while news are waited for leaves it again. */
	if (m->waits && m->c != NULL && !m->config.alone)
		cs_client_unlock(m->c);
	if (err == CS_OK) {
		cs_json_close(&j);
		err = cs_json_end(&j);
	}
	if (err == CS_OK)
		return CS_OK;
	cs_buf_reset(answer);
	return write_error(answer, &k, err);
}

/* ---- between two calls -------------------------------------------------- */

void
cs_member_hurry(struct cs_member *m)
{
	m->hurry = true;
}

bool
cs_member_waits(const struct cs_member *m)
{
	return m->waits;
}

static enum cs_err
wait_for_news(struct cs_member *m, int timeout_ms, bool *waited)
{
	uint64_t most = cs_client_next_expiry_ms(m->c, (uint64_t)timeout_ms);
	enum cs_err err, again;

	if (!m->config.alone)
		cs_client_unlock(m->c);
	else if ((err = cs_client_rest(m->c)))
		return err;
	/* It tells the hub some things first, and that takes its time. */
	m->waits = true;
	err = m->hurry ? CS_ERR_TIMEOUT : cs_client_wait(m->c, (int)most);
	m->waits = false;
	if ((again = cs_client_lock(m->c)))
		return again;
	*waited = true;
	if (err == CS_OK || (err == CS_ERR_TIMEOUT && !m->hurry)) {
		bool news = err == CS_OK;

		err = cs_client_sync(m->c);
		if (news || most < (uint64_t)timeout_ms)
			member_event(m, "changed");
	}
	return err;
}

bool
cs_member_turn(struct cs_member *m, int timeout_ms)
{
	bool waited = false;
	enum cs_err err;

	if (m->c == NULL || !cs_client_online(m->c))
		return false;
	m->hurry = false;
	err = wait_for_news(m, timeout_ms, &waited);
	if (err == CS_OK || err == CS_ERR_TIMEOUT)
		return true;
	/* Somebody has locked the folder with a command. */
	if (err == CS_ERR_PASSPHRASE) {
		cs_client_close(m->c);
		m->c = NULL;
	}
	member_event(m, "state");
	/* A disk that is full, for instance, is not full for ever. */
	return waited && m->c != NULL && cs_client_online(m->c);
}
