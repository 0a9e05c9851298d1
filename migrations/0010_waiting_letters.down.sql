DROP INDEX dead_letters_waiting_idx;
-- The version before knows them as bodies that were not to be had, which it tries again.
UPDATE dead_letters SET kind = 'body' WHERE kind = 'waiting';
