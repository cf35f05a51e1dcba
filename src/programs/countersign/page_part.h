/* SPDX-License-Identifier: MIT */
#pragma once

/* The process ${name} of "countersign page"; its exit status. */
int page_part(const char *name);
