/* SPDX-License-Identifier: MIT */
#pragma once

#include "cli/command.h"
#include "client/client.h"

/* What happens to the words once they are shown. */
enum recovery_then { RECOVERY_FORGET, RECOVERY_KEEP };
/* Print the words of a new account and how to use them and, once they are
 * written, forget them.  Returns the exit status. */
int recovery_show(struct cs_client *c, enum recovery_then then);
