/* SPDX-License-Identifier: MIT */
#include "cli/qr.h"

#include <qrencode.h>
#include <stdbool.h>

/* ISO 18004 asks for four light modules around the code; readers accept two. */
#define MARGIN 2

static bool
is_dark(const QRcode *qr, int x, int y)
{
	if (x < 0 || y < 0 || x >= qr->width || y >= qr->width)
		return false;
	return qr->data[y * qr->width + x] & 1;
}

/* One line of text shows two rows of modules. */
static void
print_line(FILE *to, const QRcode *qr, int y)
{
	static const char *const blocks[] = { " ", "\u2584", "\u2580",
		"\u2588" };

	fputs("\033[30;107m", to); /* black on white */
	for (int x = -MARGIN; x < qr->width + MARGIN; x++)
		fputs(
		    blocks[2 * is_dark(qr, x, y) + is_dark(qr, x, y + 1)], to);
	fputs("\033[0m\n", to);
}

void
cli_print_qr(FILE *to, const char *text)
{
	QRcode *qr = QRcode_encodeString(text, 0, QR_ECLEVEL_L, QR_MODE_8, 1);

	if (qr == NULL)
		return;
	for (int y = -MARGIN; y < qr->width + MARGIN; y += 2)
		print_line(to, qr, y);
	QRcode_free(qr);
}
