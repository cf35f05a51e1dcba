/* SPDX-License-Identifier: MIT */
/* The one list of error codes. */
#pragma once

#define CS_CHECKED __attribute__((warn_unused_result))

/*
 * Codes are grouped by what the caller does about them.  Values are stable:
 * tests, logs and other programs may name them.
 */
enum cs_err {
	CS_OK = 0,

	/* Ours: retry later, or stop. */
	CS_ERR_NOMEM = 1,  /* an allocation failed */
	CS_ERR_IO,         /* a system call on a file or socket failed */
	CS_ERR_DISK_FULL,  /* no room left to write */
	CS_ERR_CRYPTO,     /* the crypto backend failed by itself */
	CS_ERR_BUSY,       /* somebody else holds what is needed */
	CS_ERR_TIMEOUT,    /* no answer in time */
	CS_ERR_CLOSED,     /* the connection is gone */
	CS_ERR_READ_ONLY,  /* the folder or file cannot be written */
	CS_ERR_NEWER,      /* stored by a newer version of the program */
	CS_ERR_CORRUPT,    /* our own stored state does not make sense */
	CS_ERR_PASSPHRASE, /* wrong or missing passphrase */
	CS_ERR_SHARED,     /* a folder that others can change */

	/* Theirs: drop the message; nothing has changed. */
	CS_ERR_FORMAT = 64, /* malformed, or bytes left over */
	CS_ERR_LIMIT,       /* longer or more than we accept */
	CS_ERR_VERSION,     /* a version we do not speak */
	CS_ERR_UNSUPPORTED, /* well formed, but not something we can do */
	CS_ERR_SIGNATURE,   /* a signature does not verify */
	CS_ERR_DECRYPT,     /* an authenticated decryption failed */
	CS_ERR_KEY,         /* a key is not canonical or of small order */
	CS_ERR_MAC,         /* a MAC or confirmation tag differs */
	CS_ERR_TAG,         /* the franking tag does not open */
	CS_ERR_STAMP,       /* a hub's stamp does not verify */
	CS_ERR_CHAIN,       /* the chain of stamps is broken */
	CS_ERR_CERT,        /* a certificate does not verify */
	CS_ERR_EXPIRED,     /* outside a validity period */
	CS_ERR_DIGEST,      /* a hash differs from the one announced */
	CS_ERR_MISMATCH,    /* two things that must agree do not */
	CS_ERR_EPOCH,       /* for another epoch than the current one */
	CS_ERR_REPLAY,      /* already used, its key is gone */
	CS_ERR_MEMBER,      /* sender or target is not a member */
	CS_ERR_PROPOSAL,    /* proposals that may not be made or combined */
	CS_ERR_TREE,        /* a ratchet tree that is not valid */
	CS_ERR_CREDENTIAL,  /* the authentication service said no */
	CS_ERR_TYPE,        /* not the type of file that it claims to be */
	CS_ERR_DENIED,      /* not allowed */
	CS_ERR_NOT_FOUND,   /* no such thing */
	CS_ERR_EXISTS,      /* there is one already */
	CS_ERR_REFUSED,     /* refused, for a reason that is kept elsewhere */

	/* Misuse: the caller asked for what cannot be. */
	CS_ERR_MISUSE = 128,
};

/* Who has to do something about an error. */
enum cs_err_class {
	CS_ERR_CLASS_OK,
	CS_ERR_CLASS_OURS,
	CS_ERR_CLASS_THEIRS,
	CS_ERR_CLASS_MISUSE,
};

/* The class of ${err}. */
enum cs_err_class cs_err_class(enum cs_err err);

/* A short stable name, such as "signature"; never NULL. */
const char *cs_err_name(enum cs_err err);

/* What it means, as a phrase that ends a log line; never NULL. */
const char *cs_err_text(enum cs_err err);
