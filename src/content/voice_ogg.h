/* SPDX-License-Identifier: MIT */
/* Ogg with one stream in it (RFC 3533), read and written. */
#pragma once

#include "content/voice.h"

#define CS_OGG_PACKET_MAX ((size_t)4 << 20) /* titles and pictures, too */
#define CS_OGG_UNKNOWN UINT64_MAX           /* no packet ends on the page */

/*
 * Packets, one after the other.  All zero but ${rest} is the beginning.  A page
 * whose checksum, number, order or stream is not what it has to be is
 * CS_ERR_FORMAT; a second stream is CS_ERR_UNSUPPORTED.
 */
struct cs_ogg_reader {
	struct cs_view rest;
	uint32_t serial, sequence;
	uint64_t granule; /* of the page on which the last packet ended */
	bool begun, ended;
	struct cs_view sizes, body; /* of the page that is being read */
	struct cs_buf packet;
};
/* The next packet, in ${r->packet}; CS_ERR_CLOSED at the end, which has to be
 * the end of the file. */
CS_CHECKED enum cs_err cs_ogg_next(struct cs_ogg_reader *r);
void cs_ogg_reader_clear(struct cs_ogg_reader *r);

/* Pages, appended to ${out}; all zero but that is the beginning. */
struct cs_ogg_writer {
	struct cs_buf *out;
	uint32_t sequence;
	unsigned n; /* of the page that is being filled */
	uint8_t sizes[255];
	struct cs_buf body;
	uint64_t granule;
};
/* ${granule}: of the sound up to the end of the packet. */
CS_CHECKED enum cs_err cs_ogg_put(
    struct cs_ogg_writer *w, struct cs_view packet, uint64_t granule);
/* Write the page as it is; the last page of the stream ends it. */
enum cs_ogg_page { CS_OGG_MORE, CS_OGG_LAST };
CS_CHECKED enum cs_err cs_ogg_flush(
    struct cs_ogg_writer *w, enum cs_ogg_page which);
void cs_ogg_writer_clear(struct cs_ogg_writer *w);
