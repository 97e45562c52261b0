/* SPDX-License-Identifier: Apache-2.0 */
/* rulings.c: see rulings.h. */
#include "tests/unit/rulings.h"

#include "base/must.h"
#include "cli/objects.h"

const struct rule rulings_rules[4] = {
	{ .id = "page.name.taken",
	  .severity = RULE_BLOCKER,
	  .category = "Critical",
	  .page = "S-DUP",
	  .title = "The name is taken in the target namespace",
	  .why = "Forklift makes no second machine of one name.",
	  .remedy = "Rename the machine, or choose another namespace." },
	{ .id = "page.iso",
	  .severity = RULE_WARNING,
	  .title = "An ISO image is mounted",
	  .remedy = "Take the image out." },
	{ .id = "vmware.drs.enabled", .severity = RULE_INFO, .title = "DRS is on" },
	{ .id = "page.tools", .severity = RULE_BLOCKER, .title = "VMware Tools run" },
};

const struct ruling rulings_list[RULINGS_COUNT] = {
	{ .rule = &rulings_rules[0],
	  .kind = "vm",
	  .id = "vm-1",
	  .name = RULINGS_NAME,
	  .plan = "mtv/wave-1",
	  .message = "vm-prod has a machine of this name." },
	{ .rule = &rulings_rules[0],
	  .unknown = true,
	  .kind = "vm",
	  .id = "vm-2",
	  .name = "web-01",
	  .message = "No export tells what is in the namespace." },
	{ .rule = &rulings_rules[1],
	  .kind = "vm",
	  .id = "vm-2",
	  .name = "web-01",
	  .message = "CD/DVD drive 1 holds tools.iso." },
	{ .rule = &rulings_rules[1],
	  .kind = "vm",
	  .id = "vm-3",
	  .name = "web-02",
	  .message = "CD/DVD drive 1 holds tools.iso." },
	{ .rule = &rulings_rules[2],
	  .kind = "cluster",
	  .name = "c1",
	  .message = "The cluster moves machines by itself." },
};

void rulings_tell(const struct teller *teller, const struct options *o, const struct term *term,
		  const struct ruling *list, size_t count, struct buf *out)
{
	struct inventory_summary summary = {
		.machines = 4, .ready = 2, .blocked = 1, .undetermined = 1, .plans = 1, .rules = 4
	};
	struct score score = { 0 };
	struct objects objects = { 0 };
	struct told told = { .options = o,
			     .summary = &summary,
			     .score = &score,
			     .objects = &objects,
			     .term = *term };
	struct tell tell;

	for (size_t i = 0; i < count; i++)
		objects_add(&objects, &list[i], score_add(&score, &list[i]));
	for (size_t i = 0; i < ARRAY_LEN(rulings_rules); i++)
		(void)score_place(&score, &rulings_rules[i]);
	objects_sort(&objects);
	for (int i = 0; i < RULE_SEVERITY_N; i++) {
		summary.failed[i] = score.failed[i];
		summary.unknown[i] = score.unknown[i];
	}
	tell_begin(&tell, &told, teller, out);
	for (unsigned pass = 0; pass < teller->passes; pass++) {
		for (size_t i = 0; i < count; i++)
			tell_add(&tell, &list[i]);
		tell_pass(&tell);
	}
	tell_end(&tell);
	objects_done(&objects);
	score_done(&score);
}
