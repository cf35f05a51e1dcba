/* SPDX-License-Identifier: MIT */
/* franking-vectors FILE | --write FILE | --seeds DIR */
#include "kat/franking_vectors.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
	json_array_foreach(cases, i, c)
	{
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
	fprintf(stderr, "franking-vectors FILE | --write FILE | --seeds DIR\n");
	return 64;
}
