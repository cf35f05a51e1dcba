/* SPDX-License-Identifier: MIT */
#pragma once

#include "client/home/client.h"

/* Who may be in a conversation that this device enters anew? */
enum client_company {
	CLIENT_KNOWN_COMPANY, /* those who were in it before, and nobody else */
	CLIENT_ANY_COMPANY,   /* the user has said so */
};

/* This device has put itself into ${mls}.  Is it a group of the user's: one in
 * which their account is, or was until the operator took it out, or in which
 * this device lost its way? */
CS_CHECKED enum cs_err client_admission_check(struct cs_client *c,
    const struct cs_mls_group *mls, struct cs_view id,
    enum client_company company);
