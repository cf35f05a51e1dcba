/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send the letters that wait. */
CS_CHECKED enum cs_err client_letters_flush(struct cs_client *c);
/* Seal, store and send a letter of ${kind}, enum cs_wire_letter_kind. */
CS_CHECKED enum cs_err client_letter_send(struct cs_client *c, uint8_t kind,
    const uint8_t subject[static CS_ID_LEN], const struct cs_letter *letter);
/* Open the desk's answer to a letter; replaces what ${out} holds.
 * CS_ERR_NOT_FOUND: this device wrote no such letter; CS_ERR_DECRYPT. */
CS_CHECKED enum cs_err client_letter_answer(struct cs_buf *out,
    struct cs_client *c, uint8_t kind, const uint8_t subject[static CS_ID_LEN],
    struct cs_view sealed);
