/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Send the receipts that are due, where the user has accepted everybody who
 * would see them. */
CS_CHECKED enum cs_err client_receipts_flush(struct cs_client *c);
