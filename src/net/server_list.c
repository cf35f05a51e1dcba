/* SPDX-License-Identifier: MIT */
#include "net/server_list.h"

void
net_list_init(struct net_link *head)
{
	head->next = head->prev = head;
}

void
net_list_add(struct net_link *head, struct net_link *l)
{
	l->next = head;
	l->prev = head->prev;
	head->prev->next = l;
	head->prev = l;
}

void
net_list_remove(struct net_link *l)
{
	if (l->next == NULL)
		return;
	l->next->prev = l->prev;
	l->prev->next = l->next;
	l->next = l->prev = NULL;
}

/* ---- time --------------------------------------------------------------- */

void
net_list_move(struct net_link *to, struct net_link *from)
{
	net_list_init(to);
	while (from->next != from) {
		struct net_link *l = from->next;

		net_list_remove(l);
		net_list_add(to, l);
	}
}

void
net_due(struct cs_net_conn *c, uint64_t at_s)
{
	struct cs_net_server *s = c->server;

	if (c->state == NET_DEAD)
		return;
	if (at_s <= s->now_s)
		at_s = s->now_s + 1;
	/* Farther than one turn of the wheel: it is looked at on the way. */
	if (at_s >= s->now_s + NET_SLOTS)
		at_s = s->now_s + NET_SLOTS - 1;
	if (c->timed.next != NULL && c->due_s <= at_s)
		return;
	net_list_remove(&c->timed);
	c->due_s = at_s;
	net_list_add(&s->timed[at_s % NET_SLOTS], &c->timed);
}
