/*
 * The commands restore-1x and release (domain.md 4.3): after a downgrade the backed-up credential of SCEPman 1.x comes
 * back to one slot, which is put on hold first, so that no daemon upgrades it again; and the hold is lifted. Each ends
 * with an exit status of product.md section 2. The artifacts of 1.x are for the administrator to host.
 */
#pragma once

#include "base/attributes.h"
#include "desired/desired.h"
#include "service/options.h"

/*
 * restore-1x. First a look that writes nothing: only what can be brought back is put on hold. Then the hold, on the
 * disk; then the one write. Killed anywhere, the same command goes on. 0; 1 failed; 2 --dry-run has something to do;
 * 3 refused, or not everything could be done; 64 not exactly one installation.
 */
int restore_1x(const struct options *options, const struct desired *desired) _must_check_;
/* release: 0, also when there is no hold; 1 when that could not be told; 64 as above. Asks nothing of the cloud. */
int restore_release(const struct options *options, const struct desired *desired) _must_check_;
