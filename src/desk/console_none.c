/* SPDX-License-Identifier: MIT */
/* The console when its pages were not built. */
#include "desk/console_files.h"

static const unsigned char page[] =
    "<!doctype html><meta charset=utf-8><title>Countersign</title>"
    "<p>The pages of the console were not built: building them takes Node.js "
    "18 or newer and npm. The desk itself works, by command line and by its "
    "API.";

const struct cs_console_file cs_console_files[] = {
	{ "/index.html", "text/html; charset=utf-8", page, sizeof page - 1 },
	{ NULL, NULL, NULL, 0 },
};
