/* SPDX-License-Identifier: MIT */
#include "cli/evidence_text.h"

#include <stdio.h>
#include <time.h>

void
cli_evidence_time(uint64_t ms)
{
	time_t s = (time_t)(ms / 1000);
	struct tm tm;
	char text[64];

	/* A bundle can name any number; not all of them are years. */
	if (ms / 1000 > 253402300799u || gmtime_r(&s, &tm) == NULL ||
	    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S UTC", &tm) == 0)
		printf("%llu ms after 1970", (unsigned long long)ms);
	else
		fputs(text, stdout);
}

void
cli_evidence_hex(struct cs_view v)
{
	for (size_t i = 0; i < v.len; i++)
		printf("%02x", v.data[i]);
}
