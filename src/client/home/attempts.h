/* SPDX-License-Identifier: MIT */
/* How many wrong passphrases in a row a home takes before it is destroyed, if
 * its user set that.  It stands in a file of its own, since it is written
 * before the home is open: whoever copies the folder goes around it. */
#pragma once

#include "client/home/client.h"

/* A passphrase is about to be tried: note that it failed, until it has not.
 * CS_ERR_DENIED: too many have; the home is to be destroyed. */
CS_CHECKED enum cs_err client_attempt_begins(const struct cs_folder *home);
/* It was right. */
CS_CHECKED enum cs_err client_attempt_worked(const struct cs_folder *home);
/* Take at most ${limit}; 0: as many as come. */
CS_CHECKED enum cs_err client_attempts_limit(
    const struct cs_folder *home, unsigned limit);
