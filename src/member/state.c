/* SPDX-License-Identifier: MIT */
#include "member/state.h"

#include <string.h>

#include "base/text.h"
#include "base/wipe.h"
#include "member/events.h"
#include "member/take.h"

/* ---- who one is --------------------------------------------------------- */

static const char *
phase(const struct member_call *k)
{
	bool needed;
	enum cs_err err;

	if (k->m->c != NULL)
		return "open";
	if (k->m->nobody)
		return "none";
	err = cs_client_needs_passphrase(&needed, k->m->config.home);
	return err == CS_ERR_NOT_FOUND ? "none" : "locked";
}

/* What the hub was caught at, with its log. */
static void
show_log(struct member_call *k, struct cs_client *c)
{
	static const char *const names[] = {
		[CS_CLIENT_LOG_FORK] = "fork",
		[CS_CLIENT_LOG_ENTRY] = "entry",
		[CS_CLIENT_LOG_UNSIGNED] = "unsigned",
	};
	struct cs_client_log log;

	if (cs_client_log(&log, c) != CS_OK || log.fault == CS_CLIENT_LOG_FINE)
		return;
	cs_json_string(k->out, "log", names[log.fault]);
	cs_json_bool(k->out, "log_accepted", log.accepted);
}

static void
show_self(struct member_call *k, struct cs_client *c)
{
	char key[CS_CLIENT_OPERATOR_KEY_SIZE], clock[64];
	char words[CS_CLIENT_WORDS_SIZE];
	bool locks = false;

	cs_client_operator_key(c, key);
	cs_json_string(k->out, "name", cs_client_handle(c));
	cs_json_string(k->out, "hub", cs_client_hub(c));
	cs_json_hex(
	    k->out, "account", cs_view(cs_client_account(c), CS_ID_LEN));
	cs_json_hex(k->out, "device", cs_view(cs_client_device(c), CS_ID_LEN));
	cs_json_string(k->out, "operator_key", key);
	cs_json_bool(
	    k->out, "words_here", cs_client_recovery_words(c, words) == CS_OK);
	cs_wipe(words, sizeof words);
	cs_json_bool(k->out, "locks",
	    cs_client_needs_passphrase(&locks, k->m->config.home) == CS_OK &&
		locks);
	if (cs_client_clock_differs(c, clock))
		cs_json_string(k->out, "clock", clock);
	show_log(k, c);
}

enum cs_err
member_state(struct member_call *k)
{
	struct cs_client *c = k->m->c;

	cs_json_object(k->out, "give");
	cs_json_string(k->out, "phase", phase(k));
	cs_json_bool(k->out, "online", c != NULL && cs_client_online(c));
	if (c != NULL)
		show_self(k, c);
	cs_json_close(k->out);
	return CS_OK;
}

/* ---- opening ------------------------------------------------------------ */

static void
close_home(struct cs_member *m)
{
	cs_client_prepared_report_free(m->prepared);
	cs_client_linking_free(m->linking);
	cs_client_close(m->c);
	m->prepared = NULL;
	m->linking = NULL;
	m->c = NULL;
}

static enum cs_err
open_home(struct member_call *k)
{
	enum cs_err err = cs_client_open(
	    &k->m->c, k->m->config.home, member_view(k, "passphrase"));

	if (err)
		k->m->c = NULL;
	if (err == CS_ERR_PASSPHRASE)
		return member_fail(k, err, "That is not the passphrase.");
	k->m->nobody = err == CS_ERR_NOT_FOUND;
	member_event(k->m, "state");
	if (k->m->nobody)
		return member_fail(
		    k, err, "Nobody has joined on this device yet.");
	return err;
}

enum cs_err
member_open(struct member_call *k)
{
	return k->m->c != NULL ? CS_OK : open_home(k);
}

enum cs_err
member_lock(struct member_call *k)
{
	bool needed = false;
	enum cs_err err =
	    cs_client_needs_passphrase(&needed, k->m->config.home);

	if (err == CS_OK && !needed)
		return member_fail(k, CS_ERR_MISUSE,
		    "Set a passphrase first: without one, nothing is locked.");
	if (err)
		return err;
	close_home(k->m);
	member_event(k->m, "state");
	return CS_OK;
}

enum cs_err
member_connect(struct member_call *k)
{
	enum cs_err err;

	if (k->m->connected && cs_client_online(k->c))
		return CS_OK;
	err = cs_client_connect(k->c);
	k->m->connected = err == CS_OK;
	member_event(k->m, "state");
	member_event(k->m, "changed");
	return err;
}

enum cs_err
member_log_accept(struct member_call *k)
{
	enum cs_err err = cs_client_log_accept(k->c);

	member_event(k->m, "state");
	return err;
}

/* ---- beginning ---------------------------------------------------------- */

/* A home that was made is opened; what went wrong is a sentence. */
static enum cs_err
begun(struct member_call *k, enum cs_err err, const char *problem)
{
	if (err == CS_OK)
		return open_home(k);
	return problem[0] != '\0' ? member_fail(k, err, "%s", problem) : err;
}

static enum cs_err
refuse_second(struct member_call *k)
{
	if (k->m->c != NULL)
		return member_fail(k, CS_ERR_EXISTS,
		    "This device belongs to %s already.",
		    cs_client_handle(k->m->c));
	/* What an attempt that fails leaves is nobody's, either. */
	k->m->nobody = strcmp(phase(k), "none") == 0;
	return CS_OK;
}

enum cs_err
member_join(struct member_call *k)
{
	char problem[256] = "";
	enum cs_err err = refuse_second(k);

	if (err)
		return err;
	err = cs_client_join(k->m->config.home, member_text(k, "link"),
	    member_text(k, "name"), member_view(k, "passphrase"), problem);
	return begun(k, err, problem);
}

enum cs_err
member_recover(struct member_call *k)
{
	const struct cs_client_recovery r = {
		.link = member_text(k, "link"),
		.words = member_text(k, "words"),
		.device_name = member_text(k, "device_name"),
		.others = member_bool(k, "remove_others")
		    ? CS_CLIENT_REMOVE_DEVICES
		    : CS_CLIENT_KEEP_DEVICES,
	};
	char problem[256] = "";
	enum cs_err err = refuse_second(k);

	if (err)
		return err;
	err = cs_client_recover(
	    k->m->config.home, &r, member_view(k, "passphrase"), problem);
	return begun(k, err, problem);
}

enum cs_err
member_join_device(struct member_call *k)
{
	const struct cs_client_joining d = {
		.code = member_text(k, "code"),
		.name = member_text(k, "name"),
		.history = member_bool(k, "history"),
		.asked = member_event_number,
	};
	char problem[256] = "";
	enum cs_err err = refuse_second(k);

	if (err)
		return err;
	err = cs_client_join_device(
	    k->m->config.home, &d, member_view(k, "passphrase"), problem);
	return begun(k, err, problem);
}

/* ---- words -------------------------------------------------------------- */

enum cs_err
member_words(struct member_call *k)
{
	char words[CS_CLIENT_WORDS_SIZE], link[CS_CLIENT_CODE_SIZE];
	enum cs_err err = cs_client_recovery_words(k->c, words);

	if (err)
		return err;
	cs_client_recovery_link(k->c, link);
	cs_json_object(k->out, "give");
	cs_json_string(k->out, "words", words);
	cs_json_string(k->out, "link", link);
	cs_json_close(k->out);
	cs_wipe(words, sizeof words);
	return CS_OK;
}

enum cs_err
member_words_check(struct member_call *k)
{
	enum cs_err err =
	    cs_client_recovery_check(k->c, member_text(k, "words"));

	if (err != CS_OK && err != CS_ERR_MISMATCH && err != CS_ERR_FORMAT)
		return err;
	cs_json_object(k->out, "give");
	cs_json_bool(k->out, "right", err == CS_OK);
	cs_json_close(k->out);
	return CS_OK;
}

enum cs_err
member_words_renew(struct member_call *k)
{
	return cs_client_recovery_renew(k->c, member_text(k, "words"));
}

enum cs_err
member_words_forget(struct member_call *k)
{
	return cs_client_recovery_forget(k->c);
}

enum cs_err
member_passphrase(struct member_call *k)
{
	return cs_client_passphrase(k->c, member_view(k, "passphrase"));
}

enum cs_err
member_wipe(struct member_call *k)
{
	enum cs_err err = cs_client_wipe(k->m->config.home);

	close_home(k->m);
	member_event(k->m, "state");
	return err;
}
