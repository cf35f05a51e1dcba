/* SPDX-License-Identifier: MIT */
/* How the tables of wire/codec.h are written down: one line a field. */
#pragma once

#include <stddef.h>

#include "wire/codec.h"

#define FIELD(type_, s, f, max_)                                               \
	{                                                                      \
		.type = (type_), .offset = offsetof(struct s, f),              \
		.size = sizeof(((struct s *)0)->f), .max = (max_)              \
	}
#define LIST(s, f, max_, item_)                                                \
	{                                                                      \
		.type = CS_WIRE_LIST, .offset = offsetof(struct s, f),         \
		.max = (max_), .item = &item_##_shape                          \
	}
#define SHAPE(s)                                                               \
	const struct cs_wire_shape s##_shape = { s##_fields,                   \
		sizeof s##_fields / sizeof s##_fields[0], sizeof(struct s) }
