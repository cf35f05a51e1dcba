/* SPDX-License-Identifier: MIT */
#include "base/err.h"

#include <stddef.h>

static const struct {
	enum cs_err err;
	const char *name;
	const char *text;
} table[] = {
	{ CS_OK, "ok", "no error" },
	{ CS_ERR_NOMEM, "no-memory", "out of memory" },
	{ CS_ERR_IO, "io", "input or output failed" },
	{ CS_ERR_DISK_FULL, "disk-full", "no room left on the disk" },
	{ CS_ERR_CRYPTO, "crypto", "the cryptographic library failed" },
	{ CS_ERR_BUSY, "busy", "in use by somebody else" },
	{ CS_ERR_TIMEOUT, "timeout", "no answer in time" },
	{ CS_ERR_CLOSED, "closed", "the connection is closed" },
	{ CS_ERR_READ_ONLY, "read-only", "cannot be written to" },
	{ CS_ERR_NEWER, "newer", "written by a newer version" },
	{ CS_ERR_CORRUPT, "corrupt", "the stored state is damaged" },
	{ CS_ERR_PASSPHRASE, "passphrase", "wrong or missing passphrase" },
	{ CS_ERR_SHARED, "shared",
	    "the folder is a link or somebody else's, or others can write into "
	    "it or move it" },
	{ CS_ERR_FORMAT, "format", "malformed" },
	{ CS_ERR_LIMIT, "limit", "over a limit" },
	{ CS_ERR_VERSION, "version", "a version not spoken here" },
	{ CS_ERR_UNSUPPORTED, "unsupported", "not supported" },
	{ CS_ERR_SIGNATURE, "signature", "the signature does not verify" },
	{ CS_ERR_DECRYPT, "decrypt", "it does not decrypt" },
	{ CS_ERR_KEY, "key", "an unacceptable key" },
	{ CS_ERR_MAC, "mac", "the authentication code differs" },
	{ CS_ERR_TAG, "tag", "the franking tag does not open" },
	{ CS_ERR_STAMP, "stamp", "the hub's stamp does not verify" },
	{ CS_ERR_CHAIN, "chain", "the chain of stamps is broken" },
	{ CS_ERR_CERT, "certificate", "a certificate does not verify" },
	{ CS_ERR_EXPIRED, "expired", "outside its time of validity" },
	{ CS_ERR_DIGEST, "digest", "the digest differs" },
	{ CS_ERR_MISMATCH, "mismatch", "two things that must agree do not" },
	{ CS_ERR_EPOCH, "epoch", "for another epoch" },
	{ CS_ERR_REPLAY, "replay", "received before" },
	{ CS_ERR_MEMBER, "member", "not a member" },
	{ CS_ERR_PROPOSAL, "proposal", "proposals that are not allowed" },
	{ CS_ERR_TREE, "tree", "a ratchet tree that is not valid" },
	{ CS_ERR_CREDENTIAL, "credential", "a credential was refused" },
	{ CS_ERR_TYPE, "type", "not the type that it claims to be" },
	{ CS_ERR_DENIED, "denied", "not allowed" },
	{ CS_ERR_NOT_FOUND, "not-found", "not found" },
	{ CS_ERR_EXISTS, "exists", "exists already" },
	{ CS_ERR_REFUSED, "refused", "refused" },
	{ CS_ERR_MISUSE, "misuse", "the program asked for the impossible" },
};

enum cs_err_class
cs_err_class(enum cs_err err)
{
	if (err == CS_OK)
		return CS_ERR_CLASS_OK;
	if (err < CS_ERR_FORMAT)
		return CS_ERR_CLASS_OURS;
	return err < CS_ERR_MISUSE ? CS_ERR_CLASS_THEIRS : CS_ERR_CLASS_MISUSE;
}

static size_t
find(enum cs_err err)
{
	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
		if (table[i].err == err)
			return i;
	return sizeof table / sizeof table[0] - 1;
}

const char *
cs_err_name(enum cs_err err)
{
	return table[find(err)].name;
}

const char *
cs_err_text(enum cs_err err)
{
	return table[find(err)].text;
}
