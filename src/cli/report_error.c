/* SPDX-License-Identifier: MIT */
#include "cli/report_error.h"

#include <stdarg.h>
#include <stdio.h>

const struct cli_exit_text report_exits[] = {
	{ CLI_OK, "Done." },
	{ CLI_NOT_DONE, "Not done; a sentence on standard error says why." },
	{ CLI_USAGE, "Wrong, missing or too many arguments." },
	{ CLI_UNREACHABLE, "Nobody answers at the hub's address." },
	{ CLI_SOFTWARE, "Out of memory, or a fault of the program." },
	{ CLI_CANNOT_WRITE,
	    "Something could not be written: the disk is full or the folder "
	    "read-only." },
	{ CLI_TRY_LATER, "Busy or too slow; try again." },
	{ CLI_NOT_VERIFIED,
	    "What the other side gave does not verify: a wrong operator key, "
	    "or somebody in between." },
	{ CLI_DENIED, "The account is disabled, or it is not allowed." },
	{ CLI_STATE,
	    "The folder is missing, damaged, open to others, or was written "
	    "by a newer version." },
	{ 0, NULL },
};

int
report_status(enum cs_err err)
{
	switch (err) {
	case CS_OK:
		return CLI_OK;
	case CS_ERR_NOMEM:
	case CS_ERR_CRYPTO:
	case CS_ERR_MISUSE:
		return CLI_SOFTWARE;
	case CS_ERR_DISK_FULL:
	case CS_ERR_READ_ONLY:
	case CS_ERR_IO:
		return CLI_CANNOT_WRITE;
	case CS_ERR_BUSY:
	case CS_ERR_TIMEOUT:
		return CLI_TRY_LATER;
	case CS_ERR_CLOSED:
		return CLI_UNREACHABLE;
	case CS_ERR_NEWER:
	case CS_ERR_CORRUPT:
	case CS_ERR_PASSPHRASE:
	case CS_ERR_SHARED:
		return CLI_STATE;
	case CS_ERR_CERT:
	case CS_ERR_SIGNATURE:
	case CS_ERR_MISMATCH:
	case CS_ERR_EXPIRED:
		return CLI_NOT_VERIFIED;
	case CS_ERR_DENIED:
		return CLI_DENIED;
	default:
		return CLI_NOT_DONE;
	}
}

int
report_error(enum cs_err err, const char *format, ...)
{
	char sentence[1024];
	va_list ap;

	va_start(ap, format);
	vsnprintf(sentence, sizeof sentence, format, ap);
	va_end(ap);
	return cli_fail(
	    report_status(err), "%s: %s.", sentence, cs_err_text(err));
}
