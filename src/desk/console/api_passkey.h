/* SPDX-License-Identifier: MIT */
/* Handlers: passkeys. */
#pragma once

#include "base/bytes.h"
#include "desk/console/call.h"
#include "desk/people/passkey_check.h"

/*
 * What a passkey has to sign to sign in: the time and a random number, with a
 * MAC of ours.  Nothing of it is kept, so nobody can ask so often that those
 * of others are forgotten; what is kept is which were used, by those who have
 * signed in.
 */
CS_CHECKED enum cs_err api_challenge_make(
    uint8_t out[static DESK_PASSKEY_CHALLENGE_LEN],
    const struct cs_desk_api *api, uint64_t now_ms);

api_handler api_passkey_ask, api_passkey_sign_in, api_passkey_unlock_ask,
    api_passkey_unlock, api_passkeys, api_passkey_add_ask, api_passkey_add,
    api_passkey_remove;
