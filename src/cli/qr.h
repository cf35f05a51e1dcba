/* SPDX-License-Identifier: MIT */
/* A QR code in a terminal. */
#pragma once

#include <stdio.h>

/* Print ${text} as a QR code of half blocks, dark on light whatever the colours
 * of the terminal; prints nothing if ${text} is too long. */
void cli_print_qr(FILE *to, const char *text);
