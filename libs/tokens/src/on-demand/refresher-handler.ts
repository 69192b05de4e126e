import type { Answer, Question } from '../ports/refresher-client.ts';
import type { TokenReplacement } from './token-replacement.ts';
import type { TokenRevocation } from './token-revocation.ts';
import { millis } from '../model/units.ts';

/** How long a caller is kept waiting for a new token: less than the patience of most HTTP clients. */
const LONGEST_REPORT = millis(3_000);

interface Answering {
  readonly lookNow: () => Promise<void>;
  readonly replacement: TokenReplacement;
  readonly revocation: TokenRevocation;
}

/** What a process that holds credentials answers to those that answer callers. */
export function answerQuestions({
  lookNow,
  replacement,
  revocation,
}: Answering): (question: Question) => Promise<Answer> {
  return async (question) => {
    switch (question.type) {
      case 'look-now':
        await lookNow();
        return { type: 'done' };
      case 'report-token':
        return {
          type: 'report-answered',
          ...(await replacement.replace(question, 'report', LONGEST_REPORT)),
        };
      case 'revoke-token':
        return revocation.revoke(question);
    }
  };
}
