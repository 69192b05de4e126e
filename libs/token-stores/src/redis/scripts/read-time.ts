/**
 * Reads the clock of Redis. The command `TIME` has no key, so in a Cluster it would ask any node.
 *
 * - KEYS: 1 any key on the node to ask
 * - ARGV: none
 * - Answer: {epoch seconds, microseconds of that second}, as `TIME` answers
 */
export const READ_TIME = `
return redis.call('TIME')
`;
