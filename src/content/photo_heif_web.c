/* SPDX-License-Identifier: MIT */
/* A page has no decoders for HEIC and AVIF: they would be larger than all
 * others together. */
#include "content/photo_heif.h"

enum cs_err
cs_heif_decode(struct cs_pixels *out, struct cs_view file)
{
	(void)out;
	(void)file;
	return CS_ERR_UNSUPPORTED;
}
