-- Letters of kind 'waiting' are kills whose body ESI does not give at the moment. Each is deleted with the transaction
-- that stores its kill, so few are there and every batch looks for them.
CREATE INDEX dead_letters_waiting_idx ON dead_letters (killmail_id) WHERE kind = 'waiting';
