/* SPDX-License-Identifier: MIT */
#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *running = "";
static size_t number;

/* Is it in the list of tests/wasm/without? */
static bool
is_without(const char *name)
{
	const char *at = getenv("WITHOUT");
	size_t n = strlen(name);

	while (at != NULL && (at = strstr(at, name)) != NULL) {
		if (at[n] == ' ' || at[n] == '\0')
			return true;
		at += n;
	}
	return false;
}

int
web_run(const struct CMUnitTest *tests, size_t n, int (*setup)(void **state),
    int (*teardown)(void **state))
{
	void *state = NULL;

	printf("1..%zu\n", n);
	fflush(stdout);
	if (setup != NULL && setup(&state) != 0)
		fail();
	for (size_t i = 0; i < n; i++) {
		void *own = state;

		running = tests[i].name;
		number = i + 1;
		if (is_without(running)) {
			printf("ok %zu - %s # SKIP\n", number, running);
			continue;
		}
		if (tests[i].setup_func != NULL &&
		    tests[i].setup_func(&own) != 0)
			fail();
		tests[i].test_func(&own);
		if (tests[i].teardown_func != NULL &&
		    tests[i].teardown_func(&own) != 0)
			fail();
		printf("ok %zu - %s\n", i + 1, running);
		fflush(stdout);
	}
	return teardown != NULL ? teardown(&state) : 0;
}

void
_fail(const char *file, int line)
{
	fprintf(stderr, "%s:%d: failed\n", file, line);
	printf("not ok %zu - %s\n", number, running);
	fflush(stdout);
	_Exit(1);
}

void
print_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

void
print_message(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
}

void
web_assert(int holds, const char *what, const char *file, int line)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	_fail(file, line);
}

void
web_numbers(uintmax_t a, uintmax_t b, int equal, const char *what,
    const char *file, int line)
{
	if ((a == b) == (equal != 0))
		return;
	fprintf(stderr, "%s: %#jx, %#jx\n", what, a, b);
	_fail(file, line);
}

void
web_strings(const char *a, const char *b, int equal, const char *file, int line)
{
	if ((strcmp(a, b) == 0) == (equal != 0))
		return;
	fprintf(stderr, "\"%s\" and \"%s\"\n", a, b);
	_fail(file, line);
}

/* ---- what wasi-libc lacks ----------------------------------------------- */

char *
mkdtemp(char *template)
{
	static unsigned n;
	size_t at = strlen(template) - 6;

	for (int tries = 0; tries < 100; tries++) {
		unsigned random;

		if (getentropy(&random, sizeof random) != 0)
			return NULL;
		snprintf(template + at, 7, "%06x", (random + n++) & 0xffffff);
		if (mkdir(template, 0700) == 0)
			return template;
		if (errno != EEXIST)
			return NULL;
	}
	return NULL;
}

mode_t
umask(mode_t mask)
{
	return mask;
}

int
nftw(const char *path,
    int (*fn)(
	const char *path, const struct stat *st, int flag, struct FTW *where),
    int most, int flags)
{
	struct FTW where = { 0, 0 };
	struct dirent *e;
	struct stat st;
	char below[512];
	DIR *dir;

	if (lstat(path, &st) != 0)
		return -1;
	if (S_ISDIR(st.st_mode) && (dir = opendir(path)) != NULL) {
		while ((e = readdir(dir)) != NULL) {
			if (strcmp(e->d_name, ".") == 0 ||
			    strcmp(e->d_name, "..") == 0)
				continue;
			snprintf(below, sizeof below, "%s/%s", path, e->d_name);
			if (nftw(below, fn, most, flags) != 0) {
				closedir(dir);
				return -1;
			}
		}
		closedir(dir);
	}
	return fn(path, &st, 0, &where);
}
