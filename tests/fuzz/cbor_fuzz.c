/* SPDX-License-Identifier: MIT */
/* The first byte is a depth.  An item that is skipped is skipped by itself,
 * too, and no shorter one is. */
#include <stdlib.h>

#include "content/cbor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_reader r;
	struct cs_view item;

	if (size == 0)
		return 0;
	r = cs_reader(cs_view(data + 1, size - 1));
	item = cs_cbor_skip(&r, data[0] % 16);
	if (r.err != CS_OK)
		return 0;
	r = cs_reader(item);
	(void)cs_cbor_skip(&r, data[0] % 16);
	if (cs_reader_end(&r) != CS_OK)
		abort();
	r = cs_reader(cs_view(item.data, item.len - 1));
	(void)cs_cbor_skip(&r, data[0] % 16);
	if (r.err == CS_OK)
		abort();
	return 0;
}
