/* SPDX-License-Identifier: MIT */
/* A device of the account lets in another one. */
#include <string.h>

#include "base/alloc.h"
#include "client/account/device.h"
#include "client/home/client.h"
#include "client/home/credential.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/joining/handover.h"
#include "client/joining/history_give.h"
#include "client/joining/letters.h"
#include "crypto/random.h"

struct cs_client_linking {
	char code[CS_CLIENT_CODE_SIZE];
	uint64_t ends_ms;
	struct client_link_keys keys;
	struct client_link_opening opening;
	struct cs_buf sealed_ask; /* empty: nobody has asked yet */
	struct client_link_ask ask;
	char number[CS_CLIENT_CHECK_DIGITS + 1];
};

bool
cs_client_linking_wants_history(const struct cs_client_linking *l)
{
	return l->ask.history;
}

void
cs_client_linking_free(struct cs_client_linking *l)
{
	if (l == NULL)
		return;
	cs_buf_free(&l->sealed_ask);
	cs_free(l, sizeof *l);
}

const char *
cs_client_linking_code(const struct cs_client_linking *l)
{
	return l->code;
}

const char *
cs_client_linking_name(const struct cs_client_linking *l)
{
	return l->ask.name;
}

const char *
cs_client_linking_number(const struct cs_client_linking *l)
{
	return l->number;
}

/* Open the rendezvous at the hub, or fetch what has arrived there. */
static enum cs_err
look(struct cs_client_linking *l, struct cs_client *c)
{
	struct cs_wire_link ask;
	struct cs_wire_link_ask answer;
	enum cs_err err;

	memcpy(ask.rendezvous, l->keys.rendezvous, sizeof ask.rendezvous);
	if ((err = client_call(c, CS_WIRE_LINK_OPEN, &cs_wire_link_shape, &ask,
		 &cs_wire_link_ask_shape, &answer)))
		return err;
	return cs_buf_set(&l->sealed_ask, answer.sealed);
}

enum cs_err
cs_client_linking_new(struct cs_client_linking **out, struct cs_client *c)
{
	struct cs_client_linking *l;
	struct client_code code = { .port = c->self.port };
	enum cs_err err;

	*out = NULL;
	if ((err = client_need_hub(c)))
		return err;
	if (c->link.login.devices >= CS_WIRE_DEVICES_MAX)
		return client_problem(c, CS_ERR_LIMIT,
		    "An account has at most %d devices. Remove one first: "
		    "countersign devices shows them.",
		    CS_WIRE_DEVICES_MAX);
	if ((l = cs_calloc(1, sizeof *l)) == NULL)
		return CS_ERR_NOMEM;
	memcpy(code.host, c->self.host, sizeof code.host);
	memcpy(code.root, c->self.root, sizeof code.root);
	l->ends_ms = cs_clock_ms() + CLIENT_LINK_S * CS_SECOND_MS;
	if ((err = client_link_commit(&l->opening, &code)) == CS_OK &&
	    (err = client_link_keys_derive(&l->keys, &code)) == CS_OK) {
		client_code_write(l->code, &code);
		err = look(l, c);
	}
	cs_wipe(&code, sizeof code);
	if (err) {
		cs_client_linking_free(l);
		return err;
	}
	*out = l;
	return CS_OK;
}

/* Open the commitment in the mailbox, and leave an answer, or none yet. */
static enum cs_err
leave(const struct cs_client_linking *l, struct cs_client *c,
    struct cs_view answer)
{
	struct client_link_mail mail = { .answer = answer };
	struct cs_wire_link_answer m;
	struct cs_buf opening = { 0 }, bytes = { 0 };
	enum cs_err err;

	if ((err = client_link_opening_seal(&opening, &l->keys, &l->opening)))
		goto out;
	mail.opening = cs_buf_view(&opening);
	if ((err = client_link_mail_write(&bytes, &mail)))
		goto out;
	if (bytes.len > CS_WIRE_LINK_ANSWER_MAX) {
		err = client_problem(c, CS_ERR_LIMIT,
		    "There are too many contacts and conversations to hand "
		    "over at once.");
		goto out;
	}
	memcpy(m.rendezvous, l->keys.rendezvous, sizeof m.rendezvous);
	m.sealed = cs_buf_view(&bytes);
	err = client_call_empty(
	    c, CS_WIRE_LINK_ANSWER, &cs_wire_link_answer_shape, &m);
out:
	cs_buf_free(&opening);
	cs_buf_free(&bytes);
	return err;
}

static enum cs_err
take_ask(struct cs_client_linking *l, struct cs_client *c)
{
	struct cs_view sealed = cs_buf_view(&l->sealed_ask);
	enum cs_err err = client_link_ask_open(&l->ask, &l->keys, sealed);

	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return client_problem(c, err,
		    "What came with this code was not made with it (%s). "
		    "Nothing was given away. Make a new code.",
		    cs_err_name(err));
	/* From here on the request stays: the hub keeps the first one, and so
	 * does this device, which has opened what it committed to. */
	if (err || (err = leave(l, c, cs_view(NULL, 0))))
		return err;
	return client_link_number(l->number, &l->opening, sealed);
}

enum cs_err
cs_client_linking_wait(
    struct cs_client_linking *l, struct cs_client *c, int timeout_ms)
{
	enum cs_err err;

	if (cs_clock_ms() >= l->ends_ms)
		return client_problem(c, CS_ERR_EXPIRED,
		    "No device came within %d minutes; the code is over. Make "
		    "a new one.",
		    CLIENT_LINK_S / 60);
	if (l->sealed_ask.len == 0 && (err = look(l, c)))
		return err;
	if (l->sealed_ask.len != 0)
		return take_ask(l, c);
	/* Whatever was announced, the next call looks again. */
	err = cs_client_wait(c, timeout_ms);
	return err ? err : CS_ERR_TIMEOUT;
}

/* ---- agreed ------------------------------------------------------------- */

static enum cs_err
answer(const struct cs_client_linking *l, struct cs_client *c,
    struct cs_view credential, const struct client_archive_key *history)
{
	struct cs_buf plain = { 0 }, sealed = { 0 };
	enum cs_err err;

	if ((err = client_handover_write(&plain, c, credential, history)) ||
	    (err = client_link_answer_seal(&sealed, &l->keys, l->ask.seal_key,
		 cs_buf_view(&l->sealed_ask), cs_buf_view(&plain))))
		goto out;
	err = leave(l, c, cs_buf_view(&sealed));
out:
	cs_buf_free(&plain);
	cs_buf_free(&sealed);
	return err;
}

/* The device is added first, so that what it is handed works. */
static enum cs_err
let_in(const struct cs_client_linking *l, struct cs_client *c,
    const struct client_archive_key *history)
{
	const struct client_new_device device = { l->ask.device,
		l->ask.device_key };
	struct cs_buf credential = { 0 };
	enum cs_err err = client_credential_make(&credential, c, &device);

	if (err == CS_ERR_LIMIT)
		err = client_problem(c, err,
		    "This device is the last of a row of %d, each let in by "
		    "the one before. Let the new one in from an earlier "
		    "device, or with the recovery words: countersign recover.",
		    CS_CHAIN_MAX);
	if (err == CS_OK &&
	    (err = client_device_add(c, cs_buf_view(&credential), l->ask.device,
		 l->ask.name)) == CS_OK)
		err = answer(l, c, cs_buf_view(&credential), history);
	cs_buf_free(&credential);
	return err;
}

enum cs_err
cs_client_linking_agree(
    struct cs_client_linking *l, struct cs_client *c, enum cs_client_give give)
{
	struct client_archive_key history;
	enum cs_err err, undone;

	if (l->sealed_ask.len == 0)
		return CS_ERR_MISUSE;
	if (give == CS_CLIENT_GIVE_NO_HISTORY || !l->ask.history)
		return let_in(l, c, NULL);
	cs_random(history.b, sizeof history.b);
	err = client_history_promise(c, l->ask.device, &history);
	if (err == CS_ERR_EXISTS)
		return client_problem(c, err,
		    "The messages from before are on their way to another "
		    "device. Link this one when they are there, or without "
		    "them.");
	if (err == CS_OK && (err = let_in(l, c, &history)) != CS_OK) {
		undone = client_history_unpromise(c);
		err = undone ? undone : err;
	}
	cs_wipe(&history, sizeof history);
	return err;
}
