/* SPDX-License-Identifier: MIT */
/*
 * What the members of a group share beside its name: the link by which people
 * ask to be let in, and a picture.  Each comes by a message, of which the last
 * in the log counts, or with the Welcome.
 */
#pragma once

#include "client/home/client.h"

/* A column of the table: never changes. */
enum client_room_what {
	CLIENT_ROOM_LINK = 1,
	CLIENT_ROOM_PICTURE = 2,
	/* The file of the picture, once it was fetched: plain_sha256_32, and
	 * the file. */
	CLIENT_ROOM_PICTURE_FILE = 3,
};

/* What ${group_id} has; replaces what ${out} holds, and leaves it empty where
 * there is none.  ${seq}, which may be NULL: the entry of the log that said
 * so. */
CS_CHECKED enum cs_err client_room_find(struct cs_buf *out, uint64_t *seq,
    struct cs_client *c, struct cs_view group_id, enum client_room_what what);
/* Has it any? */
CS_CHECKED enum cs_err client_room_has(bool *out, struct cs_client *c,
    struct cs_view group_id, enum client_room_what what);
/* The entry ${seq} says that it has ${value}, or nothing if that is empty;
 * a later one counts more. */
CS_CHECKED enum cs_err client_room_put(struct cs_client *c,
    struct cs_view group_id, enum client_room_what what, uint64_t seq,
    struct cs_view value);
/* Forget all of it. */
CS_CHECKED enum cs_err client_room_forget(
    struct cs_client *c, struct cs_view group_id);
/* Append the ids of those that have something, each as <V>. */
CS_CHECKED enum cs_err client_room_list(
    struct cs_buf *ids, struct cs_client *c, enum client_room_what what);

/* A picture as bytes, and back; views point into ${in}. CS_ERR_FORMAT,
 * CS_ERR_LIMIT */
#define CLIENT_PICTURE_MAX 1024
CS_CHECKED enum cs_err client_picture_write(
    struct cs_buf *out, const struct cs_mimi_external *picture);
CS_CHECKED enum cs_err client_picture_parse(
    struct cs_mimi_external *out, struct cs_view in);

/*
 * What whoever joins is given with the Welcome and nobody else sees (GroupInfo
 * extension 0xF0C5); what a later version may add behind it is passed over.
 */
struct client_room_info {
	bool direct;
	struct cs_view name;
	struct cs_view link;    /* CS_MIMI_LINK_LEN bytes, or empty */
	struct cs_view picture; /* client_picture_write(), or empty */
};
CS_CHECKED enum cs_err client_room_info_write(
    struct cs_buf *out, const struct client_room_info *info);
/* CS_ERR_FORMAT, CS_ERR_LIMIT */
CS_CHECKED enum cs_err client_room_info_parse(
    struct client_room_info *out, struct cs_view in);
