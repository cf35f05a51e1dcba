/* SPDX-License-Identifier: MIT */
/* Where a browser says that it gets its pushes: what is taken names one host,
 * and leaves a request's head one request's. */
#include <string.h>

#include "fuzz/fuzz_want.h"
#include "net/post.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_net_endpoint to;

	if (cs_net_endpoint_parse(&to, cs_view(data, size)) != CS_OK)
		return 0;
	fuzz_want(size <= CS_NET_ENDPOINT_MAX);
	fuzz_want(to.host[0] != '\0' && memchr(to.host, '\0', sizeof to.host));
	fuzz_want(strspn(to.host, "abcdefghijklmnopqrstuvwxyz0123456789.-") ==
	    strlen(to.host));
	fuzz_want(memcmp(data + 8, to.host, strlen(to.host)) == 0);
	fuzz_want(to.port > 0 && to.port < 65536);
	fuzz_want(to.path.data + to.path.len == data + size);
	fuzz_want(to.path.len != 0 && to.path.data[0] == '/');
	for (size_t i = 0; i < to.path.len; i++)
		fuzz_want(to.path.data[i] > ' ' && to.path.data[i] <= '~');
	return 0;
}
