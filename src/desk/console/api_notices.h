/* SPDX-License-Identifier: MIT */
/* Handlers: what was filed from outside. */
#pragma once

#include "desk/console/call.h"

api_handler api_notices, api_notice, api_notice_contact, api_notice_answer,
    api_notice_file, api_notice_picture;
