import { Injectable } from '@nestjs/common';
import type { Request, Response } from 'express';
import { Environment } from '../config/environment.js';
import { SessionStore } from '../sessions/session-store.js';
import { AMBER_UNDER, RED_UNDER } from './card.js';
import { VaultView } from './vault-view.js';
import { toQueryString } from './view-query.dto.js';
import type { ViewQueryDto } from './view-query.dto.js';

/** Renders the views, with what all of them want to know. */
@Injectable()
export class Pages {
  constructor(
    private readonly view: VaultView,
    private readonly store: SessionStore,
    private readonly environment: Environment,
  ) {}

  /** @param more a `form` with its faults, or a `notice` */
  dashboard(response: Response, query: ViewQueryDto, live: object, more: object = {}): void {
    response.render('pages/dashboard', {
      ...this.frame(),
      ...more,
      controls: this.view.controls(query),
      live,
    });
  }

  session(response: Response, query: ViewQueryDto, live: object, more: object = {}): void {
    const list = `/${toQueryString(query)}`;
    response.render('pages/session', { ...this.frame(), ...more, title: 'A session', list, live });
  }

  /** The question before a user's sessions are revoked, or before one is. */
  question(response: Response, question: object): void {
    response.render('pages/question', { title: 'Are you sure?', ...question });
  }

  form(response: Response, query: ViewQueryDto, form: object): void {
    response.render('partials/form', {
      layout: false,
      ...this.frame(),
      ...form,
      controls: this.view.controls(query),
    });
  }

  /** A fragment; to a page that shows the same already, nothing but a 304. */
  refresh(request: Request, response: Response, fragment: string, live: { tag: string }): void {
    response.set({ 'HX-PTag': live.tag, Vary: 'HX-Request' });
    if (request.get('HX-PTag') === live.tag) response.status(304).end();
    else this.fragment(response, fragment, live);
  }

  /** A fragment as the answer to an action, with a word on how that went. */
  fragment(response: Response, fragment: string, live: { tag: string }, told?: string): void {
    response.set('HX-PTag', live.tag).render(fragment, { layout: false, ...this.frame(), live, told });
  }

  private frame(): object {
    return {
      store: this.store.description,
      defaultTtl: this.environment.DEFAULT_TTL_SECONDS,
      maxTtl: this.environment.MAX_TTL_SECONDS,
      amberUnder: AMBER_UNDER,
      redUnder: RED_UNDER,
    };
  }
}
