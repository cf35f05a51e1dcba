/* SPDX-License-Identifier: MIT */
#include "net/ws_frame.h"

#include <string.h>

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127

static enum cs_ws_opcode
opcode_of(const struct cs_ws *ws)
{
	return ws->head[0] & OPCODE;
}

static bool
is_control(const struct cs_ws *ws)
{
	return (ws->head[0] & 0x08) != 0;
}

/* How long is the head whose first two bytes are there? */
static size_t
head_length(const struct cs_ws *ws)
{
	switch (ws->head[1] & LENGTH) {
	case LENGTH_16:
		return 2 + 2 + 4;
	case LENGTH_64:
		return 2 + 8 + 4;
	default:
		return 2 + 4;
	}
}

/* The length in the whole head; UINT64_MAX if it has a shorter form. */
static uint64_t
payload_length(const struct cs_ws *ws)
{
	uint64_t n = ws->head[1] & LENGTH;
	size_t bytes = n == LENGTH_16 ? 2 : n == LENGTH_64 ? 8 : 0;
	uint64_t least = bytes == 2 ? LENGTH_16 : UINT16_MAX + 1;

	if (bytes == 0)
		return n;
	n = 0;
	for (size_t i = 0; i < bytes; i++)
		n = n << 8 | ws->head[2 + i];
	return n >= least ? n : UINT64_MAX;
}

/* May such a frame come here?  0, or why not. */
static unsigned
check_head(const struct cs_ws *ws, uint64_t room)
{
	bool fin = (ws->head[0] & FIN) != 0;

	if ((ws->head[0] & RESERVED) != 0 || (ws->head[1] & MASKED) == 0 ||
	    ws->left == UINT64_MAX)
		return CS_WS_CLOSE_PROTOCOL;
	switch (opcode_of(ws)) {
	case CS_WS_CONTINUATION:
		if (!ws->in_message)
			return CS_WS_CLOSE_PROTOCOL;
		break;
	case CS_WS_BINARY:
		if (ws->in_message)
			return CS_WS_CLOSE_PROTOCOL;
		break;
	case CS_WS_TEXT:
		return CS_WS_CLOSE_TYPE;
	case CS_WS_CLOSE:
	case CS_WS_PING:
	case CS_WS_PONG:
		return fin && ws->left <= CS_WS_CONTROL_MAX
		    ? 0
		    : CS_WS_CLOSE_PROTOCOL;
	default:
		return CS_WS_CLOSE_PROTOCOL;
	}
	return ws->left <= room ? 0 : CS_WS_CLOSE_TOO_BIG;
}

/* Take bytes of the head; true: it is whole. */
static bool
take_head(struct cs_ws *ws, uint8_t **bytes, size_t *n)
{
	while (*n != 0 && (ws->n_head < 2 || ws->n_head < head_length(ws))) {
		ws->head[ws->n_head++] = *(*bytes)++;
		--*n;
	}
	return ws->n_head >= 2 && ws->n_head == head_length(ws);
}

static void
unmask(struct cs_ws *ws, uint8_t *bytes, size_t n)
{
	const uint8_t *mask = ws->head + ws->n_head - 4;
	uint8_t turned[8];
	size_t i = 0;

	for (size_t j = 0; j < sizeof turned; j++)
		turned[j] = mask[(ws->at + j) % 4];
	for (; i + 8 <= n; i += 8) {
		uint64_t word, key;

		memcpy(&word, bytes + i, 8);
		memcpy(&key, turned, 8);
		word ^= key;
		memcpy(bytes + i, &word, 8);
	}
	for (size_t j = 0; i < n; i++, j++)
		bytes[i] ^= turned[j];
	ws->at = (uint32_t)((ws->at + n) % 4);
	ws->left -= n;
}

/* The frame is over: the next bytes begin another. */
static void
end_frame(struct cs_ws *ws)
{
	ws->n_head = 0;
	ws->in_payload = false;
}

/* A piece of a message that has ${n} bytes at ${bytes}. */
static void
data(struct cs_ws_got *out, struct cs_ws *ws, uint8_t *bytes, size_t n)
{
	unmask(ws, bytes, n);
	out->event = CS_WS_DATA;
	out->bytes = cs_view(bytes, n);
	if (ws->left != 0)
		return;
	out->last = (ws->head[0] & FIN) != 0;
	ws->in_message = !out->last;
	end_frame(ws);
}

/* A piece of a control frame, which is given as a whole. */
static void
control(struct cs_ws_got *out, struct cs_ws *ws, uint8_t *bytes, size_t n)
{
	unmask(ws, bytes, n);
	if (n != 0)
		memcpy(ws->control + ws->n_control, bytes, n);
	ws->n_control += (uint8_t)n;
	if (ws->left != 0)
		return;
	out->event = CS_WS_SPOKEN;
	out->opcode = opcode_of(ws);
	out->bytes = cs_view(ws->control, ws->n_control);
	end_frame(ws);
}

void
cs_ws_next(struct cs_ws_got *out, struct cs_ws *ws, uint8_t **bytes, size_t *n,
    uint64_t room)
{
	size_t piece;

	*out = (struct cs_ws_got){ .event = CS_WS_NOTHING };
	if (!ws->in_payload) {
		if (!take_head(ws, bytes, n))
			return;
		ws->left = payload_length(ws);
		out->why = check_head(ws, room);
		if (out->why != 0) {
			out->event = CS_WS_BAD;
			return;
		}
		ws->in_payload = true;
		ws->at = 0;
		ws->n_control = 0;
	} else if (*n == 0) {
		return;
	}
	piece = ws->left < *n ? (size_t)ws->left : *n;
	/* An empty frame is a whole one; of others there is a piece. */
	if (piece == 0 && ws->left != 0)
		return;
	if (is_control(ws))
		control(out, ws, *bytes, piece);
	else
		data(out, ws, *bytes, piece);
	*bytes += piece;
	*n -= piece;
}

size_t
cs_ws_head(
    uint8_t out[static CS_WS_HEAD_MAX], enum cs_ws_opcode opcode, uint64_t n)
{
	size_t bytes = n < LENGTH_16 ? 0 : n <= UINT16_MAX ? 2 : 8;

	out[0] = (uint8_t)(FIN | opcode);
	out[1] = (uint8_t)(bytes == 0 ? n : bytes == 2 ? LENGTH_16 : LENGTH_64);
	for (size_t i = 0; i < bytes; i++)
		out[2 + i] = (uint8_t)(n >> (8 * (bytes - 1 - i)));
	return 2 + bytes;
}
