import type { Fact } from '@cofactor/contracts';
import { identityEvents } from '@cofactor/contracts';
import { Contacts } from '@cofactor/secret-vault';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Finishes a registration that died between its commit and the sealing of its address (DESIGN §6.6). */
@Controller()
export class ActivateContactWhenPersonRegistered {
  constructor(private readonly contacts: Contacts) {}

  @EventPattern('person.registered')
  async handle(@Payload() fact: Fact): Promise<void> {
    const { contactId } = identityEvents.personRegistered.schema.parse(fact.data);
    await this.contacts.activate(contactId);
  }
}
