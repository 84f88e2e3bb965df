/*
 * Which site may be written when (domain.md 2.18, 4.11): looks at the health of a site before and after the write of
 * its settings, and stops the rollout of an installation, and of its clones, when one that was healthy is not. It
 * writes nothing, and does nothing where nothing is written.
 */
#pragma once

#include "world/world.h"

/* Both writes that restart LATER wait until EARLIER has had its own, and has come to no harm. Either may be NULL. */
void rollout_follow(struct world *world, struct web_app *later, const struct web_app *earlier);
/* APP after those that come before it: slots first, then Certificate Master, production last (domain.md 2.18). */
void rollout_line_up(struct world *world, struct web_app *app);
/* Every clone after the installation that it is a clone of, which it learns, and after the clones before it. */
void rollout_tie_clones(struct world *world);
/* The sites that earlier passes made unhealthy: each is asked once in this pass. */
void rollout_state_suspects(struct world *world);
/* kind.before_write and kind.after_write of NODE, the settings of APP or whatever else restarts it when written. */
enum verdict rollout_before_write(struct world *world, struct node *node, struct web_app *app);
void rollout_after_write(struct world *world, struct node *node, struct web_app *app);
