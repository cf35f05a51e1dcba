/* SPDX-License-Identifier: MIT */
/* The hash by which a released file is known. */
#pragma once

#include "crypto/hash.h"

/* SHA-256 of the file ${path}, of any length.  CS_ERR_NOT_FOUND, CS_ERR_IO,
 * CS_ERR_TYPE: it is no plain file. */
CS_CHECKED enum cs_err cli_file_hash(
    uint8_t out[static CS_SHA256_LEN], const char *path);
