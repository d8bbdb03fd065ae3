"""What Valkey does for sessions, each in one round trip."""

# A sliding window counter: the last minute's count, weighted by how much of it is still in sight.
_COUNTED = """
local function counted(who, now)
    local window = math.floor(now / 60)
    local key = 'rate:' .. who .. ':' .. window
    local count = redis.call('INCR', key)
    if count == 1 then redis.call('EXPIRE', key, 130) end
    local before = tonumber(redis.call('GET', 'rate:' .. who .. ':' .. (window - 1)) or '0')
    return math.floor(count + before * (1 - (now % 60) / 60))
end
"""
_EPOCH = """
local function epoch_of(who)
    local found = redis.call('MGET', 'epoch', 'epoch:' .. who)
    return (found[1] or '0') .. '.' .. (found[2] or '0')
end
"""
_END = """
local function ended(id)
    local uid, token = unpack(redis.call('HMGET', 'session:' .. id, 'uid', 'token'))
    if not uid then return 0 end
    redis.call('DEL', 'session:' .. id, 'token:' .. token)
    redis.call('ZREM', 'sessions:' .. uid, id)
    return 1
end
"""
_NOW = "local now = tonumber(redis.call('TIME')[1])\n"

OPEN = (
    _END
    + """
local id, idle, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
redis.call('HSET', 'session:' .. id, unpack(ARGV, 4))
local uid, till, token = unpack(redis.call('HMGET', 'session:' .. id, 'uid', 'until', 'token'))
redis.call('EXPIRE', 'session:' .. id, idle)
redis.call('SET', 'token:' .. token, id, 'EX', idle)
local index = 'sessions:' .. uid
redis.call('ZADD', index, till, id)
redis.call('EXPIREAT', index, till)
for _, old in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    if redis.call('EXISTS', 'session:' .. old) == 0 then redis.call('ZREM', index, old) end
end
for _, old in ipairs(redis.call('ZRANGE', index, 0, -most - 1)) do ended(old) end
return 1
"""
)
"""ARGV: the new id, seconds of idleness, the most of one person, then fields and values."""

TOUCH = (
    _NOW
    + _COUNTED
    + _EPOCH
    + _END
    + """
local found = redis.call('GET', KEYS[1])
if not found then return false end
local id, level_then, proved_then = string.match(found, '^(%S+) ?(%S*) ?(%S*)$')
local key = 'session:' .. id
local uid, till, level, need, proved, judged = unpack(
    redis.call('HMGET', key, 'uid', 'until', 'level', 'need', 'proved', 'judged'))
if not uid then return false end
till = tonumber(till)
if now >= till then ended(id) return false end
local left = math.min(tonumber(ARGV[1]), till - now)
redis.call('HSET', key, 'seen', now)
if ARGV[2] ~= '' then redis.call('HSET', key, 'address', ARGV[2]) end
redis.call('EXPIRE', key, left)
local before = redis.call('HGET', key, 'before')
if level_then == '' then
    redis.call('EXPIRE', KEYS[1], left)
    if before then
        redis.call('EXPIRE', 'token:' .. before, ARGV[3])
        redis.call('HDEL', key, 'before')
    end
else
    level, proved = level_then, proved_then
    if KEYS[1] == 'token:' .. (before or '') then redis.call('EXPIRE', KEYS[1], left) end
end
local epoch = epoch_of(uid)
if level_then ~= '' then judged = epoch end
return {uid, epoch, counted(uid, now), id, level, need, proved, judged}
"""
)
"""An exchanged token is as good as it was, and is not exchanged once more; it lives on until the
one it was exchanged for has come, and ARGV[3] seconds more.
"""

VISIT = (
    _NOW
    + _COUNTED
    + _EPOCH
    + """
if ARGV[2] ~= '' and redis.call('EXISTS', 'session:' .. ARGV[2]) == 0 then return false end
return {epoch_of(ARGV[1]), counted(ARGV[3] ~= '' and ARGV[3] or ARGV[1], now)}
"""
)
"""ARGV: whose epoch, a session that has to be there, and who is counted, if it is somebody else."""

RENEW = (
    _NOW
    + """
local found = redis.call('GET', KEYS[1])
if not found then return 0 end
local id, exchanged = string.match(found, '^(%S+) ?(%S*)')
if exchanged ~= '' and ARGV[4] == '' then return 0 end
local key = 'session:' .. id
local level, proved, till, token, before = unpack(
    redis.call('HMGET', key, 'level', 'proved', 'until', 'token', 'before'))
if not level then return 0 end
local left, used = math.min(tonumber(ARGV[6]), tonumber(till) - now), string.sub(KEYS[1], 7)
if before then redis.call('EXPIRE', 'token:' .. before, ARGV[5]) end
if tonumber(ARGV[5]) > 0 then
    redis.call('SET', 'token:' .. token, id .. ' ' .. level .. ' ' .. proved, 'EX', ARGV[5])
    redis.call('EXPIRE', KEYS[1], left)
    redis.call('HSET', key, 'before', used)
else redis.call('DEL', 'token:' .. token, KEYS[1]) end
redis.call('SET', KEYS[2], id, 'EX', left)
redis.call('HSET', key, 'token', string.sub(KEYS[2], 7), 'level', ARGV[1], 'need', ARGV[2],
    'judged', ARGV[3])
if ARGV[4] ~= '' then redis.call('HSET', key, 'proved', now, 'way', ARGV[4]) end
return 1
"""
)
"""What an exchanged token asks for is done only where it comes with a proof."""

LIST = """
local told = {}
local index = 'sessions:' .. ARGV[1]
for _, id in ipairs(redis.call('ZRANGE', index, 0, -1)) do
    local found = redis.call('HGETALL', 'session:' .. id)
    if #found == 0 then redis.call('ZREM', index, id)
    else
        table.insert(found, 'id')
        table.insert(found, id)
        table.insert(told, found)
    end
end
return told
"""

END = (
    _END
    + """
if KEYS[1] then
    local found = redis.call('GET', KEYS[1])
    return found and ended(string.match(found, '^%S+')) or 0
end
local count = 0
for _, id in ipairs(redis.call('ZRANGE', 'sessions:' .. ARGV[1], 0, -1)) do
    if (ARGV[2] == '' or id == ARGV[2]) and id ~= ARGV[3] then count = count + ended(id) end
end
return count
"""
)
"""One session by its token, or those of a person: ARGV[2] is the only one, ARGV[3] the one left."""

ALIVE = (
    _EPOCH
    + """
local told = {}
for i = 1, #ARGV, 2 do
    local gone = ARGV[i + 1] ~= '' and redis.call('EXISTS', 'session:' .. ARGV[i + 1]) == 0
    table.insert(told, gone and '' or epoch_of(ARGV[i]))
end
return told
"""
)
