/* SPDX-License-Identifier: MIT */
/*
 * phash-vectors FILE...: file, PDQ hash and quality of each photo, a line.
 * phash-vectors --check FOLDER: are those of FOLDER/pdq.tsv what they should
 * be?  Decoders differ, but not about a PNG.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/text.h"
#include "content/media.h"
#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_jpeg.h"
#include "content/photo_pixels.h"
#include "content/photo_png.h"
#include "content/photo_webp.h"
#include "content/sniff.h"
#include "phash/phash.h"

#define PATH_SIZE 4096
/* What is published as near enough with another decoder. */
#define NEAR_ENOUGH 10
#define QUALITY_NEAR 5

static enum cs_err
read_file(struct cs_buf *out, const char *path)
{
	FILE *f = fopen(path, "rb");
	enum cs_err err = CS_OK;
	uint8_t chunk[65536];
	size_t n;

	if (f == NULL)
		return CS_ERR_NOT_FOUND;
	while (err == CS_OK && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
		err = cs_buf_add(out, cs_view(chunk, n));
	if (err == CS_OK && ferror(f))
		err = CS_ERR_IO;
	fclose(f);
	return err;
}

/* In this process: the photos are ours. */
static enum cs_err
decode(struct cs_pixels *out, struct cs_view file)
{
	const char *type = cs_media_sniff(file);

	if (type != NULL && strcmp(type, "image/jpeg") == 0)
		return cs_jpeg_decode(out, file);
	if (type != NULL && strcmp(type, "image/png") == 0)
		return cs_png_decode(out, file);
	if (type != NULL && strcmp(type, "image/webp") == 0)
		return cs_webp_decode(out, file);
	return CS_ERR_TYPE;
}

static enum cs_err
hash_file(struct cs_pdq *out, const char *path)
{
	struct cs_buf file = { .max = CS_PHOTO_FILE_MAX };
	struct cs_pixels pixels = { .orientation = 1 };
	enum cs_err err;

	if ((err = read_file(&file, path)) ||
	    (err = decode(&pixels, cs_buf_view(&file))))
		goto out;
	err = cs_pdq_hash(out,
	    &(struct cs_pdq_picture){ .pixels = pixels.data,
		.width = pixels.width,
		.height = pixels.height,
		.channels = pixels.channels });
out:
	cs_pixels_clear(&pixels);
	cs_buf_free(&file);
	if (err)
		fprintf(stderr, "%s: %s\n", path, cs_err_text(err));
	return err;
}

static int
show(const char *path)
{
	char hex[2 * CS_PDQ_LEN + 1];
	struct cs_pdq got;

	if (hash_file(&got, path) != CS_OK)
		return 1;
	cs_hex(hex, CS_VIEW_OF(got.hash));
	printf("%s\t%s\t%u\n", path, hex, got.quality);
	return 0;
}

/* ---- against what is known ---------------------------------------------- */

static bool
check_file(const char *path, const char *hex, unsigned quality)
{
	const char *dot = strrchr(path, '.');
	bool exact = dot != NULL && strcmp(dot, ".png") == 0;
	uint8_t want[CS_PDQ_LEN];
	unsigned apart, off;
	struct cs_pdq got;

	if (cs_unhex(want, sizeof want, hex) != CS_OK ||
	    hash_file(&got, path) != CS_OK)
		return false;
	apart = cs_pdq_distance(got.hash, want);
	off = got.quality > quality ? got.quality - quality
				    : quality - got.quality;
	printf("%s: %u bits apart, quality %u for %u\n", path, apart,
	    got.quality, quality);
	return exact ? apart == 0 && off == 0
		     : apart <= NEAR_ENOUGH && off <= QUALITY_NEAR;
}

static int
check_folder(const char *folder)
{
	char path[PATH_SIZE], line[1024], name[512], hex[2 * CS_PDQ_LEN + 1];
	unsigned quality, n = 0, failed = 0;
	FILE *f;

	snprintf(path, sizeof path, "%s/pdq.tsv", folder);
	if ((f = fopen(path, "r")) == NULL) {
		fprintf(stderr, "%s cannot be read\n", path);
		return 1;
	}
	while (fgets(line, sizeof line, f) != NULL) {
		if (sscanf(line, "%511s %*s %64s %u", name, hex, &quality) != 3)
			continue; /* the heading */
		snprintf(path, sizeof path, "%s/%s", folder, name);
		n++;
		if (!check_file(path, hex, quality)) {
			printf("%s is wrong\n", name);
			failed++;
		}
	}
	fclose(f);
	printf("%u photos, %u wrong\n", n, failed);
	return n == 0 || failed != 0;
}

int
main(int argc, char **argv)
{
	int status = 0;

	if (argc == 3 && strcmp(argv[1], "--check") == 0)
		return check_folder(argv[2]);
	if (argc < 2) {
		fprintf(stderr,
		    "usage: phash-vectors FILE...\n"
		    "       phash-vectors --check FOLDER\n");
		return 2;
	}
	for (int i = 1; i < argc; i++)
		status |= show(argv[i]);
	return status;
}
