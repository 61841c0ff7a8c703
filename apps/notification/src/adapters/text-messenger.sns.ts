import { PublishCommand, SNSClient, type MessageAttributeValue } from '@aws-sdk/client-sns';
import type { Logger } from '@cofactor/service-kit';
import { countryCodeOf } from '../domain/country-code';
import { isOneNumber, type TextMessage, type TextMessenger } from '../domain/ports';
import { awsClient, awsFailure, boundedWait, type AwsSettings } from './aws';

export interface SnsSettings extends AwsSettings {
  /** Who a text comes from, by the country code of its number: a sender id, or a number of ours in E.164. */
  readonly senders: ReadonlyMap<string, string>;
}

/** What SNS says of a number or a text that it will never take; all else may be over in a moment. */
const aboutTheText = ['InvalidParameterException', 'InvalidParameterValueException', 'OptedOutException'];

const text = (value: string): MessageAttributeValue => ({ DataType: 'String', StringValue: value });

/** Sends by Amazon SNS, as transactional messages: delivery before price. */
export class SnsTextMessenger implements TextMessenger {
  private readonly client: SNSClient;

  constructor(
    private readonly settings: SnsSettings,
    private readonly logger: Logger,
  ) {
    this.client = new SNSClient(awsClient(settings));
  }

  async send({ messageId, to, text: words }: TextMessage): Promise<'accepted' | 'refused' | 'unavailable'> {
    if (!isOneNumber(to)) return 'refused';
    const MessageAttributes = { 'AWS.SNS.SMS.SMSType': text('Transactional'), ...this.sender(to) };
    try {
      await this.client.send(new PublishCommand({ PhoneNumber: to, Message: words, MessageAttributes }), boundedWait());
      return 'accepted';
    } catch (error) {
      const failure = awsFailure(error);
      this.logger.warn({ messageId, ...failure }, 'text message not accepted');
      return aboutTheText.includes(failure.kind) ? 'refused' : 'unavailable';
    }
  }

  close(): void {
    this.client.destroy();
  }

  private sender(to: string): Record<string, MessageAttributeValue> {
    const sender = this.settings.senders.get(countryCodeOf(to));
    if (sender === undefined) return {};
    return { [sender.startsWith('+') ? 'AWS.MM.SMS.OriginationNumber' : 'AWS.SNS.SMS.SenderID']: text(sender) };
  }
}
