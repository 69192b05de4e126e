/** Loaded into a service before its own code: sets the wall clock off by what the parent process says, and leaves the monotonic one alone. */
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
