import { DomainError } from '@cofactor/contracts';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

/**
 * Every other address that a browser opens is one of the pages: the router in the page knows which. Programs that
 * ask for an unknown address get a problem; `/` is known, and gives the page to whoever asks.
 */
@Controller()
export class PagesController {
  @Get('*')
  async page(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const [path] = request.url.split('?');
    const wantsPage = path === '/' || (request.headers.accept ?? '').includes('text/html');
    if (!wantsPage || /^\/(v1|health|dev|assets)(\/|$)/.test(request.url)) throw new DomainError('not-found');
    await reply.header('cache-control', 'no-cache').sendFile('index.html');
  }
}
