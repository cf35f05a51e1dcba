/* SPDX-License-Identifier: MIT */
#include "desk/core/actor.h"

#include <string.h>

const struct cs_desk_actor cs_desk_operator = {
	.id = 0,
	.name = "command line",
	.pseudonym = "desk",
	.role = CS_DESK_ADMINISTRATOR,
};

const char *const cs_desk_roles[CS_DESK_ROLES] = { NULL, "reviewer", "senior",
	"auditor", "administrator" };

const char *
cs_desk_role_name(enum cs_desk_role role)
{
	return (size_t)role < CS_DESK_ROLES ? cs_desk_roles[role] : NULL;
}

enum cs_desk_role
cs_desk_role_find(const char *name)
{
	for (size_t i = 1; i < CS_DESK_ROLES; i++)
		if (strcmp(name, cs_desk_roles[i]) == 0)
			return (enum cs_desk_role)i;
	return (enum cs_desk_role)0;
}

bool
cs_desk_works(const struct cs_desk_actor *actor)
{
	return actor->id == 0 || actor->role == CS_DESK_REVIEWER ||
	    actor->role == CS_DESK_SENIOR;
}

bool
cs_desk_is_senior(const struct cs_desk_actor *actor)
{
	return actor->id == 0 || actor->role == CS_DESK_SENIOR;
}

bool
cs_desk_is_administrator(const struct cs_desk_actor *actor)
{
	return actor->role == CS_DESK_ADMINISTRATOR;
}
