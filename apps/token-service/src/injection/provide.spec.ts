import { describe, expect, it } from 'vitest';

import { provideClass, provideFrom } from './provide.ts';
import { tokenFor } from './typed-token.ts';

class Clock {
  readonly #now = 7;
  now(): number {
    return this.#now;
  }
}
class Stopwatch {
  readonly parts: { readonly clock: Clock; readonly name: string };
  constructor(parts: { readonly clock: Clock; readonly name: string }) {
    this.parts = parts;
  }
}
const NAME = tokenFor<string>('name');
const COUNT = tokenFor<number>('count');

describe('provideClass', () => {
  it('injects one token for each field and passes the values as one object', () => {
    const { provide, inject, useFactory } = provideClass(Stopwatch, { name: NAME, clock: Clock });
    expect([provide, inject]).toEqual([Stopwatch, [NAME, Clock]]);
    const clock = new Clock();
    expect(useFactory('lap', clock)).toEqual(new Stopwatch({ clock, name: 'lap' }));
  });

  it('refuses a token of another type, and a missing one, at compile time', () => {
    const refused = [
      // @ts-expect-error COUNT is a number and `name` a string.
      provideClass(Stopwatch, { name: COUNT, clock: Clock }),
      // @ts-expect-error Stopwatch is not a Clock.
      provideClass(Stopwatch, { name: NAME, clock: Stopwatch }),
      // @ts-expect-error `clock` is missing.
      provideClass(Stopwatch, { name: NAME }),
    ];
    expect(refused).toHaveLength(3);
  });
});

describe('provideFrom', () => {
  it('refuses a factory whose result has another type, at compile time', () => {
    // @ts-expect-error The factory returns a string and COUNT is a number.
    provideFrom(COUNT, { name: NAME }, ({ name }) => name);
    expect(provideFrom(COUNT, { name: NAME }, ({ name }) => name.length).useFactory('four')).toBe(4);
  });
});
