import { hash } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { aclDiagnosis, isAclRefusal } from './acl-diagnosis.ts';
import { REDIS_SCRIPTS } from './redis-scripts.ts';

const diagnose = (message: string) => aclDiagnosis(message, 'prod');
const CANNOT = "ERR The user executing the script can't run this command or subcommand";

describe('aclDiagnosis', () => {
  it.each([
    ["NOPERM this user has no permissions to run the 'hgetall' command", 'HGETALL', '+hgetall'],
    [
      "NOPERM this user has no permissions to run the 'evalsha' command or its subcommand",
      'EVALSHA',
      '+evalsha',
    ],
    [
      "NOPERM User svc has no permissions to run the 'cluster|slots' command",
      'CLUSTER SLOTS',
      '+cluster|slots',
    ],
    [
      "NOPERM this user has no permissions to run the 'client|setname' command",
      'CLIENT SETNAME',
      '+client|setname',
    ],
    ["NOPERM this user has no permissions to run the 'select' command", 'SELECT', '+select'],
    [
      "Failed to refresh slots cache. NOPERM this user has no permissions to run the 'cluster|slots' command",
      'CLUSTER SLOTS',
      '+cluster|slots',
    ],
  ])('names the command of %s', (message, command, rule) => {
    expect(diagnose(message)).toBe(
      `does not let this user run the command ${command}: allow it with "ACL SETUSER USER ${rule}"`,
    );
  });

  it.each([
    'NOPERM this user has no permissions to access one of the keys used as arguments',
    'NOPERM No permissions to access a key',
    "ERR The user executing the script can't access at least one of the keys mentioned in the command script: 1",
  ])('names the key pattern for %s', (message) => {
    expect(diagnose(message)).toContain('"ACL SETUSER USER ~prod:*"');
  });

  it.each([
    'NOPERM this user has no permissions to access one of the channels used as arguments',
    'NOPERM No permissions to access a channel',
    "ERR The user executing the script can't publish to the channel mentioned in the command script: 1",
  ])('names the channels for %s', (message) => {
    expect(diagnose(message)).toContain('"ACL SETUSER USER &prod:changes &prod:questions &prod:answers:*"');
  });

  it('finds the command of each line of each script', () => {
    for (const { lua } of Object.values(REDIS_SCRIPTS)) {
      const sha = hash('sha1', lua, 'hex');
      lua.split('\n').forEach((line, index) => {
        const command = /redis\.p?call\('(\w+)'/.exec(line)?.[1];
        if (command === undefined) return;
        const expected = `run the command ${command}: allow it with "ACL SETUSER USER +${command.toLowerCase()}"`;
        expect(diagnose(`${CANNOT} script: ${sha}, on @user_script:${index + 1}.`)).toContain(expected);
        // As Redis 6 writes it.
        const old = `ERR Error running script (call to f_${sha}): @user_script:${index + 1}: @user_script: ${index + 1}:`;
        expect(diagnose(`${old} ${CANNOT.replace('ERR ', '')}`)).toContain(expected);
      });
    }
  });

  it('names the command that a script catches where Redis names no line', () => {
    const sha = hash('sha1', REDIS_SCRIPTS.fingerprints.lua, 'hex');
    expect(diagnose(`${CANNOT} script: ${sha}`)).toContain('"ACL SETUSER USER +hmget"');
  });

  it('names the commands of all scripts where Redis does not name the script', () => {
    expect(diagnose(CANNOT)).toMatch(/\+hset\b.*\+pexpire\b/);
  });

  it('says where the rights are listed for a refusal of an unknown form', () => {
    expect(diagnose('NOPERM in some new form')).toContain('docs/redis.md');
  });

  it('quotes no odd text of the server', () => {
    expect(diagnose("NOPERM this user has no permissions to run the '<b>x</b>' command")).not.toContain(
      '<b>',
    );
  });

  it('leaves other errors alone', () => {
    expect(diagnose('ERR unknown command')).toBeNull();
    expect(['WRONGPASS x', 'OOM command not allowed'].filter(isAclRefusal)).toEqual([]);
  });
});
