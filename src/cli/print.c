/* SPDX-License-Identifier: MIT */
#include "cli/print.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>
#include <uniwidth.h>

#include "base/name.h"
#include "base/text.h"
#include "store/clock.h"

/* ---- what others wrote -------------------------------------------------- */

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST 8 /* beside the margin */

static int
screen_width(FILE *to)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long n = columns != NULL ? strtol(columns, NULL, 10) : 0;

	if (fileno(to) >= 0 && ioctl(fileno(to), TIOCGWINSZ, &size) == 0 &&
	    size.ws_col != 0)
		n = size.ws_col;
	return n > 0 && n < 10000 ? (int)n : WIDTH_DEFAULT;
}

/* A piece of text on its way to the screen. */
struct page {
	FILE *to;
	int margin, width, column;
};

static void
break_line(struct page *p)
{
	fprintf(p->to, "\n%*s", p->margin, "");
	p->column = p->margin;
}

/* A character as it is printed, and how wide that is. */
struct glyph {
	char bytes[16];
	size_t n;
	int width;
};

static struct glyph
next_glyph(struct cs_view *text)
{
	struct glyph g = { 0 };
	const uint8_t *from = text->data;
	size_t n;
	uint32_t x = cs_utf8_next(text, &n);

	if (cs_utf8_hidden(x) || (n == 1 && x >= 0x80)) {
		g.n = (size_t)snprintf(
		    g.bytes, sizeof g.bytes, "\\u{%x}", (unsigned)x);
		g.width = (int)g.n;
		return g;
	}
	memcpy(g.bytes, from, n);
	g.n = n;
	g.width = uc_width(x, "UTF-8");
	/* Nothing that is shown is narrower than it says. */
	if (g.width < 0)
		g.width = 1;
	return g;
}

static void
put(struct page *p, const struct glyph *g)
{
	/* What has no width of its own stays with what stands before it. */
	if (g->width != 0 && p->column + g->width > p->width &&
	    p->column > p->margin)
		break_line(p);
	fwrite(g->bytes, 1, g->n, p->to);
	p->column += g->width;
}

static bool
is_space(const struct cs_view *text)
{
	return text->len != 0 &&
	    (text->data[0] == ' ' || text->data[0] == '\t');
}

/* Columns that the word at the beginning of ${text} takes. */
static int
word_width(struct cs_view text)
{
	int width = 0;

	while (text.len != 0 && !is_space(&text) && text.data[0] != '\n' &&
	    width < 10000)
		width += next_glyph(&text).width;
	return width;
}

static void
put_word(struct page *p, struct cs_view *text)
{
	int width = word_width(*text);

	if (p->column > p->margin && p->column + width > p->width &&
	    width <= p->width - p->margin)
		break_line(p);
	while (text->len != 0 && !is_space(text) && text->data[0] != '\n') {
		struct glyph g = next_glyph(text);

		put(p, &g);
	}
}

/* Blanks that do not fit end the line, however many there are. */
static void
put_blanks(struct page *p, struct cs_view *text)
{
	int n = 0, word;

	for (; is_space(text); n++)
		*text = cs_view(text->data + 1, text->len - 1);
	word = word_width(*text);
	if (word > p->width - p->margin)
		word = 1; /* it is cut in any case */
	if (p->column + n + word <= p->width) {
		fprintf(p->to, "%*s", n, "");
		p->column += n;
	} else if (text->len != 0 && text->data[0] != '\n') {
		break_line(p);
	}
}

void
cli_print_text(FILE *to, const char *label, struct cs_view text, int margin)
{
	struct page p = {
		.to = to,
		.margin = margin,
		.width = screen_width(to),
	};

	if (p.width < margin + WIDTH_LEAST)
		p.width = margin + WIDTH_LEAST;
	fputs(label, to);
	for (struct cs_view l = cs_view_str(label); l.len != 0;)
		p.column += next_glyph(&l).width;
	while (text.len != 0) {
		if (text.data[0] == '\n') {
			text = cs_view(text.data + 1, text.len - 1);
			break_line(&p);
		} else if (is_space(&text)) {
			put_blanks(&p, &text);
		} else {
			put_word(&p, &text);
		}
	}
}

static void
print_glyph(FILE *to, struct cs_view *text)
{
	struct glyph g = next_glyph(text);

	fwrite(g.bytes, 1, g.n, to);
}

void
cli_print_name(FILE *to, const char *name)
{
	struct cs_view text = cs_view_str(name);
	bool blank = false, begun = false;

	while (text.len != 0) {
		struct cs_view rest = text;
		size_t n;

		if (cs_name_is_blank(cs_utf8_next(&rest, &n))) {
			text = rest;
			blank = begun;
			continue;
		}
		if (blank)
			fputc(' ', to);
		blank = false;
		begun = true;
		print_glyph(to, &text);
	}
}

/* ---- for programs ------------------------------------------------------- */

enum cs_err
cli_json_print(struct cs_json_writer *j)
{
	enum cs_err err = cs_json_end(j);

	if (err == CS_OK &&
	    (fwrite(j->buf->data, 1, j->buf->len, stdout) != j->buf->len ||
		fputc('\n', stdout) == EOF))
		err = CS_ERR_IO;
	cs_buf_free(j->buf);
	return err;
}

void
cli_print_time(FILE *to, uint64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char at[32] = "?";
	struct tm tm;

	if (localtime_r(&t, &tm) != NULL)
		strftime(at, sizeof at, "%Y-%m-%d %H:%M", &tm);
	fputs(at, to);
}

void
cli_print_day(FILE *to, uint64_t ms)
{
	time_t t = (time_t)(ms / 1000);
	char at[32] = "?";
	struct tm tm;

	/* What is rounded to the day is rounded to the day in UTC. */
	if (gmtime_r(&t, &tm) != NULL)
		strftime(at, sizeof at, "%Y-%m-%d", &tm);
	fputs(at, to);
}

#define PROGRESS_LEAST 65536 /* what is smaller is there at once */
#define PROGRESS_US 250000   /* it is written anew so often */

/* "1.5 MB", in units that lines are sold in. */
static void
amount(char out[static 24], double bytes)
{
	if (bytes < 1e6)
		snprintf(out, 24, "%.0f kB", bytes / 1e3);
	else
		snprintf(out, 24, "%.1f MB", bytes / 1e6);
}

static void
time_left(char out[static 32], double seconds)
{
	if (seconds < 60)
		snprintf(out, 32, "%.0f s", seconds);
	else if (seconds < 3600)
		snprintf(out, 32, "%.0f min", seconds / 60);
	else
		snprintf(out, 32, "%.1f h", seconds / 3600);
}

void
cli_progress(uint64_t done, uint64_t total)
{
	static uint64_t from_us, from, last_us, last;
	uint64_t now = cs_clock_us();
	char some[24], all[24], speed[24], left[32];
	double rate;

	if (!isatty(STDERR_FILENO) || total < PROGRESS_LEAST)
		return;
	/* It begins, or goes on where it broke off: what was there before says
	 * nothing of the line. */
	if (from_us == 0 || done < last) {
		from_us = now;
		from = done;
		last_us = 0;
	}
	last = done;
	if (now - last_us < PROGRESS_US && done < total)
		return;
	last_us = now;
	rate = now > from_us
	    ? (double)(done - from) * 1e6 / (double)(now - from_us)
	    : 0;
	amount(some, (double)done);
	amount(all, (double)total);
	fprintf(stderr, "\r\033[K%s of %s", some, all);
	if (rate > 0) {
		amount(speed, rate);
		fprintf(stderr, ", %s/s", speed);
	}
	if (rate > 0 && done < total) {
		time_left(left, (double)(total - done) / rate);
		fprintf(stderr, ", %s left", left);
	}
	if (done >= total) {
		fputc('\n', stderr);
		from_us = 0;
	}
}
