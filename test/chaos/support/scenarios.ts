interface Scenario {
  readonly fails: string;
  readonly callers: string;
  readonly operators: string;
}

const NOTHING = 'nothing';
const DETOUR =
  'broken or silent connections for as long as the load balancer sends them there; no wrong answer';
const STORE_DOWN = '`ims_token_store_up` 0, log `store.down`, then `store.up`';

/**
 * Every failure that the chaos runs cause, with its effects. A chaos run writes docs/degraded-modes.md from
 * it.
 */
export const SCENARIOS = {
  'replica-killed': {
    fails: 'a replica dies (`kill -9`) and is started again',
    callers: DETOUR,
    operators: 'the orchestrator restarts it; it takes its tokens over from Redis',
  },
  'replica-paused': {
    fails: 'a replica hangs (`SIGSTOP`) for longer than its lease on a renewal, and goes on',
    callers: DETOUR,
    operators: 'its probes stay unanswered; another replica renews meanwhile',
  },
  'refreshers-killed': {
    fails: 'with roles: all processes that refresh die, and one is started again',
    callers: `${NOTHING} while tokens live`,
    operators: 'the orchestrator restarts them; `ims_token_runway_seconds` of those that vend shrinks',
  },
  'rolling-restart': {
    fails: 'five replicas are restarted one after the other',
    callers: `${NOTHING}: no failed request`,
    operators: 'no exchange at IMS: the new processes take over the tokens in Redis',
  },
  'cold-start': {
    fails: 'ten replicas start at once on an empty Redis with 200 credentials',
    callers: 'no replica is ready until it has tried every credential',
    operators: '200 exchanges, not 2,000',
  },
  'redis-killed': { fails: 'Redis dies and comes back empty', callers: NOTHING, operators: STORE_DOWN },
  'redis-paused': {
    fails: 'Redis hangs: connections stay open, nothing is answered',
    callers: NOTHING,
    operators: STORE_DOWN,
  },
  'redis-cut-off': {
    fails: 'the network between one replica and Redis',
    callers: NOTHING,
    operators: `on that replica ${STORE_DOWN}; it renews for itself`,
  },
  'redis-sentinel-failover': {
    fails: 'the master of a Redis with Sentinels dies',
    callers: NOTHING,
    operators: STORE_DOWN,
  },
  'redis-cluster-failover': {
    fails: 'a master of a six-node Redis Cluster dies',
    callers: NOTHING,
    operators: STORE_DOWN,
  },
  'messages-lost': {
    fails: "Redis's messages (pub/sub); commands work",
    callers: `${NOTHING}: they get the earlier token, which is valid, until the next poll of Redis`,
    operators: 'nothing: the poll every second finds what messages miss',
  },
  'ims-throttles': {
    fails: 'IMS answers 429 with `Retry-After`',
    callers: `${NOTHING} while tokens live`,
    operators:
      'status `degraded`, `ims_throttled` in status, log and `ims_token_exchanges_total`; runway shrinks',
  },
  'ims-fails': {
    fails: 'IMS answers 500',
    callers: `${NOTHING} while tokens live`,
    operators: 'the same with `ims_unavailable`',
  },
  'ims-hangs': {
    fails: 'IMS takes requests and answers none',
    callers: `${NOTHING} while tokens live`,
    operators: 'the same with `ims_timeout`',
  },
  'ims-gone-for-long': {
    fails: 'IMS answers 500 for longer than tokens live',
    callers:
      '503 `token_expired` with `Retry-After`, from the end of the life (less its margin) until IMS is back',
    operators: 'status `expired`, `ims_token_runway_seconds` 0, not ready',
  },
  'secrets-manager-down': {
    fails: 'AWS Secrets Manager refuses every call',
    callers: `${NOTHING}: renewals go on with the documents held`,
    operators: '`ims_credential_source_up` 0, log `source.down`, then `source.up`',
  },
  'everything-down': {
    fails: 'Redis, IMS and AWS Secrets Manager at the same time',
    callers: `${NOTHING} while tokens live`,
    operators: 'all of the above; ready all the same',
  },
  'clock-forward': {
    fails: "a replica's clock jumps ahead by a quarter of a token's life (six hours of a day)",
    callers: NOTHING,
    operators: '`ims_clock_skew_seconds`; tokens are renewed earlier',
  },
  'clock-back': {
    fails: "a replica's clock jumps back by as much",
    callers: NOTHING,
    operators: '`ims_clock_skew_seconds`; tokens are renewed earlier',
  },
  'clock-far-forward': {
    fails: "a replica's clock jumps ahead by more than a whole life",
    callers: '503 `token_expired` from that replica until its readiness is seen; the others answer',
    operators:
      'that replica is not ready, `ims_token_unusable`; it goes on asking IMS at the pace of the back-off',
  },
  'clock-far-back': {
    fails: "a replica's clock jumps back by more than a whole life",
    callers: '503 `token_expired` from the others for moments, when it was that replica that renewed',
    operators: '`ims_clock_skew_seconds`',
  },
  'key-change': {
    fails: 'nothing: `TOKEN_ENCRYPTION_KEYS` is changed over three replicas in three rolling restarts',
    callers: `${NOTHING}: no failed request`,
    operators: 'no token refused, no extra exchange before the last step',
  },
  'hundred-thousand-vends': {
    fails: 'all of it, by turns, during a hundred thousand vends',
    callers: 'broken or silent connections where replicas die or hang; no expired token, no 5xx',
    operators: 'exchanges: at most one per credential and window, plus one per failure',
  },
} as const satisfies Record<string, Scenario>;

/** What a scenario is called: in the table, and by those who measure it. */
export type ScenarioId = keyof typeof SCENARIOS;
