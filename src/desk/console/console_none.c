/* SPDX-License-Identifier: MIT */
/* The console when its pages were not built. */
#include "desk/console/console_files.h"

static const unsigned char page[] =
    "<!doctype html><html lang=en><meta charset=utf-8>"
    "<title>Countersign desk</title><h1>The console was not built</h1>"
    "<p>Its pages are built with Node.js 18 or newer and npm, and one of them "
    "was missing, or npm could not fetch what it needs. The desk itself works, "
    "by command line and by its API.</p><p>To have the pages: "
    "<code>scripts/install-packages --build</code>, then "
    "<code>meson setup --wipe build &amp;&amp; ninja -C build</code>, and "
    "start "
    "the desk again. <code>-Dconsole=enabled</code> says why it does not work."
    "</p></html>";

const struct cs_web_file cs_console_files[] = {
	{ "/index.html", "text/html; charset=utf-8", page, sizeof page - 1 },
	{ NULL, NULL, NULL, 0 },
};
