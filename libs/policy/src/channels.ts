import type { FactorType } from '@cofactor/contracts';

/** What a sign-in began with. */
export type FirstFactor = 'password' | 'email-link';

/** The place at which a proof arrives, or from which it is taken. */
export type Channel = 'memory' | 'app' | 'phone' | 'mailbox' | 'passkey' | 'saved-codes';

const channels: Readonly<Record<FactorType | FirstFactor, Channel>> = {
  password: 'memory',
  'email-link': 'mailbox',
  totp: 'app',
  sms: 'phone',
  email: 'mailbox',
  webauthn: 'passkey',
  'recovery-code': 'saved-codes',
};

/**
 * The channel of a way to prove who one is. Two that arrive at the same place count once (PRODUCT BX6): two numbers,
 * since both may be on one phone; an email link and an email code.
 */
export const channelOf = (type: FactorType | FirstFactor): Channel => channels[type];

/** Whether a factor proves more than what the sign-in began with. */
export const countsBeside = (first: FirstFactor, type: FactorType): boolean => channelOf(type) !== channelOf(first);
