/* SPDX-License-Identifier: MIT */
/*
 * What a process gives up before it reads its first byte from outside.
 *
 * Layers that do not depend on one another, so that a hole in one is no hole in
 * all: another user where the family was started by root; namespaces without
 * network, mounts and processes of others; Landlock, under which no file can be
 * opened; and seccomp, under which few calls are left.
 */
#pragma once

#include "base/bytes.h"

/* What is allowed beside memory, time, waiting, and its own descriptors. */
enum cs_confine_more {
	CS_CONFINE_ACCEPT = 1 << 0, /* connections of a socket that it has */
	CS_CONFINE_FILES = 1 << 1,  /* files below a folder that it has */
	CS_CONFINE_DATABASE = 1
	    << 2,                    /* files it has open: locks, maps, syncs */
	CS_CONFINE_CONNECT = 1 << 3, /* to others, by address */
	/* Anything but networks, and what could lead out of here: programs, and
	 * files; written are only those below two folders. */
	CS_CONFINE_PROGRAMS = 1 << 4,
	/* With CS_CONFINE_FILES: folders below it, too, and names that lead
	 * there through /proc. */
	CS_CONFINE_FOLDERS = 1 << 6,
	/* Look up names, reading what that takes, and connect to others. */
	CS_CONFINE_NAMES = 1 << 5,
};

struct cs_confinement {
	unsigned more;     /* enum cs_confine_more */
	bool stranger;     /* if root: it owns no file and becomes nobody */
	unsigned long uid; /* if root, and no stranger: whom it becomes */
	int folder; /* CS_CONFINE_FILES, CS_CONFINE_PROGRAMS: its descriptor */
	int folder_too; /* CS_CONFINE_PROGRAMS: of the second one; -1: none */
};

/* Which of the layers took hold. */
struct cs_confined {
	bool user, namespaces, landlock, seccomp;
};

/*
 * Give it up, for good.  CS_ERR_IO: something that any system can do did not
 * work, and the process must not go on.  What a system lacks (other users,
 * namespaces, Landlock) is left out, and ${out} says so.
 */
CS_CHECKED enum cs_err cs_confine(
    struct cs_confined *out, const struct cs_confinement *how);

/* Before a process looks up a name, which it can do no more once it is
 * confined: from now on it opens only what names are looked up by.  False: the
 * system has no Landlock. */
bool cs_confine_to_names(void);
