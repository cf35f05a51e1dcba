/* SPDX-License-Identifier: MIT */
#include "franking/recovery.h"

#include <string.h>

#include "base/wipe.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "franking/recovery_words.h"

#define LIST_LEN 2048
#define WORD_BITS 11
#define PREFIX 4 /* letters that tell a word from all others */

/* Where the words begin in the text of the list, which is sorted. */
struct list {
	const char *at[LIST_LEN + 1];
};

static void
list_make(struct list *l)
{
	const char *p = (const char *)recovery_words;

	p = strchr(p, '\n') + 1; /* the licence */
	for (size_t i = 0; i <= LIST_LEN; i++) {
		l->at[i] = p;
		if (i < LIST_LEN)
			p = strchr(p, '\n') + 1;
	}
}

static size_t
word_len(const struct list *l, size_t i)
{
	return (size_t)(l->at[i + 1] - l->at[i]) - 1;
}

/* The place in the list; LIST_LEN: it is not there.  At least the first letters
 * have to be given, and nothing wrong behind them. */
static size_t
find(const struct list *l, const char *word, size_t n)
{
	if (n < PREFIX)
		return LIST_LEN;
	for (size_t i = 0; i < LIST_LEN; i++)
		if (n <= word_len(l, i) && memcmp(l->at[i], word, n) == 0)
			return i;
	return LIST_LEN;
}

/* The bits and their checksum: 132 of them. */
static enum cs_err
with_checksum(
    uint8_t out[static CS_RECOVERY_LEN + 1], const struct cs_recovery *r)
{
	uint8_t hash[CS_SHA256_LEN];
	enum cs_err err = cs_sha256(hash, CS_VIEW_OF(r->b));

	memcpy(out, r->b, CS_RECOVERY_LEN);
	out[CS_RECOVERY_LEN] = hash[0] & 0xf0;
	cs_wipe(hash, sizeof hash);
	return err;
}

static unsigned
bit(const uint8_t *bytes, size_t i)
{
	return bytes[i / 8] >> (7 - i % 8) & 1;
}

void
cs_recovery_new(struct cs_recovery *out)
{
	cs_random(out->b, sizeof out->b);
}

enum cs_err
cs_recovery_write(
    char out[static CS_RECOVERY_TEXT_SIZE], const struct cs_recovery *r)
{
	uint8_t bits[CS_RECOVERY_LEN + 1];
	struct list list;
	char *p = out;
	enum cs_err err;

	if ((err = with_checksum(bits, r)))
		return err;
	list_make(&list);
	for (size_t w = 0; w < CS_RECOVERY_WORDS; w++) {
		size_t i = 0;

		for (size_t b = 0; b < WORD_BITS; b++)
			i = i << 1 | bit(bits, w * WORD_BITS + b);
		memcpy(p, list.at[i], word_len(&list, i));
		p += word_len(&list, i);
		*p++ = ' ';
	}
	p[-1] = '\0';
	cs_wipe(bits, sizeof bits);
	return CS_OK;
}

/* Take the next word of ${*text} in small letters; 0: there is none. */
static size_t
next_word(char out[static CS_RECOVERY_WORD_MAX + 1], const char **text)
{
	const char *p = *text;
	size_t n = 0;

	for (; *p != '\0'; p++) {
		char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;

		if (c >= 'a' && c <= 'z') {
			if (n <= CS_RECOVERY_WORD_MAX)
				out[n++] = c;
			/* One that is too long is no word of the list. */
			if (n > CS_RECOVERY_WORD_MAX)
				n = CS_RECOVERY_WORD_MAX + 1;
		} else if (n != 0) {
			break;
		}
	}
	*text = p;
	return n;
}

enum cs_err
cs_recovery_read(struct cs_recovery *out, int *word, const char *text)
{
	uint8_t bits[CS_RECOVERY_LEN + 1] = { 0 };
	uint8_t want[CS_RECOVERY_LEN + 1];
	char one[CS_RECOVERY_WORD_MAX + 1];
	struct list list;
	size_t n, i, w = 0;
	enum cs_err err = CS_OK;

	*word = 0;
	list_make(&list);
	while (err == CS_OK && (n = next_word(one, &text)) != 0) {
		if (++w > CS_RECOVERY_WORDS)
			break;
		i = find(&list, one, n);
		if (i == LIST_LEN) {
			*word = (int)w;
			err = CS_ERR_FORMAT;
		}
		for (size_t b = 0; err == CS_OK && b < WORD_BITS; b++) {
			size_t at = (w - 1) * WORD_BITS + b;

			bits[at / 8] |= (uint8_t)((i >> (WORD_BITS - 1 - b) & 1)
			    << (7 - at % 8));
		}
	}
	if (err == CS_OK && w != CS_RECOVERY_WORDS)
		err = CS_ERR_FORMAT;
	memcpy(out->b, bits, sizeof out->b);
	if (err == CS_OK && (err = with_checksum(want, out)) == CS_OK &&
	    bits[CS_RECOVERY_LEN] != want[CS_RECOVERY_LEN])
		err = CS_ERR_MISMATCH;
	if (err)
		cs_wipe(out, sizeof *out);
	cs_wipe(bits, sizeof bits);
	cs_wipe(one, sizeof one);
	return err;
}

enum cs_err
cs_recovery_key(struct cs_sign_key *out, const struct cs_recovery *r)
{
	static const char label[] = "countersign/recovery/v1";
	uint8_t prk[CS_SHA256_LEN], seed[CS_SIGN_SEED_LEN];
	enum cs_err err;

	if ((err = cs_hkdf_extract(prk, CS_SHA256, cs_view_str(label),
		 CS_VIEW_OF(r->b))) == CS_OK &&
	    (err = cs_hkdf_expand(seed, sizeof seed, CS_SHA256, CS_VIEW_OF(prk),
		 cs_view_str("account-key"))) == CS_OK)
		err = cs_sign_key_from_seed(out, seed);
	cs_wipe(prk, sizeof prk);
	cs_wipe(seed, sizeof seed);
	return err;
}
