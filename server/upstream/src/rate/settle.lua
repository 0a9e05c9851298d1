-- What the answer said. KEYS: as in reserve.lua, the last unused.
-- ARGV: reservation id, highest price, cost, limit, window ms, remaining, errors left, reset ms, host ban ms,
-- group ban ms; -1 stands for "not said".
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local a = {}
for i = 2, 10 do a[i] = tonumber(ARGV[i]) end
redis.call('ZREM', KEYS[5], ARGV[1])
if redis.call('ZREM', KEYS[6], 'r:' .. ARGV[1]) == 1 then redis.call('HINCRBY', KEYS[7], 'used', -a[2]) end
local window = a[5]
if window < 0 then window = tonumber(redis.call('HGET', KEYS[7], 'window')) or -1 end
if a[3] > 0 and window > 0 then
  redis.call('ZADD', KEYS[6], now + window, 's:' .. ARGV[1] .. ':' .. a[3])
  redis.call('HINCRBY', KEYS[7], 'used', a[3])
end
if a[4] > 0 then
  local used = tonumber(redis.call('HGET', KEYS[7], 'used') or 0)
  local foreign = math.max(a[4] - math.max(a[6], 0) - used, 0)
  redis.call('HSET', KEYS[7], 'limit', a[4], 'window', a[5], 'foreign', foreign, 'seen', now)
end
if a[7] >= 0 then
  local known = tonumber(redis.call('GET', KEYS[3]))
  if known then
    if a[7] < known then redis.call('SET', KEYS[3], a[7], 'KEEPTTL') end
  else
    redis.call('SET', KEYS[3], a[7], 'PX', math.max(a[8], 1) + 1000)
  end
  redis.call('SET', KEYS[4], 1, 'PX', 86400000)
end
for i, ban in ipairs({ a[9], a[10] }) do
  if ban > 0 and redis.call('PTTL', KEYS[i]) < ban then redis.call('SET', KEYS[i], 1, 'PX', ban) end
end
for i = 5, 7 do redis.call('PEXPIRE', KEYS[i], math.max(window, 900000) * 2) end
return 0
