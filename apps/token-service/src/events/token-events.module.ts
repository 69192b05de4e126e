import { Global, Module } from '@nestjs/common';

import { provideFrom } from '../injection/provide.ts';
import { LOG } from '../logging/create-log.ts';
import { ImsOutageLog } from '../logging/ims-outage.ts';
import { LogPace } from '../logging/log-pace.ts';
import { logTokenEvent } from '../logging/token-event-log.ts';
import { TokenMetrics } from '../metrics/token-metrics.ts';
import { TOKEN_EVENT_LISTENER } from '../store/token-event-listener.ts';
import { TRACING } from '../tracing/tracing.ts';

/** Counts, logs and traces every token event. Both sides of the service emit them. */
@Global()
@Module({
  providers: [
    TokenMetrics,
    provideFrom(
      TOKEN_EVENT_LISTENER,
      { metrics: TokenMetrics, log: LOG, tracing: TRACING },
      ({ metrics, log, tracing }) => {
        const pace = new LogPace();
        const outages = new ImsOutageLog(log);
        return (event) => {
          metrics.record(event);
          outages.record(event);
          if (event.type !== 'store.records-ignored' || pace.allows(event.kind))
            logTokenEvent(log, event, outages.covers(event) ? 'debug' : 'error');
          tracing.record(event);
        };
      },
    ),
  ],
  exports: [TOKEN_EVENT_LISTENER],
})
export class TokenEventsModule {}
