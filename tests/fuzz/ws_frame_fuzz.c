/* SPDX-License-Identifier: MIT */
/* Frames of WebSocket: bytes in pieces mean what they mean at once. */
#include <stdlib.h>
#include <string.h>

#include "fuzz/fuzz_want.h"
#include "net/ws_frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MOST 4096

struct heard {
	uint8_t bytes[MOST];
	size_t n, messages, spoken;
	enum cs_ws_close why;
};

static void
hear(struct heard *h, const uint8_t *data, size_t size, size_t piece,
    bool client)
{
	struct cs_ws ws = { .client = client };
	struct cs_ws_got got = { .event = CS_WS_NOTHING };
	size_t message = 0;

	memset(h, 0, sizeof *h);
	for (size_t at = 0; at < size; at += piece) {
		size_t n = size - at < piece ? size - at : piece;
		/* Of its own length, so that a step beyond it is seen. */
		uint8_t *bytes = malloc(n), *p = bytes;

		fuzz_want(bytes != NULL);
		memcpy(bytes, data + at, n);
		do {
			cs_ws_next(&got, &ws, &p, &n, MOST - message);
			fuzz_want(p >= bytes);
			if (got.event == CS_WS_DATA) {
				fuzz_want(h->n + got.bytes.len <= MOST);
				if (got.bytes.len != 0)
					memcpy(h->bytes + h->n, got.bytes.data,
					    got.bytes.len);
				h->n += got.bytes.len;
				message += got.bytes.len;
				fuzz_want(message <= MOST);
				if (got.last)
					message = 0;
				h->messages += got.last;
			}
			h->spoken += got.event == CS_WS_SPOKEN;
		} while (got.event != CS_WS_NOTHING && got.event != CS_WS_BAD);
		free(bytes);
		if (got.event == CS_WS_BAD) {
			h->why = got.why;
			return;
		}
		fuzz_want(n == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct heard whole, pieces;

	if (size < 2 || size > MOST)
		return 0;
	hear(&whole, data + 1, size - 1, size - 1, (data[0] & 0x80) != 0);
	hear(&pieces, data + 1, size - 1, 1 + data[0] % 16,
	    (data[0] & 0x80) != 0);
	fuzz_want(whole.why == pieces.why &&
	    whole.messages == pieces.messages && whole.spoken == pieces.spoken);
	/* A frame that breaks off is there as far as it came. */
	fuzz_want(whole.n == pieces.n);
	fuzz_want(memcmp(whole.bytes, pieces.bytes, whole.n) == 0);
	return 0;
}
