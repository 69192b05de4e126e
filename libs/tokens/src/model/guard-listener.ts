/**
 * Returns the same listener, except that an error it throws becomes a warning of the process: a defect in a
 * log line or a metric must not cost a token.
 */
export function guardListener<T>(listener: (event: T) => void): (event: T) => void {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}
