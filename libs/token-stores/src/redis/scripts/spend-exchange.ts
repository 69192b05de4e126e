/**
 * Takes one exchange out of a budget, if the shares of the caller and of the credential allow it.
 *
 * Invariant: within a window, Redis grants at most `per_caller` exchanges to a caller, and `per_credential`
 * to all callers together. Time is Redis's clock. Unreadable entries do not count.
 *
 * - KEYS: 1 spent exchanges, a JSON array of `{"at","caller"}`
 * - ARGV: 1 caller, 2 exchanges per caller, 3 exchanges per credential, 4 window (ms)
 * - Answer: {1 if granted or 0, ms until this caller may retry, ms until any caller may,
 *   time of each exchange in the window (epoch ms)...}
 */
export const SPEND_EXCHANGE = `
local caller, window = ARGV[1], tonumber(ARGV[4])
local per_caller, per_credential = tonumber(ARGV[2]), tonumber(ARGV[3])
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
local function wait(spent, max)
  if #spent < max then return 0 end
  return math.max(0, spent[#spent - max + 1].at + window - now)
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
