/* SPDX-License-Identifier: MIT */
/*
 * A hash of what a picture looks like.
 *
 * PDQ, as in "The TMK+PDQF Video-Hashing Algorithm and the PDQ Image-Hashing
 * Algorithm" (Facebook, 2019) and as its C++ reference program computes it, bit
 * for bit: two pictures that look alike have hashes that differ in few of 256
 * bits.  Whoever has a hash can tell whether a picture fits it, so a hash is
 * as private as the picture.
 */
#pragma once

#include "base/bytes.h"

#define CS_PDQ_LEN 32 /* bytes */
#define CS_PDQ_BITS 256

/* What a decoder of photos lets through. */
#define CS_PDQ_SIDE_MAX 16384u
#define CS_PDQ_PIXELS_MAX 50000000u

/* Rows from the top without padding; ${channels} bytes a pixel: 1 (grey), 3
 * (RGB) or 4 (RGB and one that is not looked at).  Borrowed. */
struct cs_pdq_picture {
	const uint8_t *pixels;
	uint32_t width, height;
	unsigned channels;
};

/*
 * As published: hashes at most CS_PDQ_NEAR apart are of copies of one picture,
 * and one of a quality below CS_PDQ_QUALITY_MIN says too little to match on.
 */
#define CS_PDQ_NEAR 31
#define CS_PDQ_QUALITY_MIN 50

/* cs_hex() of ${hash} is the hash as others write it: the bit of the highest
 * frequencies comes first. */
struct cs_pdq {
	uint8_t hash[CS_PDQ_LEN];
	unsigned quality; /* 0 to 100: how much there is to see */
};

/*
 * Hash ${picture}.  A side of more than 512 pixels makes it 512 by 512 first,
 * of the nearest pixels, as the reference program does with files.
 *
 * CS_ERR_FORMAT: a side of 0; CS_ERR_LIMIT: larger than above;
 * CS_ERR_UNSUPPORTED: a side of less than 5 pixels (when no side is above 512);
 * CS_ERR_MISUSE: another number of channels.
 */
CS_CHECKED enum cs_err cs_pdq_hash(
    struct cs_pdq *out, const struct cs_pdq_picture *picture);

/* How a picture was turned; rotations are counter-clockwise. */
enum cs_pdq_turn {
	CS_PDQ_ORIGINAL,
	CS_PDQ_ROTATE_90,
	CS_PDQ_ROTATE_180,
	CS_PDQ_ROTATE_270,
	CS_PDQ_FLIP_X,     /* upside down */
	CS_PDQ_FLIP_Y,     /* a mirror */
	CS_PDQ_FLIP_PLUS,  /* rows become columns */
	CS_PDQ_FLIP_MINUS, /* the same about the other diagonal */
	CS_PDQ_TURNS
};

/*
 * The hashes that ${picture} has when it is turned, for little more than the
 * price of one.  Those of a picture that really is turned differ in a few bits:
 * the pixels that are taken are not quite the same.  Errors as above.
 */
CS_CHECKED enum cs_err cs_pdq_dihedral(struct cs_pdq out[static CS_PDQ_TURNS],
    const struct cs_pdq_picture *picture);

/* In how many of the 256 bits two hashes differ. */
unsigned cs_pdq_distance(
    const uint8_t a[static CS_PDQ_LEN], const uint8_t b[static CS_PDQ_LEN]);
