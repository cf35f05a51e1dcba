/* SPDX-License-Identifier: MIT */
/*
 * What the compiler calls for setjmp() and longjmp() in WebAssembly (LLVM's
 * WebAssemblyLowerEmscriptenEHSjLj.cpp): a function that calls setjmp() has a
 * table of the places that it may come back to, and longjmp() is an exception
 * that names one of them.
 */
#include <setjmp.h>
#include <stdint.h>

#define TAG_LONGJMP 1 /* as the compiler numbers its exceptions */

/* A place, by the number that its jmp_buf has; 0 ends the table, which has one
 * entry more than its size. */
struct place {
	unsigned long id;
	uint32_t label;
};

/* A function of WebAssembly has one result; this is the second. */
void setTempRet0(uint32_t value);
uint32_t getTempRet0(void);
/* The table, and its size. */
struct place *saveSetjmp(
    jmp_buf to, uint32_t label, struct place *table, uint32_t size);
/* The label of the place, or 0: it is another function's. */
uint32_t testSetjmp(unsigned long id, const struct place *table, uint32_t size);
_Noreturn void __wasm_longjmp(void *to, int value);

static uint32_t second;

void
setTempRet0(uint32_t value)
{
	second = value;
}

uint32_t
getTempRet0(void)
{
	return second;
}

struct place *
saveSetjmp(jmp_buf to, uint32_t label, struct place *table, uint32_t size)
{
	static unsigned long last;
	uint32_t i = 0;

	while (i < size && table[i].id != 0)
		i++;
	/* There is room for four, and everybody here has one. */
	if (i == size)
		__builtin_trap();
	*to = ++last;
	table[i] = (struct place){ last, label };
	table[i + 1].id = 0;
	second = size;
	return table;
}

uint32_t
testSetjmp(unsigned long id, const struct place *table, uint32_t size)
{
	for (uint32_t i = 0; i < size && table[i].id != 0; i++)
		if (table[i].id == id)
			return table[i].label;
	return 0;
}

void
__wasm_longjmp(void *to, int value)
{
	/* What is caught finds it there. */
	static struct {
		void *to;
		int value;
	} thrown;

	thrown.to = to;
	thrown.value = value != 0 ? value : 1;
	__builtin_wasm_throw(TAG_LONGJMP, &thrown);
}
