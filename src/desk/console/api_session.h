/* SPDX-License-Identifier: MIT */
/* Who asks; signing in and out, locking, the first sign-in. */
#pragma once

#include "base/bytes.h"
#include "base/units.h"
#include "desk/console/call.h"
#include "net/web.h"

struct cs_web_request;

/* Find who asks, by cookie or token; ${c->actor.id} stays 0 for nobody.  If
 * the request may not go on, refuse it and return false. */
bool api_identify(struct api_call *c, const struct api_route *route,
    unsigned *scopes, bool *known);
CS_CHECKED enum cs_err api_session_show(struct api_call *c);
struct api_session *api_session_find(
    struct cs_desk_api *api, const char *cookie);
/* Hash the token of ${rq}, which has one, as it is stored. */
CS_CHECKED enum cs_err api_token_hash(
    uint8_t out[static CS_HASH_LEN], const struct cs_web_request *rq);
/* Does a guess for ${name} from ${peer} have to wait?  Then it has been
 * refused.  The second says what came of the guess: CS_OK, CS_ERR_DENIED, or
 * neither. */
bool api_has_to_wait(struct api_call *c, const char *name, const char *peer);
void api_tried(
    struct api_call *c, const char *name, const char *peer, enum cs_err err);
/* Begin a session for ${c->actor}. */
void api_session_begin(struct api_call *c);
/* Check ${password} of whoever is signed in.  After CS_ERR_DENIED, with
 * ${refusal}, and CS_ERR_LIMIT the request has been refused. */
CS_CHECKED enum cs_err api_password_again(
    struct api_call *c, const char *password);

api_handler api_sign_in, api_session_get, api_sign_out, api_lock, api_unlock,
    api_welcome, api_welcome_finish;
