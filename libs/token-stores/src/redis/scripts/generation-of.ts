/**
 * Lua function `generation_of(text)`: the number of a stored generation, or 0 for any other text. A planted
 * huge number therefore cannot lock a credential. `parseGeneration` has the same rule in TypeScript.
 */
export const GENERATION_OF = `
local function generation_of(text)
  if text and #text <= 12 and string.find(text, '^%d+$') then return tonumber(text) end
  return 0
end
`;
