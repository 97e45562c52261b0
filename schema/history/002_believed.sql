-- SPDX-License-Identifier: Apache-2.0
--
-- The time by which what is old is forgotten; it may lag behind alive_ms, which is the clock's,
-- and is ahead of it while the clock is behind.  NULL: of a version that went by the clock.
ALTER TABLE run ADD COLUMN believed_ms INTEGER;
