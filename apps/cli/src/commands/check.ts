import { SystemClock } from '#libs/tokens';

import { JSON_FLAG, readCommandLine } from '../command-line.ts';
import type { Command } from '../command.ts';
import {
  ALLOWED_ORIGINS_FLAG,
  ALLOWED_ORIGINS_HELP,
  readAllowedOrigins,
} from '../documents/allowed-origins.ts';
import { checkDocument, type DocumentCheck } from '../documents/check-document.ts';
import { tryExchange, type ExchangeTrial } from '../documents/exchange.ts';
import { printReport } from '../documents/report.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { inputName, readInput } from '../input.ts';
import { printJson } from '../output.ts';

const HELP = `ims-token check FILE [--exchange] [--allowed-origins LIST] [--json]

Checks whether the service can use a document of Adobe, and reports its faults. FILE may be "-".

  --exchange               also requests a token from Adobe IMS, which is not shown; earlier tokens stay valid
${ALLOWED_ORIGINS_HELP}
  --json                   one JSON object instead of text`;

/** `ims-token check`: checks a document. */
export const check: Command = {
  help: HELP,
  async run(args) {
    const { values, given } = readCommandLine(args, ['FILE'], {
      exchange: { type: 'boolean' },
      ...ALLOWED_ORIGINS_FLAG,
      ...JSON_FLAG,
    });
    const [file = ''] = given;
    const allowed = readAllowedOrigins(values['allowed-origins']);
    const found = checkDocument(await readInput(file), allowed, new SystemClock().now());
    const trial = values.exchange === true ? await exchangeTrial(found) : null;
    if (values.json === true) printJson(toJson(found, trial));
    else printReport(inputName(file), found, trial);
    return exitCode(found, trial);
  },
};

/** Exchanges only credentials that the service would exchange. */
const exchangeTrial = async ({ credential }: DocumentCheck): Promise<ExchangeTrial | null> =>
  credential === null || credential.kind === 'local' ? null : tryExchange(credential);

function exitCode({ credential }: DocumentCheck, trial: ExchangeTrial | null): ExitCode {
  if (credential === null) return EXIT.bad;
  return trial === null || trial.ok ? EXIT.good : trial.exitCode;
}

function toJson({ kind, facts, problems, warnings }: DocumentCheck, trial: ExchangeTrial | null): object {
  const all = trial === null || trial.ok ? problems : [...problems, trial.problem];
  const exchange = trial?.ok === true ? { expires_in: trial.expires_in, expires_at: trial.expires_at } : null;
  return { ok: all.length === 0, kind, ...facts, problems: all, warnings, exchange };
}
