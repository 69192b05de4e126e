/**
 * Deletes fields of a hash, unless they have changed meanwhile.
 *
 * - KEYS: 1 hash
 * - ARGV: name of a field, its value...
 * - Answer: nothing
 */
export const DROP_FIELDS = `
for place = 1, #ARGV, 2 do
  if redis.call('HGET', KEYS[1], ARGV[place]) == ARGV[place + 1] then
    redis.call('HDEL', KEYS[1], ARGV[place])
  end
end
`;
