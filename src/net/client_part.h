/* SPDX-License-Identifier: MIT */
/*
 * The process that has a program's connection to a hub (client_far.h): it reads
 * what comes from the network, and has no key, no file and no database.
 */
#pragma once

#define CS_NET_CLIENT_PART "link"

/* All of its life, in a family (family/part.h): it serves whoever it is joined
 * with first, and ends with that stream.  Its exit status. */
int cs_net_client_part_main(void);
