/* SPDX-License-Identifier: MIT */
/*
 * The code that links a device, and the three letters that pass through the hub
 * (docs/PROTOCOL.md, "Linking a device").
 *
 * The secret in the code is the hash of a number that the device which shows it
 * keeps back.  The new device asks; then the number is opened, and both sides
 * make the check number of it and of what was asked.  So whoever has seen the
 * code, and stands in between with the hub's help, has to ask before they know
 * which digits will be compared: one try in a million, and no more.
 *
 * All letters are sealed under keys of the code's secret: nobody without the
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
/* What the code's secret commits to. */
struct client_link_opening {
	uint8_t b[CS_HASH_LEN];
};
/* Choose one, and the secret of a code that commits to it. */
CS_CHECKED enum cs_err client_link_commit(
    struct client_link_opening *out, struct client_code *code);

/* What both sides make of the secret; wipe it. */
struct client_link_keys {
	uint8_t rendezvous[CS_HASH_LEN]; /* the hub's name for it */
	struct cs_seal_key ask, answer;
};

CS_CHECKED enum cs_err client_link_keys_derive(
    struct client_link_keys *out, const struct client_code *code);
/* The new device's letter. */
struct client_link_ask {
	uint8_t device[CS_ID_LEN];
	uint8_t device_key[CS_KEY_LEN];
	uint8_t seal_key[CS_KEY_LEN]; /* for the answer (HPKE) */
	char name[CS_CLIENT_DEVICE_NAME_MAX + 1];
	bool history; /* it asks for what was said before */
};

CS_CHECKED enum cs_err client_link_ask_seal(struct cs_buf *out,
    const struct client_link_keys *keys, const struct client_link_ask *ask);
/* CS_ERR_DECRYPT: it was not made with this code. */
CS_CHECKED enum cs_err client_link_ask_open(struct client_link_ask *out,
    const struct client_link_keys *keys, struct cs_view sealed);
/*
 * What the hub keeps for the new device: opening<V> | answer<V>, the answer
 * empty until the user has agreed.
 */
struct client_link_mail {
	struct cs_view opening, answer;
};
CS_CHECKED enum cs_err client_link_mail_write(
    struct cs_buf *out, const struct client_link_mail *mail);
CS_CHECKED enum cs_err client_link_mail_parse(
    struct client_link_mail *out, struct cs_view in);

/* The letter that opens the commitment, sealed; and the way back.
 * CS_ERR_DECRYPT: it was not made with this code; CS_ERR_MISMATCH: the code
 * commits to something else. */
CS_CHECKED enum cs_err client_link_opening_seal(struct cs_buf *out,
    const struct client_link_keys *keys,
    const struct client_link_opening *opening);
CS_CHECKED enum cs_err client_link_opening_open(struct client_link_opening *out,
    const struct client_link_keys *keys, const struct client_code *code,
    struct cs_view sealed);
/* What the user compares: digits of a MAC, under what was committed to, over
 * the sealed letter. */
CS_CHECKED enum cs_err client_link_number(
    char out[static CS_CLIENT_CHECK_DIGITS + 1],
    const struct client_link_opening *opening, struct cs_view sealed_ask);
/* Seal the answer to ${sealed_ask}. */
CS_CHECKED enum cs_err client_link_answer_seal(struct cs_buf *out,
    const struct client_link_keys *keys,
    const uint8_t seal_key[static CS_KEY_LEN], struct cs_view sealed_ask,
    struct cs_view plain);
/* CS_ERR_DECRYPT: it answers another request. */
CS_CHECKED enum cs_err client_link_answer_open(struct cs_buf *out,
    const struct client_link_keys *keys, const struct cs_hpke_key *key,
    struct cs_view sealed_ask, struct cs_view sealed);
