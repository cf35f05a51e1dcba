/* SPDX-License-Identifier: MIT */
/* The page that says that something was filed. */
#pragma once

#include "hub/site/filing.h"

/* A done of struct site_filing. */
void site_receipt_show(struct site_visit *v, const struct cs_receipt *receipt,
    const struct cs_wire_receipt *bytes);
/* What is kept of a receipt: receipt<V> | registrar_cert<V>, in base64;
 * appended. */
CS_CHECKED enum cs_err site_receipt_text(
    struct cs_buf *out, const struct cs_wire_receipt *bytes);
