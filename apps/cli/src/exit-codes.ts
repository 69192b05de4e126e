/** How a command ends, for scripts; `docs/command-line.md` has the table. */
export const EXIT = {
  good: 0,
  /** The document, the credential or the request is at fault: somebody has to act. */
  bad: 1,
  /** The command line, a file or the environment can't be used. Nothing was asked of anybody. */
  usage: 2,
  /** AWS, IMS or the service gave no answer. */
  unreachable: 3,
  /** They answered, but not now: the same command may succeed later. */
  notNow: 4,
  /** A defect of this program (EX_SOFTWARE of sysexits.h). */
  defect: 70,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
