/* SPDX-License-Identifier: MIT */
/*
 * Requests and answers over a client connection; used by
 * members and by the desk.
 */
#pragma once

#include "crypto/sign.h"
#include "net/client.h"
#include "wire/messages.h"

/* What an operator's certificates say, once they verified under the root. */
struct cs_hub_info {
	char name[256];
	uint8_t challenge[32];
	int64_t clock_skew_ms; /* hub's time minus ours */
	/* When its TLS certificate is valid, if config->clock asks for it. */
	uint64_t tls_from_s, tls_until_s;
	struct cs_buf stamp_cert, external_cert;
	struct cs_buf desk_seal_cert, desk_sign_cert; /* empty: no desk yet */
	struct cs_buf tlog_cert;                      /* empty: no log yet */
};

struct cs_session {
	struct cs_net_client *net;
	struct cs_hub_info info;
	uint32_t next_id;
	/* Of the last request that the hub refused: CS_ERR_DENIED. */
	uint16_t code;
	struct cs_buf refusal_data;
	uint32_t retry_s; /* of CS_WIRE_E_LIMIT; 0: waiting does not help */
	char sentence[CS_WIRE_SENTENCE_MAX + 1];
	struct cs_buf frame;  /* the last answer: views point into it */
	struct cs_buf pushes; /* frames that came between: u32 length, frame */
};

/* Connect, and take the hub's hello.  CS_ERR_VERSION: it speaks another one.
 * ${s} is the caller's memory, all zero; end with cs_session_close(). */
CS_CHECKED enum cs_err cs_session_open(
    struct cs_session *s, const struct cs_net_client_config *config);
void cs_session_close(struct cs_session *s);

/*
 * Send a request, wait for its answer and parse it into ${answer}, whose views
 * live until the next call.  CS_ERR_DENIED: the hub refused; see ${s->code}.
 */
CS_CHECKED enum cs_err cs_session_call(struct cs_session *s, uint8_t kind,
    const struct cs_wire_shape *request_shape, const void *request,
    const struct cs_wire_shape *answer_shape, void *answer);

/* Send without waiting; ${*id} is to be given to cs_session_answer(). */
CS_CHECKED enum cs_err cs_session_send(struct cs_session *s, uint32_t *id,
    uint8_t kind, const struct cs_wire_shape *request_shape,
    const void *request);
CS_CHECKED enum cs_err cs_session_answer(struct cs_session *s, uint32_t id,
    const struct cs_wire_shape *answer_shape, void *answer);

/* Let ${ms} pass while the connection lives on; pushes are kept.
 * CS_ERR_CLOSED */
CS_CHECKED enum cs_err cs_session_wait(struct cs_session *s, uint64_t ms);

/* Prove who we are: a device's key, or the desk's with a zero ${device}. */
CS_CHECKED enum cs_err cs_session_login(struct cs_session *s, uint8_t role,
    const uint8_t device[static 16], const struct cs_sign_key *key,
    struct cs_wire_login_answer *answer);

/* Prove to have an account's recovery key, and learn which account that is
 * (CS_WIRE_RECOVER). */
CS_CHECKED enum cs_err cs_session_recover(struct cs_session *s,
    const struct cs_sign_key *key, struct cs_wire_recovered *answer);

/* Wait for the next push; CS_ERR_TIMEOUT when none comes. */
CS_CHECKED enum cs_err cs_session_push(
    struct cs_session *s, struct cs_wire_push *out, int timeout_ms);
