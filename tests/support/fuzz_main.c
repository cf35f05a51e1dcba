/* SPDX-License-Identifier: MIT */
/*
 * Replays seeds through a fuzz target without libFuzzer: every file of the
 * folders named, and each of them cut short, grown and with bits turned.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long runs;

/* In exact heap memory, so that ASan sees one byte too many. */
static void
run(const uint8_t *data, size_t n)
{
	uint8_t *copy = calloc(1, n != 0 ? n : 1);

	if (copy == NULL)
		abort();
	if (n != 0)
		memcpy(copy, data, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
	runs++;
}

static void
replay(const char *path)
{
	static uint8_t data[(1 << 20) + 16];
	FILE *f = fopen(path, "rb");
	size_t n, step;

	if (f == NULL)
		abort();
	n = fread(data, 1, 1 << 20, f);
	fclose(f);
	run(data, n);
	step = n < 256 ? 1 : n / 256;
	for (size_t i = 0; i < n; i += step) {
		run(data, i);
		for (unsigned bit = 0; bit < 8; bit += 7) {
			data[i] ^= (uint8_t)(1u << bit);
			run(data, n);
			data[i] ^= (uint8_t)(1u << bit);
		}
	}
	memset(data + n, 0, 16);
	run(data, n + 1);
	run(data, n + 16);
}

int
main(int argc, char **argv)
{
	run((const uint8_t *)"", 0);
	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		struct dirent *e;
		char path[4096];

		if (d == NULL) {
			fprintf(stderr, "no seeds in %s\n", argv[i]);
			return 1;
		}
		while ((e = readdir(d)) != NULL) {
			if (e->d_name[0] == '.')
				continue;
			snprintf(
			    path, sizeof path, "%s/%s", argv[i], e->d_name);
			replay(path);
		}
		closedir(d);
	}
	printf("%lu inputs\n", runs);
	return runs > 1 ? 0 : 1;
}
