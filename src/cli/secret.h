/* SPDX-License-Identifier: MIT */
/* Passphrases and recovery words, from a terminal or a file. */
#pragma once

#include "base/bytes.h"
#include "cli/command.h"

/* Is the passphrase an existing one, or is a new one chosen? */
/* Characters of a passphrase, at least. */
#define CLI_PASSPHRASE_LEAST 8
enum cli_passphrase_kind { CLI_PASSPHRASE_KNOWN, CLI_PASSPHRASE_NEW };
/* Read a passphrase from --passphrase-file, or ask on the terminal, twice for a
 * new one. If the status is not 0, the user was told why. */
int cli_passphrase(struct cs_buf *out, const struct cli_args *args,
    enum cli_passphrase_kind kind);
/* A new one, if the options ask for one; else ${out} stays empty. */
int cli_new_passphrase(struct cs_buf *out, const struct cli_args *args);
/* Read one line of secret words from --words-file, from standard input if that
 * is no terminal, or ask with ${prompt} on it, without echo.  If the status is
 * not 0, the user was told why. */
int cli_words(
    struct cs_buf *out, const struct cli_args *args, const char *prompt);
/* The passphrase that is to come into the place of the one before: from
 * --new-passphrase-file, or asked for twice. */
int cli_other_passphrase(struct cs_buf *out, const struct cli_args *args);
/* The passphrase of a backup: from --backup-passphrase-file, or asked for. */
int cli_backup_passphrase(struct cs_buf *out, const struct cli_args *args,
    enum cli_passphrase_kind kind);
