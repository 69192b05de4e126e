/**
 * Parses a stored generation; 0 for any text that no publisher writes. The Lua scripts have the same rule.
 */
export const parseGeneration = (text: string | null | undefined): number =>
  text && /^\d{1,12}$/.test(text) ? Number(text) : 0;
