-- SPDX-License-Identifier: Apache-2.0
--
-- The history.  Every time is UTC in milliseconds since 1970 and ends in _ms.  Words (states,
-- reasons, kinds) are stored as the API says them.  Rows are in the order of their id: the clock
-- may have been set back between two of them.

-- One row for each life of the daemon.
CREATE TABLE run (
	id INTEGER PRIMARY KEY,
	started_ms INTEGER NOT NULL,
	alive_ms INTEGER NOT NULL,   -- the last sign of life, at most about a second old
	stopped_ms INTEGER,          -- NULL: it runs, or it ended without a word
	node TEXT NOT NULL,          -- where it ran
	version TEXT NOT NULL        -- of the daemon
) STRICT;

-- An address and port of a host, or a host's name.
CREATE TABLE endpoint (
	id INTEGER PRIMARY KEY,
	provider TEXT,               -- NULL: it belongs to none
	role TEXT NOT NULL,          -- "esxi", "vcenter", …
	name TEXT NOT NULL,          -- as a person says it: "esx04.example.com:902"
	host TEXT NOT NULL,          -- the DNS name or numeric address that was configured
	address TEXT NOT NULL,       -- numeric; '': the row is about the name itself
	port INTEGER NOT NULL,       -- 0 with a name
	dialect TEXT NOT NULL,       -- how it is spoken to: "authd", "tcp", …
	enrolled_ms INTEGER NOT NULL,
	retired_ms INTEGER,          -- since when it is in no configuration; NULL: it is in one
	UNIQUE (name, address)
) STRICT;

-- How long one aspect of an endpoint was in one state.  Time that no span covers was not observed.
CREATE TABLE span (
	id INTEGER PRIMARY KEY,
	endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
	aspect TEXT NOT NULL CHECK (aspect IN ('port', 'service', 'trust', 'name')),
	state TEXT NOT NULL,         -- "open", "filtered", "serving", "trusted", "unknown", …
	reason TEXT NOT NULL,        -- "ok", "no-answer", "tls-alert", "expired", …
	offender TEXT,               -- who sent the ICMP error; NULL: nobody
	detail TEXT,                 -- what exactly; NULL: nothing more is known
	began_ms INTEGER NOT NULL,   -- of the state; before since_ms when it outlasted a restart
	since_ms INTEGER NOT NULL,   -- observed from here on
	until_ms INTEGER,            -- observed up to here, >= since_ms; NULL: it lasts
	seen_ms INTEGER NOT NULL,    -- the last observation; up to 5 minutes behind while it lasts
	count INTEGER NOT NULL       -- observations; as far behind as seen_ms
) STRICT;

CREATE INDEX span_order ON span (endpoint_id);
CREATE INDEX span_last ON span (endpoint_id, aspect);
CREATE INDEX span_since ON span (endpoint_id, aspect, since_ms);
CREATE UNIQUE INDEX span_lasting ON span (endpoint_id, aspect) WHERE until_ms IS NULL;
CREATE INDEX span_ended ON span (until_ms) WHERE until_ms IS NOT NULL;

-- Round-trip times of up to 60 grid slots in a row.  New rows go to the end of the table: with
-- the endpoint as the key of the table itself each would go into a page of its own, which
-- is then split again and again (measured: twice the bytes written, half as much more stored).
CREATE TABLE sample (
	id INTEGER PRIMARY KEY,
	endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
	start_ms INTEGER NOT NULL,    -- of the first slot
	seq INTEGER NOT NULL,         -- 0, or more when a clock that was set back repeats a start
	interval_ms INTEGER NOT NULL, -- from slot to slot
	count INTEGER NOT NULL,       -- slots
	rtt TEXT NOT NULL,            -- JSON array: microseconds, null: no answer, -1: not asked
	UNIQUE (endpoint_id, start_ms, seq)
) STRICT;

-- One hour of samples.  Times are NULL when nothing answered.
CREATE TABLE rollup (
	endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
	hour_ms INTEGER NOT NULL,    -- its beginning
	count INTEGER NOT NULL,      -- samples: answered or not
	lost INTEGER NOT NULL,       -- those without an answer
	not_run INTEGER NOT NULL,    -- slots that were not asked; not in count
	min_us INTEGER,
	mean_us INTEGER,
	p50_us INTEGER,              -- nearest rank
	p95_us INTEGER,
	max_us INTEGER,
	jitter_us INTEGER,           -- mean absolute difference of neighbours; NULL: none
	PRIMARY KEY (endpoint_id, hour_ms)
) STRICT, WITHOUT ROWID;

-- Every leaf certificate that was ever shown, once.
CREATE TABLE certificate (
	id INTEGER PRIMARY KEY,
	sha256 BLOB NOT NULL UNIQUE, -- of der
	sha1 BLOB NOT NULL,          -- of der: the thumbprint as VMware and Forklift use it
	spki_sha256 BLOB NOT NULL,   -- of the public key
	der BLOB NOT NULL,
	subject TEXT NOT NULL,       -- RFC 2253
	issuer TEXT NOT NULL,
	not_before_ms INTEGER NOT NULL,
	not_after_ms INTEGER NOT NULL,
	self_signed INTEGER NOT NULL -- 1: its own key signed it
) STRICT;

-- Which endpoint showed which certificate.
CREATE TABLE sighting (
	id INTEGER PRIMARY KEY,
	endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
	certificate_id INTEGER NOT NULL REFERENCES certificate (id),
	first_ms INTEGER NOT NULL,
	last_ms INTEGER NOT NULL,    -- up to 5 minutes behind while it is being shown
	UNIQUE (endpoint_id, certificate_id)
) STRICT;

CREATE INDEX sighting_certificate ON sighting (certificate_id);

-- The way to an endpoint, hop by hop.
CREATE TABLE trace (
	id INTEGER PRIMARY KEY,
	endpoint_id INTEGER NOT NULL REFERENCES endpoint (id),
	at_ms INTEGER NOT NULL,
	target TEXT NOT NULL,        -- address and port
	outcome TEXT NOT NULL,       -- "silent-beyond", …
	reason TEXT NOT NULL,
	hop TEXT,                    -- the last that answered, or who rejected; NULL: none
	hops TEXT NOT NULL           -- JSON array: {"ttl", "address", "rtt_us", "icmp"}; silent: ttl alone
) STRICT;

CREATE INDEX trace_order ON trace (endpoint_id);

-- The journal.
CREATE TABLE event (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	at_ms INTEGER NOT NULL,
	endpoint_id INTEGER REFERENCES endpoint (id), -- NULL: of the daemon itself
	kind TEXT NOT NULL,          -- an aspect whose state changed, or "flapping", "started", …
	before TEXT,                 -- a state, or what else changed; NULL: nothing was known
	after TEXT,                  -- NULL: nothing
	reason TEXT,                 -- of the state after; NULL: no state
	detail TEXT                  -- a sentence; NULL: nothing more
) STRICT;

CREATE INDEX event_order ON event (endpoint_id);
