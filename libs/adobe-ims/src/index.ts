export { AdobeImsClient } from './adobe-ims-client.ts';
