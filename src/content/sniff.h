/* SPDX-License-Identifier: MIT */
/* What kind of file its first bytes say it is. */
#pragma once

#include "content/media.h"

const char *cs_media_sniff(struct cs_view first_bytes);
