import type { Result } from 'ioredis';

/** Counters that no honest publisher wrote count as none, so that a planted huge number cannot lock a credential up. */
const GENERATION_OF = `
local function generation_of(text)
  if text and #text <= 12 and string.find(text, '^%d+$') then return tonumber(text) end
  return 0
end
`;

/**
 * The fence: decided inside Redis, so that of two writers one wins. What was current goes among the earlier tokens, as
 * it is sealed. The hint must not undo it where an ACL forbids channels.
 */
const WRITE_TOKEN = `${GENERATION_OF}
local generation, sealed, ends, keep, channel, name = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
local keep_earlier, most_earlier = tonumber(ARGV[7]), tonumber(ARGV[8])
local held = redis.call('HMGET', KEYS[1], 'generation', 'sealed', 'ends')
local stored = generation_of(held[1])
if tonumber(generation) <= stored then return {0, stored, held[2] and 1 or 0} end
if held[2] then
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local until_then = tonumber(held[3]) or now + keep_earlier
  redis.call('HSET', KEYS[2], stored, string.format('%.0f', until_then) .. ' ' .. held[2])
  local kept = {}
  for _, field in ipairs(redis.call('HKEYS', KEYS[2])) do
    local over = tonumber(string.match(redis.call('HGET', KEYS[2], field), '^%d+')) or 0
    if over <= now then redis.call('HDEL', KEYS[2], field) else kept[#kept + 1] = field end
  end
  table.sort(kept, function(one, other) return generation_of(one) > generation_of(other) end)
  for place = most_earlier + 1, #kept do redis.call('HDEL', KEYS[2], kept[place]) end
  redis.call('PEXPIRE', KEYS[2], keep_earlier)
end
redis.call('HSET', KEYS[1], 'generation', generation)
if sealed == '' then
  redis.call('HDEL', KEYS[1], 'sealed', 'ends')
else
  redis.call('HSET', KEYS[1], 'sealed', sealed, 'ends', ends)
end
redis.call('PEXPIRE', KEYS[1], keep)
redis.pcall('PUBLISH', channel, name)
return {1, tonumber(generation), sealed == '' and 0 or 1}
`;

/** Only ever raises. A removal also takes the chance to drop what has been removed for longer than anybody could remember. */
const RAISE_CATALOG = `${GENERATION_OF}
local name, generation, has_token, keep = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
if tonumber(generation) <= generation_of(redis.call('HGET', KEYS[1], 'g:' .. name)) then return end
redis.call('HSET', KEYS[1], 'g:' .. name, generation)
if has_token == '1' then
  redis.call('HDEL', KEYS[1], 'x:' .. name)
  return
end
local now = tonumber(redis.call('TIME')[1])
redis.call('HDEL', KEYS[1], 'r:' .. name)
redis.call('HSET', KEYS[1], 'x:' .. name, now)
for _, field in ipairs(redis.call('HKEYS', KEYS[1])) do
  if string.sub(field, 1, 2) == 'x:' then
    local removed_at = tonumber(redis.call('HGET', KEYS[1], field)) or 0
    local gone = string.sub(field, 3)
    if now - removed_at > keep then redis.call('HDEL', KEYS[1], 'g:' .. gone, 'r:' .. gone, field) end
  end
end
`;

/** The later report stays, whoever writes last. A report of a removed credential says that it is back. */
const WRITE_REPORT = `
local name, at, report = ARGV[1], ARGV[2], ARGV[3]
local held = redis.call('HGET', KEYS[1], 'r:' .. name)
if held then
  local readable, earlier = pcall(cjson.decode, held)
  if readable and type(earlier) == 'table' and type(earlier.at) == 'number' and earlier.at > tonumber(at) then return end
end
redis.call('HSET', KEYS[1], 'r:' .. name, report)
redis.call('HDEL', KEYS[1], 'x:' .. name)
`;

/** Gives a lease back only to let the next one in: never one that has run out and is another's by now. */
const RELEASE_LEASE = `
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;

/**
 * Takes one out of a budget, by Redis's clock: {1 if granted, how long this caller must wait, how long all must, when
 * each was spent}. What nobody here wrote counts for nothing.
 */
const SPEND_EXCHANGE = `
local caller, per_caller, per_credential, window = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local readable, spent = pcall(cjson.decode, redis.call('GET', KEYS[1]) or '[]')
local recent, own = {}, {}
for _, each in ipairs(readable and type(spent) == 'table' and spent or {}) do
  if type(each) == 'table' and type(each.at) == 'number' and math.abs(now - each.at) < window then
    recent[#recent + 1] = each
  end
end
table.sort(recent, function(one, other) return one.at < other.at end)
for _, each in ipairs(recent) do
  if each.caller == caller then own[#own + 1] = each end
end
local function wait(spent, most)
  if #spent < most then return 0 end
  return math.max(0, spent[#spent - most + 1].at + window - now)
end
local retry_after = math.max(wait(own, per_caller), wait(recent, per_credential))
local granted = retry_after == 0
if granted then
  recent[#recent + 1] = {at = now, caller = caller}
  redis.call('SET', KEYS[1], cjson.encode(recent), 'PX', window)
end
local answer = {granted and 1 or 0, retry_after, wait(recent, per_credential)}
for _, each in ipairs(recent) do answer[#answer + 1] = each.at end
return answer
`;

/** What `writeToken` answers: 1 if accepted, the generation that is stored now, 1 if a token is. */
type WriteAnswer = [accepted: number, generation: number, hasToken: number];

declare module 'ioredis' {
  interface RedisCommander<Context> {
    writeToken(
      tokenKey: string,
      earlierKey: string,
      generation: number,
      sealed: string,
      ends: number,
      keepMillis: number,
      channel: string,
      name: string,
      keepEarlierMillis: number,
      mostEarlier: number,
    ): Result<WriteAnswer, Context>;
    raiseCatalog(
      catalogKey: string,
      name: string,
      generation: number,
      hasToken: number,
      keepSeconds: number,
    ): Result<null, Context>;
    writeReport(catalogKey: string, name: string, at: number, status: string): Result<null, Context>;
    spendExchange(
      spentKey: string,
      caller: string,
      perCaller: number,
      perCredential: number,
      windowMillis: number,
    ): Result<[granted: number, retryAfter: number, allMustWait: number, ...spentAt: number[]], Context>;
    releaseLease(leaseKey: string, owner: string): Result<null, Context>;
  }
}

/** The Lua scripts, as ioredis defines them: sent by their hash, and in full again to a Redis that has lost them. */
export const REDIS_SCRIPTS = {
  writeToken: { lua: WRITE_TOKEN, numberOfKeys: 2 },
  raiseCatalog: { lua: RAISE_CATALOG, numberOfKeys: 1 },
  writeReport: { lua: WRITE_REPORT, numberOfKeys: 1 },
  spendExchange: { lua: SPEND_EXCHANGE, numberOfKeys: 1 },
  releaseLease: { lua: RELEASE_LEASE, numberOfKeys: 1 },
};
