import type { RequestHandler } from 'express';

/** Middlewares one after the other as one: each layer of Express's router costs a request more than most of ours do. */
export function inTurn(...handlers: RequestHandler[]): RequestHandler {
  return (request, response, next) => {
    let turn = 0;
    const go = (error?: unknown): void => {
      const handler = error ? undefined : handlers[turn++];
      if (handler) void handler(request, response, go);
      else next(error);
    };
    go();
  };
}
