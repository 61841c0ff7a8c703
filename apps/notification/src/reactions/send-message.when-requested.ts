import { Controller } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { MessageSender } from './message-sender';

/** A requested message is sent at once; should this fact be late, the sender finds it by itself. */
@Controller()
export class SendMessageWhenRequested {
  constructor(private readonly sender: MessageSender) {}

  @EventPattern('message.requested')
  send(): void {
    this.sender.wake();
  }
}
