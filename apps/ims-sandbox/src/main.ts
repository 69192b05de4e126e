import { createImsSandbox, type ImsSandbox } from './ims-sandbox.ts';
import { readSandboxConfig } from './sandbox-config.ts';
import { startFailure } from './start-failure.ts';

const CLOSE_DEADLINE_MS = 900;

async function start(): Promise<void> {
  let host = '';
  let port = 0;
  try {
    const config = readSandboxConfig(process.env);
    ({ host, port } = config);
    const sandbox = await createImsSandbox({ ...config, log: (line) => process.stderr.write(`${line}\n`) });
    closeOnSignal(sandbox);
    process.stdout.write(`IMS sandbox listening on ${sandbox.origin}\n`);
  } catch (error) {
    const { message, exitCode } = startFailure(error, host, port);
    process.stderr.write(`${message}\n`);
    process.exitCode = exitCode;
  }
}

function closeOnSignal(sandbox: ImsSandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      setTimeout(() => process.exit(0), CLOSE_DEADLINE_MS).unref();
      void sandbox.close().finally(() => process.exit(0));
    });
  }
}

await start();
