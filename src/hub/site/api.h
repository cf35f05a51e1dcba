/* SPDX-License-Identifier: MIT */
/*
 * The same for programs, as JSON (openapi.json).
 *
 * A program can give words, which are sealed here; or seal them itself, so that
 * not even this process reads them: countersign-notice does.
 */
#pragma once

#include "hub/site/visit.h"

site_begin site_api_hub, site_api_file, site_api_status;
