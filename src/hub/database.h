/* SPDX-License-Identifier: MIT */
/*
 * The process that has the database: it answers requests, and can sign nothing
 * by itself.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_database_main(void);
