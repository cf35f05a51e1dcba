/* SPDX-License-Identifier: MIT */
#include "programs/bench/mls_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "programs/bench/mls.h"
#include "programs/bench/util.h"

#define FIGURES_MAX 64

static struct {
	char name[80];
	double us;
} figures[FIGURES_MAX];
static size_t n_figures;

static void
read_figures(FILE *f)
{
	char line[200], *tab;

	while (n_figures < FIGURES_MAX && fgets(line, sizeof line, f) != NULL) {
		tab = strchr(line, '\t');
		if (tab == NULL || tab - line >= 80)
			continue;
		*tab = '\0';
		memcpy(figures[n_figures].name, line, (size_t)(tab - line) + 1);
		figures[n_figures++].us = strtod(tab + 1, NULL);
	}
}

void
bench_mls_peer_run(const char *command)
{
	int ends[2], status = 0;
	FILE *f;
	pid_t pid;

	n_figures = 0;
	if (pipe(ends) != 0)
		bench_must(CS_ERR_IO, "the peer");
	pid = fork();
	if (pid < 0)
		bench_must(CS_ERR_IO, "the peer");
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	f = fdopen(ends[0], "r");
	if (f == NULL)
		bench_must(CS_ERR_IO, "the peer");
	read_figures(f);
	fclose(f);
	if (waitpid(pid, &status, 0) != pid || status != 0)
		bench_must(CS_ERR_IO, "the peer's command");
}

double
bench_mls_peer(const char *name)
{
	for (size_t i = 0; i < n_figures; i++)
		if (strcmp(figures[i].name, name) == 0)
			return figures[i].us;
	return 0;
}
