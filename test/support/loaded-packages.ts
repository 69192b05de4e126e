import { registerHooks } from 'node:module';

const packages = new Set<string>();

/** Loaded before a program, this tells its parent which packages the program has loaded so far. */
registerHooks({
  load(url, context, next) {
    const name = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1];
    if (name !== undefined) packages.add(name);
    return next(url, context);
  },
});
process.on('message', () => process.send?.([...packages].toSorted()));
// The channel to the parent must not keep the program alive.
process.channel?.unref();
