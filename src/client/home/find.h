/* SPDX-License-Identifier: MIT */
/*
 * Whom or what a name means that the user typed.
 *
 * A name is first an accepted person, then an accepted conversation: a handle,
 * with or without @HUB, the name of a group, a name that the user gave
 * (home/alias.h), or the beginning of an id.  Names are compared as base/name.h
 * says.  Requests, what is blocked and what was left is meant by its id only.
 * Where two could be meant, none is.
 */
#pragma once

#include "client/home/client.h"
#include "client/home/looks.h"

/* What was found: a person, or else a group. */
struct client_meant {
	bool person;
	char handle[CS_HANDLE_MAX + 1];
	/* The group, or the conversation of two if there is one. */
	uint8_t id[CS_WIRE_GROUP_ID_MAX];
	size_t id_len; /* 0: there is none */
};

/*
 * CS_ERR_NOT_FOUND: nobody and nothing; CS_ERR_EXISTS: several;
 * CS_ERR_MEMBER: only somebody, or something, that is not accepted.  Each with
 * a sentence.
 */
CS_CHECKED enum cs_err client_find(struct client_meant *out,
    struct cs_client *c, const char *typed, enum client_group_find find);

/* The handle of the person that ${typed} means, whatever their state; whoever
 * is not known is taken by the name as typed, in small letters.  CS_ERR_EXISTS;
 * CS_ERR_FORMAT: nobody can be called that; CS_ERR_UNSUPPORTED: on another hub.
 * Each with a sentence. */
CS_CHECKED enum cs_err client_find_person(
    char out[static CS_HANDLE_MAX + 1], struct cs_client *c, const char *typed);

/* The conversation of two with ${handle} that is not over: the accepted one if
 * there are several.  CS_ERR_NOT_FOUND */
CS_CHECKED enum cs_err client_find_direct(
    struct client_meant *out, struct cs_client *c, const char *handle);

/* Load the conversation of ${meant}, with its MLS state or without.
 * CS_ERR_NOT_FOUND: there is none. */
CS_CHECKED enum cs_err client_meant_load(struct client_group *out,
    struct cs_client *c, const struct client_meant *meant);
CS_CHECKED enum cs_err client_meant_load_meta(struct client_group *out,
    struct cs_client *c, const struct client_meant *meant);

/* client_find() and client_meant_load() in one. */
CS_CHECKED enum cs_err client_group_find(struct client_group *out,
    struct cs_client *c, const char *typed, enum client_group_find find);

/* What the user calls whoever has ${handle}; empty: nothing else. */
void client_find_alias(char out[static CS_CLIENT_ALIAS_MAX + 1],
    struct cs_client *c, const char *handle);
/* What is to be said beside the name of ${g}: what the user calls it, and, if
 * it is a group, client_looks_like(). */
CS_CHECKED enum cs_err client_find_words(
    char alias[static CS_CLIENT_ALIAS_MAX + 1],
    char looks_like[static CLIENT_NAME_SIZE], struct cs_client *c,
    const struct client_group *g);
