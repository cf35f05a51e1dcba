/* SPDX-License-Identifier: MIT */
/*
 * tlog-write FOLDER ORIGIN NUMBER COUNT [WORD]: append COUNT entries to the log
 * in FOLDER, which is made if it is not there.  Its key is the one of that
 * NUMBER, and its entries begin with WORD.  Where COUNT is "-", the entries are
 * lines of hexadecimal digits, which are read.  Prints the key that verifies
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/init.h"
#include "store/tlog_writer.h"

#define BATCH 1000

static void
must(enum cs_err err)
{
	if (err) {
		fprintf(stderr, "tlog-write: %s\n", cs_err_text(err));
		exit(1);
	}
}

static void
append(struct cs_tlog_writer *w, unsigned long count, const char *word)
{
	static char text[BATCH][64];
	static struct cs_view entries[BATCH];
	uint64_t first;

	while (count != 0) {
		size_t n = count < BATCH ? count : BATCH;
		uint64_t size = cs_tlog_writer_size(w);

		for (size_t i = 0; i < n; i++) {
			snprintf(text[i], sizeof text[i], "%.32s %llu", word,
			    (unsigned long long)(size + i));
			entries[i] = cs_view_str(text[i]);
		}
		must(cs_tlog_writer_append(w, &first, entries, n));
		count -= n;
	}
}

static void
append_lines(struct cs_tlog_writer *w)
{
	char line[2 * 256 + 2];
	uint8_t bytes[256];
	uint64_t first;

	while (fgets(line, sizeof line, stdin) != NULL) {
		size_t len = strcspn(line, "\n") / 2;
		struct cs_view entry = cs_view(bytes, len);

		line[2 * len] = '\0';
		must(cs_unhex(bytes, len, line));
		must(cs_tlog_writer_append(w, &first, &entry, 1));
	}
}

int
main(int argc, char **argv)
{
	uint8_t seed[CS_SIGN_SEED_LEN] = { 0 };
	char text[CS_NOTE_KEY_SIZE];
	struct cs_sign_key with;
	struct cs_note_key key;
	const struct cs_tlog_owner owner = { &key, &with };
	struct cs_tlog_writer *w;
	enum cs_err err;

	if (argc < 5)
		return 2;
	must(cs_crypto_init());
	seed[0] = (uint8_t)atoi(argv[3]);
	must(cs_sign_key_from_seed(&with, seed));
	must(cs_note_key(&key, argv[2], with.public));
	err = cs_tlog_writer_open(&w, argv[1], &owner, NULL);
	if (err == CS_ERR_NOT_FOUND)
		err = cs_tlog_writer_create(&w, argv[1], &owner);
	must(err);
	if (strcmp(argv[4], "-") == 0)
		append_lines(w);
	else
		append(w, strtoul(argv[4], NULL, 10),
		    argc > 5 ? argv[5] : "entry");
	cs_tlog_writer_close(w);
	cs_note_key_text(text, &key);
	printf("%s\n", text);
	return 0;
}
