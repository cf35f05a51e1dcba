/* SPDX-License-Identifier: MIT */
/* The link by which people ask to be let into a group, as people paste it. */
#pragma once

#include "client/home/client.h"
#include "content/group_ask.h"

/* https://HUB[:PORT]/g#OPERATORKEY.KEY.GROUP */
struct client_group_link {
	char host[256];
	int port;
	struct cs_group_link to;
};
/* CS_ERR_FORMAT, CS_ERR_LIMIT */
CS_CHECKED enum cs_err client_group_link_parse(
    struct client_group_link *out, const char *text);
void client_group_link_write(
    char out[static CS_CLIENT_CODE_SIZE], const struct client_group_link *link);
