-- May one more call go out?
-- KEYS: host ban, group ban, error window, whether there are error windows, calls in flight, ledger, account, pace.
-- ARGV: reservation id, highest price, lifetime of a reservation in ms, errors kept back, whether a failure counts in
-- the error window (1 or 0), ms between two calls of all nodes (0: as they come), ms that a burst may be early.
-- Answers 0, or the wait in ms. Entries of the ledger: r:ID (reserved) and s:ID:COST (spent), scored by their end.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for i = 1, 2 do
  local left = redis.call('PTTL', KEYS[i])
  if left > 0 then return left end
end
-- When the next call would be due if all were evenly spaced.
local apart, early = tonumber(ARGV[6]), tonumber(ARGV[7])
local due = math.max(tonumber(redis.call('GET', KEYS[8]) or 0), now)
if due - early > now then return due - early - now end
local highest = tonumber(ARGV[2])

redis.call('ZREMRANGEBYSCORE', KEYS[5], '-inf', now)
local counts = ARGV[5] == '1'
local in_flight = redis.call('ZCARD', KEYS[5])
local remaining = tonumber(redis.call('GET', KEYS[3]))
if remaining then
  local reserve = tonumber(ARGV[4])
  if remaining <= reserve then return math.max(redis.call('PTTL', KEYS[3]), 1) end
  if counts and remaining - in_flight <= reserve then return 50 end
elseif counts and in_flight > 0 and redis.call('EXISTS', KEYS[4]) == 1 then
  return 50 -- a new window: one call tells what is left of it
end

for _, entry in ipairs(redis.call('ZRANGEBYSCORE', KEYS[6], '-inf', now)) do
  local cost = tonumber(string.match(entry, ':(%d+)$'))
  if string.sub(entry, 1, 1) == 'r' then cost = highest end
  redis.call('ZREM', KEYS[6], entry)
  redis.call('HINCRBY', KEYS[7], 'used', -cost)
end
local account = redis.call('HMGET', KEYS[7], 'limit', 'window', 'used', 'foreign', 'seen')
local limit, window, used = tonumber(account[1]), tonumber(account[2]), tonumber(account[3] or 0)
if limit then
  local foreign = tonumber(account[4] or 0)
  if now - tonumber(account[5] or 0) > math.min(window, 60000) then foreign = 0 end
  if limit - used - foreign < math.min(highest, limit) then
    local first = redis.call('ZRANGE', KEYS[6], 0, 0, 'WITHSCORES')
    local wait = 1000
    if first[2] then wait = math.max(tonumber(first[2]) - now, 1) end
    if string.sub(first[1] or '', 1, 1) == 'r' then wait = 50 end
    return wait
  end
end
redis.call('ZADD', KEYS[6], now + ARGV[3], 'r:' .. ARGV[1])
redis.call('HINCRBY', KEYS[7], 'used', highest)
if counts then redis.call('ZADD', KEYS[5], now + ARGV[3], ARGV[1]) end
if apart > 0 then redis.call('SET', KEYS[8], due + apart, 'PX', due + apart - now) end
for i = 5, 7 do redis.call('PEXPIRE', KEYS[i], math.max(window or 0, 900000) * 2) end
return 0
