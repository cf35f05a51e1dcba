/* SPDX-License-Identifier: MIT */
/* franking-vectors FILE | --write FILE | --seeds DIR | --field FILE KEY */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "crypto/init.h"
#include "kat/franking_vectors.h"

static int
check_file(const char *path)
{
	json_error_t error;
	json_t *all = json_load_file(path, 0, &error), *c;
	json_t *cases = json_object_get(all, "cases");
	size_t i, failed = 0;

	if (json_array_size(cases) == 0) {
		fprintf(stderr, "%s: %s\n", path,
		    all == NULL ? error.text : "no cases");
		return 1;
	}
	json_array_foreach (cases, i, c) {
		if (vectors_check(c))
			continue;
		failed++;
		printf("case %zu (%s: %s) failed\n", i,
		    json_string_value(json_object_get(c, "kind")),
		    json_string_value(json_object_get(c, "comment")));
	}
	printf("%zu passed, %zu failed\n", i - failed, failed);
	json_decref(all);
	return failed != 0;
}

static int
write_file(const char *path)
{
	json_t *all = json_object();
	int failed;

	json_object_set_new(all, "about",
	    json_string("Countersign's proof layer; FRANKING and "
			"docs/decisions/0003-csev-details.md say what it is"));
	json_object_set_new(all, "version", json_integer(1));
	json_object_set_new(all, "cases", vectors_make());
	failed = json_dump_file(all, path, JSON_INDENT(1));
	json_decref(all);
	return failed != 0;
}

/* The bytes of the first field of this name, for scripts. */
static int
print_field(const char *path, const char *key)
{
	json_t *all = json_load_file(path, 0, NULL), *c;
	const char *text = NULL;
	size_t i;
	uint8_t byte;

	json_array_foreach (json_object_get(all, "cases"), i, c)
		if (text == NULL)
			text = json_string_value(json_object_get(c, key));
	for (; text != NULL && *text != '\0'; text += 2) {
		char two[3] = { text[0], text[1], '\0' };

		if (cs_unhex(&byte, 1, two) != CS_OK)
			return 1;
		putchar(byte);
	}
	json_decref(all);
	return fflush(stdout) != 0;
}

int
main(int argc, char **argv)
{
	if (cs_crypto_init() != CS_OK)
		return 1;
	if (argc == 2)
		return check_file(argv[1]);
	if (argc == 3 && strcmp(argv[1], "--write") == 0)
		return write_file(argv[2]);
	if (argc == 3 && strcmp(argv[1], "--seeds") == 0) {
		vectors_write_seeds(argv[2]);
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "--field") == 0)
		return print_field(argv[2], argv[3]);
	fprintf(stderr,
	    "franking-vectors FILE | --write FILE | --seeds DIR | "
	    "--field FILE KEY\n");
	return 64;
}
