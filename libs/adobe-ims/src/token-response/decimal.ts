import { z } from 'zod';

/**
 * A number, or a decimal string: IMS uses both. Other text becomes NaN, which the reader of the field
 * rejects.
 */
export const decimal = z.union([
  z.number(),
  z.string().transform((text) => (/^-?\d{1,20}(\.\d{1,20})?$/.test(text) ? Number(text) : Number.NaN)),
]);
