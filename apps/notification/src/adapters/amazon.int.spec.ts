import { SESClient, VerifyEmailIdentityCommand } from '@aws-sdk/client-ses';
import { createLogger } from '@cofactor/service-kit';
import { describeWithMoto, freePort, sharedTestMoto, type SharedTestMoto } from '@cofactor/testkit';
import { z } from 'zod';
import { awsClient } from './aws';
import { mailerContract } from './mailer.contract';
import { SesMailer } from './mailer.ses';
import { parseMail } from './smtp-sink';
import { textMessengerContract } from './text-messenger.contract';
import { SnsTextMessenger } from './text-messenger.sns';

const logged: string[] = [];
const logger = createLogger('notification', 'info', { write: (line) => logged.push(line) });
const region = 'eu-west-2';
const from = 'Cofactor <no-reply@riverside.example>';

const arrivedSchema = z.object({
  sns: z.object({ SMS: z.array(z.object({ message: z.string(), phone_number: z.string() })) }),
  ses: z.object({ RawMessage: z.array(z.object({ destinations: z.array(z.string()), raw_data: z.string() })) }),
});

describeWithMoto('Amazon', () => {
  let moto: SharedTestMoto;
  beforeAll(async () => {
    Object.assign(process.env, { AWS_ACCESS_KEY_ID: 'anyone', AWS_SECRET_ACCESS_KEY: 'only-for-tests' });
    moto = await sharedTestMoto();
    const client = new SESClient(awsClient({ region, endpoint: moto.url }));
    await client.send(new VerifyEmailIdentityCommand({ EmailAddress: 'no-reply@riverside.example' }));
    client.destroy();
  });
  afterAll(() => moto.stop());
  beforeEach(() => {
    logged.length = 0;
  });

  const everything = async () => arrivedSchema.parse(await (await fetch(`${moto.url}/moto-api/data.json`)).json());

  textMessengerContract('SNS', async () => {
    const { length: before } = (await everything()).sns.SMS;
    const messenger = new SnsTextMessenger(
      { region, endpoint: moto.url, senders: new Map([['44', 'Cofactor']]) },
      logger,
    );
    const arrived = async () =>
      (await everything()).sns.SMS.slice(before).map(({ message, phone_number }) => ({
        to: phone_number,
        text: message,
      }));
    return { messenger, arrived, stop: () => Promise.resolve(messenger.close()) };
  });

  mailerContract('SES', async () => {
    const { length: before } = (await everything()).ses.RawMessage;
    const mailer = new SesMailer({ region, endpoint: moto.url, from, host: 'riverside.example' }, logger);
    const arrived = async () =>
      (await everything()).ses.RawMessage.slice(before).map(({ destinations, raw_data }) =>
        // moto counts an address of the header and of the envelope twice.
        parseMail(raw_data, [...new Set(destinations)]),
      );
    return { mailer, arrived, stop: () => Promise.resolve(mailer.close()) };
  });

  const text = { messageId: 'message-1', to: '+447400123456', text: 'Hello' };
  const mail = {
    messageId: 'message-1',
    to: 'canary@riverside.example',
    subject: 'Hello',
    text: 'Hello\n',
    html: '<p>Hello</p>\n',
  };

  it('is unavailable while nobody answers, and neither number nor address is logged (I4)', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const [messenger, mailer] = [
      new SnsTextMessenger({ region, endpoint, senders: new Map() }, logger),
      new SesMailer({ region, endpoint, from, host: 'riverside.example' }, logger),
    ];
    expect([await messenger.send(text), await mailer.send(mail)]).toEqual(['unavailable', 'unavailable']);
    expect(logged).toHaveLength(2);
    expect(logged.join()).not.toMatch(/7400123456|canary/);
  });

  it('that does not know our address is our own setting: unavailable, and no address is logged (I4)', async () => {
    const sender = { from: 'unknown@hillside.example', host: 'hillside.example' };
    const mailer = new SesMailer({ region, endpoint: moto.url, ...sender }, logger);
    expect(await mailer.send(mail)).toBe('unavailable');
    expect(logged.join()).toContain('MessageRejected');
    expect(logged.join()).not.toContain('canary');
  });
});
