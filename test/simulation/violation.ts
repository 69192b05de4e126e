/** A rule of the protocol was broken. */
export class Violation extends Error {
  override readonly name = 'Violation';
}
