/* SPDX-License-Identifier: MIT */
/* WebAssembly cannot jump out of a function: cmocka.h here does without. */
#pragma once
