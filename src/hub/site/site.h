/* SPDX-License-Identifier: MIT */
/*
 * The process with the hub's site: pages for those who have no account, where
 * they file notices and everybody sees which were not answered (decision 0050).
 *
 * It may open nothing, and reach nobody but the processes that it is joined to.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_site_main(void);
