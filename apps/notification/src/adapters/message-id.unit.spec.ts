import { codeMessageIdFor, messageIdFor } from './message-id';

const at = '2026-03-01T09:30:00.000Z';

describe('the id of a message', () => {
  it('§6.9: is the same for every delivery of a fact, and another for another fact', () => {
    expect(messageIdFor('fact-1', at)).toBe(messageIdFor('fact-1', at));
    expect(messageIdFor('fact-2', at)).not.toBe(messageIdFor('fact-1', at));
    expect(messageIdFor('fact-1', at) < messageIdFor('fact-1', '2026-03-01T09:30:00.001Z')).toBe(true);
    expect(messageIdFor('fact-1', at)).toMatch(/^[\da-f-]{36}$/);
  });

  it('§6.9: of a code is the same for the same asking, and another for each further one', () => {
    const occasion = { id: 'challenge-1', purpose: 'sign-in', asked: 0 };
    const others = [
      { ...occasion, asked: 1 },
      { ...occasion, purpose: 'set-up' },
      { ...occasion, id: 'challenge-2' },
    ];
    expect(codeMessageIdFor({ ...occasion }, at)).toBe(codeMessageIdFor(occasion, at));
    expect(new Set([occasion, ...others].map((one) => codeMessageIdFor(one, at))).size).toBe(4);
  });
});
