/* SPDX-License-Identifier: MIT */
/* Passphrases, from a terminal or a file. */
#pragma once

#include "base/bytes.h"
#include "cli/command.h"

/* From --passphrase-file, or asked for on the terminal, twice if ${new_one}.
 * A status that is not 0 has been said. */
int cli_passphrase(
    struct cs_buf *out, const struct cli_args *args, bool new_one);
