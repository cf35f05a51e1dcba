/* SPDX-License-Identifier: MIT */
/* mls-vectors FILE...: run published MLS test vectors. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/init.h"
#include "kat/mls_vectors.h"

/* What a file's name begins with, a key that only its cases have, and how. */
static const struct kind {
	const char *name;
	const char *key;
	kat_fn *run;
} kinds[] = {
	{ "crypto-basics", "derive_tree_secret", kat_crypto_basics },
	{ "tree-math", "n_nodes", kat_tree_math },
	{ "key-schedule", "initial_init_secret", kat_key_schedule },
	{ "secret-tree", "sender_data", kat_secret_tree },
	{ "transcript-hashes", "authenticated_content", kat_transcript_hashes },
	{ "message-protection", "proposal_priv", kat_message_protection },
	{ "passive-client", "initial_epoch_authenticator", kat_passive_client },
	{ "psk_secret", "psks", kat_psk_secret },
	{ "welcome", "signer_pub", kat_welcome },
	{ "treekem", "leaves_private", kat_treekem },
	{ "messages", "mls_group_info", kat_messages },
	{ "tree-operations", "proposal_sender", kat_tree_operations },
	{ "tree-validation", "tree_hashes", kat_tree_validation },
	{ "deserialization", "vlbytes_header", kat_deserialization },
};
#define N_KINDS (sizeof kinds / sizeof *kinds)

/* Memory of the case that runs. */
static struct cs_buf *bufs[8192];
static size_t n_bufs;

struct cs_buf *
kat_buf(void)
{
	struct cs_buf *b = calloc(1, sizeof *b);

	if (b == NULL || n_bufs == sizeof bufs / sizeof *bufs)
		abort();
	return bufs[n_bufs++] = b;
}

void *
kat_alloc(size_t n)
{
	uint8_t *out;

	if (cs_buf_extend(kat_buf(), n, &out) != CS_OK)
		abort();
	return out;
}

static struct cs_signer *signers[256];
static size_t n_signers;

struct cs_view
kat_private(const struct cs_suite *suite, struct cs_view private)
{
	uint8_t *full;

	/* The authors of some vectors left out zeroes in front. */
	if (suite->sig != CS_ECDSA_P521 || private.len >= CS_SIG_PRIVATE_MAX)
		return private;
	full = kat_alloc(CS_SIG_PRIVATE_MAX);
	memcpy(
	    full + CS_SIG_PRIVATE_MAX - private.len, private.data, private.len);
	return cs_view(full, CS_SIG_PRIVATE_MAX);
}

struct cs_signer *
kat_signer(const struct cs_suite *suite, struct cs_view private)
{
	struct cs_signer *s = NULL;

	private = kat_private(suite, private);
	if (n_signers == sizeof signers / sizeof *signers ||
	    cs_signer_from_private(&s, suite->sig, private) != CS_OK)
		return NULL;
	return signers[n_signers++] = s;
}

static void
end_case(void)
{
	while (n_signers > 0)
		cs_signer_free(signers[--n_signers]);
	while (n_bufs > 0) {
		cs_buf_free(bufs[--n_bufs]);
		free(bufs[n_bufs]);
	}
}

struct cs_view
kat_hex_value(const json_t *value)
{
	const char *s = json_string_value(value);
	size_t n;
	uint8_t *out;

	if (s == NULL || *s == 0)
		return cs_view(NULL, 0);
	n = strlen(s) / 2;
	out = kat_alloc(n);
	if (cs_unhex(out, n, s) != CS_OK)
		return cs_view(NULL, 0);
	return cs_view(out, n);
}

struct cs_view
kat_hex(const json_t *c, const char *key)
{
	return kat_hex_value(json_object_get(c, key));
}

uint64_t
kat_int(const json_t *c, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(c, key));
}

struct cs_view
kat_str(const json_t *c, const char *key)
{
	const char *s = json_string_value(json_object_get(c, key));

	return cs_view_str(s == NULL ? "" : s);
}

const struct cs_suite *
kat_suite(const json_t *c)
{
	return cs_suite_find((uint16_t)kat_int(c, "cipher_suite"));
}

bool
kat_check(bool ok, const char *what, const char *file, int line)
{
	if (!ok)
		fprintf(stderr, "%s:%d: not so: %s\n", file, line, what);
	return ok;
}

static const struct kind *
find_kind(const char *path, const json_t *cases)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;

	for (size_t i = 0; i < N_KINDS; i++)
		if (strncmp(name, kinds[i].name, strlen(kinds[i].name)) == 0)
			return &kinds[i];
	for (size_t i = 0; i < N_KINDS; i++)
		if (json_object_get(json_array_get(cases, 0), kinds[i].key))
			return &kinds[i];
	return NULL;
}

/* false: something failed. */
static bool
run_file(const char *path)
{
	unsigned count[3] = { 0 };
	json_error_t error;
	json_t *cases = json_load_file(path, 0, &error);
	const struct kind *kind;
	json_t *c;
	size_t i;

	if (cases == NULL) {
		printf("%s: %s\n", path, error.text);
		return false;
	}
	kind = find_kind(path, cases);
	json_array_foreach (cases, i, c) {
		enum kat_result r = KAT_SKIPPED;

		if (kind != NULL &&
		    (json_object_get(c, "cipher_suite") == NULL ||
			kat_suite(c) != NULL))
			r = kind->run(c);
		if (r == KAT_FAILED)
			fprintf(stderr, "%s: case %zu failed\n", path, i);
		count[r]++;
		end_case();
	}
	printf("%s: %u passed, %u failed, %u skipped\n", path,
	    count[KAT_PASSED], count[KAT_FAILED], count[KAT_SKIPPED]);
	json_decref(cases);
	return count[KAT_FAILED] == 0;
}

int
main(int argc, char **argv)
{
	bool good = true;

	if (argc < 2) {
		fprintf(stderr, "usage: mls-vectors FILE...\n");
		return 2;
	}
	if (cs_crypto_init() != CS_OK)
		return 2;
	for (int i = 1; i < argc; i++)
		good = run_file(argv[i]) && good;
	return good ? 0 : 1;
}
