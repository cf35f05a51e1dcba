/* SPDX-License-Identifier: MIT */
#include "content/photo_png.h"

#include <png.h>
#include <setjmp.h>
#include <string.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_exif.h"
#include "content/photo_pixels.h"
#include "content/photo_shrink.h"

/* A comment that is longer is not read: it would not be kept. */
#define CHUNK_MAX ((png_alloc_size_t)CS_PHOTO_PROFILE_MAX)
#define CHUNKS_MAX 64
#define SIGNATURE_LEN 8
/* Above this, compressing better would take longer than people wait. */
#define LARGE_PIXELS 8000000u

/* libpng leaves by longjmp: what has to survive it is in here. */
struct job {
	png_structp png;
	png_infop info;
	enum cs_err err;
	struct cs_reader in;
	struct cs_buf *out;
	struct cs_pixels *pixels;
	struct cs_shrink *shrink;
	uint8_t *rows; /* one, or all of an interlaced photo */
};

static void
stop(png_structp png, png_const_charp message)
{
	struct job *job = png_get_error_ptr(png);

	(void)message;
	if (job->err == CS_OK)
		job->err = CS_ERR_FORMAT;
	png_longjmp(png, 1);
}

static void
say_nothing(png_structp png, png_const_charp message)
{
	(void)png;
	(void)message;
}

static void
give(png_structp png, png_bytep to, size_t n)
{
	struct job *job = png_get_io_ptr(png);

	cs_read_copy(&job->in, to, n);
	if (job->in.err != CS_OK)
		png_error(png, "short");
}

static void
take(png_structp png, png_bytep from, size_t n)
{
	struct job *job = png_get_io_ptr(png);

	job->err = cs_buf_add(job->out, cs_view(from, n));
	if (job->err)
		png_error(png, "full");
}

static void
flush(png_structp png)
{
	(void)png;
}

/* ---- decoding ----------------------------------------------------------- */

/* Everything becomes 8 bits of grey, RGB or RGBA. */
static void
set_transformations(struct job *job)
{
	png_byte color = png_get_color_type(job->png, job->info);
	bool alpha = (color & PNG_COLOR_MASK_ALPHA) != 0 ||
	    png_get_valid(job->png, job->info, PNG_INFO_tRNS) != 0;

	png_set_expand(job->png);
	png_set_scale_16(job->png);
	if (alpha && (color & PNG_COLOR_MASK_COLOR) == 0)
		png_set_gray_to_rgb(job->png);
	(void)png_set_interlace_handling(job->png);
	png_read_update_info(job->png, job->info);
}

static void
leave(struct job *job, enum cs_err err)
{
	job->err = err;
	png_error(job->png, "our error");
}

/* Each row goes on as it comes; passes of an interlaced photo complete the
 * rows of the one before. */
static void
read_rows(struct job *job, const uint32_t size[static 2], size_t stride)
{
	bool interlaced =
	    png_get_interlace_type(job->png, job->info) == PNG_INTERLACE_ADAM7;
	int passes = interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1;
	enum cs_err err;

	job->rows = cs_calloc(interlaced ? size[1] : 1, stride);
	if (job->rows == NULL)
		leave(job, CS_ERR_NOMEM);
	for (int pass = 0; pass < passes; pass++)
		for (uint32_t y = 0; y < size[1]; y++) {
			uint8_t *row =
			    job->rows + (interlaced ? y * stride : 0);

			png_read_row(job->png, row, NULL);
			if (pass + 1 == passes &&
			    (err = cs_shrink_row(job->shrink, row)))
				leave(job, err);
		}
}

static void
read_profile(struct job *job)
{
	png_charp name;
	png_bytep icc;
	png_uint_32 n;
	int method;
	enum cs_err err;

	if (png_get_iCCP(job->png, job->info, &name, &method, &icc, &n) != 0 &&
	    n <= CS_PHOTO_PROFILE_MAX &&
	    (err = cs_buf_add(&job->pixels->icc, cs_view(icc, n))))
		leave(job, err);
}

static void
decode(struct job *job)
{
	png_bytep exif = NULL;
	png_uint_32 n = 0;
	uint32_t size[2];
	unsigned by, channels;
	enum cs_err err;

	png_set_read_fn(job->png, job, give);
	/* Our limits are checked below, with an error of their own. */
	png_set_user_limits(job->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_chunk_malloc_max(job->png, CHUNK_MAX);
	png_set_chunk_cache_max(job->png, CHUNKS_MAX);
	png_read_info(job->png, job->info);
	size[0] = png_get_image_width(job->png, job->info);
	size[1] = png_get_image_height(job->png, job->info);
	if ((err = cs_pixels_scale(&by, size[0], size[1])))
		leave(job, err);
	read_profile(job);
	set_transformations(job);
	channels = png_get_channels(job->png, job->info);
	if (png_get_rowbytes(job->png, job->info) != (size_t)size[0] * channels)
		leave(job, CS_ERR_FORMAT); /* not as wide as it says */
	if ((err = cs_shrink_new(
		 &job->shrink, job->pixels, size, channels, by)))
		leave(job, err);
	read_rows(job, size, (size_t)size[0] * channels);
	png_read_end(job->png, job->info);
	job->pixels->orientation = 1;
	if (png_get_eXIf_1(job->png, job->info, &n, &exif) != 0)
		job->pixels->orientation =
		    cs_exif_orientation(cs_view(exif, n));
}

/* Before libpng sees it, which calls damaged what is too large for 32 bits. */
static enum cs_err
check_size(struct cs_view file)
{
	struct cs_reader r = cs_reader(file);
	uint32_t width, height;
	struct cs_view chunk;
	unsigned by;

	(void)cs_read_bytes(&r, SIGNATURE_LEN + 4);
	chunk = cs_read_bytes(&r, 4);
	width = cs_read_u32(&r);
	height = cs_read_u32(&r);
	if (r.err != CS_OK || !cs_view_equal(chunk, cs_view_str("IHDR")))
		return CS_ERR_FORMAT;
	return cs_pixels_scale(&by, width, height);
}

enum cs_err
cs_png_decode(struct cs_pixels *out, struct cs_view file)
{
	struct job job = { .in = cs_reader(file), .pixels = out };
	enum cs_err err = check_size(file);

	if (err)
		return err;
	job.png = png_create_read_struct(
	    PNG_LIBPNG_VER_STRING, &job, stop, say_nothing);
	if (job.png == NULL)
		return CS_ERR_NOMEM;
	if (setjmp(png_jmpbuf(job.png)) == 0) {
		job.info = png_create_info_struct(job.png);
		if (job.info == NULL)
			job.err = CS_ERR_NOMEM;
		else
			decode(&job);
	}
	png_destroy_read_struct(&job.png, &job.info, NULL);
	cs_shrink_free(job.shrink);
	cs_free_plain(job.rows);
	return job.err;
}

/* ---- encoding ----------------------------------------------------------- */

static void
encode(struct job *job)
{
	const struct cs_pixels *p = job->pixels;
	int color = p->channels == 1 ? PNG_COLOR_TYPE_GRAY
	    : p->channels == 3       ? PNG_COLOR_TYPE_RGB
				     : PNG_COLOR_TYPE_RGB_ALPHA;

	png_set_write_fn(job->png, job, take, flush);
	if ((uint64_t)p->width * p->height > LARGE_PIXELS)
		png_set_compression_level(job->png, 2);
	png_set_IHDR(job->png, job->info, p->width, p->height, 8, color,
	    PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_BASE,
	    PNG_FILTER_TYPE_BASE);
	png_write_info(job->png, job->info);
	for (uint32_t y = 0; y < p->height; y++)
		png_write_row(
		    job->png, p->data + (size_t)y * p->width * p->channels);
	png_write_end(job->png, job->info);
}

enum cs_err
cs_png_encode(struct cs_buf *out, const struct cs_pixels *p, int quality)
{
	struct cs_pixels pixels = *p;
	struct job job = { .out = out, .pixels = &pixels };

	(void)quality; /* there is one: all of it */
	job.png = png_create_write_struct(
	    PNG_LIBPNG_VER_STRING, &job, stop, say_nothing);
	if (job.png == NULL)
		return CS_ERR_NOMEM;
	if (setjmp(png_jmpbuf(job.png)) == 0) {
		job.info = png_create_info_struct(job.png);
		if (job.info == NULL)
			job.err = CS_ERR_NOMEM;
		else
			encode(&job);
	}
	png_destroy_write_struct(&job.png, &job.info);
	return job.err;
}
