import { millis, type CredentialName } from '#libs/tokens';

import { ManualClock } from '../../fakes/manual-clock.ts';
import { ScriptedCredentialSource } from '../../fakes/scripted-credential-source.ts';
import { ScriptedImsClient } from '../../fakes/scripted-ims-client.ts';
import type { ScriptedTokenCache } from '../../fakes/scripted-token-cache.ts';
import { ScriptedTokenStore } from '../../fakes/scripted-token-store.ts';
import { TokenProcess } from './token-process.ts';

/** Everything around some processes: one clock, one store, one source, one IMS. */
export class World {
  readonly clock = new ManualClock();
  readonly store = new ScriptedTokenStore(this.clock);
  readonly source = new ScriptedCredentialSource();
  readonly ims = new ScriptedImsClient(this.clock);

  process(source: ScriptedCredentialSource = this.source, random?: () => number): TokenProcess {
    const { clock, store, ims } = this;
    return new TokenProcess({ clock, store, source, ims, ...(random && { random }) });
  }

  /** A process on a machine that keeps its tokens in a cache. */
  processWithCache(cache: ScriptedTokenCache): TokenProcess {
    const { clock, store, source, ims } = this;
    return new TokenProcess({ clock, store, cache, source, ims });
  }

  /** Removes a credential from the source and polls until the process believes it. */
  async remove(name: CredentialName, service: TokenProcess): Promise<void> {
    this.source.drop(name);
    await service.refresher.syncWithSource();
    this.clock.advance(millis(5_000));
    await service.refresher.syncWithSource();
  }

  /**
   * Lets `length` pass in steps, each process ticking after every one. `after` runs at the end of each step.
   */
  async pass(
    length: number,
    step: number,
    processes: readonly TokenProcess[],
    after: () => void = () => undefined,
  ): Promise<void> {
    for (let passed = 0; passed < length; passed += step) {
      this.clock.advance(millis(step));
      for (const each of processes) await each.tick();
      after();
    }
  }
}
