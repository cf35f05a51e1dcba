/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <time.h>

#include "app/verify.h"
#include "base/text.h"

/* One character off the front of ${v}: what is not UTF-8 comes as bytes. */
static uint32_t
next_char(struct cs_view *v, size_t *n)
{
	uint8_t c = v->data[0];
	uint32_t x = c;

	*n = c < 0xc0 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (*n > v->len || !cs_utf8_valid(cs_view(v->data, *n)))
		*n = 1;
	else if (*n > 1)
		x = c & (0xffu >> (*n + 1));
	for (size_t i = 1; i < *n; i++)
		x = x << 6 | (v->data[i] & 0x3f);
	*v = cs_view(v->data + *n, v->len - *n);
	return x;
}

/* Moves a cursor, is not seen, or turns the direction of writing around. */
static bool
is_hidden(uint32_t x)
{
	return x < 0x20 || (x >= 0x7f && x < 0xa0) || x == 0xad || x == 0x61c ||
	    x == 0x180e || (x >= 0x200b && x <= 0x200f) ||
	    (x >= 0x2028 && x <= 0x202e) || (x >= 0x2060 && x <= 0x206f) ||
	    x == 0xfeff || (x >= 0xfff9 && x <= 0xfffb) ||
	    (x >= 0xe0000 && x <= 0xe0fff);
}

void
verify_print_text(struct cs_view text, int indent)
{
	while (text.len > 0) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = next_char(&text, &n);

		if (x == '\n')
			printf("\n%*s", indent, "");
		else if (is_hidden(x) || (n == 1 && x >= 0x80))
			printf("\\u{%x}", (unsigned)x);
		else
			fwrite(from, 1, n, stdout);
	}
}

void
verify_json_text(struct cs_view text)
{
	putchar('"');
	while (text.len > 0) {
		const uint8_t *from = text.data;
		size_t n;
		uint32_t x = next_char(&text, &n);

		if (x == '"' || x == '\\')
			printf("\\%c", (char)x);
		else if (x >= 0x10000 && is_hidden(x))
			printf("\\u%04x\\u%04x",
			    (unsigned)(0xd800 + ((x - 0x10000) >> 10)),
			    (unsigned)(0xdc00 + ((x - 0x10000) & 0x3ff)));
		else if (is_hidden(x) || (n == 1 && x >= 0x80))
			printf("\\u%04x", (unsigned)x);
		else
			fwrite(from, 1, n, stdout);
	}
	putchar('"');
}

void
verify_print_time(uint64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char text[64];

	/* A bundle can name any number; not all of them are years. */
	if (ms / 1000 > 253402300799u || gmtime_r(&s, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		printf("%llu ms after 1970", (unsigned long long)ms);
	else
		fputs(text, stdout);
}

void
verify_print_hex(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		printf("%02x", v.data[i]);
}
