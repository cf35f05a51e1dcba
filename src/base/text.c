/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <string.h>

static const char hex_digits[] = "0123456789abcdef";
static const char b64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void
cs_hex(char *out, struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++) {
		*out++ = hex_digits[v.data[i] >> 4];
		*out++ = hex_digits[v.data[i] & 15];
	}
	*out = '\0';
}

static int
unhex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

enum cs_err
cs_unhex(uint8_t *out, size_t n, const char *s)
{
	if (strlen(s) != 2 * n)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < n; i++) {
		int high = unhex_digit(s[2 * i]);
		int low = unhex_digit(s[2 * i + 1]);

		if (high < 0 || low < 0)
			return CS_ERR_FORMAT;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return CS_OK;
}

void
cs_id_text(
    char out[static CS_ID_TEXT_SIZE], const uint8_t id[static CS_ID_TEXT_BYTES])
{
	/* Without i, l, o and u: they look like others, or make words. */
	static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
	unsigned bits = 0, have = 0;

	for (size_t i = 0, from = 0; i < 24; i++) {
		if (have < 5) {
			bits = bits << 8 | id[from++];
			have += 8;
		}
		if (i != 0 && i % 4 == 0)
			*out++ = '-';
		have -= 5;
		*out++ = letters[bits >> have & 31];
	}
	*out = '\0';
}

void
cs_base64url(char *out, struct cs_view v)
{
	uint32_t bits = 0;
	unsigned have = 0;

	for (size_t i = 0; i < v.len; i++) {
		bits = bits << 8 | v.data[i];
		have += 8;
		while (have >= 6) {
			have -= 6;
			*out++ = b64_digits[bits >> have & 63];
		}
	}
	if (have != 0)
		*out++ = b64_digits[bits << (6 - have) & 63];
	*out = '\0';
}

void
cs_base64(char *out, struct cs_view v)
{
	size_t n;

	cs_base64url(out, v);
	n = strlen(out);
	for (size_t i = 0; i < n; i++)
		out[i] = out[i] == '-' ? '+' : out[i] == '_' ? '/' : out[i];
	while (n % 4 != 0)
		out[n++] = '=';
	out[n] = '\0';
}

enum cs_err
cs_unbase64url(uint8_t *out, size_t n, const char *s, size_t len)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t done = 0;

	if (len != (n * 4 + 2) / 3)
		return CS_ERR_FORMAT;
	for (size_t i = 0; i < len; i++) {
		const char *at = s[i] != '\0' ? strchr(b64_digits, s[i]) : NULL;

		if (at == NULL)
			return CS_ERR_FORMAT;
		bits = bits << 6 | (uint32_t)(at - b64_digits);
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[done++] = (uint8_t)(bits >> have);
		}
	}
	/* One value has one spelling. */
	return (bits & ((1u << have) - 1)) == 0 ? CS_OK : CS_ERR_FORMAT;
}

/* By way of the other form, piece by piece: four digits are three bytes. */
enum cs_err
cs_unbase64(uint8_t *out, size_t n, struct cs_view text)
{
	if (text.len != CS_BASE64_SIZE(n) - 1)
		return CS_ERR_FORMAT;
	for (size_t done = 0; done < n; done += 3) {
		size_t part = n - done < 3 ? n - done : 3;
		char digits[4];

		for (size_t i = 0; i < 4; i++) {
			char c = (char)text.data[done / 3 * 4 + i];

			if (c == '-' || c == '_' || (c == '=') != (i > part))
				return CS_ERR_FORMAT;
			digits[i] = c == '+' ? '-' : c == '/' ? '_' : c;
		}
		if (cs_unbase64url(out + done, part, digits, part + 1) != CS_OK)
			return CS_ERR_FORMAT;
	}
	return CS_OK;
}

enum cs_err
cs_buf_add_base64(struct cs_buf *out, struct cs_view text)
{
	size_t n = text.len / 4 * 3, from = out->len;
	enum cs_err err;

	if (text.len % 4 != 0)
		return CS_ERR_FORMAT;
	if (text.len == 0)
		return CS_OK;
	n -= (size_t)(text.data[text.len - 1] == '=') +
	    (text.data[text.len - 2] == '=');
	if ((err = cs_buf_reserve(out, n)) == CS_OK &&
	    (err = cs_unbase64(out->data + from, n, text)) == CS_OK)
		out->len = from + n;
	return err;
}

bool
cs_utf8_valid(struct cs_view v)
{
	for (size_t i = 0; i < v.len;) {
		uint8_t c = v.data[i++];
		uint32_t x, min;
		unsigned more;

		if (c == 0)
			return false;
		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c <= 0xdf)
			more = 1, x = c & 0x1f, min = 0x80;
		else if (c >= 0xe0 && c <= 0xef)
			more = 2, x = c & 0x0f, min = 0x800;
		else if (c >= 0xf0 && c <= 0xf4)
			more = 3, x = c & 0x07, min = 0x10000;
		else
			return false;
		if (more > v.len - i)
			return false;
		for (; more > 0; more--) {
			c = v.data[i++];
			if (c >> 6 != 2)
				return false;
			x = x << 6 | (c & 0x3f);
		}
		if (x < min || x > 0x10ffff || (x >= 0xd800 && x <= 0xdfff))
			return false;
	}
	return true;
}

uint32_t
cs_utf8_next(struct cs_view *v, size_t *n)
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

bool
cs_utf8_hidden(uint32_t x)
{
	return x < 0x20 || (x >= 0x7f && x < 0xa0) || x == 0xad || x == 0x61c ||
	    x == 0x180e || x == 0x200b || x == 0x200e || x == 0x200f ||
	    (x >= 0x2028 && x <= 0x202e) || (x >= 0x2060 && x <= 0x206f) ||
	    x == 0xfeff || (x >= 0xfff9 && x <= 0xfffb) ||
	    (x >= 0xe0000 && x <= 0xe0fff);
}
