/* SPDX-License-Identifier: MIT */
/*
 * The code that links a device, and the two letters that pass through the hub
 * (docs/PROTOCOL.md, "Linking a device").
 *
 * Both letters are sealed under keys of the code's secret: nobody without the
 * code can read or write one.  The answer is also sealed to a key in the
 * request: somebody who has seen the code, but whose number the user did not
 * confirm, cannot read it.
 */
#pragma once

#include "client/home/client.h"
#include "crypto/hpke.h"

#define CLIENT_LINK_SECRET_LEN 16 /* guessing is hopeless for ten minutes */

/* https://HUB[:PORT]/d#OPERATORKEY.SECRET */
struct client_code {
	char host[256];
	int port;
	uint8_t root[CS_KEY_LEN];
	uint8_t secret[CLIENT_LINK_SECRET_LEN];
};

/* CS_ERR_FORMAT, CS_ERR_LIMIT */
CS_CHECKED enum cs_err client_code_parse(
    struct client_code *out, const char *text);
void client_code_write(
    char out[static CS_CLIENT_CODE_SIZE], const struct client_code *code);
/* What both sides make of the secret; wipe it. */
struct client_link_keys {
	uint8_t rendezvous[CS_HASH_LEN]; /* the hub's name for it */
	struct cs_seal_key ask, answer;
	uint8_t number[CS_KEY_LEN];
};

CS_CHECKED enum cs_err client_link_keys_derive(
    struct client_link_keys *out, const struct client_code *code);
/* The new device's letter. */
struct client_link_ask {
	uint8_t device[CS_ID_LEN];
	uint8_t device_key[CS_KEY_LEN];
	uint8_t seal_key[CS_KEY_LEN]; /* for the answer (HPKE) */
	char name[CS_CLIENT_DEVICE_NAME_MAX + 1];
};

CS_CHECKED enum cs_err client_link_ask_seal(struct cs_buf *out,
    const struct client_link_keys *keys, const struct client_link_ask *ask);
/* CS_ERR_DECRYPT: it was not made with this code. */
CS_CHECKED enum cs_err client_link_ask_open(struct client_link_ask *out,
    const struct client_link_keys *keys, struct cs_view sealed);
/* What the user compares: digits of a MAC over the sealed letter. */
CS_CHECKED enum cs_err client_link_number(
    char out[static CS_CLIENT_CHECK_DIGITS + 1],
    const struct client_link_keys *keys, struct cs_view sealed_ask);
/* Seal the answer to ${sealed_ask}. */
CS_CHECKED enum cs_err client_link_answer_seal(struct cs_buf *out,
    const struct client_link_keys *keys,
    const uint8_t seal_key[static CS_KEY_LEN], struct cs_view sealed_ask,
    struct cs_view plain);
/* CS_ERR_DECRYPT: it answers another request. */
CS_CHECKED enum cs_err client_link_answer_open(struct cs_buf *out,
    const struct client_link_keys *keys, const struct cs_hpke_key *key,
    struct cs_view sealed_ask, struct cs_view sealed);
