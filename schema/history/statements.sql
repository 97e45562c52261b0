-- SPDX-License-Identifier: Apache-2.0
--
-- Every statement of the history.  A test prepares each and refuses plans that walk through a
-- table or sort, unless the marker says (scan: why).

-- ---- lives of the daemon

-- STMT run_last
SELECT id, alive_ms, stopped_ms, believed_ms FROM run WHERE id = (SELECT max(id) FROM run);

-- STMT run_is
SELECT count(*) FROM run WHERE id = :run AND started_ms = :started;

-- STMT run_begin
INSERT INTO run (started_ms, alive_ms, node, version, believed_ms)
VALUES (:started, :at, :node, :version, :believed) RETURNING id;

-- STMT run_alive
UPDATE run SET alive_ms = :at, believed_ms = :believed WHERE id = :run;

-- STMT run_stop
UPDATE run SET alive_ms = :at, stopped_ms = :at, believed_ms = :believed WHERE id = :run;

-- STMT spans_close (scan: the lasting spans alone, once at a start)
UPDATE span INDEXED BY span_lasting SET until_ms = max(since_ms, :at) WHERE until_ms IS NULL;

-- ---- endpoints

-- STMT endpoint_put
INSERT INTO endpoint
	(id, provider, role, name, host, address, port, dialect, enrolled_ms)
VALUES
	(CASE WHEN EXISTS (SELECT 1 FROM endpoint WHERE id = :id) THEN NULL ELSE :id END,
	 :provider, :role, :name, :host, :address, :port, :dialect, :at)
ON CONFLICT (name, address) DO UPDATE SET
	provider = excluded.provider, role = excluded.role, host = excluded.host,
	port = excluded.port, dialect = excluded.dialect, retired_ms = NULL
RETURNING id;

-- STMT endpoint_has
SELECT count(*) FROM endpoint WHERE id = :id;

-- STMT endpoint_retire
UPDATE endpoint SET retired_ms = :at WHERE id = :id;

-- STMT endpoint_max
SELECT coalesce(max(id), 0) FROM endpoint;

-- STMT endpoints (scan: all of them, once at a start)
SELECT id, coalesce(provider, ''), role, name, host, address, port, dialect, retired_ms IS NOT NULL
FROM endpoint ORDER BY id;

-- STMT endpoint_next
SELECT min(id) FROM endpoint WHERE id > :after;

-- ---- spans

-- STMT span_last
SELECT reason, began_ms, since_ms, until_ms FROM span INDEXED BY span_last
WHERE endpoint_id = :endpoint AND aspect = :aspect ORDER BY id DESC LIMIT 1;

-- STMT span_open
SELECT seen_ms FROM span INDEXED BY span_last
WHERE endpoint_id = :endpoint AND aspect = 'port' AND reason = 'ok' ORDER BY id DESC LIMIT 1;

-- STMT span_begin
INSERT INTO span (endpoint_id, aspect, state, reason, offender, detail,
	began_ms, since_ms, seen_ms, count)
VALUES (:endpoint, :aspect, :state, :reason, :offender, :detail, :began, :since, :since, 1);

-- STMT span_end
UPDATE span SET until_ms = max(since_ms, :at)
WHERE endpoint_id = :endpoint AND aspect = :aspect AND until_ms IS NULL;

-- STMT spans_end
UPDATE span INDEXED BY span_lasting SET until_ms = max(since_ms, :at)
WHERE endpoint_id = :endpoint AND until_ms IS NULL;

-- STMT span_touch
UPDATE span SET count = count + :count, seen_ms = max(since_ms, :seen)
WHERE endpoint_id = :endpoint AND aspect = :aspect AND until_ms IS NULL;

-- ---- samples and roll-ups

-- STMT sample_put
INSERT INTO sample (endpoint_id, start_ms, seq, interval_ms, count, rtt)
VALUES (:endpoint, :start,
	(SELECT coalesce(max(seq) + 1, 0) FROM sample
	 WHERE endpoint_id = :endpoint AND start_ms = :start),
	:interval, :count, :rtt);

-- STMT sample_first
SELECT min(start_ms) FROM sample WHERE endpoint_id = :endpoint;

-- The first chunk with a slot at or after :from.
-- STMT sample_from
SELECT min(start_ms) FROM sample
WHERE endpoint_id = :endpoint
	AND start_ms >= coalesce(
		(SELECT start_ms FROM sample WHERE endpoint_id = :endpoint AND start_ms <= :from
		 ORDER BY start_ms DESC LIMIT 1), :from)
	AND start_ms + (count - 1) * interval_ms >= :from;

-- STMT sample_oldest (scan: one search for each endpoint)
SELECT min((SELECT min(start_ms) FROM sample WHERE endpoint_id = e.id)) FROM endpoint e;

-- STMT samples_forget
DELETE FROM sample WHERE id IN (
	SELECT id FROM sample
	WHERE endpoint_id = :endpoint AND start_ms < :before
	ORDER BY start_ms, seq LIMIT :limit);

-- STMT rollup_last
SELECT max(hour_ms) FROM rollup WHERE endpoint_id = :endpoint;

-- STMT rollup_make
INSERT OR REPLACE INTO rollup (endpoint_id, hour_ms, count, lost, not_run,
	min_us, mean_us, p50_us, p95_us, max_us, jitter_us)
SELECT :endpoint, :hour, s ->> 'count', s ->> 'lost', s ->> 'not_run',
	s ->> 'min', s ->> 'mean', s ->> 'p50', s ->> 'p95', s ->> 'max', s ->> 'jitter'
FROM (SELECT rtt_stats(rtt, start_ms, interval_ms, :hour, :hour + 3600000) AS s FROM sample
	WHERE endpoint_id = :endpoint AND start_ms < :hour + 3600000
		AND start_ms >= coalesce(
			(SELECT start_ms FROM sample
			 WHERE endpoint_id = :endpoint AND start_ms <= :hour
			 ORDER BY start_ms DESC LIMIT 1), :hour))
WHERE s ->> 'count' + s ->> 'not_run' > 0;

-- STMT rollup_oldest (scan: one search for each endpoint)
SELECT min((SELECT min(hour_ms) FROM rollup WHERE endpoint_id = e.id)) FROM endpoint e;

-- STMT rollups_forget
DELETE FROM rollup WHERE (endpoint_id, hour_ms) IN (
	SELECT endpoint_id, hour_ms FROM rollup
	WHERE endpoint_id = :endpoint AND hour_ms < :before
	ORDER BY hour_ms LIMIT :limit);

-- ---- certificates, traces, events

-- STMT certificate_put
INSERT INTO certificate (sha256, sha1, spki_sha256, der, subject, issuer,
	not_before_ms, not_after_ms, self_signed)
VALUES (:sha256, :sha1, :spki_sha256, :der, :subject, :issuer,
	:not_before, :not_after, :self_signed)
ON CONFLICT (sha256) DO NOTHING;

-- STMT certificate_find
SELECT id FROM certificate WHERE sha256 = :sha256;

-- STMT sighting_put
INSERT INTO sighting (endpoint_id, certificate_id, first_ms, last_ms)
VALUES (:endpoint, :certificate, :at, :at)
ON CONFLICT (endpoint_id, certificate_id) DO UPDATE SET
	first_ms = min(first_ms, excluded.first_ms), last_ms = max(last_ms, excluded.last_ms);

-- STMT trace_put
INSERT INTO trace (endpoint_id, at_ms, target, outcome, reason, hop, hops)
VALUES (:endpoint, :at, :target, :outcome, :reason, :hop, :hops);

-- STMT event_put
INSERT INTO event (at_ms, endpoint_id, kind, before, after, reason, detail)
VALUES (:at, :endpoint, :kind, :before, :after, :reason, :detail);

-- ---- alerts, deliveries, silences

-- STMT alert_put
INSERT INTO alert (identity, name, subject, severity, endpoint_id, starts_ms, ends_ms,
	revision, coalesced, silenced, settled, labels, annotations)
VALUES (:identity, :name, :subject, :severity, :endpoint, :starts, :ends,
	:revision, :coalesced, :silenced, :settled, :labels, :annotations)
ON CONFLICT (identity, starts_ms) DO UPDATE SET
	severity = excluded.severity, endpoint_id = excluded.endpoint_id, ends_ms = excluded.ends_ms,
	revision = excluded.revision, coalesced = excluded.coalesced,
	silenced = excluded.silenced, settled = excluded.settled,
	labels = excluded.labels, annotations = excluded.annotations;

-- What an earlier process left and this one did not find: it could not read the database then.
-- STMT alert_supersede
UPDATE alert INDEXED BY alert_unsettled
SET settled = 1, ends_ms = coalesce(ends_ms, max(starts_ms, :starts))
WHERE identity = :identity AND settled = 0 AND starts_ms <> :starts;

-- STMT alerts_unsettled (scan: those alone, once at a start)
SELECT id, identity, name, subject, severity, coalesce(endpoint_id, 0), starts_ms, coalesce(ends_ms, 0),
	revision, coalesced, silenced, labels, annotations
FROM alert INDEXED BY alert_unsettled WHERE settled = 0 ORDER BY id;

-- STMT delivery_put
INSERT INTO delivery (alert_id, sink, revision, refused, ended, at_ms)
SELECT id, :sink, :revision, :refused, :ended, :at FROM alert
WHERE identity = :identity AND starts_ms = :starts
ON CONFLICT (alert_id, sink) DO UPDATE SET
	revision = excluded.revision, refused = excluded.refused, ended = excluded.ended,
	at_ms = excluded.at_ms;

-- STMT deliveries
SELECT sink, revision, refused, ended, at_ms FROM delivery WHERE alert_id = :alert ORDER BY sink;

-- STMT silence_put
INSERT INTO silence (id, pattern, name, from_ms, until_ms, why, by)
VALUES (:id, :pattern, :name, :from, :until, :why, :by)
ON CONFLICT (id) DO UPDATE SET
	pattern = excluded.pattern, name = excluded.name, from_ms = excluded.from_ms,
	until_ms = excluded.until_ms, why = excluded.why, by = excluded.by;

-- STMT silences
SELECT id, pattern, coalesce(name, ''), from_ms, until_ms, why, by FROM silence
WHERE id > 0 AND id <= :most AND until_ms > :now ORDER BY id DESC LIMIT :limit;

-- STMT silence_max
SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'silence';

-- ---- what was discovered

-- STMT discovered_put
INSERT INTO discovered (kind, source, heard_ms, objects)
VALUES (:kind, :source, :heard, :objects)
ON CONFLICT (kind) DO UPDATE SET
	source = excluded.source, heard_ms = excluded.heard_ms, objects = excluded.objects;

-- STMT discovered_heard
UPDATE discovered SET heard_ms = :heard WHERE kind = :kind AND source = :source;

-- NULL: too long to be ours.
-- STMT discovered_all (scan: a row for each kind, once at a start)
SELECT kind, source, heard_ms, CASE WHEN length(objects) <= :most THEN objects END
FROM discovered LIMIT :limit;

-- ---- findings

-- The rows of a JSON array, each an array in the order of the columns.
-- STMT findings_put
INSERT INTO finding (rule, severity, verdict, kind, object, name, plan, message,
	first_ms, last_ms, ended_ms)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
	value ->> 7, value ->> 8, value ->> 9, value ->> 10
FROM json_each(:rows) WHERE true
ON CONFLICT (rule, verdict, kind, object, name, plan, first_ms) DO UPDATE SET
	severity = excluded.severity, message = excluded.message,
	last_ms = excluded.last_ms, ended_ms = excluded.ended_ms;

-- STMT judgement_put
INSERT INTO judgement (at_ms, took_ms, machines, ready, blocked, undetermined, plans, rules,
	counts, files)
VALUES (:at, :took, :machines, :ready, :blocked, :undetermined, :plans, :rules, :counts, :files);

-- ---- retention: each forgets at most :limit rows

-- STMT spans_forget
DELETE FROM span WHERE id IN (
	SELECT id FROM span INDEXED BY span_ended WHERE until_ms < :before
	ORDER BY until_ms LIMIT :limit);

-- Only the oldest rows by id are looked at, so that a turn stays short.
-- STMT events_forget (scan: stops at :limit)
DELETE FROM event WHERE id IN (
	SELECT id FROM (SELECT id, at_ms FROM event ORDER BY id LIMIT :limit)
	WHERE at_ms < :before);

-- STMT traces_forget (scan: stops at :limit)
DELETE FROM trace WHERE id IN (
	SELECT id FROM (SELECT id, at_ms FROM trace ORDER BY id LIMIT :limit)
	WHERE at_ms < :before);

-- Their deliveries go with them.
-- STMT alerts_forget
DELETE FROM alert WHERE id IN (
	SELECT id FROM alert INDEXED BY alert_ended WHERE settled = 1 AND ends_ms < :before
	ORDER BY ends_ms LIMIT :limit);

-- STMT silences_forget
DELETE FROM silence WHERE id IN (
	SELECT id FROM silence WHERE until_ms < :before ORDER BY until_ms LIMIT :limit);

-- STMT findings_forget
DELETE FROM finding WHERE id IN (
	SELECT id FROM finding INDEXED BY finding_ended WHERE ended_ms < :before
	ORDER BY ended_ms LIMIT :limit);

-- The last one stays: it is what counts.
-- STMT judgements_forget (scan: stops at :limit)
DELETE FROM judgement WHERE id IN (
	SELECT id FROM (SELECT id, at_ms FROM judgement ORDER BY id LIMIT :limit)
	WHERE at_ms < :before AND id < (SELECT max(id) FROM judgement));

-- STMT runs_forget (scan: stops at :limit)
DELETE FROM run WHERE id IN (
	SELECT id FROM (SELECT id, alive_ms FROM run ORDER BY id LIMIT :limit)
	WHERE alive_ms < :before AND id < (SELECT max(id) FROM run));

-- STMT certificate_last
SELECT hex(c.sha1), hex(c.sha256), hex(c.spki_sha256), c.subject, c.issuer, max(g.last_ms)
FROM sighting g JOIN certificate c ON c.id = g.certificate_id
WHERE g.endpoint_id = :endpoint GROUP BY g.endpoint_id;

-- STMT sightings_forget
DELETE FROM sighting WHERE endpoint_id = :endpoint AND last_ms < :before;

-- STMT certificates_forget (scan: there are few)
DELETE FROM certificate WHERE id IN (
	SELECT id FROM certificate c
	WHERE NOT EXISTS (SELECT 1 FROM sighting WHERE certificate_id = c.id) LIMIT :limit);

-- STMT endpoint_forget
DELETE FROM endpoint WHERE id = :endpoint AND retired_ms < :before
	AND NOT EXISTS (SELECT 1 FROM span WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM sample WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM rollup WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM sighting WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM trace WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM event WHERE endpoint_id = :endpoint)
	AND NOT EXISTS (SELECT 1 FROM alert WHERE endpoint_id = :endpoint);

-- ---- questions.  Rows are the key of the next page and one JSON object; json_patch() leaves out
-- what is NULL.  endpoint_id() turns a row's number into the one that the asker knows.

-- STMT question_spans
SELECT s.id, json_patch('{}', json_object(
	'id', s.id, 'endpoint', endpoint_id(s.endpoint_id), 'aspect', s.aspect,
	'state', s.state, 'reason', s.reason, 'offender', s.offender, 'detail', s.detail,
	'began', CASE WHEN s.began_ms <> s.since_ms THEN rfc3339(s.began_ms) END,
	'from', rfc3339(s.since_ms), 'to', rfc3339(s.until_ms),
	'seen', rfc3339(s.seen_ms), 'count', s.count))
FROM span s INDEXED BY span_order
WHERE s.endpoint_id = :endpoint AND s.id < :after
	AND s.since_ms < :to AND (s.until_ms IS NULL OR s.until_ms > :from OR s.since_ms >= :from)
ORDER BY s.id DESC LIMIT :limit;

-- STMT question_spans_of
SELECT s.id, json_patch('{}', json_object(
	'id', s.id, 'endpoint', endpoint_id(s.endpoint_id), 'aspect', s.aspect,
	'state', s.state, 'reason', s.reason, 'offender', s.offender, 'detail', s.detail,
	'began', CASE WHEN s.began_ms <> s.since_ms THEN rfc3339(s.began_ms) END,
	'from', rfc3339(s.since_ms), 'to', rfc3339(s.until_ms),
	'seen', rfc3339(s.seen_ms), 'count', s.count))
FROM span s INDEXED BY span_last
WHERE s.endpoint_id = :endpoint AND s.aspect = :aspect AND s.id < :after
	AND s.since_ms < :to AND (s.until_ms IS NULL OR s.until_ms > :from OR s.since_ms >= :from)
ORDER BY s.id DESC LIMIT :limit;

-- STMT question_spans_all
SELECT s.id, json_patch('{}', json_object(
	'id', s.id, 'endpoint', endpoint_id(s.endpoint_id), 'aspect', s.aspect,
	'state', s.state, 'reason', s.reason, 'offender', s.offender, 'detail', s.detail,
	'began', CASE WHEN s.began_ms <> s.since_ms THEN rfc3339(s.began_ms) END,
	'from', rfc3339(s.since_ms), 'to', rfc3339(s.until_ms),
	'seen', rfc3339(s.seen_ms), 'count', s.count))
FROM span s
WHERE s.id < :after
	AND s.since_ms < :to AND (s.until_ms IS NULL OR s.until_ms > :from OR s.since_ms >= :from)
ORDER BY s.id DESC LIMIT :limit;

-- The key is start and seq in one number.
-- STMT question_samples
SELECT start_ms * 1024 + min(seq, 1023), json_object(
	'endpoint', endpoint_id(endpoint_id),
	'from', rfc3339(max(start_ms, start_ms + ((:from - start_ms + interval_ms - 1)
		/ interval_ms) * interval_ms)),
	'interval_ms', interval_ms,
	'rtt_us', json(coalesce((SELECT json_group_array(value) FROM json_each(sample.rtt)
		WHERE start_ms + key * interval_ms >= :from
			AND start_ms + key * interval_ms < :to), '[]')))
FROM sample
WHERE endpoint_id = :endpoint AND start_ms < :to AND interval_ms > 0
	AND start_ms >= coalesce(
		(SELECT start_ms FROM sample WHERE endpoint_id = :endpoint AND start_ms <= :from
		 ORDER BY start_ms DESC LIMIT 1), :from)
	AND (start_ms, seq) > (:after / 1024, :after % 1024)
	AND start_ms + (count - 1) * interval_ms >= :from
ORDER BY start_ms, seq LIMIT :limit;

-- STMT question_rollups
SELECT hour_ms, json_patch('{}', json_object(
	'endpoint', endpoint_id(endpoint_id), 'hour', rfc3339(hour_ms),
	'samples', count, 'lost', lost, 'not_run', not_run,
	'rtt_us', json_object('min', min_us, 'mean', mean_us, 'p50', p50_us, 'p95', p95_us,
		'max', max_us),
	'jitter_us', jitter_us))
FROM rollup
WHERE endpoint_id = :endpoint AND hour_ms < :to AND hour_ms > :after
	AND hour_ms >= :from - :from % 3600000
ORDER BY hour_ms LIMIT :limit;

-- STMT question_at
SELECT e.id, json_patch('{}', json_object(
	'endpoint', endpoint_id(e.id), 'name', e.name, 'provider', e.provider, 'role', e.role,
	'host', e.host, 'address', nullif(e.address, ''), 'port', nullif(e.port, 0),
	'observed', json(iif(p.id IS NULL, 'false', 'true')),
	'state', p.state, 'reason', p.reason, 'offender', p.offender, 'detail', p.detail,
	'since', rfc3339(p.began_ms),
	'service', s.state, 'service_reason', s.reason, 'service_since', rfc3339(s.began_ms),
	'trust', t.state, 'trust_reason', t.reason, 'trust_since', rfc3339(t.began_ms)))
FROM endpoint e
LEFT JOIN span p ON p.id = (
	SELECT id FROM span WHERE endpoint_id = e.id
		AND aspect = iif(e.address = '', 'name', 'port') AND since_ms <= :from
	ORDER BY since_ms DESC, id DESC LIMIT 1) AND (p.until_ms IS NULL OR p.until_ms > :from)
LEFT JOIN span s ON s.id = (
	SELECT id FROM span WHERE endpoint_id = e.id AND aspect = 'service' AND since_ms <= :from
	ORDER BY since_ms DESC, id DESC LIMIT 1) AND (s.until_ms IS NULL OR s.until_ms > :from)
LEFT JOIN span t ON t.id = (
	SELECT id FROM span WHERE endpoint_id = e.id AND aspect = 'trust' AND since_ms <= :from
	ORDER BY since_ms DESC, id DESC LIMIT 1) AND (t.until_ms IS NULL OR t.until_ms > :from)
WHERE e.id > :after AND e.id <= :last
	AND (p.id IS NOT NULL OR e.retired_ms IS NULL OR e.retired_ms > :from)
ORDER BY e.id LIMIT :limit;

-- STMT question_events
SELECT v.id, json_patch('{}', json_object(
	'id', v.id, 'time', rfc3339(v.at_ms), 'endpoint', endpoint_id(v.endpoint_id),
	'name', e.name, 'address', nullif(e.address, ''), 'kind', v.kind,
	'before', v.before, 'after', v.after, 'reason', v.reason, 'detail', v.detail))
FROM event v LEFT JOIN endpoint e ON e.id = v.endpoint_id
WHERE v.id < :after AND v.at_ms >= :from AND v.at_ms < :to
ORDER BY v.id DESC LIMIT :limit;

-- STMT question_events_up
SELECT v.id, json_patch('{}', json_object(
	'id', v.id, 'time', rfc3339(v.at_ms), 'endpoint', endpoint_id(v.endpoint_id),
	'name', e.name, 'address', nullif(e.address, ''), 'kind', v.kind,
	'before', v.before, 'after', v.after, 'reason', v.reason, 'detail', v.detail))
FROM event v LEFT JOIN endpoint e ON e.id = v.endpoint_id
WHERE v.id > :after AND v.at_ms >= :from AND v.at_ms < :to
ORDER BY v.id LIMIT :limit;

-- STMT question_events_of
SELECT v.id, json_patch('{}', json_object(
	'id', v.id, 'time', rfc3339(v.at_ms), 'endpoint', endpoint_id(v.endpoint_id),
	'name', e.name, 'address', nullif(e.address, ''), 'kind', v.kind,
	'before', v.before, 'after', v.after, 'reason', v.reason, 'detail', v.detail))
FROM event v INDEXED BY event_order LEFT JOIN endpoint e ON e.id = v.endpoint_id
WHERE v.endpoint_id = :endpoint AND v.id < :after AND v.at_ms >= :from AND v.at_ms < :to
ORDER BY v.id DESC LIMIT :limit;

-- STMT question_events_of_up
SELECT v.id, json_patch('{}', json_object(
	'id', v.id, 'time', rfc3339(v.at_ms), 'endpoint', endpoint_id(v.endpoint_id),
	'name', e.name, 'address', nullif(e.address, ''), 'kind', v.kind,
	'before', v.before, 'after', v.after, 'reason', v.reason, 'detail', v.detail))
FROM event v INDEXED BY event_order LEFT JOIN endpoint e ON e.id = v.endpoint_id
WHERE v.endpoint_id = :endpoint AND v.id > :after AND v.at_ms >= :from AND v.at_ms < :to
ORDER BY v.id LIMIT :limit;

-- STMT question_certificates
SELECT g.id, json_object(
	'sha256', fingerprint(c.sha256), 'sha1', fingerprint(c.sha1),
	'spki_sha256', fingerprint(c.spki_sha256), 'subject', c.subject, 'issuer', c.issuer,
	'not_before', rfc3339(c.not_before_ms), 'not_after', rfc3339(c.not_after_ms),
	'self_signed', json(iif(c.self_signed, 'true', 'false')),
	'endpoint', endpoint_id(e.id), 'name', e.name, 'address', e.address,
	'first_seen', rfc3339(g.first_ms), 'last_seen', rfc3339(g.last_ms))
FROM sighting g JOIN certificate c ON c.id = g.certificate_id JOIN endpoint e ON e.id = g.endpoint_id
WHERE g.id < :after AND g.last_ms >= :from AND g.first_ms < :to
ORDER BY g.id DESC LIMIT :limit;

-- STMT question_certificates_of (scan: sorts the few certificates of one endpoint)
SELECT g.id, json_object(
	'sha256', fingerprint(c.sha256), 'sha1', fingerprint(c.sha1),
	'spki_sha256', fingerprint(c.spki_sha256), 'subject', c.subject, 'issuer', c.issuer,
	'not_before', rfc3339(c.not_before_ms), 'not_after', rfc3339(c.not_after_ms),
	'self_signed', json(iif(c.self_signed, 'true', 'false')),
	'endpoint', endpoint_id(e.id), 'name', e.name, 'address', e.address,
	'first_seen', rfc3339(g.first_ms), 'last_seen', rfc3339(g.last_ms))
FROM sighting g JOIN certificate c ON c.id = g.certificate_id JOIN endpoint e ON e.id = g.endpoint_id
WHERE g.endpoint_id = :endpoint AND g.id < :after AND g.last_ms >= :from AND g.first_ms < :to
ORDER BY g.id DESC LIMIT :limit;

-- STMT question_traces
SELECT t.id, json_patch('{}', json_object(
	'id', t.id, 'endpoint', endpoint_id(t.endpoint_id), 'name', e.name,
	'time', rfc3339(t.at_ms), 'target', t.target, 'outcome', t.outcome, 'reason', t.reason,
	'by', t.hop, 'hops', json(iif(json_valid(t.hops), t.hops, '[]'))))
FROM trace t LEFT JOIN endpoint e ON e.id = t.endpoint_id
WHERE t.id < :after AND t.at_ms >= :from AND t.at_ms < :to
ORDER BY t.id DESC LIMIT :limit;

-- STMT question_traces_of
SELECT t.id, json_patch('{}', json_object(
	'id', t.id, 'endpoint', endpoint_id(t.endpoint_id), 'name', e.name,
	'time', rfc3339(t.at_ms), 'target', t.target, 'outcome', t.outcome, 'reason', t.reason,
	'by', t.hop, 'hops', json(iif(json_valid(t.hops), t.hops, '[]'))))
FROM trace t INDEXED BY trace_order LEFT JOIN endpoint e ON e.id = t.endpoint_id
WHERE t.endpoint_id = :endpoint AND t.id < :after AND t.at_ms >= :from AND t.at_ms < :to
ORDER BY t.id DESC LIMIT :limit;

-- STMT question_alerts
SELECT a.id, json_patch('{}', json_object(
	'id', a.id, 'alertname', a.name, 'severity', a.severity, 'subject', nullif(a.subject, ''),
	'endpoint', endpoint_id(a.endpoint_id),
	'starts', rfc3339(a.starts_ms), 'ends', rfc3339(a.ends_ms),
	'revision', a.revision, 'coalesced', a.coalesced,
	'silenced', json(iif(a.silenced, 'true', 'false')),
	'labels', json(CASE WHEN json_valid(a.labels) THEN
		iif(json_type(a.labels) = 'object', a.labels, '{}') ELSE '{}' END),
	'annotations', json(CASE WHEN json_valid(a.annotations) THEN
		iif(json_type(a.annotations) = 'object', a.annotations, '{}') ELSE '{}' END),
	'deliveries', (SELECT json_group_array(json_patch('{}', json_object(
		'sink', d.sink, 'revision', nullif(d.revision, 0), 'refused', nullif(d.refused, 0),
		'ended', json(iif(d.ended, 'true', 'false')), 'at', rfc3339(d.at_ms))))
		FROM delivery d WHERE d.alert_id = a.id)))
FROM alert a INDEXED BY alert_window
WHERE a.id < :after
	AND a.starts_ms < :to AND (a.ends_ms IS NULL OR a.ends_ms > :from OR a.starts_ms >= :from)
ORDER BY a.id DESC LIMIT :limit;

-- STMT question_alerts_of
SELECT a.id, json_patch('{}', json_object(
	'id', a.id, 'alertname', a.name, 'severity', a.severity, 'subject', nullif(a.subject, ''),
	'endpoint', endpoint_id(a.endpoint_id),
	'starts', rfc3339(a.starts_ms), 'ends', rfc3339(a.ends_ms),
	'revision', a.revision, 'coalesced', a.coalesced,
	'silenced', json(iif(a.silenced, 'true', 'false')),
	'labels', json(CASE WHEN json_valid(a.labels) THEN
		iif(json_type(a.labels) = 'object', a.labels, '{}') ELSE '{}' END),
	'annotations', json(CASE WHEN json_valid(a.annotations) THEN
		iif(json_type(a.annotations) = 'object', a.annotations, '{}') ELSE '{}' END),
	'deliveries', (SELECT json_group_array(json_patch('{}', json_object(
		'sink', d.sink, 'revision', nullif(d.revision, 0), 'refused', nullif(d.refused, 0),
		'ended', json(iif(d.ended, 'true', 'false')), 'at', rfc3339(d.at_ms))))
		FROM delivery d WHERE d.alert_id = a.id)))
FROM alert a INDEXED BY alert_order
WHERE a.endpoint_id = :endpoint AND a.id < :after
	AND a.starts_ms < :to AND (a.ends_ms IS NULL OR a.ends_ms > :from OR a.starts_ms >= :from)
ORDER BY a.id DESC LIMIT :limit;

-- Those that last.
-- STMT question_lasting
SELECT f.id, json_patch('{}', json_object(
	'id', f.id, 'rule', f.rule, 'severity', f.severity, 'verdict', f.verdict,
	'object', json_patch('{}', json_object(
		'kind', f.kind, 'id', nullif(f.object, ''), 'name', nullif(f.name, ''))),
	'plan', nullif(f.plan, ''), 'message', f.message, 'first_seen', rfc3339(f.first_ms),
	'last_seen', rfc3339(coalesce(f.last_ms, (SELECT at_ms FROM judgement
		WHERE id = (SELECT max(id) FROM judgement)))),
	'ended', rfc3339(f.ended_ms)))
FROM finding f INDEXED BY finding_lasting
WHERE f.ended_ms IS NULL AND f.id > :after
ORDER BY f.id LIMIT :limit;

-- STMT question_findings
SELECT f.id, json_patch('{}', json_object(
	'id', f.id, 'rule', f.rule, 'severity', f.severity, 'verdict', f.verdict,
	'object', json_patch('{}', json_object(
		'kind', f.kind, 'id', nullif(f.object, ''), 'name', nullif(f.name, ''))),
	'plan', nullif(f.plan, ''), 'message', f.message, 'first_seen', rfc3339(f.first_ms),
	'last_seen', rfc3339(coalesce(f.last_ms, (SELECT at_ms FROM judgement
		WHERE id = (SELECT max(id) FROM judgement)))),
	'ended', rfc3339(f.ended_ms)))
FROM finding f
WHERE f.id < :after
	AND f.first_ms < :to AND (f.ended_ms IS NULL OR f.ended_ms > :from OR f.first_ms >= :from)
ORDER BY f.id DESC LIMIT :limit;

-- STMT question_judgements
SELECT id, json_object('id', id, 'judged', rfc3339(at_ms), 'took_ms', took_ms,
	'machines', machines, 'ready', ready, 'blocked', blocked, 'undetermined', undetermined,
	'plans', plans, 'rules', rules,
	'counts', json(iif(json_valid(counts), counts, '{}')),
	'files', json(iif(json_valid(files), files, '[]')))
FROM judgement WHERE id < :after AND at_ms >= :from AND at_ms < :to
ORDER BY id DESC LIMIT :limit;

-- STMT summary_begin
SELECT min(since_ms) FROM span
WHERE endpoint_id = :endpoint
	AND aspect = (SELECT iif(address = '', 'name', 'port') FROM endpoint WHERE id = :endpoint);

-- What the spans of :endpoint say of [:from, :to), and the samples; before :split the roll-ups
-- stand in for samples that are no longer kept.  "unknown" is time in which we could not look.
-- An outage goes on until the endpoint is seen open again; its length counts observed time.
-- STMT question_summary (scan: the rows of one endpoint within the window)
WITH part AS (
	SELECT id, state, reason, max(since_ms, :from) AS a, min(coalesce(until_ms, :now), :to) AS b
	FROM span
	WHERE endpoint_id = :endpoint
		AND aspect = (SELECT iif(address = '', 'name', 'port') FROM endpoint
			WHERE id = :endpoint)
		AND since_ms < :to
		AND since_ms >= coalesce(
			(SELECT since_ms FROM span
			 WHERE endpoint_id = :endpoint AND aspect = (
				SELECT iif(address = '', 'name', 'port') FROM endpoint
				WHERE id = :endpoint) AND since_ms <= :from
			 ORDER BY since_ms DESC LIMIT 1), :from)),
observed AS MATERIALIZED (
	SELECT id, reason, a, b, state IN ('open', 'resolved') AS well,
		sum(state IN ('open', 'resolved')) OVER (ORDER BY id) AS island
	FROM part WHERE b > a AND state <> 'unknown'),
outage AS MATERIALIZED (
	SELECT island, min(a) AS a, max(b) AS b, sum(b - a) AS ms FROM observed
	WHERE NOT well GROUP BY island),
total AS (
	SELECT coalesce(sum(b - a), 0) AS observed, coalesce(sum((b - a) * well), 0) AS well
	FROM observed),
measured AS MATERIALIZED (
	SELECT s ->> 'count' AS n, s ->> 'lost' AS lost, s ->> 'min' AS min_us,
		s ->> 'mean' AS mean_us, s ->> 'p50' AS p50_us, s ->> 'p95' AS p95_us,
		s ->> 'max' AS max_us, s ->> 'jitter' AS jitter_us
	FROM (SELECT rtt_stats(rtt, start_ms, interval_ms, :split, :to) AS s FROM sample
		WHERE endpoint_id = :endpoint AND start_ms < :to
			AND start_ms >= coalesce(
				(SELECT start_ms FROM sample
				 WHERE endpoint_id = :endpoint AND start_ms <= :split
				 ORDER BY start_ms DESC LIMIT 1), :split))
	UNION ALL
	SELECT count, lost, min_us, mean_us, p50_us, p95_us, max_us, jitter_us FROM rollup
	WHERE endpoint_id = :endpoint AND hour_ms >= :from AND hour_ms < :split),
sums AS (
	SELECT sum(n) AS n, sum(lost) AS lost, min(min_us) AS min_us, max(max_us) AS max_us,
		CAST(round(1.0 * sum(mean_us * (n - lost)) / sum(n - lost)) AS INTEGER) AS mean_us,
		CAST(round(1.0 * sum(p50_us * (n - lost)) / sum(n - lost)) AS INTEGER) AS p50_us,
		CAST(round(1.0 * sum(p95_us * (n - lost)) / sum(n - lost)) AS INTEGER) AS p95_us,
		CAST(round(1.0 * sum(jitter_us * (n - lost))
			/ sum((n - lost) * (jitter_us IS NOT NULL))) AS INTEGER) AS jitter_us
	FROM measured)
SELECT 0, json_object(
	'endpoint', endpoint_id(:endpoint), 'from', rfc3339(:from), 'to', rfc3339(:to),
	'observed_ms', min(total.observed, :to - :from),
	'unobserved_ms', max(0, :to - :from - total.observed),
	'open_ms', total.well,
	'availability_pct', CASE WHEN total.observed > 0
		THEN round(100.0 * total.well / total.observed, 6) END,
	'outages', (SELECT count(*) FROM outage),
	'longest_outage', json((
		SELECT json_object('from', rfc3339(a), 'to', rfc3339(b), 'ms', ms, 'reason',
			(SELECT reason FROM observed d WHERE d.island = o.island AND NOT well
			 ORDER BY d.b - d.a DESC, d.id LIMIT 1))
		FROM outage o ORDER BY ms DESC, a LIMIT 1)),
	'resolution', iif(:split > :from, 'hour', 'sample'),
	'samples', sums.n, 'lost', sums.lost,
	'loss_pct', CASE WHEN sums.n > 0 THEN round(100.0 * sums.lost / sums.n, 6) END,
	'rtt_us', json_object('min', sums.min_us, 'mean', sums.mean_us, 'p50', sums.p50_us,
		'p95', sums.p95_us, 'max', sums.max_us),
	'jitter_us', sums.jitter_us)
FROM total, sums;
