/* SPDX-License-Identifier: MIT */
/* Standard input, output and error. */
#pragma once

#include <stdbool.h>

/*
 * Let the descriptors 0 to 2 be taken, before anything else is opened: a
 * database that got number 2 would have error messages written into it.  Those
 * that are closed become /dev/null, so that reading and writing them fails as
 * it did.  False: /dev/null cannot be opened.  The first call in a program's
 * main(); calls nothing but the system.
 */
bool cs_standard_fill(void);
