/** The document with the field at the path replaced, or removed when the value is undefined. */
export function withField(document: object, path: string, value: unknown): Record<string, unknown> {
  const changed = structuredClone(document) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, changed);
  holder[last] = value;
  return changed;
}
