import { openApiDocument } from '@cofactor/contracts';
import { sharedLook, type HealthCheck } from '@cofactor/service-kit';
import { Controller, Get, Header, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { INSTALLATION, type Installation } from '../adapters/installation';
import { documentationPage, documentationStyle } from './documentation-page';

/** What operations people and integrators ask for: health, metrics, the description of the interface. */
@Controller()
export class OperationsController {
  private readonly description = openApiDocument();

  /** Anyone may ask, and every part of every service is asked each time. */
  private readonly look: HealthCheck;

  constructor(@Inject(INSTALLATION) private readonly installation: Installation) {
    this.look = sharedLook(installation.health);
  }

  @Get('/health/live')
  live() {
    return { status: 'up' };
  }

  /** 503 while any part is down; each part is named. */
  @Get('/health/ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    const report = await this.look();
    const parts = Object.fromEntries(Object.entries(report).map(([name, up]) => [name, up ? 'up' : 'down']));
    const isUp = Object.values(report).every(Boolean);
    void reply.status(isUp ? 200 : 503);
    if (!isUp) void reply.header('retry-after', '2');
    return { status: isUp ? 'up' : 'down', parts };
  }

  @Get('/metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics() {
    return this.installation.metrics();
  }

  @Get('/openapi.json')
  openApi() {
    return this.description;
  }

  @Get('/docs')
  @Header('content-type', 'text/html; charset=utf-8')
  documentation() {
    return documentationPage('Cofactor');
  }

  @Get('/docs/style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  documentationStyle() {
    return documentationStyle;
  }
}
