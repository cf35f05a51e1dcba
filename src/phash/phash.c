/* SPDX-License-Identifier: MIT */
/*
 * Implementation notes.  Of the picture's cosine transform the frequencies 1
 * to 16 are looked at in both directions; that of 0, the brightness, is not.
 * Turning a picture swaps directions, or changes the sign of odd frequencies
 * in one: hence eight hashes of one transform.  Sums run in the reference's
 * order, see shrink.c.
 */
#include "phash/phash.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "phash/phash_internal.h"
#include "phash/shrink.h"

#define FREQUENCIES 16
#define QUALITY_MAX 100
/* So much of steep edges is a good picture: the published divisor. */
#define GRADIENTS_PER_QUALITY 90

struct spectrum {
	float at[FREQUENCIES][FREQUENCIES]; /* vertical, horizontal */
};

/* From one point to the next, in hundredths of white, rounded down. */
static unsigned
gradient(float a, float b)
{
	return (unsigned)abs((int)((a - b) * 100 / 255));
}

static unsigned
quality(float a[static PDQ_SIDE][PDQ_SIDE])
{
	unsigned sum = 0;

	for (size_t i = 0; i < PDQ_SIDE; i++)
		for (size_t j = 0; j < PDQ_SIDE; j++) {
			if (i + 1 < PDQ_SIDE)
				sum += gradient(a[i][j], a[i + 1][j]);
			if (j + 1 < PDQ_SIDE)
				sum += gradient(a[i][j], a[i][j + 1]);
		}
	sum /= GRADIENTS_PER_QUALITY;
	return sum < QUALITY_MAX ? sum : QUALITY_MAX;
}

/* Row i holds a cosine of frequency i + 1 over 64 points. */
static void
cosines(float out[static FREQUENCIES][PDQ_SIDE])
{
	const float scale = (float)sqrt(2.0 / PDQ_SIDE);

	for (int i = 0; i < FREQUENCIES; i++)
		for (int j = 0; j < PDQ_SIDE; j++)
			out[i][j] = (float)(scale *
			    cos(M_PI / 2 / PDQ_SIDE * (i + 1) * (2 * j + 1)));
}

static void
transform(struct spectrum *out, float a[static PDQ_SIDE][PDQ_SIDE])
{
	float wave[FREQUENCIES][PDQ_SIDE], half[FREQUENCIES][PDQ_SIDE] = { 0 };

	cosines(wave);
	for (size_t i = 0; i < FREQUENCIES; i++)
		for (size_t k = 0; k < PDQ_SIDE; k++)
			for (size_t j = 0; j < PDQ_SIDE; j++)
				half[i][j] += wave[i][k] * a[k][j];
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < FREQUENCIES; i++)
		for (size_t j = 0; j < FREQUENCIES; j++)
			for (size_t k = 0; k < PDQ_SIDE; k++)
				out->at[i][j] += half[i][k] * wave[j][k];
	cs_wipe(half, sizeof half);
}

/* ---- bits --------------------------------------------------------------- */

/*
 * The lower of the two in the middle: quickselect.  Not qsort(), which asks the
 * system how much memory there is, and in a sandbox that is the end.
 */
static float
median(const struct spectrum *s)
{
	float sorted[CS_PDQ_BITS], found;
	size_t low = 0, high = CS_PDQ_BITS - 1;
	const size_t middle = CS_PDQ_BITS / 2 - 1;

	memcpy(sorted, s->at, sizeof sorted);
	while (low < high) {
		float pivot = sorted[low + (high - low) / 2];
		size_t i = low, k = high;

		/* Smaller ones to the left of i, larger ones to the right of
		 * k; they cross. */
		for (;;) {
			float swap;

			while (sorted[i] < pivot)
				i++;
			while (sorted[k] > pivot)
				k--;
			if (i >= k)
				break;
			swap = sorted[i];
			sorted[i++] = sorted[k];
			sorted[k--] = swap;
		}
		if (middle <= k)
			high = k;
		else
			low = k + 1;
	}
	found = sorted[middle];
	cs_wipe(sorted, sizeof sorted);
	return found;
}

static void
threshold(uint8_t hash[static CS_PDQ_LEN], const struct spectrum *s)
{
	float limit = median(s);

	memset(hash, 0, CS_PDQ_LEN);
	for (size_t k = 0; k < CS_PDQ_BITS; k++)
		if (s->at[k / FREQUENCIES][k % FREQUENCIES] > limit)
			hash[CS_PDQ_LEN - 1 - k / 8] |= (uint8_t)(1u << k % 8);
}

/* ---- turned ------------------------------------------------------------- */

/* First the odd frequencies of one or both directions change their sign, then
 * the directions are swapped. */
static const struct turn {
	unsigned vertical, horizontal;
	bool swap;
} turns[CS_PDQ_TURNS] = {
	[CS_PDQ_ORIGINAL] = { 0, 0, false },
	[CS_PDQ_ROTATE_90] = { 0, 1, true },
	[CS_PDQ_ROTATE_180] = { 1, 1, false },
	[CS_PDQ_ROTATE_270] = { 1, 0, true },
	[CS_PDQ_FLIP_X] = { 1, 0, false },
	[CS_PDQ_FLIP_Y] = { 0, 1, false },
	[CS_PDQ_FLIP_PLUS] = { 0, 0, true },
	[CS_PDQ_FLIP_MINUS] = { 1, 1, true },
};

static void
turn(struct spectrum *out, const struct spectrum *s, const struct turn *t)
{
	for (unsigned i = 0; i < FREQUENCIES; i++)
		for (unsigned j = 0; j < FREQUENCIES; j++) {
			unsigned odd =
			    (i + 1) * t->vertical + (j + 1) * t->horizontal;
			float v = odd % 2 != 0 ? -s->at[i][j] : s->at[i][j];

			if (t->swap)
				out->at[j][i] = v;
			else
				out->at[i][j] = v;
		}
}

/* ${out}: the first ${n} turns. */
static enum cs_err
hash_turned(struct cs_pdq *out, size_t n, const struct cs_pdq_picture *picture)
{
	float a[PDQ_SIDE][PDQ_SIDE];
	struct spectrum s, turned;
	enum cs_err err;

	memset(out, 0, n * sizeof *out);
	if ((err = cs_pdq_shrink(a, picture)))
		return err;
	transform(&s, a);
	for (size_t i = 0; i < n; i++) {
		turn(&turned, &s, &turns[i]);
		threshold(out[i].hash, &turned);
		out[i].quality = i == 0 ? quality(a) : out[0].quality;
	}
	cs_wipe(a, sizeof a);
	cs_wipe(&s, sizeof s);
	cs_wipe(&turned, sizeof turned);
	return CS_OK;
}

enum cs_err
cs_pdq_hash(struct cs_pdq *out, const struct cs_pdq_picture *picture)
{
	return hash_turned(out, 1, picture);
}

enum cs_err
cs_pdq_dihedral(struct cs_pdq out[static CS_PDQ_TURNS],
    const struct cs_pdq_picture *picture)
{
	return hash_turned(out, CS_PDQ_TURNS, picture);
}

unsigned
cs_pdq_distance(
    const uint8_t a[static CS_PDQ_LEN], const uint8_t b[static CS_PDQ_LEN])
{
	unsigned n = 0;

	for (size_t i = 0; i < CS_PDQ_LEN; i += sizeof(uint64_t)) {
		uint64_t x, y;

		memcpy(&x, a + i, sizeof x);
		memcpy(&y, b + i, sizeof y);
		n += (unsigned)__builtin_popcountll(x ^ y);
	}
	return n;
}
