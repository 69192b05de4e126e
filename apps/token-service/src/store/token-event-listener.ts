import type { TokenEventListener } from '#libs/tokens';

import { tokenFor } from '../injection/typed-token.ts';

/** The listener that hears every TokenEvent: it counts, logs and traces them. */
export const TOKEN_EVENT_LISTENER = tokenFor<TokenEventListener>('token event listener');
