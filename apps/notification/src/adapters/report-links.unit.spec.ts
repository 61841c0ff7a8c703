import type { Fact } from '@cofactor/contracts';
import { createHmac } from 'node:crypto';
import { ReportLinks } from './report-links';

const messageId = '019d0000-0000-7000-8000-000000000001';
const at = '2026-03-01T09:30:00.000Z';
const days = (count: number) => new Date(Date.parse(at) + count * 86_400_000);
const about = { factId: 'fact-1', at, by: 'person', change: { kind: 'freeze', until: at } };
const notice = { messageId, personId: 'sam', template: 'changes-frozen', channel: 'email', about };
const occasion = { id: 'challenge-1', purpose: 'sign-in', expiresAt: at };
const code = { messageId, personId: 'sam', template: 'code', channel: 'email', occasion };

const messages: { readonly [name: string]: object } = { notice, code };

function links({ about: name = 'notice', now = days(1), key = 'key' } = {}) {
  const looked: string[] = [];
  const requested = {
    type: 'message.requested',
    at,
    data: messages[name],
    envelope: { organisationIds: ['riverside'], policyVersion: 3 },
  };
  const known = new ReportLinks({
    keyedHashes: {
      fingerprint: (purpose, text) => createHmac('sha256', key).update(`${purpose} ${text}`).digest('base64url'),
    },
    store: {
      readStream: (stream) => {
        looked.push(stream);
        // Only what is read of a fact.
        return Promise.resolve(stream === `message-${messageId}` ? [requested as unknown as Fact] : []);
      },
    },
    now: () => now,
    pages: 'https://sign-in.riverside.example',
  });
  return { known, looked };
}
const secret = links().known.linkOf(messageId).split('#')[1] ?? '';

describe('HE8: the link of a message', () => {
  it('§6.13: carries its secret in the fragment, and is the same for every try', () => {
    expect(links().known.linkOf(messageId)).toBe(`https://sign-in.riverside.example/not-me#${secret}`);
    expect(secret).toMatch(new RegExp(`^${messageId}\\.[\\w-]{43}$`));
    expect(links({ key: 'another' }).known.linkOf(messageId)).not.toContain(secret);
  });

  it('names the person and the fact that they were told of', async () => {
    expect(await links().known.noticeOf(secret)).toEqual({
      messageId,
      factId: 'fact-1',
      personId: 'sam',
      organisationIds: ['riverside'],
      policyVersion: 3,
    });
  });

  it('lives for seven days', async () => {
    await expect(links({ now: new Date(days(7).getTime() - 1) }).known.noticeOf(secret)).resolves.toBeDefined();
    await expect(links({ now: days(7) }).known.noticeOf(secret)).rejects.toMatchObject({ code: 'link-not-valid' });
  });

  it.each([
    ['nothing', ''],
    ['one without its secret', messageId],
    ['one with a letter of it changed', secret.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'))],
    ['one of a message with the secret of another', secret.replace('019d', '019e')],
    ['one with more behind it', `${secret}A`],
    ['one that is not text of ours', '\u0000'.repeat(80)],
  ])('gives nothing to guess: %s is not valid, and nothing is looked up', async (_what, tried) => {
    const { known, looked } = links();
    await expect(known.noticeOf(tried)).rejects.toMatchObject({ code: 'link-not-valid' });
    expect(looked).toEqual([]);
  });

  it('is none for a message that brought a code, or that is not there', async () => {
    await expect(links({ about: 'code' }).known.noticeOf(secret)).rejects.toMatchObject({ code: 'link-not-valid' });
    const other = messageId.replace('019d', '019e');
    const [, unknown = ''] = links().known.linkOf(other).split('#');
    await expect(links().known.noticeOf(unknown)).rejects.toMatchObject({ code: 'link-not-valid' });
  });
});
