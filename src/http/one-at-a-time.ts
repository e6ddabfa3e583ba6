import type { Socket } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

/** Hardly any client sends a request before the answer to the one before it has come. */
const MOST_WAITING = 100;

const waiting = new WeakMap<Socket, number>();

/**
 * Requests of one connection are taken one after the other, as they are answered. Node 20 hands out pipelined ones at
 * once, and says nothing of an answer that is still waiting when its connection goes: whatever was begun for it (a
 * place among those under way, an open file) would never be given back.
 */
export function oneAtATime(request: Request, response: Response, next: NextFunction): void {
  // It has no socket until it is its turn.
  if (response.socket) {
    next();
    return;
  }
  const { socket } = request;
  const before = waiting.get(socket) ?? 0;
  if (before >= MOST_WAITING) {
    socket.destroy();
    return;
  }
  waiting.set(socket, before + 1);
  response.once('socket', () => {
    waiting.set(socket, (waiting.get(socket) ?? 1) - 1);
    setImmediate(() => {
      if (!response.closed) next();
    });
  });
}
