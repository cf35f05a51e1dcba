/* SPDX-License-Identifier: MIT */
/* Names that are mistaken for others. */
#pragma once

#include "client/home/client.h"

#define CLIENT_NAME_SIZE 256 /* bytes of any name, with its zero */

/* Is there somebody or something accepted whose name ${name} is nearly, or
 * looks like?  Then ${out} gets that name; otherwise it is empty.  Whoever has
 * the handle ${except}, which may be NULL, does not count. */
CS_CHECKED enum cs_err client_looks_near(char out[static CLIENT_NAME_SIZE],
    struct cs_client *c, const char *name, const char *except);
/* Whom could people take a group of this name for: somebody the user knows, or
 * the operator?  ${out} gets their name, "the operator", or nothing. */
CS_CHECKED enum cs_err client_looks_like(
    char out[static CLIENT_NAME_SIZE], struct cs_client *c, const char *name);
