import { openidClient } from './openid-client.ts';
import { describeOAuthClient } from './oauth-client.contract.ts';

describeOAuthClient('openid-client', openidClient);
