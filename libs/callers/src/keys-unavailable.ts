/** The keys of an issuer can't be had. The message says why, and quotes nothing that the issuer answered. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
