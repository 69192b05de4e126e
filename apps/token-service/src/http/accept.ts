/**
 * Whether the caller wants the bare token: `text/plain` named in `Accept` with a higher weight than JSON's
 * (RFC 9110 §12.5.1). Anything else, wildcards included, gets JSON.
 */
export function prefersText(accept: string | undefined): boolean {
  if (accept === undefined || !accept.includes('text/plain')) return false;
  let text = 0;
  let json = 0;
  for (const range of accept.toLowerCase().split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    const q = weight === undefined ? 1 : Number(weight.slice(2));
    if (type === 'text/plain') text = q;
    if (type === 'application/json') json = q;
  }
  return text > json;
}
