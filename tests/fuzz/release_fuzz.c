/* SPDX-License-Identifier: MIT */
/* Releases of the page: what is taken is what its manifest says, and nothing
 * else, and is written the same way again. */
#include <stdlib.h>
#include <string.h>

#include "crypto/hash.h"
#include "fuzz/fuzz_want.h"
#include "net/release.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cs_buf pack = { 0 }, again = { 0 };
	struct cs_release *r = NULL;
	uint8_t hash[CS_HASH_LEN];
	size_t all = 0;

	fuzz_want(cs_buf_add(&pack, cs_view(data, size)) == CS_OK);
	if (cs_release_open(&r, &pack) != CS_OK) {
		fuzz_want(r == NULL && pack.len == 0);
		return 0;
	}
	fuzz_want(
	    r->note.data == r->manifest.data && r->note.len >= r->manifest.len);
	fuzz_want(r->n_files != 0 && r->n_files <= CS_RELEASE_FILES_MAX);
	fuzz_want(cs_sha256(hash, r->manifest) == CS_OK &&
	    memcmp(hash, r->hash, sizeof hash) == 0);
	fuzz_want(cs_release_at(r, cs_view_str("/index.html")) != NULL);
	for (size_t i = 0; i < r->n_files; i++) {
		const struct cs_release_file *f = &r->files[i];

		fuzz_want(cs_release_path_valid(f->path));
		fuzz_want(memmem(f->path.data, f->path.len, "..", 2) == NULL ||
		    memmem(f->path.data, f->path.len, "/.", 2) == NULL);
		fuzz_want(cs_release_at(r, f->path) == f);
		fuzz_want(cs_sha256(hash, f->bytes) == CS_OK &&
		    memcmp(hash, f->hash, sizeof hash) == 0);
		fuzz_want(cs_release_hashed(r, hash) != NULL);
		all += f->bytes.len;
	}
	/* One form, and nothing left over. */
	fuzz_want(cs_release_manifest(
		      &again, r->version, r->files, r->n_files) == CS_OK);
	fuzz_want(again.len == r->manifest.len + 1 &&
	    memcmp(again.data, r->manifest.data, r->manifest.len) == 0);
	/* An empty line below the manifest, and one below what signs it. */
	fuzz_want(
	    r->note.len + 1 + (r->note.len == r->manifest.len) + all == size);
	cs_buf_free(&again);
	cs_release_drop(cs_release_use(r));
	cs_release_drop(r);
	return 0;
}
