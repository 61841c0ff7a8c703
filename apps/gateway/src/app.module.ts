import type { Tracing } from '@cofactor/service-kit';
import { Module, type DynamicModule } from '@nestjs/common';
import { INSTALLATION, type Installation } from './adapters/installation';
import { SERVICES, type Services } from './adapters/services';
import { AccountController } from './http/account.controller';
import { FactorsController } from './http/factors.controller';
import { OperationsController } from './http/operations.controller';
import { OrganisationsController } from './http/organisations.controller';
import { OutboxController } from './http/outbox.controller';
import { PagesController } from './http/pages.controller';
import { PeopleController } from './http/people.controller';
import { SharedAccountsController } from './http/shared-accounts.controller';
import { PoliciesController } from './http/policies.controller';
import { ReportsController } from './http/reports.controller';
import { ResetsController } from './http/resets.controller';
import { SignInsController } from './http/sign-ins.controller';
import { SitesController } from './http/sites.controller';
import { SupportController } from './http/support.controller';

/** The gateway has no database: clients of the services, and what it tells of the installation. */
export interface GatewayParts {
  readonly services: Services;
  readonly installation: Installation;
  readonly tracing: Tracing;
}

@Module({})
export class GatewayModule {
  static register({ services, installation }: GatewayParts): DynamicModule {
    return {
      module: GatewayModule,
      controllers: [
        OrganisationsController,
        PoliciesController,
        PeopleController,
        SharedAccountsController,
        SitesController,
        SignInsController,
        AccountController,
        FactorsController,
        ResetsController,
        SupportController,
        ReportsController,
        OperationsController,
        OutboxController,
        PagesController,
      ],
      providers: [
        { provide: SERVICES, useValue: services },
        { provide: INSTALLATION, useValue: installation },
      ],
    };
  }
}
