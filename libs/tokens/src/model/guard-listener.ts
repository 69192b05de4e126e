/** The same listener, except that what it throws becomes a warning of the process: a defect in a log or a metric costs no token. */
export function guardListener<T>(listener: (news: T) => void): (news: T) => void {
  return (news) => {
    try {
      listener(news);
    } catch (error) {
      process.emitWarning(error instanceof Error ? error : String(error));
    }
  };
}
