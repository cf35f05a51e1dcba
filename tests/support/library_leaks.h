/* SPDX-License-Identifier: MIT */
/* Libraries that lose memory of their own, which no test of ours is about:
 * x265 when it ends, libheif with dav1d when a picture is damaged.  What
 * decodes is a process that ends after one file. */
#pragma once

const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libx265\nleak:libdav1d\nleak:libheif\n";
}
