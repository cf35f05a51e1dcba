/* SPDX-License-Identifier: MIT */
/* PrivateMessage (RFC 9420, section 6.3). */
#pragma once

#include "mls/framing.h"

void cs_mls_private_message_read(
    struct cs_reader *r, struct cs_mls_private_message *out);
void cs_mls_private_message_write(
    struct cs_writer *w, const struct cs_mls_private_message *m);
/* Section 6.3.2: key and nonce for a ciphertext. */
CS_CHECKED enum cs_err cs_mls_sender_data_key(struct cs_mls_message_key *out,
    const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret, struct cs_view ciphertext);
CS_CHECKED enum cs_err cs_mls_sender_data_open(struct cs_mls_sender_data *out,
    const struct cs_mls_private_message *m, const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret);
/*
 * Decrypt the content with the key that was found for ${data}.  The views of
 * ${out} point into ${plain} and the message.
 */
CS_CHECKED enum cs_err cs_mls_private_message_open(
    struct cs_mls_unverified *out, struct cs_buf *plain,
    const struct cs_mls_private_message *m, const struct cs_suite *suite,
    const struct cs_mls_sender_data *data,
    const struct cs_mls_message_key *key);
/* Append an MLSMessage for signed content of a member. */
CS_CHECKED enum cs_err cs_mls_private_message_seal(struct cs_buf *out,
    const struct cs_mls_unverified *content, const struct cs_suite *suite,
    const struct cs_mls_sender_data_secret *secret,
    const struct cs_mls_pending_key *key, uint32_t padding);
