/* SPDX-License-Identifier: MIT */
/*
 * What the child does with a photo, without the sandbox: the file is cleaned,
 * and looked at as the desk does.  What comes out is one of three types, within
 * the limits, and tells nothing.
 */

#include <string.h>

#include "content/photo_clean.h"
#include "content/photo_look.h"
#include "content/photo_recode.h"
#include "content/sniff.h"
#include "content/traces.h"
#include "fuzz/fuzz_want.h"
#include "support/library_leaks.h"

#define MAX_TRACED 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
want_clean(const struct cs_photo *p)
{
	struct cs_view v = cs_buf_view(&p->bytes);
	const char *type = cs_media_sniff(v);

	fuzz_want(type != NULL && strcmp(type, p->media_type) == 0);
	fuzz_want(v.len <= CS_PHOTO_FILE_MAX);
	fuzz_want(p->width != 0 && p->width <= CS_PHOTO_SIDE_MAX);
	fuzz_want(p->height != 0 && p->height <= CS_PHOTO_SIDE_MAX);
	/* Pixels can say anything, and some of a long file will. */
	fuzz_want(v.len > MAX_TRACED || cs_traces_find(v) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_view file = cs_view(data, size);
	struct cs_photo_look look;
	struct cs_photo photo;

	fuzz_want(cs_traces_find(file) < 2 * CS_TRACE_OTHER);
	if (cs_photo_recode(&photo, file) == CS_OK)
		want_clean(&photo);
	cs_photo_clear(&photo);
	if (cs_photo_recode_icon(&photo, file) == CS_OK) {
		want_clean(&photo);
		fuzz_want(photo.width <= CS_PHOTO_ICON_SIDE_MAX &&
		    photo.height <= CS_PHOTO_ICON_SIDE_MAX);
	}
	cs_photo_clear(&photo);
	if (cs_photo_look_here(&look, file, CS_PHOTO_LEVEL_SMALL) == CS_OK)
		fuzz_want(look.media_type != NULL);
	cs_photo_look_clear(&look);
	return 0;
}
