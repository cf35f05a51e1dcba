/* SPDX-License-Identifier: MIT */
/* A QR code in a terminal. */
#pragma once

#include <stdio.h>

/* Print ${text} as a QR code of half blocks, dark on light whatever the
 * terminal's colours are; nothing when it is too long for one. */
void cli_print_qr(FILE *to, const char *text);
