/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Verify a leaf's credential under the operator of ${c} at ${now_s}.  Views
 * point into ${bytes}. */
CS_CHECKED enum cs_err client_credential_open(struct cs_identity *out,
    const struct cs_client *c, struct cs_view bytes, uint64_t now_s);
/* Put the handle in a credential into ${out}, CS_HANDLE_MAX + 1 bytes; "?" if
 * there is none. */
void client_handle_of(char *out, struct cs_view bytes);

/* The ids and the key of a device that is to be certified. */
struct client_new_device {
	const uint8_t *device;     /* CS_ID_LEN bytes */
	const uint8_t *device_key; /* CS_KEY_LEN bytes, public */
};
/* Certify a device of the account: by the recovery key if it is here, otherwise
 * by this device.  Replaces what ${out} holds.  CS_ERR_LIMIT: this device is
 * the last of the longest chain. */
CS_CHECKED enum cs_err client_credential_make(struct cs_buf *out,
    struct cs_client *c, const struct client_new_device *device);
/* Certify this device by the recovery ${key} of the account.  The certificates
 * of the registrar are empty before the hub has given them; ${recovery} is the
 * chain of the key, or empty if it is the account key. */
struct client_registered {
	struct cs_view registrar_cert, account_cert;
	struct cs_view recovery; /* as cs_credential_write_devices() */
};
CS_CHECKED enum cs_err client_credential_begin(struct cs_buf *out,
    const struct cs_client *c, const struct cs_sign_key *key,
    const struct client_registered *registered);

/* The same of any device, where all that the account needs is in this home;
 * ${now} is ${key}. */
struct client_recovery_key;
CS_CHECKED enum cs_err client_credential_by_words(struct cs_buf *out,
    const struct cs_client *c, const struct client_recovery_key *now,
    const struct cs_sign_key *key, const struct client_new_device *device);

/* The keys that come out of the recovery key. */
CS_CHECKED enum cs_err client_account_keys(struct cs_sign_key *account_key,
    struct cs_seal_key *notes, const struct cs_recovery *recovery);
