/* SPDX-License-Identifier: MIT */
#include "mls/tree_math.h"

uint32_t
cs_mls_node_width(uint32_t n_leaves)
{
	return n_leaves == 0 ? 0 : 2 * (n_leaves - 1) + 1;
}

uint32_t
cs_mls_node_root(uint32_t n_leaves)
{
	return n_leaves - 1;
}

/* 0 for leaves, 1 for their parents, and so on. */
static unsigned
node_level(uint32_t x)
{
	unsigned k = 0;

	while (x >> k & 1)
		k++;
	return k;
}

uint32_t
cs_mls_node_left(uint32_t x)
{
	return x ^ 1u << (node_level(x) - 1);
}

uint32_t
cs_mls_node_right(uint32_t x)
{
	return x ^ 3u << (node_level(x) - 1);
}

uint32_t
cs_mls_node_parent(uint32_t x)
{
	unsigned k = node_level(x);

	return (x | 1u << k) & ~(1u << (k + 1));
}

uint32_t
cs_mls_node_sibling(uint32_t x)
{
	uint32_t p = cs_mls_node_parent(x);

	return x < p ? cs_mls_node_right(p) : cs_mls_node_left(p);
}

bool
cs_mls_node_below(uint32_t top, uint32_t x)
{
	uint32_t reach = (1u << node_level(top)) - 1;

	return x >= top - reach && x <= top + reach;
}

uint32_t
cs_mls_node_common(uint32_t x, uint32_t y)
{
	while (!cs_mls_node_below(x, y))
		x = cs_mls_node_parent(x);
	return x;
}

void
cs_mls_node_leaves(uint32_t x, uint32_t *first, uint32_t *last)
{
	uint32_t reach = (1u << node_level(x)) - 1;

	*first = (x - reach) / 2;
	*last = (x + reach) / 2;
}
