/* SPDX-License-Identifier: MIT */
/* countersignctl web, countersignctl page: what members use in a browser. */
#pragma once

#include "cli/command.h"

/* The commands "web on", "web off", "page key", "page manifest", "page
 * install", "page list" and "page use"; each returns the program's exit status.
 */
int run_web_on(const struct cli_args *args);
int run_web_off(const struct cli_args *args);
int run_page_key(const struct cli_args *args);
int run_page_manifest(const struct cli_args *args);
int run_page_install(const struct cli_args *args);
int run_page_list(const struct cli_args *args);
int run_page_use(const struct cli_args *args);
