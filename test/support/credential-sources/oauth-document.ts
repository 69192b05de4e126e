/** An OAuth Server-to-Server credential in the form of the Adobe Developer Console's download. */
export const oauthDocument = (fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> => ({
  CLIENT_ID: '5c1a0f2d3b4e4f6a8b9c0d1e2f3a4b5c',
  CLIENT_SECRETS: ['p8e-first'],
  ORG_ID: '1234@AdobeOrg',
  TECHNICAL_ACCOUNT_ID: 'ABC@techacct.adobe.com',
  TECHNICAL_ACCOUNT_EMAIL: 'abc@techacct.adobe.com',
  SCOPES: ['openid', 'AdobeID', 'aem.folders'],
  ...fields,
});
