import type { Request } from 'express';

/** The part of Express's router that says which routes there are. */
interface Router {
  stack: { route?: { methods: Record<string, boolean> }; match(path: string): boolean }[];
}

/** The methods that the address of `request` has routes for; none where nothing is. */
export function allowedMethods({ app, path }: Request): string[] {
  const { stack } = (app as unknown as { router: Router }).router;
  const methods = stack.flatMap((layer) =>
    layer.route && layer.match(path) ? Object.keys(layer.route.methods) : [],
  );
  const names = methods.map((method) => method.toUpperCase());
  return [...new Set(names.includes('GET') ? [...names, 'HEAD'] : names)].sort();
}
