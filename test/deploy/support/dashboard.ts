import { readFile } from 'node:fs/promises';

const DURATION = /\$__rate_interval|\$__interval/g;
const CHOICE = /\$(namespace|credential)\b/g;

interface Target {
  readonly refId: string;
  readonly expr: string;
  readonly datasource: { readonly uid: string };
}

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly Target[];
}

interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly type: string; readonly definition?: string }[];
  };
}

export const readDashboard = async (): Promise<Dashboard> =>
  JSON.parse(
    await readFile(new URL('../../../deploy/grafana/dashboard.json', import.meta.url), 'utf8'),
  ) as Dashboard;

/** Every query of the dashboard as Grafana sends it with everything chosen, with the panel it is for. */
export const queries = ({ panels }: Dashboard): { title: string; expression: string }[] =>
  panels.flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expression: expr.replaceAll(DURATION, '1m').replaceAll(CHOICE, '.*'),
    })),
  );
