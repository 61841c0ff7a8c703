import type { TextMessage, TextMessenger } from '../domain/ports';

export interface TextMessengerUnderTest {
  readonly messenger: TextMessenger;
  /** What has arrived, in order. */
  arrived(): Promise<readonly Pick<TextMessage, 'to' | 'text'>[]>;
  stop(): Promise<void>;
}

const message: TextMessage = {
  messageId: '019d0000-0000-7000-8000-000000000001',
  to: '+447400123456',
  text: '407193 is your code to sign in.\nNever tell it to anybody.\n\n@mfa.riverside.example #407193',
};

/** The laws of every TextMessenger. */
export function textMessengerContract(name: string, start: () => Promise<TextMessengerUnderTest>): void {
  describe(`${name} as a messenger of texts`, () => {
    let subject: TextMessengerUnderTest;
    beforeEach(async () => {
      subject = await start();
    });
    afterEach(() => subject.stop());

    it('R45: hands a text to its one number as it is, to the last character', async () => {
      expect(await subject.messenger.send(message)).toBe('accepted');
      expect(await subject.arrived()).toEqual([{ to: message.to, text: message.text }]);
    });

    it('keeps every script', async () => {
      const text = 'Zoë’s “Work phone” 診療所 😀';
      await subject.messenger.send({ ...message, text });
      expect(await subject.arrived()).toEqual([{ to: message.to, text }]);
    });

    it.each(['', '07400123456', '+44 7400 123456', '+447400123456,+447400123457', '+0447400123456', 'sam'])(
      'refuses what is not one number in E.164: %j',
      async (to) => {
        expect(await subject.messenger.send({ ...message, to })).toBe('refused');
        expect(await subject.arrived()).toEqual([]);
      },
    );
  });
}
