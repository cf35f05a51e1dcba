/* SPDX-License-Identifier: MIT */
/*
 * What wasi-libc lacks, for libjpeg, libpng and those who call them.  The
 * compiler makes WebAssembly's exceptions of it (-wasm-enable-sjlj), with what
 * src/content/photo_jump_web.c keeps.
 */
#pragma once

typedef unsigned long jmp_buf[1];

int setjmp(jmp_buf to) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf to, int value);
