import { openSync, closeSync } from 'node:fs';
import { devNull } from 'node:os';

/** Preloaded: closes its files, then opens as many as it is told, or as there are descriptors. */
const open: number[] = [];

process.on('message', ({ hog }: { readonly hog: number }) => {
  for (const descriptor of open.splice(0)) closeSync(descriptor);
  let reason = '';
  try {
    while (open.length < hog) open.push(openSync(devNull, 'r'));
  } catch (error) {
    reason = String((error as { readonly code?: unknown }).code);
  }
  process.send?.({ open: open.length, reason });
});
