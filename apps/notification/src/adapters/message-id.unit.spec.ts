import { messageIdFor } from './message-id';

const at = '2026-03-01T09:30:00.000Z';

describe('the id of a message', () => {
  it('§6.9: is the same for every delivery of a fact, and another for another fact', () => {
    expect(messageIdFor('fact-1', at)).toBe(messageIdFor('fact-1', at));
    expect(messageIdFor('fact-2', at)).not.toBe(messageIdFor('fact-1', at));
    expect(messageIdFor('fact-1', at) < messageIdFor('fact-1', '2026-03-01T09:30:00.001Z')).toBe(true);
    expect(messageIdFor('fact-1', at)).toMatch(/^[\da-f-]{36}$/);
  });
});
