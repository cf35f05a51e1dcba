/* SPDX-License-Identifier: MIT */
/* Passphrases, from a terminal or a file. */
#pragma once

#include "base/bytes.h"
#include "cli/command.h"

/* Is the passphrase one that is there, or one that somebody makes up now? */
enum cli_passphrase_kind { CLI_PASSPHRASE_KNOWN, CLI_PASSPHRASE_NEW };
/* From --passphrase-file, or asked for on the terminal, twice if it is new. The
 * user has been told of a status that is not 0. */
int cli_passphrase(struct cs_buf *out, const struct cli_args *args,
    enum cli_passphrase_kind kind);
