/* SPDX-License-Identifier: MIT */
#include "programs/countersign/json.h"

#include <jansson.h>

#include "base/json_writer.h"
#include "base/text.h"

static bool
shallow(const json_t *value, unsigned depth)
{
	size_t i;
	const char *name;
	json_t *item;

	if (!json_is_array(value) && !json_is_object(value))
		return true;
	if (depth == CS_JSON_DEPTH_MAX)
		return false;
	json_array_foreach (value, i, item)
		if (!shallow(item, depth + 1))
			return false;
	json_object_foreach ((json_t *)(uintptr_t)value, name, item)
		if (!shallow(item, depth + 1))
			return false;
	return true;
}

bool
cli_json_valid(struct cs_view text)
{
	json_error_t error;
	json_t *value;
	bool valid;

	/* jansson takes a zero byte for the end of the text. */
	if (!cs_utf8_valid(text))
		return false;
	value = json_loadb((const char *)text.data, text.len,
	    JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &error);
	valid = value != NULL && shallow(value, 0);
	json_decref(value);
	return valid;
}
