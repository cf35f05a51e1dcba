/* SPDX-License-Identifier: MIT */
/* Handlers: passkeys. */
#pragma once

#include "base/bytes.h"
#include "desk/console/call.h"
#include "desk/people/passkey_check.h"

/* What a passkey has to sign at a sign-in: the time and a random number,
 * with a MAC of ours.  Challenges are not kept, so nobody can make us forget
 * those of others by asking often; we keep only those that a sign-in has
 * used. */
CS_CHECKED enum cs_err api_challenge_make(
    uint8_t out[static DESK_PASSKEY_CHALLENGE_LEN],
    const struct cs_desk_api *api, uint64_t now_ms);

api_handler api_passkey_ask, api_passkey_sign_in, api_passkey_unlock_ask,
    api_passkey_unlock, api_passkeys, api_passkey_add_ask, api_passkey_add,
    api_passkey_remove;
