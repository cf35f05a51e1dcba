/* SPDX-License-Identifier: MIT */
/* Files of the site that are the same for everybody. */
#pragma once

#include "hub/site/visit.h"

site_begin site_style, site_photos_script, site_openapi;
