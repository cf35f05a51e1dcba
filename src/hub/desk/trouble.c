/* SPDX-License-Identifier: MIT */
#include "hub/desk/trouble.h"

#include "hub/core/batch.h"
#include "wire/codec.h"

enum cs_err
hub_desk_troubles(struct hub_request *rq)
{
	const struct cs_hub *hub = rq->hub;
	struct cs_wire_desk_troubles_answer answer = { .troubles = { .n = 0 } };
	struct cs_buf list = { 0 };
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < hub->n_troubles; i++) {
		const struct cs_wire_desk_trouble item = {
			.kind = cs_view_str(hub->troubles[i].kind),
			.left = hub->troubles[i].left,
		};

		err = cs_wire_list_add(&list, &answer.troubles.n,
		    &cs_wire_desk_trouble_shape, &item);
	}
	answer.troubles.raw = cs_buf_view(&list);
	if (err == CS_OK)
		err = hub_answer(
		    rq, &cs_wire_desk_troubles_answer_shape, &answer);
	cs_buf_free(&list);
	return err;
}
