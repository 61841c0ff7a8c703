import { DomainError, type CallContext, type OutboxMessage } from '@cofactor/contracts';
import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { INSTALLATION, type Installation } from '../adapters/installation';
import { SERVICES, type Services } from '../adapters/services';
import { callContextOf } from './call-context';
import { escapeHtml } from './escape-html';

/** What would have been sent; only in development mode, otherwise there is nothing at these addresses. */
@Controller()
export class OutboxController {
  constructor(
    @Inject(SERVICES) private readonly services: Services,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get('/dev/outbox.json')
  messages(@Req() request: FastifyRequest): Promise<OutboxMessage[]> {
    return this.read(callContextOf(request));
  }

  @Get('/dev/outbox')
  @Header('content-type', 'text/html; charset=utf-8')
  async page(@Req() request: FastifyRequest): Promise<string> {
    const messages = await this.read(callContextOf(request));
    const sections = messages.map(
      ({ at, channel, to, subject = '', text }) =>
        `<section><h2>${escapeHtml(subject)}</h2><p class="quiet">${channel} to ${escapeHtml(to)}, ${escapeHtml(at)}</p>
<p>${escapeHtml(text).replaceAll('\n', '<br>')}</p></section>`,
    );
    return `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Outbox of this machine</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><main><h1>Outbox of this machine</h1><p>Messages that would have been sent, newest first.</p>
${sections.length > 0 ? sections.join('\n') : '<p>Nothing has been sent since the start.</p>'}</main></body></html>`;
  }

  private async read(context: CallContext): Promise<OutboxMessage[]> {
    if (!this.installation.showsOutbox) throw new DomainError('not-found');
    return (await this.services.notification.readOutbox({}, context)).messages;
  }
}
