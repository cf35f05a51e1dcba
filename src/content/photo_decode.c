/* SPDX-License-Identifier: MIT */
#include "content/photo_decode.h"

#include <string.h>

#include "content/photo_codec.h"
#include "content/photo_gif.h"
#include "content/photo_heif.h"
#include "content/photo_jpeg.h"
#include "content/photo_png.h"
#include "content/photo_webp.h"
#include "content/sniff.h"

enum cs_err
cs_photo_decode(struct cs_pixels *out, struct cs_view file)
{
	static const struct {
		const char *type;
		enum cs_err (*decode)(
		    struct cs_pixels *out, struct cs_view file);
	} kinds[] = {
		{ "image/jpeg", cs_jpeg_decode },
		{ "image/png", cs_png_decode },
		{ "image/webp", cs_webp_decode },
		{ "image/gif", cs_gif_decode },
		{ "image/heic", cs_heif_decode },
		{ "image/avif", cs_heif_decode },
	};
	const char *type = cs_media_sniff_more(file);

	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (type != NULL && strcmp(kinds[i].type, type) == 0)
			return kinds[i].decode(out, file);
	return CS_ERR_TYPE;
}
