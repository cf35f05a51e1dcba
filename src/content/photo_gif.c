/* SPDX-License-Identifier: MIT */
#include "content/photo_gif.h"

#include <gif_lib.h>
#include <string.h>

#include "base/alloc.h"
#include "content/photo_codec.h"
#include "content/photo_pixels.h"

#define LOOP_EXTENSION "NETSCAPE2.0"
#define LOOP_EXTENSION_LEN 11
/* Delays of a hundredth and less were never meant: browsers take a tenth. */
#define DELAY_MIN 2
#define DELAY_ELSE 10

struct cs_gif {
	GifFileType *gif;
	struct cs_view rest;
	struct cs_pixels canvas, before; /* before: to go back to */
	GraphicsControlBlock control;    /* of the picture that comes */
	int disposal;                    /* of the one that is seen */
	GifImageDesc seen;
	uint32_t shown_ms;
	unsigned loops;
};

static int
read_bytes(GifFileType *gif, GifByteType *to, int n)
{
	struct cs_gif *g = gif->UserData;
	size_t take = (size_t)n < g->rest.len ? (size_t)n : g->rest.len;

	memcpy(to, g->rest.data, take);
	g->rest = cs_view(g->rest.data + take, g->rest.len - take);
	return (int)take;
}

static void
forget_control(struct cs_gif *g)
{
	g->control =
	    (GraphicsControlBlock){ .TransparentColor = NO_TRANSPARENT_COLOR };
}

enum cs_err
cs_gif_open(struct cs_gif **out, struct cs_view file)
{
	struct cs_gif *g = cs_calloc(1, sizeof *g);
	enum cs_err err = CS_ERR_FORMAT;
	int code = 0;

	*out = NULL;
	if (g == NULL)
		return CS_ERR_NOMEM;
	g->rest = file;
	g->loops = 1;
	forget_control(g);
	if ((g->gif = DGifOpen(g, read_bytes, &code)) != NULL)
		err = g->gif->SWidth <= 0 || g->gif->SHeight <= 0
		    ? CS_ERR_FORMAT
		    : cs_pixels_new(&g->canvas, (uint32_t)g->gif->SWidth,
			  (uint32_t)g->gif->SHeight, 4);
	else if (code == D_GIF_ERR_NOT_ENOUGH_MEM)
		err = CS_ERR_NOMEM;
	g->canvas.orientation = 1;
	if (err)
		cs_gif_close(g);
	else
		*out = g;
	return err;
}

void
cs_gif_close(struct cs_gif *g)
{
	int code;

	if (g == NULL)
		return;
	if (g->gif != NULL)
		DGifCloseFile(g->gif, &code);
	cs_pixels_clear(&g->canvas);
	cs_pixels_clear(&g->before);
	cs_free_plain(g);
}

const struct cs_pixels *
cs_gif_canvas(const struct cs_gif *g)
{
	return &g->canvas;
}

uint32_t
cs_gif_shown_ms(const struct cs_gif *g)
{
	return g->shown_ms;
}

unsigned
cs_gif_loops(const struct cs_gif *g)
{
	return g->loops;
}

/* ---- extensions --------------------------------------------------------- */

/* A block begins with its length.  The loop's is 1 and how often again. */
static void
take_extension(struct cs_gif *g, int code, bool *loop, const uint8_t *block)
{
	if (code == GRAPHICS_EXT_FUNC_CODE)
		(void)DGifExtensionToGCB(block[0], block + 1, &g->control);
	else if (*loop && block[0] == 3 && block[1] == 1) {
		unsigned again = block[2] | (unsigned)block[3] << 8;

		g->loops = again == 0 ? 0 : again + 1;
	}
	*loop = code == APPLICATION_EXT_FUNC_CODE &&
	    block[0] == LOOP_EXTENSION_LEN &&
	    memcmp(block + 1, LOOP_EXTENSION, LOOP_EXTENSION_LEN) == 0;
}

static enum cs_err
read_extension(struct cs_gif *g)
{
	GifByteType *block;
	bool loop = false;
	int code;

	if (DGifGetExtension(g->gif, &code, &block) != GIF_OK)
		return CS_ERR_FORMAT;
	while (block != NULL) {
		take_extension(g, code, &loop, block);
		if (DGifGetExtensionNext(g->gif, &block) != GIF_OK)
			return CS_ERR_FORMAT;
	}
	return CS_OK;
}

/* Go on to the next picture. */
static enum cs_err
find_picture(struct cs_gif *g)
{
	GifRecordType type;
	enum cs_err err;

	for (;;) {
		if (DGifGetRecordType(g->gif, &type) != GIF_OK)
			return CS_ERR_FORMAT;
		if (type == TERMINATE_RECORD_TYPE)
			return CS_ERR_CLOSED;
		if (type == IMAGE_DESC_RECORD_TYPE)
			return DGifGetImageDesc(g->gif) == GIF_OK
			    ? CS_OK
			    : CS_ERR_FORMAT;
		if (type != EXTENSION_RECORD_TYPE)
			return CS_ERR_FORMAT;
		if ((err = read_extension(g)))
			return err;
	}
}

/* ---- drawing ------------------------------------------------------------ */

/* What reaches beyond the canvas is not seen. */
static void
put_row(struct cs_gif *g, uint32_t y, const GifByteType *row,
    const ColorMapObject *colors)
{
	const GifImageDesc *at = &g->gif->Image;
	uint64_t top = (uint64_t)at->Top + y, left = (uint64_t)at->Left;
	uint8_t *to;

	if (top >= g->canvas.height)
		return;
	to = g->canvas.data + 4 * (top * g->canvas.width + left);
	for (uint64_t x = 0; x < (uint64_t)at->Width; x++, to += 4) {
		/* An index that the map does not have is black. */
		const GifColorType none = { 0, 0, 0 };
		const GifColorType *c = row[x] < colors->ColorCount
		    ? &colors->Colors[row[x]]
		    : &none;

		if (left + x >= g->canvas.width)
			return;
		if (row[x] == g->control.TransparentColor)
			continue;
		to[0] = c->Red;
		to[1] = c->Green;
		to[2] = c->Blue;
		to[3] = 255;
	}
}

/* Rows come in order, or in four passes. */
static enum cs_err
draw(struct cs_gif *g, const ColorMapObject *colors)
{
	static const uint32_t first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
	const GifImageDesc *at = &g->gif->Image;
	unsigned passes = at->Interlace ? 4 : 1;
	GifByteType *row = cs_calloc((size_t)at->Width, 1);
	enum cs_err err = CS_OK;

	if (row == NULL)
		return CS_ERR_NOMEM;
	for (unsigned p = 0; p < passes && err == CS_OK; p++) {
		uint32_t y = passes == 4 ? first[p] : 0;

		for (; y < (uint32_t)at->Height;
		     y += passes == 4 ? step[p] : 1) {
			if (DGifGetLine(g->gif, row, at->Width) != GIF_OK) {
				err = CS_ERR_FORMAT;
				break;
			}
			put_row(g, y, row, colors);
		}
	}
	cs_free_plain(row);
	return err;
}

/* Take away what the last picture does not leave behind. */
static void
dispose(struct cs_gif *g)
{
	size_t from = (size_t)g->seen.Left, to = from + (size_t)g->seen.Width;
	size_t width = g->canvas.width;

	if (g->disposal == DISPOSE_PREVIOUS && g->before.data != NULL)
		memcpy(
		    g->canvas.data, g->before.data, cs_pixels_size(&g->canvas));
	if (g->disposal != DISPOSE_BACKGROUND || from >= width)
		return;
	to = to < width ? to : width;
	for (size_t y = (size_t)g->seen.Top; y < g->canvas.height &&
	     y < (size_t)g->seen.Top + (size_t)g->seen.Height;
	     y++)
		memset(g->canvas.data + 4 * (y * width + from), 0,
		    4 * (to - from));
}

/* Keep what has to come back after the picture that is drawn next. */
static enum cs_err
keep(struct cs_gif *g)
{
	enum cs_err err;

	if (g->control.DisposalMode != DISPOSE_PREVIOUS)
		return CS_OK;
	if (g->before.data == NULL &&
	    (err = cs_pixels_new(
		 &g->before, g->canvas.width, g->canvas.height, 4)))
		return err;
	memcpy(g->before.data, g->canvas.data, cs_pixels_size(&g->canvas));
	return CS_OK;
}

enum cs_err
cs_gif_next(struct cs_gif *g)
{
	const ColorMapObject *colors;
	const GifImageDesc *at = &g->gif->Image;
	int delay;
	unsigned by;
	enum cs_err err;

	dispose(g);
	g->disposal = DISPOSAL_UNSPECIFIED;
	if ((err = find_picture(g)))
		return err;
	colors = at->ColorMap != NULL ? at->ColorMap : g->gif->SColorMap;
	if (colors == NULL || at->Width <= 0 || at->Height <= 0 ||
	    at->Left < 0 || at->Top < 0)
		return CS_ERR_FORMAT;
	if ((err = cs_pixels_scale(
		 &by, (uint32_t)at->Width, (uint32_t)at->Height)))
		return err;
	if (by != 1)
		return CS_ERR_LIMIT;
	if ((err = keep(g)) || (err = draw(g, colors)))
		return err;
	delay = g->control.DelayTime;
	g->shown_ms = 10 * (uint32_t)(delay < DELAY_MIN ? DELAY_ELSE : delay);
	g->disposal = g->control.DisposalMode;
	g->seen = *at;
	forget_control(g);
	return CS_OK;
}

/* ---- the first ---------------------------------------------------------- */

static bool
opaque(const struct cs_pixels *p)
{
	size_t n = cs_pixels_size(p);

	for (size_t i = 3; i < n; i += 4)
		if (p->data[i] != 255)
			return false;
	return true;
}

enum cs_err
cs_gif_decode(struct cs_pixels *out, struct cs_view file)
{
	struct cs_gif *g;
	unsigned channels;
	size_t n;
	enum cs_err err;

	if ((err = cs_gif_open(&g, file)))
		return err;
	err = cs_gif_next(g);
	if (err == CS_ERR_CLOSED)
		err = CS_ERR_FORMAT; /* no picture at all */
	if (err)
		goto out;
	channels = opaque(&g->canvas) ? 3 : 4;
	n = (size_t)g->canvas.width * g->canvas.height;
	if ((err = cs_pixels_new(
		 out, g->canvas.width, g->canvas.height, channels)))
		goto out;
	for (size_t i = 0; i < n; i++)
		memcpy(
		    out->data + i * channels, g->canvas.data + 4 * i, channels);
	out->orientation = 1;
out:
	cs_gif_close(g);
	return err;
}
