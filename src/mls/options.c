/* SPDX-License-Identifier: MIT */
#include "mls/options.h"

#include "mls/leaf_node.h"

struct cs_mls_options
cs_mls_options_default(void)
{
	return (struct cs_mls_options){
		.max_skip = 1000,
		.past_epochs = 5,
		.past_seconds = (uint64_t)3 * 86400,
		.past_psks = 16,
		.padding = CS_MLS_PADDING_PADME,
	};
}

uint32_t
cs_mls_max_members(const struct cs_mls_options *opt)
{
	return opt->max_members == 0 || opt->max_members > CS_MLS_MAX_MEMBERS
	    ? CS_MLS_MAX_MEMBERS
	    : opt->max_members;
}

void
cs_mls_pool_run(const struct cs_mls_pool *pool,
    void (*work)(void *arg, size_t i), void *arg, size_t n)
{
	if (pool->run != NULL) {
		pool->run(pool->pool, work, arg, n);
		return;
	}
	for (size_t i = 0; i < n; i++)
		work(arg, i);
}
