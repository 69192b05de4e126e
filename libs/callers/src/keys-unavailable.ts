/** The keys of an issuer cannot be fetched. The message quotes nothing of the response. */
export class KeysUnavailable extends Error {
  override readonly name = 'KeysUnavailable';
}
