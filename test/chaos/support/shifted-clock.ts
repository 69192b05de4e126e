/**
 * Node loads this module before the service. It shifts the wall clock by the offset that the parent process
 * sends, and leaves the monotonic clock unchanged.
 */
const { now } = Date;
let offset = 0;

Date.now = () => now() + offset;
globalThis.Date = new Proxy(Date, {
  construct: (date, given, target) =>
    Reflect.construct(date, given.length === 0 ? [date.now()] : given, target) as Date,
});

process.on('message', ({ clockOffsetMs }: { clockOffsetMs: number }) => {
  offset = clockOffsetMs;
  process.send?.({ clockOffsetMs });
});
// Listening alone keeps no process alive.
process.channel?.unref();
