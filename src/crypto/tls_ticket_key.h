/* SPDX-License-Identifier: MIT */
/*
 * The keys of session tickets (RFC 8446, section 4.6.1; RFC 5077, section 4):
 * AES-256-CBC, then HMAC-SHA256.  They come from outside, so that several
 * processes take each other's tickets and all change keys at once.
 */
#pragma once

#include "base/bytes.h"

/* Random bytes: 16 that name the key, 32 for AES, 32 for HMAC. */
#define CS_TLS_TICKET_KEY_LEN 80

/* A ticket is good for so long, and so is all that goes back to one proof of
 * the server's key: whoever steals the keys of tickets can play the server
 * towards those who have one. */
#define CS_TLS_TICKET_LIFE_S 7200

struct cs_tls_ticket_keys;

/* None yet: use_on() after set() only.  CS_ERR_CRYPTO, CS_ERR_NOMEM */
CS_CHECKED enum cs_err cs_tls_ticket_keys_new(struct cs_tls_ticket_keys **out);
/* Wipes them.  After the SSL_CTX that they are used on, and its sessions. */
void cs_tls_ticket_keys_free(struct cs_tls_ticket_keys *keys);

/* From now on, tickets are made with ${now}; those made with ${before}, which
 * may be NULL, are taken, too, and no others. */
void cs_tls_ticket_keys_set(struct cs_tls_ticket_keys *keys,
    const uint8_t now[static CS_TLS_TICKET_KEY_LEN], const uint8_t *before);

/* Have ${ssl_ctx} give one ticket a handshake under ${keys}, and take them.
 * CS_ERR_CRYPTO */
CS_CHECKED enum cs_err cs_tls_ticket_keys_use_on(
    struct cs_tls_ticket_keys *keys, void *ssl_ctx);
