-- SPDX-License-Identifier: Apache-2.0
--
-- What the rules say of the exported inventory, and since when.

-- One row for each stretch of time in which a finding was made.  Rule, verdict, object and plan are
-- its identity; what the message says of it may change meanwhile.
CREATE TABLE finding (
	id INTEGER PRIMARY KEY,
	rule TEXT NOT NULL,          -- "page.name"
	severity TEXT NOT NULL,      -- "blocker", "warning", "info"
	verdict TEXT NOT NULL,       -- "fail"; "unknown": no export tells
	kind TEXT NOT NULL,          -- of the object: "vm", "host", "plan", …
	object TEXT NOT NULL,        -- its id as the source has it; '': none
	name TEXT NOT NULL,          -- '': none
	plan TEXT NOT NULL,          -- "namespace/name"; '': none
	message TEXT NOT NULL,       -- as it was said last
	first_ms INTEGER NOT NULL,   -- the first judgement that found it
	last_ms INTEGER,             -- the last one; NULL: it lasts, the latest found it
	ended_ms INTEGER,            -- the first judgement without it; NULL: it lasts
	UNIQUE (rule, verdict, kind, object, name, plan, first_ms)
) STRICT;

CREATE INDEX finding_lasting ON finding (id) WHERE ended_ms IS NULL;
CREATE INDEX finding_ended ON finding (ended_ms) WHERE ended_ms IS NOT NULL;

-- One row for each time that the inventory was read and judged as a whole.
CREATE TABLE judgement (
	id INTEGER PRIMARY KEY,
	at_ms INTEGER NOT NULL,      -- when its files were read
	took_ms INTEGER NOT NULL,
	machines INTEGER NOT NULL,   -- that were judged: each is one of the next three
	ready INTEGER NOT NULL,
	blocked INTEGER NOT NULL,    -- a blocker fails
	undetermined INTEGER NOT NULL, -- none fails, and of one no export tells
	plans INTEGER NOT NULL,
	rules INTEGER NOT NULL,      -- that there were
	counts TEXT NOT NULL,        -- JSON object: findings by verdict and severity
	files TEXT NOT NULL          -- JSON array: what was read
) STRICT;
