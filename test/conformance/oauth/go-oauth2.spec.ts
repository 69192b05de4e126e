import { goOAuth2 } from './go-oauth2.ts';
import { describeOAuthClient } from './oauth-client.contract.ts';

describeOAuthClient("a client that behaves like Go's x/oauth2", goOAuth2);
