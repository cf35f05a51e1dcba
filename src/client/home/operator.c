/* SPDX-License-Identifier: MIT */
/* The operator that every group is bound to: one, and the same for ever. */
#include "client/home/operator.h"

#include "client/home/client.h"

struct cs_room_operator
client_room_operator(const struct cs_client *c)
{
	return (struct cs_room_operator){
		.hub = cs_view_str(c->self.hub),
		.root = c->self.root,
		.external_key = c->link.external_sender,
	};
}

enum cs_err
client_room_check(const struct cs_client *c, const struct cs_mls_group *mls)
{
	const struct cs_room_operator op = client_room_operator(c);

	return cs_room_check_group(cs_mls_group_view(mls), &op);
}
