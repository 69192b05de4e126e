/** The exit codes, for scripts; `docs/command-line.md` has the table. */
export const EXIT = {
  good: 0,
  /** The document, the credential or the request is at fault: a person must change it. */
  bad: 1,
  /** The command line, a file or an environment variable is unusable. The command sent no request. */
  usage: 2,
  /** AWS, IMS or the service did not answer. */
  unreachable: 3,
  /** AWS, IMS or the service has a transient failure: the same command may succeed later. */
  notNow: 4,
  /** A defect of this program (EX_SOFTWARE of sysexits.h). */
  defect: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
