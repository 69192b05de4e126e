import type { TokenEventListener } from './events.ts';

/** The same listener, except that what it throws becomes a warning of the process: a defect in a log or a metric costs no token. */
export function undisturbed(listener: TokenEventListener): TokenEventListener {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}
