/* SPDX-License-Identifier: MIT */
/* The page when it was not built. */
#include "programs/countersign/page_files.h"

static const unsigned char page[] =
    "<!doctype html><html lang=en><meta charset=utf-8>"
    "<title>Countersign</title><h1>The page was not built</h1>"
    "<p>It is built with Node.js 18 or newer and npm, and one of them was "
    "missing, or npm could not fetch what it needs. The command line works."
    "</p></html>";

const struct cs_web_file page_files[] = {
	{ "/index.html", "text/html; charset=utf-8", page, sizeof page - 1 },
	{ NULL, NULL, NULL, 0 },
};
