-- SPDX-License-Identifier: Apache-2.0
--
-- Alerts: what somebody is to be told, what each sink has been told, and what nobody wants to hear.

-- One row for each instance of an alert.  It is the outbox too: what a sink has not taken yet is what
-- its delivery says less of than this.
CREATE TABLE alert (
	id INTEGER PRIMARY KEY,
	identity TEXT NOT NULL,      -- name and subject: at most one instance of it is not settled
	name TEXT NOT NULL,          -- "PortClosed", …
	subject TEXT NOT NULL,       -- "esx04.example.com:902 10.1.7.14", a provider; '': the node
	severity TEXT NOT NULL,      -- "critical", "warning", "info"
	endpoint_id INTEGER REFERENCES endpoint (id), -- NULL: not about a single one
	starts_ms INTEGER NOT NULL,  -- of the cause
	ends_ms INTEGER,             -- NULL: it lasts
	revision INTEGER NOT NULL,   -- from 1; one more with each change worth telling
	coalesced INTEGER NOT NULL,  -- tellings of earlier instances that somebody missed
	silenced INTEGER NOT NULL,   -- 1: nobody is to be told, unless he knows already
	settled INTEGER NOT NULL,    -- 1: nobody is to be told anything more
	labels TEXT NOT NULL,        -- JSON object of texts: what it is about
	annotations TEXT NOT NULL,   -- JSON object of texts: why, since when, what to do
	UNIQUE (identity, starts_ms)
) STRICT;

CREATE INDEX alert_unsettled ON alert (identity) WHERE settled = 0;
CREATE INDEX alert_ended ON alert (ends_ms) WHERE settled = 1;
CREATE INDEX alert_order ON alert (endpoint_id);
-- Whether an alert lasted at some moment, without a look into its row, which fills a page.
CREATE INDEX alert_window ON alert (id, starts_ms, ends_ms);

-- What one sink knows of an alert.
CREATE TABLE delivery (
	alert_id INTEGER NOT NULL REFERENCES alert (id) ON DELETE CASCADE,
	sink TEXT NOT NULL,          -- its name in the configuration
	revision INTEGER NOT NULL,   -- taken last; 0: none
	refused INTEGER NOT NULL,    -- refused last, for good; 0: none
	ended INTEGER NOT NULL,      -- 1: what it took was the end
	at_ms INTEGER NOT NULL,      -- when it took or refused
	PRIMARY KEY (alert_id, sink)
) STRICT, WITHOUT ROWID;

-- Who does not want to hear of what for a while.  Numbers are never used again.
CREATE TABLE silence (
	id INTEGER PRIMARY KEY AUTOINCREMENT,
	pattern TEXT NOT NULL,       -- of endpoints: "esx04", "esx04:902", a provider, "*"
	name TEXT,                   -- of alerts; NULL: any
	from_ms INTEGER NOT NULL,
	until_ms INTEGER NOT NULL,   -- when it ends or was ended
	why TEXT NOT NULL,
	by TEXT NOT NULL             -- who asked for it: "root", "uid 1000"
) STRICT;

CREATE INDEX silence_until ON silence (until_ms);
