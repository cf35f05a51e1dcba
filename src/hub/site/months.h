/* SPDX-License-Identifier: MIT */
/* Transparency report: numbers by month, as a page, CSV and JSON, with the
 * categories of the DSA Transparency Database.  "countersign-verify --log"
 * counts the same out of the log. */
#pragma once

#include "hub/site/visit.h"

site_begin site_months, site_months_json, site_months_csv;
