import { isAlias, isMap, isNode, isScalar, isSeq, type Document, type Node } from 'yaml';

/** A field's place: the names and the positions in lists that lead to it. */
export type FieldPath = readonly PropertyKey[];

/** The offset of a node in its text; null for nodes that are not from a text. */
export const startOf = (node: Node | null): number | null => node?.range?.[0] ?? null;

/** The key of the field, or the item of the list. For a missing field, the nearest node around it. */
export function nodeAt(document: Document, path: FieldPath): Node | null {
  let place = document.contents;
  let value: unknown = place;
  for (const step of path) {
    if (isAlias(value)) value = value.resolve(document);
    if (isSeq(value) && typeof step === 'number') {
      value = value.items[step];
      if (isNode(value)) place = value;
    } else if (isMap(value)) {
      const pair = value.items.find(({ key }) => isScalar(key) && key.value === step);
      value = pair?.value;
      if (isNode(pair?.key)) place = pair.key;
    } else {
      break;
    }
  }
  return place;
}

/** The path of the innermost field that begins at or before an offset. */
export function pathAt(node: unknown, offset: number): FieldPath {
  const isBefore = (other: unknown): boolean =>
    isNode(other) && (startOf(other) ?? Number.POSITIVE_INFINITY) <= offset;
  if (isSeq(node)) {
    const index = node.items.findLastIndex(isBefore);
    return index === -1 ? [] : [index, ...pathAt(node.items[index], offset)];
  }
  if (!isMap(node)) return [];
  const pair = node.items.findLast(({ key }) => isBefore(key));
  return isScalar(pair?.key) ? [String(pair.key.value), ...pathAt(pair.value, offset)] : [];
}
