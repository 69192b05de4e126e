import { badgateway } from './badgateway.ts';
import { describeOAuthClient } from './oauth-client.contract.ts';

describeOAuthClient('@badgateway/oauth2-client', badgateway);
