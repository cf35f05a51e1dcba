/* SPDX-License-Identifier: MIT */
/*
 * Pages of channels (decision 0051), for whoever has a link: what is written
 * there, its photos, the proof of each post, and a way to report one without an
 * account.  Nothing leads to a channel but its link, unless the operator has a
 * directory.
 *
 *	/c				the directory
 *	/c/ID				posts, newest first; ?before=SEQ
 *	/c/ID.atom
 *	/c/ID/SEQ.csev			evidence of one, which verifies offline
 *	/c/ID/SEQ/N			a photo of it
 *	/c/ID/SEQ/report		GET: a form; POST: it is filed
 */
#pragma once

#include "hub/site/visit.h"

site_begin site_channels;
