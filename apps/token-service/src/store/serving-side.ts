import type { PeerMessages } from '#libs/token-stores';
import type { ServingSide } from '#libs/tokens';

import { tokenFor } from '../injection/typed-token.ts';

/** The composed serving side; the classes of its parts are injection tokens too. */
export const SERVING_SIDE = tokenFor<ServingSide>('serving side');

/** The messages between the processes of this service; null where `PEERS` is not set. */
export const PEER_MESSAGES = tokenFor<PeerMessages | null>('peer messages');
