/* SPDX-License-Identifier: MIT */
/* Messages on a screen, or as lines of JSON. */
#pragma once

#include "base/json_writer.h"
#include "client/client.h"

#define CLI_MID_DIGITS 16 /* digits of a message id that people see */
/* Show one message, for people or as a line of JSON; ${arg} is a const bool *.
 */
enum cs_err cli_show_message(void *arg, const struct cs_client_message *m);
