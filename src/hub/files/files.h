/* SPDX-License-Identifier: MIT */
/* The process that has the folder of blobs, and nothing else. */
#pragma once

/* Run as that process; does not return before it is over. */
int hub_files_main(void);
