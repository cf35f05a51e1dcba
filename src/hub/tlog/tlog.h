/* SPDX-License-Identifier: MIT */
/*
 * The process that has the hub's log: its folder and its key (decision 0046).
 *
 * It appends what the database numbered, in that order and nothing else, and
 * gives strangers the public files.  It opens files below its folder only.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_tlog_main(void);
