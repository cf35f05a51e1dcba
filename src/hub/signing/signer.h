/* SPDX-License-Identifier: MIT */
/*
 * The process that has the keys for stamps, accounts and removals.
 *
 * It writes itself what it signs, or reads all of it first: a stamp, the
 * certificate of an account, and the proposal to remove one member are all that
 * anybody can have signed here.
 */
#pragma once

#include "base/err.h"

/* Run as that process; does not return before it is over. */
int hub_signer_main(void);
