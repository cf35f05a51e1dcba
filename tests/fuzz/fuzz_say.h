/* SPDX-License-Identifier: MIT */
/* What the other process of a family says, as an input tells it. */
#pragma once

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "fuzz/fuzz_want.h"

/* What a socket keeps for who does not read: an input is no longer. */
#define FUZZ_SAY_MAX 60000

/* Messages of "u8 kind, u8 about, u16 length, bytes"; and that is all of it. */
static inline void
fuzz_say(int fd, const uint8_t *data, size_t size)
{
	while (size >= 4) {
		uint32_t length = (uint32_t)data[2] << 8 | data[3];
		uint64_t about = data[1];
		uint8_t head[13];
		size_t n = length < size - 4 ? length : size - 4;

		memcpy(head, &length, sizeof length);
		head[4] = data[0];
		memcpy(head + 5, &about, sizeof about);
		fuzz_want(
		    send(fd, head, sizeof head, 0) == (ssize_t)sizeof head);
		fuzz_want(send(fd, data + 4, n, 0) == (ssize_t)n);
		data += 4 + n;
		size -= 4 + n;
	}
	shutdown(fd, SHUT_WR);
}
