/* SPDX-License-Identifier: MIT */
/* Handlers: people, their settings, tokens. */
#pragma once

#include "desk/console/call.h"

api_handler api_people, api_person_add, api_person_change, api_person_reset,
    api_proposal_confirm, api_proposal_cancel, api_settings, api_tokens,
    api_token_add, api_token_remove;
