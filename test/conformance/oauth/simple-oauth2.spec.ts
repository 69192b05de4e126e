import { simpleOAuth2 } from './simple-oauth2.ts';
import { describeOAuthClient } from './oauth-client.contract.ts';

describeOAuthClient('simple-oauth2', simpleOAuth2);
