/* SPDX-License-Identifier: MIT */
/*
 * The process that has the witness's key.  It reads what "web"
 * (net/web_part.h) has read from the network, as requests of a table, and opens
 * nothing but what is in logs/.
 */
#pragma once

#define PART_SIGNER "signer"

/* Words that the parent hands over (family/hand.h), besides the link. */
#define HAND_KEY "key"   /* the file */
#define HAND_LOGS "logs" /* the folder */
#define HAND_LOCK "lock" /* kept until the process ends */

/* All of the life of the process ${name} of a witness; its exit status. */
int witness_part(const char *name);
