/* SPDX-License-Identifier: MIT */
#include "net/session.h"

#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "crypto/hash.h"
#include "net/client.h"
#include "store/clock.h"

#define HELLO_MS 10000  /* the hub's first word */
#define ANSWER_MS 60000 /* an answer: a busy disk may take its time */
#define MINUTE_S 60
#define RETRY_MAX_S ((uint32_t)(2 * CS_DAY_S)) /* no limit is for longer */
#define PUSHES_MAX ((size_t)1 << 20)

static enum cs_err
take_hello(struct cs_session *s)
{
	struct cs_wire_frame frame;
	struct cs_wire_hello hello;
	enum cs_err err;

	if ((err = cs_net_client_await(s->net, &s->frame, HELLO_MS)) ||
	    (err = cs_wire_frame_parse(&frame, cs_buf_view(&s->frame))))
		return err;
	if (frame.kind != CS_WIRE_HELLO)
		return CS_ERR_FORMAT;
	/* A hello of another version may have another shape. */
	if (frame.body.len < 2 ||
	    (frame.body.data[0] << 8 | frame.body.data[1]) != CS_WIRE_VERSION)
		return CS_ERR_VERSION;
	if ((err = cs_wire_parse(&hello, &cs_wire_hello_shape, frame.body)) ||
	    (err = cs_buf_set(&s->info.stamp_cert, hello.stamp_cert)) ||
	    (err = cs_buf_set(&s->info.external_cert, hello.external_cert)) ||
	    (err = cs_buf_set(&s->info.desk_seal_cert, hello.desk_seal_cert)) ||
	    (err = cs_buf_set(&s->info.desk_sign_cert, hello.desk_sign_cert)) ||
	    (err = cs_buf_set(&s->info.tlog_cert, hello.tlog_cert)))
		return err;
	memcpy(s->info.name, hello.hub_name.data, hello.hub_name.len);
	s->info.name[hello.hub_name.len] = '\0';
	memcpy(s->info.challenge, hello.challenge, sizeof hello.challenge);
	s->info.clock_skew_ms = (int64_t)hello.now_ms - (int64_t)cs_clock_ms();
	return CS_OK;
}

enum cs_err
cs_session_open(struct cs_session *s, const struct cs_net_client_config *config)
{
	enum cs_err err;

	s->pushes.max = PUSHES_MAX;
	if ((err = cs_net_client_open(&s->net, config)) == CS_OK)
		err = take_hello(s);
	if (err == CS_OK)
		cs_net_client_validity(
		    s->net, &s->info.tls_from_s, &s->info.tls_until_s);
	if (err)
		cs_session_close(s);
	return err;
}

void
cs_session_close(struct cs_session *s)
{
	cs_net_client_close(s->net);
	cs_buf_free(&s->info.stamp_cert);
	cs_buf_free(&s->info.external_cert);
	cs_buf_free(&s->info.desk_seal_cert);
	cs_buf_free(&s->info.desk_sign_cert);
	cs_buf_free(&s->info.tlog_cert);
	cs_buf_free(&s->refusal_data);
	cs_buf_free(&s->frame);
	cs_buf_free(&s->pushes);
	memset(s, 0, sizeof *s);
}

enum cs_err
cs_session_send(struct cs_session *s, uint32_t *id, uint8_t kind,
    const struct cs_wire_shape *shape, const void *request)
{
	struct cs_buf frame = { 0 };
	enum cs_err err;

	if (++s->next_id == 0)
		s->next_id = 1;
	*id = s->next_id;
	if ((err = cs_wire_frame_head(&frame, kind, *id)) == CS_OK &&
	    (err = cs_wire_write(&frame, shape, request)) == CS_OK)
		err = cs_net_client_send(s->net, cs_buf_view(&frame));
	cs_buf_free(&frame);
	return err;
}

/* A push that comes while we wait for an answer is kept for later.  Too many:
 * they are hints, and the next look at the log replaces them. */
static void
keep_push(struct cs_session *s, struct cs_view frame)
{
	struct cs_writer w = cs_writer(&s->pushes);

	if (frame.len > PUSHES_MAX - 8 - s->pushes.len)
		return;
	cs_write_u32(&w, (uint32_t)frame.len);
	cs_write_bytes(&w, frame);
}

/* Our own words for it: a hub does not write on our users' screens. */
static void
say_why(struct cs_session *s)
{
	const char *unit = "seconds";
	uint32_t n = s->retry_s;

	if (n == 0) {
		snprintf(s->sentence, sizeof s->sentence, "%s",
		    s->code == CS_WIRE_E_LIMIT
			? "A limit is reached, and something has to go first."
			: cs_wire_code_text(s->code));
		return;
	}
	if (n > 2 * CS_HOUR_S) {
		n = (uint32_t)((n + CS_HOUR_S - 1) / CS_HOUR_S);
		unit = "hours";
	} else if (n > 2 * MINUTE_S) {
		n = (n + MINUTE_S - 1) / MINUTE_S;
		unit = "minutes";
	}
	if (n == 1)
		unit = "second";
	snprintf(s->sentence, sizeof s->sentence,
	    "A limit is reached. Try again in %lu %s.", (unsigned long)n, unit);
}

/* A refusal that is not what it should be is one without more to say. */
static void
read_retry(struct cs_session *s)
{
	struct cs_wire_retry retry;

	s->retry_s = 0;
	if (s->code == CS_WIRE_E_LIMIT &&
	    cs_wire_parse(&retry, &cs_wire_retry_shape,
		cs_buf_view(&s->refusal_data)) == CS_OK)
		s->retry_s =
		    retry.seconds < RETRY_MAX_S ? retry.seconds : RETRY_MAX_S;
}

static enum cs_err
refused(struct cs_session *s, struct cs_view body)
{
	struct cs_wire_error error;
	enum cs_err err;

	if ((err = cs_wire_parse(&error, &cs_wire_error_shape, body)) ||
	    (err = cs_buf_set(&s->refusal_data, error.data)))
		return err;
	s->code = error.code;
	read_retry(s);
	say_why(s);
	return CS_ERR_DENIED;
}

enum cs_err
cs_session_answer(struct cs_session *s, uint32_t id,
    const struct cs_wire_shape *shape, void *answer)
{
	struct cs_wire_frame frame;
	enum cs_err err;

	s->code = 0;
	for (;;) {
		if ((err = cs_net_client_await(s->net, &s->frame, ANSWER_MS)) ||
		    (err = cs_wire_frame_parse(&frame, cs_buf_view(&s->frame))))
			return err;
		if (frame.kind == CS_WIRE_PUSH)
			keep_push(s, cs_buf_view(&s->frame));
		else if (frame.id == id)
			break;
		else
			return CS_ERR_FORMAT;
	}
	if (frame.kind == CS_WIRE_ERROR)
		return refused(s, frame.body);
	if (frame.kind != CS_WIRE_ANSWER)
		return CS_ERR_FORMAT;
	return cs_wire_parse(answer, shape, frame.body);
}

enum cs_err
cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer)
{
	uint32_t id;
	enum cs_err err;

	if ((err = cs_session_send(s, &id, kind, request_shape, request)))
		return err;
	return cs_session_answer(s, id, answer_shape, answer);
}

enum cs_err
cs_session_wait(struct cs_session *s, uint64_t ms)
{
	uint64_t end = cs_clock_us() / 1000 + ms, now;
	struct cs_buf frame = { 0 };
	struct cs_wire_frame f;
	enum cs_err err = CS_OK;

	while (err == CS_OK && (now = cs_clock_us() / 1000) < end) {
		err = cs_net_client_recv(s->net, &frame, (int)(end - now));
		if (err == CS_OK &&
		    (err = cs_wire_frame_parse(&f, cs_buf_view(&frame))) ==
			CS_OK) {
			if (f.kind != CS_WIRE_PUSH)
				err = CS_ERR_FORMAT;
			else
				keep_push(s, cs_buf_view(&frame));
		}
	}
	cs_buf_free(&frame);
	return err == CS_ERR_TIMEOUT ? CS_OK : err;
}

/* Sign this connection. */
static enum cs_err
prove(uint8_t sig[static CS_SIGNATURE_LEN], struct cs_session *s, uint8_t role,
    const uint8_t id[static 16], const struct cs_sign_key *key)
{
	struct cs_buf tbs = { 0 };
	struct cs_wire_binding binding;
	enum cs_err err;

	if ((err = cs_net_client_binding(
		 s->net, &binding.kind, binding.value)) == CS_OK &&
	    (err = cs_wire_login_tbs(&tbs, role, id, s->info.challenge,
		 cs_view_str(s->info.name), &binding)) == CS_OK)
		err = cs_sign(sig, key, cs_buf_view(&tbs));
	cs_buf_free(&tbs);
	cs_wipe(&binding, sizeof binding);
	return err;
}

enum cs_err
cs_session_recover(struct cs_session *s, const struct cs_sign_key *key,
    struct cs_wire_recovered *answer)
{
	struct cs_wire_recover recover;
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err;

	memcpy(recover.account_key, key->public, CS_KEY_LEN);
	if ((err = cs_sha256(hash, CS_VIEW_OF(key->public))) ||
	    (err = prove(
		 recover.signature, s, CS_WIRE_ROLE_ACCOUNT, hash, key)))
		return err;
	return cs_session_call(s, CS_WIRE_RECOVER, &cs_wire_recover_shape,
	    &recover, &cs_wire_recovered_shape, answer);
}

enum cs_err
cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static 16], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer)
{
	struct cs_wire_login login = { .role = role };
	enum cs_err err;

	memcpy(login.device, device, sizeof login.device);
	if ((err = prove(login.signature, s, role, device, key)))
		return err;
	return cs_session_call(s, CS_WIRE_LOGIN, &cs_wire_login_shape, &login,
	    &cs_wire_login_answer_shape, answer);
}

static enum cs_err
parse_push(struct cs_wire_push *out, struct cs_view bytes)
{
	struct cs_wire_frame frame;
	enum cs_err err;

	if ((err = cs_wire_frame_parse(&frame, bytes)))
		return err;
	if (frame.kind != CS_WIRE_PUSH)
		return CS_ERR_FORMAT;
	return cs_wire_parse(out, &cs_wire_push_shape, frame.body);
}

enum cs_err
cs_session_push(struct cs_session *s, struct cs_wire_push *out, int timeout_ms)
{
	enum cs_err err;

	if (s->pushes.len != 0) {
		struct cs_reader r = cs_reader(cs_buf_view(&s->pushes));
		struct cs_view frame = cs_read_bytes(&r, cs_read_u32(&r));
		size_t used = s->pushes.len - r.left;

		if ((err = cs_buf_set(&s->frame, frame)))
			return err;
		memmove(s->pushes.data, s->pushes.data + used, r.left);
		s->pushes.len -= used;
	} else if ((err = cs_net_client_recv(s->net, &s->frame, timeout_ms))) {
		return err;
	}
	return parse_push(out, cs_buf_view(&s->frame));
}
