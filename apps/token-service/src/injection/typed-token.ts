import type { Abstract } from '@nestjs/common';

declare const provided: unique symbol;

/** An injection token that is a symbol and carries the type of its value. */
export type TypedSymbol<T> = symbol & { readonly [provided]?: T };

/** An injection token whose value has the type `T`: a class, or a typed symbol. */
export type TypedToken<T> = Abstract<T> | TypedSymbol<T>;

/** Creates an injection token for a value that has no class of its own. */
export const tokenFor = <T>(description: string): TypedSymbol<T> => Symbol(description);
