/* SPDX-License-Identifier: MIT */
/* The first picture of a GIF; what moves after it is not looked at. */
#include "content/photo_gif.h"

#include <gif_lib.h>
#include <string.h>

#include "base/alloc.h"
#include "content/photo_codec.h"
#include "content/photo_pixels.h"

static int
read_bytes(GifFileType *gif, GifByteType *to, int n)
{
	struct cs_view *rest = gif->UserData;
	size_t take = (size_t)n < rest->len ? (size_t)n : rest->len;

	memcpy(to, rest->data, take);
	*rest = cs_view(rest->data + take, rest->len - take);
	return (int)take;
}

/* Go on to the first picture, over extensions. */
static enum cs_err
find_picture(GifFileType *gif)
{
	GifRecordType type;

	for (;;) {
		GifByteType *block;
		int code;

		if (DGifGetRecordType(gif, &type) != GIF_OK)
			return CS_ERR_FORMAT;
		if (type == IMAGE_DESC_RECORD_TYPE)
			return DGifGetImageDesc(gif) == GIF_OK ? CS_OK
							       : CS_ERR_FORMAT;
		if (type != EXTENSION_RECORD_TYPE ||
		    DGifGetExtension(gif, &code, &block) != GIF_OK)
			return CS_ERR_FORMAT;
		while (block != NULL)
			if (DGifGetExtensionNext(gif, &block) != GIF_OK)
				return CS_ERR_FORMAT;
	}
}

static void
put_row(struct cs_pixels *out, uint32_t y, const GifByteType *row,
    const ColorMapObject *colors)
{
	uint8_t *to = out->data + (size_t)y * out->width * 3;

	for (uint32_t x = 0; x < out->width; x++) {
		/* An index that the map does not have is black. */
		const GifColorType none = { 0, 0, 0 };
		const GifColorType *c = row[x] < colors->ColorCount
		    ? &colors->Colors[row[x]]
		    : &none;

		to[3 * x] = c->Red;
		to[3 * x + 1] = c->Green;
		to[3 * x + 2] = c->Blue;
	}
}

/* Rows come in order, or in four passes. */
static enum cs_err
read_rows(struct cs_pixels *out, GifFileType *gif, const ColorMapObject *colors)
{
	static const uint32_t first[] = { 0, 4, 2, 1 }, step[] = { 8, 8, 4, 2 };
	unsigned passes = gif->Image.Interlace ? 4 : 1;
	GifByteType *row = cs_calloc(out->width, 1);
	enum cs_err err = CS_OK;

	if (row == NULL)
		return CS_ERR_NOMEM;
	for (unsigned p = 0; p < passes && err == CS_OK; p++) {
		uint32_t y = passes == 4 ? first[p] : 0;

		for (; y < out->height; y += passes == 4 ? step[p] : 1) {
			if (DGifGetLine(gif, row, (int)out->width) != GIF_OK) {
				err = CS_ERR_FORMAT;
				break;
			}
			put_row(out, y, row, colors);
		}
	}
	cs_free_plain(row);
	return err;
}

enum cs_err
cs_gif_decode(struct cs_pixels *out, struct cs_view file)
{
	const ColorMapObject *colors;
	struct cs_view rest = file;
	GifFileType *gif;
	enum cs_err err;
	int code;

	gif = DGifOpen(&rest, read_bytes, &code);
	if (gif == NULL)
		return code == D_GIF_ERR_NOT_ENOUGH_MEM ? CS_ERR_NOMEM
							: CS_ERR_FORMAT;
	if ((err = find_picture(gif)))
		goto out;
	colors =
	    gif->Image.ColorMap != NULL ? gif->Image.ColorMap : gif->SColorMap;
	if (colors == NULL || gif->Image.Width <= 0 || gif->Image.Height <= 0)
		err = CS_ERR_FORMAT;
	else if ((err = cs_pixels_new(out, (uint32_t)gif->Image.Width,
		      (uint32_t)gif->Image.Height, 3)) == CS_OK)
		err = read_rows(out, gif, colors);
	out->orientation = 1;
out:
	DGifCloseFile(gif, &code);
	return err;
}
