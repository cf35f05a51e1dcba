/* SPDX-License-Identifier: MIT */
/* Signed notes: a key in the first line, and a note below it.  What verifies
 * is what is signed again. */
#include <stdlib.h>
#include <string.h>

#include "crypto/note.h"
#include "fuzz/fuzz_want.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size != 0 ? memchr(data, '\n', size) : NULL;
	size_t n = end != NULL ? (size_t)(end - data) : size;
	struct cs_view note =
	    end != NULL ? cs_view(end + 1, size - n - 1) : cs_view(data, 0);
	struct cs_view text, lines;
	struct cs_note_key key;
	char again[CS_NOTE_KEY_SIZE];

	if (cs_note_split(&text, &lines, note) == CS_OK)
		fuzz_want(text.len + 1 + lines.len == note.len &&
		    text.data[text.len - 1] == '\n');
	if (cs_note_key_read(&key, cs_view(data, n)) != CS_OK)
		return 0;
	cs_note_key_text(again, &key);
	fuzz_want(strlen(again) == n && memcmp(again, data, n) == 0);
	if (cs_note_verify(&text, note, &key) == CS_OK)
		fuzz_want(text.data == note.data && text.len < note.len);
	return 0;
}
