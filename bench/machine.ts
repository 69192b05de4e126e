import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine and the date of the results, without names of the machine or its owner. */
export function machine(): Readonly<Record<string, string>> {
  const processors = cpus();
  return {
    CPU: processors[0]?.model.trim() ?? 'unknown',
    Cores: `${processors.length}, shared by server and load`,
    'Load average before the run': (loadavg()[0] ?? 0).toFixed(1),
    Memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    'Operating system': `${type()} ${release().split('.').slice(0, 2).join('.')}`,
    Node: process.version,
    Date: new Date().toISOString().slice(0, 10),
  };
}
