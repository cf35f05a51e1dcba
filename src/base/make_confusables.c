/* SPDX-License-Identifier: MIT */
/*
 * make-confusables: print, as C, which characters look like which others
 * (Unicode Technical Standard 39, confusables.txt as ICU has it).
 *
 * Runs when the project is built, so that nothing that is installed needs ICU.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/uspoof.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#define LAST 0x1ffff
#define LONGEST 64

/* Missing in the table, and seen in names of impostors. */
static const struct {
	UChar32 from;
	const char *to;
} extra[] = { { '.', "-" }, { '_', "-" }, { 'w', "vv" } };

static void
die(const char *what, UErrorCode err)
{
	fprintf(stderr, "make-confusables: %s: %s\n", what, u_errorName(err));
	exit(1);
}

/* The decomposition of ${c}, which is what it looks like if nothing is said. */
static void
decomposed(char *out, const UNormalizer2 *nfd, UChar32 c)
{
	UChar one[2], many[LONGEST];
	int32_t n = 0, len;
	UErrorCode err = U_ZERO_ERROR;

	U16_APPEND_UNSAFE(one, n, c);
	len = unorm2_normalize(nfd, one, n, many, LONGEST, &err);
	u_strToUTF8(out, LONGEST, NULL, many, len, &err);
	if (U_FAILURE(err))
		die("NFD", err);
}

static void
looks(char *out, USpoofChecker *checker, UChar32 c)
{
	char one[U8_MAX_LENGTH + 1];
	int32_t n = 0;
	UErrorCode err = U_ZERO_ERROR;

	for (size_t i = 0; i < sizeof extra / sizeof *extra; i++)
		if (extra[i].from == c) {
			snprintf(out, LONGEST, "%s", extra[i].to);
			return;
		}
	U8_APPEND_UNSAFE((uint8_t *)one, n, c);
	uspoof_getSkeletonUTF8(checker, 0, one, n, out, LONGEST, &err);
	if (U_FAILURE(err))
		die("skeleton", err);
}

/* All looks, one after the other, each with a zero behind it. */
static char looks_at[1 << 20];
static size_t looks_len;

static void
print_one(UChar32 c, const char *to)
{
	if (looks_len + strlen(to) + 1 > sizeof looks_at)
		exit(1);
	printf("\t{ 0x%x, %zu },\n", (unsigned)c, looks_len);
	memcpy(looks_at + looks_len, to, strlen(to) + 1);
	looks_len += strlen(to) + 1;
}

static void
print_looks(void)
{
	printf("const char cs_confusable_looks[] = {");
	for (size_t i = 0; i < looks_len; i++)
		printf("%s%d,", i % 16 == 0 ? "\n\t" : " ",
		    (signed char)looks_at[i]);
	printf("\n};\n");
}

int
main(void)
{
	UErrorCode err = U_ZERO_ERROR;
	USpoofChecker *checker = uspoof_open(&err);
	const UNormalizer2 *nfd = unorm2_getNFDInstance(&err);

	if (U_FAILURE(err))
		die("ICU", err);
	printf("/* SPDX-License-Identifier: MIT */\n"
	       "/* Made by make_confusables.c, sorted. */\n"
	       "#include \"base/confusables.h\"\n\n"
	       "const struct cs_confusable cs_confusables[] = {\n");
	for (UChar32 c = 0x20; c <= LAST; c++) {
		char plain[LONGEST] = "", look[LONGEST] = "";
		UErrorCode ignored = U_ZERO_ERROR;
		UChar whole;

		if (U_IS_SURROGATE(c) || U_IS_UNICODE_NONCHAR(c))
			continue;
		/* It is taken apart before it is looked up. */
		decomposed(plain, nfd, c);
		if (unorm2_getDecomposition(nfd, c, &whole, 1, &ignored) >= 0)
			continue;
		looks(look, checker, c);
		if (strcmp(plain, look) != 0)
			print_one(c, look);
	}
	printf("};\n\nconst size_t cs_confusables_n =\n"
	       "    sizeof cs_confusables / sizeof *cs_confusables;\n\n");
	print_looks();
	uspoof_close(checker);
	return fflush(stdout) == 0 ? 0 : 1;
}
