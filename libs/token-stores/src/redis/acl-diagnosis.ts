import { hash } from 'node:crypto';

import { REDIS_SCRIPTS } from './redis-scripts.ts';

/** The lines of each script, by the hash with which Redis names it in errors. */
const SCRIPT_LINES = new Map(
  Object.values(REDIS_SCRIPTS).map(({ lua }) => [hash('sha1', lua, 'hex'), lua.split('\n')]),
);

const IN_SCRIPT = /executing the script can't run this command/;

/** Whether an error of Redis refuses a command, key or channel to the user. */
export const isAclRefusal = (message: string): boolean =>
  /NOPERM|can't (access|publish)/.test(message) || IN_SCRIPT.test(message);

/**
 * What a user of Redis may not do, and the rule that allows it, by the message of Redis 6, 7 or Valkey; null
 * for any other failure.
 * @param keyPrefix the prefix of all keys and channels
 */
export function aclDiagnosis(message: string, keyPrefix: string): string | null {
  if (!isAclRefusal(message)) return null;
  if (IN_SCRIPT.test(message)) return commands(scriptCommands(message));
  const command = /run the '([\w|-]{1,40})' command/.exec(message)?.[1];
  if (command !== undefined) return commands([command]);
  if (/\bkeys?\b/.test(message))
    return (
      `does not let this user read and write the keys ${keyPrefix}:*: allow them with ` +
      `"ACL SETUSER USER ~${keyPrefix}:*"`
    );
  if (/\bchannels?\b/.test(message)) return channelDiagnosis(keyPrefix);
  return 'does not let this user do that: give it the permissions of docs/redis.md';
}

function channelDiagnosis(keyPrefix: string): string {
  const channels = ['changes', 'questions', 'answers:*'].map((name) => `&${keyPrefix}:${name}`);
  return (
    `does not let this user use a channel of the service: allow them with ` +
    `"ACL SETUSER USER ${channels.join(' ')}"`
  );
}

function commands(names: readonly string[]): string {
  const rules = names.map((name) => `+${name}`).join(' ');
  const list = names.map((name) => name.toUpperCase().replace('|', ' ')).join(', ');
  return `does not let this user run the command ${list}: allow it with "ACL SETUSER USER ${rules}"`;
}

/** Redis names the script and its line, not the command. Only an error of `pcall` comes without a line. */
function scriptCommands(message: string): string[] {
  const lines = SCRIPT_LINES.get(/(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])/.exec(message)?.[0] ?? '') ?? [];
  const line = lines[Number(/@user_script: ?(\d+)/.exec(message)?.[1]) - 1] ?? '';
  const inLine = commandsIn(line);
  const caught = lines.filter((text) => text.includes('redis.pcall(')).join('\n');
  const found = inLine.length > 0 ? inLine : commandsIn(caught === '' ? lines.join('\n') : caught);
  return found.length > 0
    ? found
    : commandsIn(
        Object.values(REDIS_SCRIPTS)
          .map(({ lua }) => lua)
          .join('\n'),
      );
}

const commandsIn = (lua: string): string[] => [
  ...new Set([...lua.matchAll(/redis\.p?call\('(\w+)'/g)].map(([, name = '']) => name.toLowerCase())),
];
