import { setTimeout as pause } from 'node:timers/promises';
import type { Server } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { BeforeApplicationShutdown, OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Response } from 'express';
import { Environment } from '../config/environment.js';

/** From the signal until every connection is closed; the store needs a moment, too, and ten seconds is the promise. */
const STOP_WITHIN_MS = 9000;

/**
 * The way out: not ready at once, but answering for SHUTDOWN_DELAY_SECONDS more, so that whoever sends requests here
 * hears of it; then Nest stops listening and waits for what is under way.
 */
@Injectable()
export class Draining implements BeforeApplicationShutdown, OnApplicationShutdown {
  /** Whether the service is about to stop. */
  begun = false;
  private readonly timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly environment: Environment,
    private readonly adapter: HttpAdapterHost,
  ) {}

  /** A client that keeps its connection would meet a closed one with its next request. */
  sayGoodbye(response: Response): void {
    if (this.begun) response.setHeader('Connection', 'close');
  }

  async beforeApplicationShutdown(signal?: string): Promise<void> {
    this.begun = true;
    const server = this.adapter.httpAdapter.getHttpServer() as Server;
    this.timers.push(setTimeout(() => server.closeAllConnections(), STOP_WITHIN_MS).unref());
    if (signal) await pause(this.environment.shutdownDelaySeconds * 1000);
    // A connection whose last request began before the signal has not heard of it.
    this.timers.push(setInterval(() => server.closeIdleConnections(), 50).unref());
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }
}
