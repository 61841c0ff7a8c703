import { isOpenToOthers } from './key-file';

const account = 10001;

describe('a key file is open to others', () => {
  it.each([0o600, 0o400])('not at mode %o, where it is its own', (mode) => {
    expect(isOpenToOthers({ uid: account, mode: 0o100000 | mode }, account)).toBe(false);
  });

  it.each([0o640, 0o660, 0o604, 0o644])('at mode %o, where it is its own', (mode) => {
    expect(isOpenToOthers({ uid: account, mode: 0o100000 | mode }, account)).toBe(true);
  });

  it('not where an orchestrator owns it and lets the group read it', () => {
    expect(isOpenToOthers({ uid: 0, mode: 0o100440 }, account)).toBe(false);
  });

  it.each([0o444, 0o460, 0o442])('at mode %o, where an orchestrator owns it', (mode) => {
    expect(isOpenToOthers({ uid: 0, mode: 0o100000 | mode }, account)).toBe(true);
  });
});
