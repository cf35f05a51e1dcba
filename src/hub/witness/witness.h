/* SPDX-License-Identifier: MIT */
/*
 * A process that asks witnesses to cosign the hub's log.  It speaks to somebody
 * outside by itself, and has nothing but the policy that says whom: no key, no
 * folder.  What it says is taken for nothing: the log's process verifies each
 * line again.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_witness_main(void);
