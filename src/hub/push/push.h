/* SPDX-License-Identifier: MIT */
/*
 * A process that tells push services that something waits for a browser.  It
 * is the only one that speaks to somebody outside by itself; what it has is the
 * key that says who the hub is to these services, and it sees where browsers
 * get their pushes, one at a time.  No account, no name, no message.
 */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_push_main(void);
