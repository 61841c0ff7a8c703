import type { Policy, PolicySettingKey } from '@cofactor/contracts';
import { allows } from './set-up';

/** One thing that keeps a policy below a standard. */
export interface Hindrance {
  /** The setting that would change it; null where none does. */
  readonly setting: PolicySettingKey | null;
  readonly sentence: string;
  readonly clause: string;
}

export type Standard = 'nist-aal1' | 'nist-aal2' | 'nist-aal3' | 'cyber-essentials' | 'epcs';

export interface Assurance {
  readonly standard: Standard;
  readonly label: string;
  readonly reached: boolean;
  readonly heldBackBy: readonly Hindrance[];
}

type Rule = readonly [isHeldBack: (policy: Policy) => boolean, Hindrance];

const nist = (section: string): string => `NIST SP 800-63B-4 §${section}`;
const epcs = (section: string): string => `21 CFR 1311.${section}`;

const notEnforced = (clause: string): Rule => [
  ({ enforced }) => !enforced,
  { setting: 'enforced', sentence: 'Nobody has to use a second factor.', clause },
];
const always = (hindrance: Hindrance): Rule => [() => true, hindrance];

/** The limits of sessions at AAL2 (24 hours, one hour of rest) are those of the settings themselves (§2.2.3). */
const forAal2: readonly Rule[] = [
  notEnforced(nist('2.2')),
  [
    (policy) => allows(policy, 'email'),
    {
      setting: 'allowedFactors',
      sentence: 'Codes by email show who can open a mailbox, and are no authentication factor.',
      clause: nist('3.1.3.1'),
    },
  ],
  [
    (policy) => allows(policy, 'sms') && !allows(policy, 'totp') && !allows(policy, 'webauthn'),
    {
      setting: 'allowedFactors',
      sentence: 'Text messages are restricted, and no alternative to them is offered.',
      clause: nist('3.2.9'),
    },
  ],
  [
    (policy) => !allows(policy, 'webauthn'),
    { setting: 'allowedFactors', sentence: 'No method that resists phishing is offered.', clause: nist('2.2.2') },
  ],
];

const forAal3: readonly Rule[] = [
  ...forAal2,
  [
    (policy) => policy.allowedFactors.some((type) => type !== 'webauthn'),
    { setting: 'allowedFactors', sentence: 'Methods that do not resist phishing are accepted.', clause: nist('3.2.5') },
  ],
  [
    ({ recoveryCodes }) => recoveryCodes.kind !== 'none',
    {
      setting: 'recoveryCodes',
      sentence: 'Recovery codes are accepted, which do not resist phishing.',
      clause: nist('3.2.5'),
    },
  ],
  [
    ({ session }) => session.absolute > 43_200,
    { setting: 'session.absolute', sentence: 'Sessions last longer than 12 hours.', clause: nist('2.3.3') },
  ],
  [
    ({ session }) => session.idle > 900,
    { setting: 'session.idle', sentence: 'Sessions rest longer than 15 minutes.', clause: nist('2.3.3') },
  ],
  always({
    setting: null,
    sentence: 'Passkeys that are copied from device to device are accepted.',
    clause: nist('B.3'),
  }),
];

/** Guessing is slowed for everyone: ten wrong passwords, and then five minutes at least. */
const forCyberEssentials: readonly Rule[] = [notEnforced('Cyber Essentials v3.2')];

const forEpcs: readonly Rule[] = [
  notEnforced(epcs('115')),
  [
    (policy) => allows(policy, 'sms') || allows(policy, 'email'),
    { setting: 'allowedFactors', sentence: 'Codes that are sent come from no hard token.', clause: epcs('115') },
  ],
  [
    (policy) => allows(policy, 'webauthn'),
    {
      setting: 'allowedFactors',
      sentence: 'A passkey can lie on the computer at which it is used.',
      clause: epcs('115'),
    },
  ],
  [
    ({ recoveryCodes }) => recoveryCodes.kind !== 'none',
    { setting: 'recoveryCodes', sentence: 'A recovery code comes from no hard token.', clause: epcs('115') },
  ],
  [
    ({ resetApproval }) => !resetApproval,
    { setting: 'resetApproval', sentence: 'One person alone can give access anew.', clause: epcs('125') },
  ],
  always({ setting: null, sentence: 'No daily report of incidents is made.', clause: epcs('150') }),
];

const standards: readonly (readonly [Standard, string, readonly Rule[]])[] = [
  ['nist-aal1', 'NIST SP 800-63B-4 AAL1', []],
  ['nist-aal2', 'NIST SP 800-63B-4 AAL2', forAal2],
  ['nist-aal3', 'NIST SP 800-63B-4 AAL3', forAal3],
  ['cyber-essentials', 'Cyber Essentials', forCyberEssentials],
  ['epcs', 'Electronic prescriptions for controlled substances (EPCS)', forEpcs],
];

/** What a policy reaches, and what holds it back, each with its clause (PRODUCT BX9). Of staff; patients are apart. */
export const assuranceOfPolicy = (policy: Policy): readonly Assurance[] =>
  standards.map(([standard, label, rules]) => {
    const heldBackBy = rules.filter(([isHeldBack]) => isHeldBack(policy)).map(([, hindrance]) => hindrance);
    return { standard, label, reached: heldBackBy.length === 0, heldBackBy };
  });
