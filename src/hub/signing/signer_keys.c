/* SPDX-License-Identifier: MIT */
#include "hub/signing/signer_keys.h"

#include <stddef.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/reader.h"
#include "base/text.h"
#include "crypto/vrf.h"
#include "franking/credential.h"
#include "franking/filing.h"
#include "franking/stamp.h"
#include "store/file.h"

#define LABEL "MLS 1.0 FramedContentTBS"
#define MLS10 1
#define WIRE_PUBLIC 1
#define SENDER_EXTERNAL 2
#define CONTENT_PROPOSAL 2
#define PROPOSAL_REMOVE 3
#define ROOT_TEXT_LEN 43
/* What the key of names is derived for. */
#define NAMES_INFO "countersign/names/v1"

struct hub_keyring {
	uint8_t root[CS_KEY_LEN];
	struct cs_sign_key stamp, external, registrar;
	struct cs_vrf_key names;
	struct cs_stamp_key_cert stamp_cert;
	struct cs_buf stamp_bytes, external_bytes, registrar_bytes;
};

static const struct {
	const char *name;
	size_t at;
} files[] = {
	{ "root.pub", offsetof(struct hub_key_files, root) },
	{ "stamp.key", offsetof(struct hub_key_files, stamp_key) },
	{ "stamp.cert", offsetof(struct hub_key_files, stamp_cert) },
	{ "external.key", offsetof(struct hub_key_files, external_key) },
	{ "external.cert", offsetof(struct hub_key_files, external_cert) },
	{ "registrar.key", offsetof(struct hub_key_files, registrar_key) },
	{ "registrar.cert", offsetof(struct hub_key_files, registrar_cert) },
	{ "names.key", offsetof(struct hub_key_files, names_key) },
};

struct cs_buf *
hub_key_file_named(struct hub_key_files *f, const char *name)
{
	for (size_t i = 0; i < sizeof files / sizeof *files; i++)
		if (strcmp(files[i].name, name) == 0)
			return (
			    struct cs_buf *)(void *)((char *)f + files[i].at);
	return NULL;
}

enum cs_err
hub_key_files_read(struct hub_key_files *f, const char *dir)
{
	char path[4096];
	enum cs_err err = CS_OK;

	for (size_t i = 0; err == CS_OK && i < sizeof files / sizeof *files;
	     i++) {
		snprintf(path, sizeof path, "%s/keys/%s", dir, files[i].name);
		err = cs_file_read(hub_key_file_named(f, files[i].name), path,
		    HUB_KEY_FILE_MAX);
	}
	return err;
}

void
hub_key_files_clear(struct hub_key_files *f)
{
	cs_buf_free(&f->root);
	cs_buf_free(&f->stamp_key);
	cs_buf_free(&f->stamp_cert);
	cs_buf_free(&f->external_key);
	cs_buf_free(&f->external_cert);
	cs_buf_free(&f->registrar_key);
	cs_buf_free(&f->registrar_cert);
	cs_buf_free(&f->names_key);
}

/* ---- loading ------------------------------------------------------------ */

static enum cs_err
key_of(struct cs_sign_key *out, const struct cs_buf *seed)
{
	return seed->len == CS_SIGN_SEED_LEN
	    ? cs_sign_key_from_seed(out, seed->data)
	    : CS_ERR_CORRUPT;
}

static enum cs_err
root_of(uint8_t out[static CS_KEY_LEN], const struct cs_buf *text)
{
	if (text->len != ROOT_TEXT_LEN + 1 ||
	    text->data[ROOT_TEXT_LEN] != '\n' ||
	    cs_unbase64url(out, CS_KEY_LEN, (const char *)text->data,
		ROOT_TEXT_LEN) != CS_OK)
		return CS_ERR_CORRUPT;
	return CS_OK;
}

/* A key and its certificate. */
static enum cs_err
load_role(struct cs_sign_key *key, struct cs_buf *bytes,
    const struct cs_buf *seed, const struct cs_buf *cert, enum cs_role role,
    struct cs_view root, uint64_t now_s)
{
	struct cs_role_key_cert parsed;
	enum cs_err err;

	if ((err = key_of(key, seed)) ||
	    (err = cs_role_key_cert_verify(
		 &parsed, cs_buf_view(cert), root, role, now_s)))
		return err;
	if (memcmp(parsed.public, key->public, CS_KEY_LEN) != 0)
		return CS_ERR_CORRUPT;
	return cs_buf_set(bytes, cs_buf_view(cert));
}

static enum cs_err
load_stamp(struct hub_keyring *k, const struct hub_key_files *f, uint64_t now_s)
{
	enum cs_err err;

	if ((err = key_of(&k->stamp, &f->stamp_key)) ||
	    (err = cs_stamp_key_cert_verify(&k->stamp_cert,
		 cs_buf_view(&f->stamp_cert), CS_VIEW_OF(k->root), now_s)))
		return err;
	/* Stamps by a key without its certificate would be refused. */
	if (memcmp(k->stamp_cert.public, k->stamp.public, CS_KEY_LEN) != 0)
		return CS_ERR_CORRUPT;
	return cs_buf_set(&k->stamp_bytes, cs_buf_view(&f->stamp_cert));
}

static enum cs_err
load_names(struct hub_keyring *k, const struct hub_key_files *f)
{
	return f->names_key.len == CS_VRF_SEED_LEN
	    ? cs_vrf_key_derive(
		  &k->names, f->names_key.data, cs_view_str(NAMES_INFO))
	    : CS_ERR_CORRUPT;
}

enum cs_err
hub_keyring_new(
    struct hub_keyring **out, const struct hub_key_files *f, uint64_t now_ms)
{
	struct hub_keyring *k = cs_calloc(1, sizeof *k);
	uint64_t now_s = now_ms / CS_SECOND_MS;
	enum cs_err err;

	*out = NULL;
	if (k == NULL)
		return CS_ERR_NOMEM;
	if ((err = root_of(k->root, &f->root)) ||
	    (err = load_stamp(k, f, now_s)) || (err = load_names(k, f)) ||
	    (err = load_role(&k->external, &k->external_bytes, &f->external_key,
		 &f->external_cert, CS_ROLE_EXTERNAL_SENDER,
		 CS_VIEW_OF(k->root), now_s)) ||
	    (err = load_role(&k->registrar, &k->registrar_bytes,
		 &f->registrar_key, &f->registrar_cert, CS_ROLE_REGISTRAR,
		 CS_VIEW_OF(k->root), now_s)))
		hub_keyring_free(k);
	else
		*out = k;
	/* What does not verify is our own state that makes no sense. */
	if (cs_err_class(err) == CS_ERR_CLASS_THEIRS && err != CS_ERR_EXPIRED)
		return CS_ERR_CORRUPT;
	return err;
}

void
hub_keyring_free(struct hub_keyring *k)
{
	if (k == NULL)
		return;
	cs_buf_free(&k->stamp_bytes);
	cs_buf_free(&k->external_bytes);
	cs_buf_free(&k->registrar_bytes);
	cs_free(k, sizeof *k);
}

enum cs_err
hub_keyring_tell(struct cs_buf *out, const struct hub_keyring *k)
{
	struct hub_talk_keys keys = {
		.stamp_cert = (uint32_t)k->stamp_bytes.len,
		.external_cert = (uint32_t)k->external_bytes.len,
		.registrar_cert = (uint32_t)k->registrar_bytes.len,
	};
	enum cs_err err;

	memcpy(keys.root, k->root, CS_KEY_LEN);
	memcpy(keys.external, k->external.public, CS_KEY_LEN);
	memcpy(keys.names, k->names.public, CS_KEY_LEN);
	if ((err = cs_buf_add(out, HUB_TALK_OF(keys))) ||
	    (err = cs_buf_add(out, cs_buf_view(&k->stamp_bytes))) ||
	    (err = cs_buf_add(out, cs_buf_view(&k->external_bytes))))
		return err;
	return cs_buf_add(out, cs_buf_view(&k->registrar_bytes));
}

/* ---- signing ------------------------------------------------------------ */

/* CS_ERR_EXPIRED: the stamp's time, or now, is not within the certificate's;
 * CS_ERR_DENIED: it is for a time that is not yet; CS_ERR_KEY: it names another
 * key. */
static enum cs_err
check_stamp(
    const struct cs_stamp *s, const struct hub_keyring *k, uint64_t now_ms)
{
	const struct cs_stamp_key_cert *cert = &k->stamp_cert;

	if ((s->flags & ~CS_STAMP_FLAGS) != 0)
		return CS_ERR_FORMAT;
	/* Neither at a time outside the certificate's, nor for one. */
	if (s->accepted_ms / CS_SECOND_MS < cert->not_before ||
	    s->accepted_ms / CS_SECOND_MS > cert->not_after ||
	    now_ms / CS_SECOND_MS > cert->not_after)
		return CS_ERR_EXPIRED;
	if (s->accepted_ms > now_ms + HUB_STAMP_AHEAD_MS)
		return CS_ERR_DENIED;
	/* The chain counts on the key that is named. */
	return memcmp(s->key_id, cert->key_id, sizeof s->key_id) == 0
	    ? CS_OK
	    : CS_ERR_KEY;
}

static enum cs_err
sign_stamps(struct hub_talk_stamped *out, const struct hub_keyring *k,
    struct cs_view stamps, uint64_t now_ms)
{
	struct cs_stamp v[CS_STAMPS_MAX];
	size_t n = stamps.len / sizeof *v;
	enum cs_err err = CS_OK;

	if (n == 0 || n > CS_STAMPS_MAX || stamps.len % sizeof *v != 0)
		return CS_ERR_FORMAT;
	memcpy(v, stamps.data, stamps.len);
	for (size_t i = 0; err == CS_OK && i < n; i++)
		err = check_stamp(&v[i], k, now_ms);
	if (err || (err = cs_stamps_sign(v, n, k->root, &k->stamp)))
		return err;
	memcpy(out->key_id, v[0].key_id, sizeof out->key_id);
	memcpy(out->sig, v[0].sig, sizeof out->sig);
	return CS_OK;
}

static enum cs_err
sign_account(
    struct cs_buf *out, const struct hub_keyring *k, struct cs_view account)
{
	struct cs_account_cert cert = { 0 };
	struct hub_talk_account a;

	if (!hub_talk_copy(&a, sizeof a, account) ||
	    a.handle_length > sizeof a.handle)
		return CS_ERR_FORMAT;
	cert.from_ms = a.from_ms;
	cert.handle = cs_view(a.handle, a.handle_length);
	memcpy(cert.account, a.account, CS_ID_LEN);
	memcpy(cert.account_key, a.account_key, CS_KEY_LEN);
	return cs_account_cert_make(out, &cert, &k->registrar);
}

/* The deadline is what it has to be, whatever is asked for. */
static enum cs_err
sign_receipt(struct cs_buf *out, const struct hub_keyring *k,
    struct cs_view what, uint64_t now_ms)
{
	struct cs_receipt receipt = { 0 };
	struct hub_talk_receipt r;

	if (what.len < sizeof r)
		return CS_ERR_FORMAT;
	memcpy(&r, what.data, sizeof r);
	if (r.number == 0 || r.received_ms > now_ms + HUB_STAMP_AHEAD_MS)
		return CS_ERR_FORMAT;
	receipt.number = r.number;
	receipt.what = r.what;
	receipt.category = r.category;
	receipt.about = r.about;
	receipt.received_ms = r.received_ms;
	receipt.deadline_ms =
	    cs_filing_deadline(r.what, r.category, r.received_ms);
	memcpy(receipt.commitment, r.commitment, sizeof receipt.commitment);
	receipt.hub = cs_view(what.data + sizeof r, what.len - sizeof r);
	return cs_receipt_make(out, &receipt, &k->registrar);
}

static enum cs_err
prove_name(struct hub_talk_named *out, const struct hub_keyring *k,
    struct cs_view handle)
{
	uint8_t value[CS_VRF_OUTPUT_LEN];
	enum cs_err err;

	if (!cs_handle_valid(handle))
		return CS_ERR_FORMAT;
	err = cs_vrf_prove(value, out->proof, &k->names, handle);
	memcpy(out->label, value, sizeof out->label);
	return err;
}

/* Is it all of a proposal to remove one member, by the external sender 0? */
static bool
is_removal(struct cs_view tbs)
{
	struct cs_reader all = cs_reader(tbs), r;

	if (!cs_view_equal(cs_read_vec(&all), cs_view_str(LABEL)))
		return false;
	r = cs_read_sub(&all);
	if (cs_reader_end(&all) != CS_OK || cs_read_u16(&r) != MLS10 ||
	    cs_read_u16(&r) != WIRE_PUBLIC)
		return false;
	(void)cs_read_vec(&r); /* group_id */
	(void)cs_read_u64(&r); /* epoch */
	if (cs_read_u8(&r) != SENDER_EXTERNAL || cs_read_u32(&r) != 0 ||
	    cs_read_vec(&r).len != 0 || cs_read_u8(&r) != CONTENT_PROPOSAL ||
	    cs_read_u16(&r) != PROPOSAL_REMOVE)
		return false;
	(void)cs_read_u32(&r); /* whom */
	return cs_reader_end(&r) == CS_OK;
}

static enum cs_err
sign_proposal(uint8_t out[static CS_SIG_MAX], size_t *n,
    const struct hub_keyring *k, struct cs_view tbs)
{
	struct cs_signer *signer = NULL;
	enum cs_err err;

	if (!is_removal(tbs))
		return CS_ERR_DENIED;
	err = cs_signer_from_ed25519(&signer, &k->external);
	if (err == CS_OK)
		err = cs_signer_sign(out, n, signer, tbs);
	cs_signer_free(signer);
	return err;
}

static enum cs_err
carry_out(struct cs_buf *out, const struct hub_keyring *k, uint8_t kind,
    struct cs_view what, uint64_t now_ms)
{
	struct hub_talk_stamped stamped;
	struct hub_talk_named named;
	uint8_t signature[CS_SIG_MAX];
	size_t n = 0;
	enum cs_err err;

	switch (kind) {
	case HUB_TALK_STAMPS:
		err = sign_stamps(&stamped, k, what, now_ms);
		return err ? err : cs_buf_add(out, HUB_TALK_OF(stamped));
	case HUB_TALK_ACCOUNT:
		return sign_account(out, k, what);
	case HUB_TALK_RECEIPT:
		return sign_receipt(out, k, what, now_ms);
	case HUB_TALK_NAME:
		err = prove_name(&named, k, what);
		return err ? err : cs_buf_add(out, HUB_TALK_OF(named));
	case HUB_TALK_PROPOSAL:
		err = sign_proposal(signature, &n, k, what);
		return err ? err : cs_buf_add(out, cs_view(signature, n));
	default:
		return CS_ERR_DENIED;
	}
}

void
hub_keyring_carry_out(struct cs_buf *answer, const struct hub_keyring *k,
    uint8_t kind, struct cs_view what, uint64_t now_ms)
{
	cs_buf_reset(answer);
	if (carry_out(answer, k, kind, what, now_ms) != CS_OK)
		cs_buf_reset(answer);
}
