/* SPDX-License-Identifier: MIT */
/* The lists of a server's connections, and when each is looked at again. */
#pragma once

#include "net/server_internal.h"

void net_list_init(struct net_link *head);
/* Put ${l}, which is in no list, at the end. */
void net_list_add(struct net_link *head, struct net_link *l);
/* Take ${l} out of its list, if it is in one. */
void net_list_remove(struct net_link *l);
/* Begin ${to} with all that is in ${from} now; what comes into ${from}
 * meanwhile is for the next round. */
void net_list_move(struct net_link *to, struct net_link *from);

/* Look at ${c}'s times again in second ${at_s}, or earlier. */
void net_due(struct cs_net_conn *c, uint64_t at_s);
