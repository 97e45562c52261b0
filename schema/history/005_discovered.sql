-- SPDX-License-Identifier: Apache-2.0
--
-- What discovery knew, so that a start without the Kubernetes API knows what to watch.

-- One row for each kind of object, replaced as a whole.  It holds no secret.
CREATE TABLE discovered (
	kind TEXT NOT NULL PRIMARY KEY, -- "provider", "host", "plan", "pod", "machine"
	source TEXT NOT NULL,        -- URL of what was asked; of another one nothing is known
	heard_ms INTEGER NOT NULL,   -- when it was last known to be so
	objects TEXT NOT NULL        -- JSON array: objects as the API has them, cut down to what counts
) STRICT;
