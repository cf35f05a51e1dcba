/* SPDX-License-Identifier: MIT */
/*
 * Photos and files of reports: fetched as they are, encrypted, and opened only
 * when somebody asks to see one.
 */
#pragma once

#include "base/bytes.h"

struct cs_desk;
struct cs_desk_report_opened;
struct cs_evidence;

/* The photo or file of part ${part} of message ${item}, decrypted and checked
 * against what the sender committed to; appended.  CS_ERR_NOT_FOUND: the hub
 * did not have it. */
CS_CHECKED enum cs_err cs_desk_report_file(struct cs_buf *out,
    struct cs_desk *d, const struct cs_desk_report_opened *c, size_t item,
    size_t part);
/* Fetch the files that a verified report names; those that are gone stay so. */
CS_CHECKED enum cs_err desk_files_fetch(
    struct cs_desk *d, const struct cs_evidence *e);
/* A photo or file of a report, decrypted and checked; written down by who
 * calls. */
CS_CHECKED enum cs_err desk_file_open(struct cs_buf *out, struct cs_desk *d,
    const struct cs_desk_report_opened *c, size_t item, size_t part);
