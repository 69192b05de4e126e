/**
 * Deletes a lease.
 *
 * Invariant: only its owner deletes a lease. A holder whose lease has expired does not delete the next one.
 *
 * - KEYS: 1 lease
 * - ARGV: 1 owner
 * - Answer: nothing
 */
export const RELEASE_LEASE = `
local owner = redis.call('GET', KEYS[1])
if owner == ARGV[1] then redis.call('DEL', KEYS[1]) end
`;
