/* SPDX-License-Identifier: MIT */
/* countersign-photo: the sandboxed child of cs_photo_clean().  A person has no
 * use for it. */

#include "content/photo.h"
#include "content/photo_child.h"
#include "store/standard.h"

int
main(int argc, char **argv)
{
	if (!cs_standard_fill())
		return 1;
	return cs_photo_child_main(argc > 1 ? argv[1] : "clean");
}
