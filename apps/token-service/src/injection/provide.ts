import type { FactoryProvider, Type } from '@nestjs/common';

import type { TypedToken } from './typed-token.ts';

/** One injection token for each field of an object. */
type TokensOf<Parts> = { readonly [Field in keyof Parts]: TypedToken<Parts[Field]> };

/**
 * Provides a value that a function builds from one object of injected parts. Nest passes them to a factory as
 * a list that the compiler does not check; here it checks the type of each field.
 */
export function provideFrom<T, Parts extends object>(
  token: TypedToken<T>,
  tokens: TokensOf<Parts>,
  create: (parts: Parts) => NoInfer<T> | Promise<NoInfer<T>>,
): FactoryProvider {
  const fields = Object.keys(tokens) as (keyof Parts)[];
  return {
    provide: token,
    inject: fields.map((field) => tokens[field]),
    useFactory: (...values: unknown[]) =>
      create(Object.fromEntries(fields.map((field, index) => [field, values[index]])) as Parts),
  };
}

/** Provides a class whose constructor takes one object of parts. */
export const provideClass = <T, Parts extends object>(
  type: Type<T> & (new (parts: Parts) => T),
  tokens: TokensOf<Parts>,
): FactoryProvider => provideFrom<T, Parts>(type, tokens, (parts) => new type(parts));
