/* SPDX-License-Identifier: MIT */
/*
 * A new device asks to be let into an account.  Its keys and its letter are
 * stored before the letter leaves, so that what breaks off is continued with
 * the same code.
 */
#include <string.h>
#include <unistd.h>

#include "client/account/seal.h"
#include "client/home/client.h"
#include "client/home/home.h"
#include "client/home/problem.h"
#include "client/hub/call.h"
#include "client/hub/reach.h"
#include "client/joining/handover.h"
#include "client/joining/letters.h"
#include "crypto/random.h"

#define LINKING "linking"
#define LINKING_VERSION 1
#define LOOK_S 1 /* between two requests for the answer */

struct request {
	char code[CS_CLIENT_CODE_SIZE];
	struct cs_hpke_key seal_key;
	struct cs_buf sealed; /* the letter */
	bool history;         /* asked for in it */
};

static void
request_clear(struct request *r)
{
	cs_buf_free(&r->sealed);
	cs_wipe(r, sizeof *r);
}

static enum cs_err
request_store(struct cs_client *c, const struct request *r)
{
	struct cs_buf plain = { 0 };
	struct cs_writer w = cs_writer(&plain);
	enum cs_err err;

	cs_write_u8(&w, LINKING_VERSION);
	cs_write_vec(&w, cs_view_str(r->code));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.device));
	cs_write_bytes(&w, CS_VIEW_OF(c->self.device_key.seed));
	cs_write_bytes(&w, cs_hpke_key_private(&r->seal_key));
	cs_write_vec(&w, cs_buf_view(&r->sealed));
	cs_write_u8(&w, r->history);
	if ((err = cs_writer_end(&w)) == CS_OK)
		err = cs_vault_config_set(
		    c->db, &c->key, LINKING, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

/* CS_ERR_NOT_FOUND: this folder has not asked with this code. */
static enum cs_err
request_load(struct request *out, struct cs_client *c, const char *code)
{
	uint8_t device[CS_ID_LEN], seed[CS_SIGN_SEED_LEN],
	    private[CS_X25519_LEN];
	struct cs_buf plain = { 0 };
	struct cs_view sealed;
	struct cs_reader r;
	enum cs_err err;

	if ((err = cs_vault_config_get(&plain, c->db, &c->key, LINKING)))
		goto out;
	r = cs_reader(cs_buf_view(&plain));
	if (cs_read_u8(&r) != LINKING_VERSION)
		cs_reader_fail(&r, CS_ERR_CORRUPT);
	cs_read_string(&r, out->code, sizeof out->code);
	cs_read_copy(&r, device, sizeof device);
	cs_read_copy(&r, seed, sizeof seed);
	cs_read_copy(&r, private, sizeof private);
	sealed = cs_read_vec(&r);
	out->history = cs_read_optional(&r);
	if (cs_reader_end(&r) != CS_OK) {
		err = CS_ERR_CORRUPT;
		goto out;
	}
	if (strcmp(out->code, code) != 0) {
		err = CS_ERR_NOT_FOUND;
		goto out;
	}
	memcpy(c->self.device, device, sizeof device);
	if ((err = cs_sign_key_from_seed(&c->self.device_key, seed)) ||
	    (err = cs_hpke_key_from_private(
		 &out->seal_key, CS_DHKEM_X25519, CS_VIEW_OF(private))))
		goto out;
	err = cs_buf_set(&out->sealed, sealed);
out:
	cs_buf_free(&plain);
	cs_wipe(seed, sizeof seed);
	cs_wipe(private, sizeof private);
	return err;
}

static enum cs_err
request_new(struct request *out, struct cs_client *c,
    const struct client_link_keys *keys, const struct cs_client_joining *d)
{
	struct client_link_ask ask = { .history = d->history };
	enum cs_err err;

	cs_random(c->self.device, sizeof c->self.device);
	if ((err = cs_sign_key_new(&c->self.device_key)) ||
	    (err = cs_hpke_key_new(&out->seal_key, CS_DHKEM_X25519)))
		return err;
	memcpy(out->code, d->code, strlen(d->code) + 1);
	out->history = d->history;
	memcpy(ask.device, c->self.device, sizeof ask.device);
	memcpy(
	    ask.device_key, c->self.device_key.public, sizeof ask.device_key);
	memcpy(ask.seal_key, cs_hpke_key_public(&out->seal_key).data,
	    sizeof ask.seal_key);
	memcpy(ask.name, d->name, strlen(d->name) + 1);
	if ((err = client_link_ask_seal(&out->sealed, keys, &ask)))
		return err;
	return request_store(c, out);
}

/* ---- the hub ------------------------------------------------------------ */

/* Leave the letter with the hub, unless it is there, and fetch the answer:
 * empty if there is none yet. */
static enum cs_err
look(struct cs_buf *out, struct cs_client *c, const struct request *r,
    const struct client_link_keys *keys)
{
	struct cs_wire_link_ask ask = { .sealed = cs_buf_view(&r->sealed) };
	struct cs_wire_link take;
	struct cs_wire_link_answer answer;
	enum cs_err err;

	memcpy(ask.rendezvous, keys->rendezvous, sizeof ask.rendezvous);
	memcpy(take.rendezvous, keys->rendezvous, sizeof take.rendezvous);
	if ((err = client_reach(c)) ||
	    (err = client_call_empty(
		 c, CS_WIRE_LINK_ASK, &cs_wire_link_ask_shape, &ask)) ||
	    (err = client_call(c, CS_WIRE_LINK_TAKE, &cs_wire_link_shape, &take,
		 &cs_wire_link_answer_shape, &answer)) ||
	    (err = cs_buf_set(out, answer.sealed)))
		return err;
	/* The hub closes connections of strangers that wait. */
	client_offline(c);
	return CS_OK;
}

/* A request, and what it needs to be told what comes back. */
struct asking {
	const struct request *r;
	const struct client_code *code;
	const struct client_link_keys *keys;
	void (*asked)(const char *number);
	bool shown;
};

/* The other device opened its commitment: the number can be compared. */
static enum cs_err
show_number(struct cs_client *c, struct asking *a, struct cs_view sealed)
{
	char number[CS_CLIENT_CHECK_DIGITS + 1];
	struct client_link_opening opening;
	enum cs_err err =
	    client_link_opening_open(&opening, a->keys, a->code, sealed);

	if (err && cs_err_class(err) == CS_ERR_CLASS_THEIRS)
		return client_problem(c, err,
		    "What the hub gave was not made by the device that shows "
		    "the code (%s). Nothing was joined: make a new code there.",
		    cs_err_name(err));
	if (err || a->shown ||
	    (err = client_link_number(
		 number, &opening, cs_buf_view(&a->r->sealed))))
		return err;
	a->shown = true;
	a->asked(number);
	return CS_OK;
}

/* Take what lies in the mailbox; ${out} is empty if the user of the other
 * device has not agreed yet. */
static enum cs_err
take_mail(struct cs_buf *out, struct cs_client *c, struct asking *a,
    struct cs_view mail)
{
	struct client_link_mail parts;
	enum cs_err err;

	cs_buf_reset(out);
	if (mail.len == 0)
		return CS_OK;
	if ((err = client_link_mail_parse(&parts, mail)))
		return client_problem(c, err,
		    "The hub gave an answer that makes no sense (%s).",
		    cs_err_name(err));
	if ((err = show_number(c, a, parts.opening)))
		return err;
	return cs_buf_set(out, parts.answer);
}

static enum cs_err
wait_for_answer(struct cs_buf *out, struct cs_client *c, struct asking *a)
{
	uint64_t until = cs_clock_ms() + CLIENT_LINK_S * CS_SECOND_MS;
	struct cs_buf mail = { 0 };
	bool reached = false;
	enum cs_err err;

	for (;;) {
		err = look(&mail, c, a->r, a->keys);
		if (err == CS_OK)
			err = take_mail(out, c, a, cs_buf_view(&mail));
		cs_buf_free(&mail);
		if (err == CS_OK && out->len != 0)
			return CS_OK;
		/* Once the hub has been reached, the connection may break and
		 * come back. */
		if (err && !(err == CS_ERR_CLOSED && reached))
			return err;
		reached = true;
		if (cs_clock_ms() >= until)
			return client_problem(c, CS_ERR_EXPIRED,
			    "The other device did not agree within %d "
			    "minutes, or the code is not valid any more. Make "
			    "a new one there: countersign link.",
			    CLIENT_LINK_S / 60);
		sleep(LOOK_S);
	}
}

/* ---- being let in ------------------------------------------------------- */

static enum cs_err
store(struct cs_client *c, const struct request *r, struct cs_view plain)
{
	enum cs_err err;

	if ((err = cs_db_begin(c->db)))
		return err;
	if ((err = client_handover_take(c, plain, r->history)) == CS_OK &&
	    (err = cs_vault_config_set(
		 c->db, &c->key, "joined", cs_view_str("yes"))) == CS_OK)
		err = cs_db_exec(
		    c->db, "DELETE FROM config WHERE name='linking'");
	return cs_db_end(c->db, err);
}

static enum cs_err
take_answer(struct cs_client *c, const struct request *r,
    const struct client_link_keys *keys, struct cs_view sealed)
{
	struct cs_buf plain = { 0 };
	enum cs_err err;

	err = client_link_answer_open(
	    &plain, keys, &r->seal_key, cs_buf_view(&r->sealed), sealed);
	if (err == CS_ERR_DECRYPT)
		err = client_problem(c, err,
		    "Another device has used this code. If it is not yours, "
		    "remove it: countersign devices.");
	else if (err == CS_OK)
		err = store(c, r, cs_buf_view(&plain));
	cs_buf_free(&plain);
	return err;
}

static enum cs_err
join(struct cs_client *c, const struct client_code *code,
    const struct cs_client_joining *d)
{
	struct client_link_keys keys;
	struct request r = { 0 };
	struct cs_buf sealed = { 0 };
	struct asking asking = { &r, code, &keys, d->asked, false };
	enum cs_err err;

	if ((err = client_home_check_new(c)))
		return err;
	memcpy(c->self.host, code->host, sizeof c->self.host);
	c->self.port = code->port;
	memcpy(c->self.root, code->root, sizeof c->self.root);
	c->self.hub[0] = '\0';
	if ((err = client_link_keys_derive(&keys, code)))
		goto out;
	err = request_load(&r, c, d->code);
	if (err == CS_ERR_NOT_FOUND) {
		request_clear(&r);
		err = request_new(&r, c, &keys, d);
	}
	if (err || (err = client_reach(c)))
		goto out;
	if ((err = wait_for_answer(&sealed, c, &asking)) == CS_OK)
		err = take_answer(c, &r, &keys, cs_buf_view(&sealed));
out:
	request_clear(&r);
	cs_buf_free(&sealed);
	cs_wipe(&keys, sizeof keys);
	return err;
}

enum cs_err
cs_client_join_device(const char *home, const struct cs_client_joining *d,
    struct cs_view passphrase, char problem[static 256])
{
	struct client_code code;
	struct cs_client *c = NULL;
	enum cs_err err;

	problem[0] = '\0';
	if ((err = client_code_parse(&code, d->code))) {
		strcpy(problem,
		    "That is not the code of a device. It looks like "
		    "https://HUB/d#KEY.SECRET; put it in quotes, so that the "
		    "shell leaves the part behind # alone.");
		return err;
	}
	if (!client_device_name_valid(d->name)) {
		strcpy(problem,
		    "The name of a device has 1 to 64 bytes of UTF-8 on one "
		    "line.");
		err = CS_ERR_FORMAT;
		goto out;
	}
	if ((err = client_home_new(&c, home, passphrase)))
		goto out;
	err = join(c, &code, d);
	if (err) {
		size_t n = strnlen(c->problem, 255);

		memcpy(problem, c->problem, n);
		problem[n] = '\0';
	}
	cs_client_close(c);
out:
	cs_wipe(&code, sizeof code);
	return err;
}
