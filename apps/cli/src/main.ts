import { useEnvironmentProxy } from '#libs/credential-sources';

import { runCommandLine } from './run-command-line.ts';

useEnvironmentProxy(process.env);
process.exitCode = await runCommandLine(process.argv.slice(2));
