/** A generation as Redis keeps it. What no publisher wrote counts as 0; the Lua scripts have the same rule. */
export const parseGeneration = (text: string | null | undefined): number =>
  text && /^\d{1,12}$/.test(text) ? Number(text) : 0;
