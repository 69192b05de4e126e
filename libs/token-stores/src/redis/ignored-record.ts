/** A kind of record in Redis that is ignored because no process with the sealing keys wrote it. */
export type IgnoredRecord =
  'listing' | 'catalog' | 'token' | 'budget' | 'mark' | 'lease' | 'hint' | 'message' | 'storm';
