/* SPDX-License-Identifier: MIT */
#include "net/ws_frame.h"

#include <string.h>

#include "base/text.h"
#include "crypto/sha1.h"

#define FIN 0x80
#define RESERVED 0x70
#define OPCODE 0x0f
#define MASKED 0x80
#define LENGTH 0x7f
#define LENGTH_16 126
#define LENGTH_64 127
#define ACCEPT_WITH "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

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
	size_t mask = ws->client ? 0 : CS_WS_MASK_LEN;

	switch (ws->head[1] & LENGTH) {
	case LENGTH_16:
		return 2 + 2 + mask;
	case LENGTH_64:
		return 2 + 8 + mask;
	default:
		return 2 + mask;
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
	bool masked = (ws->head[1] & MASKED) != 0;

	if ((ws->head[0] & RESERVED) != 0 || masked == ws->client ||
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

/* Put ${n} bytes under ${mask}, or take them from under it: the first is number
 * ${at} of the payload. */
static void
put_mask(const uint8_t mask[static CS_WS_MASK_LEN], uint32_t at, uint8_t *bytes,
    size_t n)
{
	uint8_t turned[8];
	size_t i = 0;

	for (size_t j = 0; j < sizeof turned; j++)
		turned[j] = mask[(at + j) % CS_WS_MASK_LEN];
	for (; i + 8 <= n; i += 8) {
		uint64_t word, key;

		memcpy(&word, bytes + i, 8);
		memcpy(&key, turned, 8);
		word ^= key;
		memcpy(bytes + i, &word, 8);
	}
	for (size_t j = 0; i < n; i++, j++)
		bytes[i] ^= turned[j];
}

static void
unmask(struct cs_ws *ws, uint8_t *bytes, size_t n)
{
	if (!ws->client)
		put_mask(
		    ws->head + ws->n_head - CS_WS_MASK_LEN, ws->at, bytes, n);
	ws->at = (uint32_t)((ws->at + n) % CS_WS_MASK_LEN);
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

size_t
cs_ws_head_masked(uint8_t out[static CS_WS_HEAD_MAX + CS_WS_MASK_LEN],
    enum cs_ws_opcode opcode, const uint8_t mask[static CS_WS_MASK_LEN],
    uint8_t *payload, size_t n)
{
	size_t head = cs_ws_head(out, opcode, n);

	out[1] |= MASKED;
	memcpy(out + head, mask, CS_WS_MASK_LEN);
	put_mask(mask, 0, payload, n);
	return head + CS_WS_MASK_LEN;
}

enum cs_err
cs_ws_accept(char out[static CS_WS_ACCEPT_LEN + 1], struct cs_view key)
{
	const struct cs_view parts[] = { key, cs_view_str(ACCEPT_WITH) };
	uint8_t digest[CS_SHA1_LEN];
	enum cs_err err = cs_sha1_parts(digest, parts, 2);

	if (err == CS_OK)
		cs_base64(out, CS_VIEW_OF(digest));
	return err;
}
