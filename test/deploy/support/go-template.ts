import { FUNCTIONS, isTrue, print } from './go-template-functions.ts';
import { lex, type Piece } from './go-template-lexer.ts';

type Value = unknown;
interface Scope {
  readonly dot: Value;
  readonly variables: ReadonlyMap<string, Value>;
}
const BOOLEANS = new Set(['true', 'false']);
type Render = (scope: Scope) => string;

/**
 * The subset of Go templates that the chart uses: if, with, range, define, include, pipelines, variables.
 * Any other construct in a template is an error, and so is a value that does not exist.
 */
export class GoTemplates {
  readonly #defined = new Map<string, Render>();

  /** Reads a file, keeping what it defines; the answer renders the rest of it. */
  parse(text: string): (dot: Value) => string {
    const pieces = [...lex(text)];
    const render = this.#block(pieces, []);
    return (dot) => render({ dot, variables: new Map([['$', dot]]) });
  }

  /** Up to one of the ending words, which stays for the caller. */
  #block(pieces: Piece[], ends: readonly string[]): Render {
    const parts: Render[] = [];
    for (;;) {
      const [piece] = pieces;
      if (piece === undefined && ends.length === 0)
        return (scope) => parts.map((part) => part(scope)).join('');
      if (piece === undefined) throw new Error(`{{ ${ends.join(' or ')} }} is missing`);
      if (piece.kind === 'action' && ends.includes(piece.tokens[0] ?? '')) {
        return (scope) => parts.map((part) => part(scope)).join('');
      }
      pieces.shift();
      parts.push(piece.kind === 'text' ? () => piece.text : this.#action(piece.tokens, pieces));
    }
  }

  #action(tokens: readonly string[], pieces: Piece[]): Render {
    const [word = '', ...rest] = tokens;
    if (word === 'if' || word === 'with') return this.#choice(word, rest, pieces);
    if (word === 'range') return this.#range(rest, pieces);
    if (word === 'define') {
      const body = this.#block(pieces, ['end']);
      pieces.shift();
      this.#defined.set(JSON.parse(rest[0] ?? '') as string, body);
      return () => '';
    }
    return (scope) => print(this.#pipeline(tokens, scope));
  }

  #choice(word: string, condition: readonly string[], pieces: Piece[]): Render {
    const then = this.#block(pieces, ['else', 'end']);
    const closing = pieces.shift();
    const [, next, ...rest] = closing?.kind === 'action' ? closing.tokens : [];
    let otherwise: Render = () => '';
    if (next === 'if') otherwise = this.#choice('if', rest, pieces);
    else if (closing?.kind === 'action' && closing.tokens[0] === 'else') {
      otherwise = this.#block(pieces, ['end']);
      pieces.shift();
    }
    return (scope) => {
      const value = this.#pipeline(condition, scope);
      if (!isTrue(value)) return otherwise(scope);
      return then(word === 'with' ? { ...scope, dot: value } : scope);
    };
  }

  /** Over a list with the item as dot, or over a map's keys in order with `$key, $value :=`. */
  #range(tokens: readonly string[], pieces: Piece[]): Render {
    const body = this.#block(pieces, ['end']);
    pieces.shift();
    const assign = tokens.indexOf(':=');
    const [key, , name] = tokens.slice(0, Math.max(assign, 0));
    return (scope) => {
      const over = this.#pipeline(tokens.slice(assign + 1), scope) as object;
      return Object.entries(over)
        .sort(([left], [right]) => (Array.isArray(over) ? 0 : left < right ? -1 : 1))
        .map(([index, dot]: [string, Value]) => {
          const variables = new Map(scope.variables);
          if (key !== undefined && name !== undefined) variables.set(key, index).set(name, dot);
          return body({ dot, variables });
        })
        .join('');
    };
  }

  #pipeline(tokens: readonly string[], scope: Scope): Value {
    const stack = [...tokens];
    const value = this.#commands(stack, scope);
    if (stack.length > 0) throw new Error(`not understood: ${stack.join(' ')}`);
    return value;
  }

  #commands(stack: string[], scope: Scope): Value {
    let piped: Value[] = [];
    for (;;) {
      const [name = ''] = stack;
      const isCall = /^[a-z]\w*$/i.test(name) && !BOOLEANS.has(name);
      if (isCall) stack.shift();
      const operands: Value[] = [];
      while (stack.length > 0 && !['|', ')'].includes(stack[0] ?? ''))
        operands.push(this.#operand(stack, scope));
      const value = isCall ? this.#call(name, [...operands, ...piped]) : only([...operands, ...piped]);
      if (stack[0] !== '|') return value;
      stack.shift();
      piped = [value];
    }
  }

  #call(name: string, args: readonly Value[]): Value {
    if (name === 'include') {
      const [template, dot] = args;
      const defined = this.#defined.get(print(template));
      if (defined === undefined) throw new Error(`no template ${print(template)}`);
      return defined({ dot, variables: new Map([['$', dot]]) });
    }
    const known = FUNCTIONS[name];
    if (known === undefined) throw new Error(`no function ${name}`);
    return known(...args);
  }

  #operand(stack: string[], scope: Scope): Value {
    const token = stack.shift() ?? '';
    if (token === '(') {
      const value = this.#commands(stack, scope);
      if (stack.shift() !== ')') throw new Error('a ) is missing');
      return value;
    }
    if (token.startsWith('"')) return JSON.parse(token) as string;
    if (/^-?\d+$/.test(token)) return Number(token);
    if (BOOLEANS.has(token)) return token === 'true';
    const [start = '', ...fields] = token.split('.');
    let value = start === '' ? scope.dot : scope.variables.get(start);
    if (start !== '' && !scope.variables.has(start)) throw new Error(`no variable ${start}`);
    for (const field of fields.filter((name) => name !== '')) {
      if (typeof value !== 'object' || value === null || !(field in value))
        throw new Error(`no value ${token}`);
      value = (value as Record<string, Value>)[field];
    }
    return value;
  }
}

/** A value by itself, or a method of the chart with its arguments: `.Files.Get "rules.yml"`. */
function only([first, ...rest]: readonly Value[]): Value {
  if (typeof first === 'function') return (first as (...args: readonly Value[]) => Value)(...rest);
  if (rest.length > 0) throw new Error('several values where one is expected');
  return first;
}
