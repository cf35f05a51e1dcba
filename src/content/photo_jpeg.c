/* SPDX-License-Identifier: MIT */
#include "content/photo_jpeg.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* These need stdio.h before them. */
#include <jerror.h>
#include <jpeglib.h>

#include "base/alloc.h"
#include "content/photo.h"
#include "content/photo_codec.h"
#include "content/photo_color.h"
#include "content/photo_exif.h"
#include "content/photo_pixels.h"

/* A progressive photo of this many scans is made to cost time. */
#define SCANS_MAX 100
#define EXIF_MARKER (JPEG_APP0 + 1)
#define PROFILE_MARKER (JPEG_APP0 + 2)

/* libjpeg leaves by longjmp: what has to survive it is in here. */
struct job {
	struct jpeg_error_mgr errors;
	jmp_buf leave;
	enum cs_err err;
	struct jpeg_decompress_struct d;
	struct jpeg_compress_struct c;
	struct jpeg_progress_mgr progress;
	unsigned char *bytes; /* of libjpeg, by malloc() */
	unsigned long n;
	uint8_t *cmyk;
	struct cs_color *color; /* of the CMYK, if it has a profile */
};

static void
stop(j_common_ptr cinfo)
{
	struct job *job = cinfo->client_data;

	if (cinfo->err->msg_code == JERR_OUT_OF_MEMORY)
		job->err = CS_ERR_NOMEM;
	else if (job->err == CS_OK)
		job->err = CS_ERR_FORMAT;
	longjmp(job->leave, 1);
}

/* Warnings that mean that part of the photo is not there are errors. */
static void
warn(j_common_ptr cinfo, int level)
{
	if (level < 0 &&
	    (cinfo->err->msg_code == JWRN_JPEG_EOF ||
		cinfo->err->msg_code == JWRN_HIT_MARKER))
		stop(cinfo);
}

static void
say_nothing(j_common_ptr cinfo)
{
	(void)cinfo;
}

static void
count_scans(j_common_ptr cinfo)
{
	struct job *job = cinfo->client_data;

	if (job->d.input_scan_number > SCANS_MAX) {
		job->err = CS_ERR_LIMIT;
		stop(cinfo);
	}
}

static void
prepare(struct job *job)
{
	memset(job, 0, sizeof *job);
	jpeg_std_error(&job->errors);
	job->errors.error_exit = stop;
	job->errors.emit_message = warn;
	job->errors.output_message = say_nothing;
	job->progress.progress_monitor = count_scans;
}

/* ---- decoding ----------------------------------------------------------- */

static unsigned
orientation(const struct jpeg_decompress_struct *d)
{
	const struct jpeg_marker_struct *m;

	for (m = d->marker_list; m != NULL; m = m->next)
		if (m->marker == EXIF_MARKER && m->data_length >= 6 &&
		    memcmp(m->data, "Exif\0\0", 6) == 0)
			return cs_exif_orientation(
			    cs_view(m->data, m->data_length));
	return 1;
}

/* libjpeg does not turn CMYK into colours of a screen.  Adobe's programs, the
 * only ones that write it, store it inverted. */
static void
from_cmyk(uint8_t *out, const uint8_t *in, uint32_t width, bool inverted)
{
	for (uint32_t i = 0; i < width; i++, in += 4)
		for (int c = 0; c < 3; c++) {
			unsigned ink = inverted ? in[c] : 255u - in[c];
			unsigned black = inverted ? in[3] : 255u - in[3];

			*out++ = (uint8_t)(ink * black / 255);
		}
}

static void
read_rows(struct job *job, struct cs_pixels *out)
{
	struct jpeg_decompress_struct *d = &job->d;
	bool cmyk = d->out_color_space == JCS_CMYK;

	while (d->output_scanline < d->output_height) {
		uint8_t *row = out->data +
		    (size_t)d->output_scanline * out->width * out->channels;
		JSAMPROW into = cmyk ? job->cmyk : row;

		if (jpeg_read_scanlines(d, &into, 1) != 1)
			stop((j_common_ptr)d);
		if (cmyk && job->color != NULL)
			cs_color_row(job->color, row, job->cmyk, out->width);
		else if (cmyk)
			from_cmyk(
			    row, job->cmyk, out->width, d->saw_Adobe_marker);
	}
}

/* The profile, whose parts are numbered; damaged ones are none. */
static void
read_profile(struct job *job, struct cs_pixels *out)
{
	JOCTET *icc = NULL;
	unsigned n = 0;

	if (!jpeg_read_icc_profile(&job->d, &icc, &n))
		return;
	if (n <= CS_PHOTO_PROFILE_MAX)
		job->err = cs_buf_add(&out->icc, cs_view(icc, n));
	free(icc);
	if (job->err)
		longjmp(job->leave, 1);
}

/* CMYK is no colour of a screen: it does not leave here. */
static void
prepare_cmyk(struct job *job, struct cs_pixels *out)
{
	job->cmyk = cs_calloc(out->width, 4);
	if (job->cmyk == NULL) {
		job->err = CS_ERR_NOMEM;
		longjmp(job->leave, 1);
	}
	job->color = cs_color_new(cs_buf_view(&out->icc),
	    job->d.saw_Adobe_marker ? CS_COLOR_CMYK_INVERTED : CS_COLOR_CMYK);
	cs_buf_free(&out->icc);
}

static void
decode(struct job *job, struct cs_pixels *out, struct cs_view file)
{
	struct jpeg_decompress_struct *d = &job->d;
	unsigned channels = 3;

	jpeg_mem_src(d, file.data, file.len);
	jpeg_save_markers(d, EXIF_MARKER, 0xffff);
	jpeg_save_markers(d, PROFILE_MARKER, 0xffff);
	(void)jpeg_read_header(d, TRUE);
	out->orientation = orientation(d);
	read_profile(job, out);
	switch (d->jpeg_color_space) {
	case JCS_GRAYSCALE:
		d->out_color_space = JCS_GRAYSCALE;
		channels = 1;
		break;
	case JCS_CMYK:
	case JCS_YCCK:
		d->out_color_space = JCS_CMYK;
		break;
	default:
		d->out_color_space = JCS_RGB;
	}
	d->scale_num = 1;
	if ((job->err = cs_pixels_scale(
		 &d->scale_denom, d->image_width, d->image_height)))
		longjmp(job->leave, 1);
	jpeg_calc_output_dimensions(d);
	if ((job->err = cs_pixels_new(
		 out, d->output_width, d->output_height, channels)))
		longjmp(job->leave, 1);
	if (d->out_color_space == JCS_CMYK)
		prepare_cmyk(job, out);
	(void)jpeg_start_decompress(d);
	read_rows(job, out);
	(void)jpeg_finish_decompress(d);
}

enum cs_err
cs_jpeg_decode(struct cs_pixels *out, struct cs_view file)
{
	struct job job;

	prepare(&job);
	job.d.err = &job.errors;
	job.d.client_data = &job;
	if (setjmp(job.leave) == 0) {
		jpeg_create_decompress(&job.d);
		job.d.client_data = &job;
		job.d.progress = &job.progress;
		decode(&job, out, file);
	}
	jpeg_destroy_decompress(&job.d);
	cs_free_plain(job.cmyk);
	cs_color_free(job.color);
	return job.err;
}

/* ---- encoding ----------------------------------------------------------- */

static void
encode(struct job *job, const struct cs_pixels *p, int quality)
{
	struct jpeg_compress_struct *c = &job->c;

	jpeg_mem_dest(c, &job->bytes, &job->n);
	c->image_width = p->width;
	c->image_height = p->height;
	c->input_components = (int)p->channels;
	c->in_color_space = p->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
	jpeg_set_defaults(c);
	jpeg_set_quality(c, quality, TRUE);
	c->optimize_coding = TRUE;
	jpeg_start_compress(c, TRUE);
	while (c->next_scanline < c->image_height) {
		JSAMPROW row =
		    p->data + (size_t)c->next_scanline * p->width * p->channels;

		if (jpeg_write_scanlines(c, &row, 1) != 1)
			stop((j_common_ptr)c);
	}
	jpeg_finish_compress(c);
}

enum cs_err
cs_jpeg_encode(struct cs_buf *out, const struct cs_pixels *p, int quality)
{
	struct job job;

	prepare(&job);
	job.c.err = &job.errors;
	job.c.client_data = &job;
	if (setjmp(job.leave) == 0) {
		jpeg_create_compress(&job.c);
		job.c.client_data = &job;
		encode(&job, p, quality);
	}
	jpeg_destroy_compress(&job.c);
	if (job.err == CS_OK)
		job.err = cs_buf_add(out, cs_view(job.bytes, job.n));
	free(job.bytes);
	return job.err;
}
