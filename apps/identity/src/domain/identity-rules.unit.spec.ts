import { permissionSchema, presets, type Next, type Policy } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { organisation, type OrganisationEvent } from './organisation';
import { refusePassword } from './password-rules';
import { maskedEmail } from '@cofactor/factors';
import { person } from './person';
import { needsPassword, refuseForSession, refuseForSignIn } from './who-may';

describe('R25 a password', () => {
  const known = ['Dr Amara Okafor', 'amara.okafor', 'High Street Practice'];

  it.each([
    ['correct horse battery', false, null],
    ['short words ab', false, 'password-too-short'],
    ['eight ch', false, 'password-too-short'],
    ['eight ch', true, null],
    ['seven c', true, 'password-too-short'],
    ['a'.repeat(20), false, 'password-too-common'],
    ['abcdefghijklmnopqrst', false, 'password-too-common'],
    ['amara.okafor-2026', false, 'password-too-common'],
    ['High Street Practice 1', false, 'password-too-common'],
    ['CofactorCofactor!', false, 'password-too-common'],
    ['password', true, 'password-too-common'],
    ['P@ssw0rd2026', true, 'password-too-common'],
    ['welcomewelcome1', false, 'password-too-common'],
    ['welcome to the surgery', true, null],
    ['x y'.repeat(85), false, null],
    ['x y'.repeat(86), false, 'password-too-long'],
    ['пароль из четырёх слов', false, null],
  ])('%s (second factor enforced: %s) → %s', (password, enforced, code) => {
    expect(refusePassword(password, known, enforced)?.code ?? null).toBe(code);
  });
});

describe('an address that others may see', () => {
  it.each([
    ['amara@practice.example', 'a•••@practice.example'],
    ['é@practice.example', 'é•••@practice.example'],
  ])('%s → %s', (email, hint) => expect(maskedEmail(email)).toBe(hint));
});

describe('R5 what a token opens', () => {
  const methods: Next = { step: 'second-factor', methods: [] };
  const setUp: Next = { step: 'set-up', allowed: [], missing: [] };
  const aal = (level: 'aal1' | 'aal2') => ({ level, amr: ['pwd'], authenticatedAt: '2026-01-01T00:00:00.000Z' });

  it('of a sign-in that needs a second factor: challenges and nothing else', () => {
    const open = permissionSchema.options.filter((permission) => refuseForSignIn(permission, methods) === null);
    expect(open).toEqual(['challenge']);
    expect(refuseForSignIn('enrol-factor', methods)).toBe('second-factor-required');
  });

  it('of a sign-in in a set-up: its own factors, enrolments and roles', () => {
    const open = permissionSchema.options.filter((permission) => refuseForSignIn(permission, setUp) === null);
    expect(open).toEqual(['read-factors', 'enrol-factor', 'confirm-enrolment', 'change-factor-roles', 'read-usage']);
    expect(refuseForSignIn('read-audit', setUp)).toBe('set-up-required');
  });

  it('of a password-only session on an account that holds a factor: no change of factors, no audit', () => {
    const open = permissionSchema.options.filter(
      (permission) => refuseForSession(permission, aal('aal1'), true) === null,
    );
    expect(open).toEqual(['read-factors', 'read-usage']);
    expect(refuseForSession('enrol-factor', aal('aal1'), false)).toBeNull();
    expect(refuseForSession('enrol-factor', aal('aal2'), true)).toBeNull();
  });
});

describe('HT3 HT5 the password at a change', () => {
  it('is asked for when the last proof of it is older than the policy allows, and always where that is 0', () => {
    const recent = { enrolling: 3600, revoking: 300 };
    expect(needsPassword('enrol-factor', recent, 3599)).toBe(false);
    expect(needsPassword('enrol-factor', recent, 3601)).toBe(true);
    expect(needsPassword('revoke-factor', recent, 299)).toBe(false);
    expect(needsPassword('revoke-factor', recent, 301)).toBe(true);
    expect(needsPassword('revoke-factor', { enrolling: 0, revoking: 0 }, 0)).toBe(true);
    expect(needsPassword('enrol-factor', { enrolling: 0, revoking: 0 }, 0)).toBe(true);
  });

  it('HT4 is always asked for when recovery codes are made anew', () => {
    expect(needsPassword('issue-recovery-codes', { enrolling: 3600, revoking: 3600 }, 0)).toBe(true);
  });
});

describe('a practice and its first manager', () => {
  it('is created once, with the policy of its preset', () => {
    const { given } = storyOf(organisation);
    const named = { organisationId: 'practice-1', name: 'High Street', preset: 'healthcode' } as const;
    const command = { kind: 'create', ...named } as const;
    const created = {
      type: 'organisation.created',
      data: { ...named, policy: presets.healthcode, policyVersion: 1 },
    } as const;
    given([]).when(command).then([created]);
    given([created]).when(command).thenRefused('conflict');
  });

  describe('the rules of a practice', () => {
    const { given } = storyOf(organisation);
    const created: OrganisationEvent = {
      type: 'organisation.created',
      data: {
        organisationId: 'practice-1',
        name: 'High Street',
        preset: 'healthcode',
        policy: presets.healthcode,
        policyVersion: 1,
      },
    };
    const enforced = { ...presets.healthcode, enforced: true };
    const change = (policy: Policy, version = 1) =>
      ({ kind: 'change-policy', organisationId: 'practice-1', version, policy }) as const;
    const changed: OrganisationEvent = {
      type: 'organisation.policy-changed',
      data: { organisationId: 'practice-1', policy: enforced, policyVersion: 2, changed: ['enforced'] },
    };

    it('change, and say in what; another preset is no more than that', () => {
      given([created]).when(change(enforced)).then([changed]);
      const { accurx } = presets;
      given([created, changed])
        .when(change(accurx, 2))
        .then([
          {
            type: 'organisation.policy-changed',
            data: {
              organisationId: 'practice-1',
              policy: accurx,
              policyVersion: 3,
              changed: [
                'allowedFactors',
                'recommendedFactors',
                'secondaryFactors',
                'secondaryRequired',
                'resetsBy',
                'genericAccounts',
              ],
            },
          },
        ]);
    });

    it('that are so already are no fact, whoever was first', () => {
      given([created]).when(change(presets.healthcode)).then([]);
      given([created, changed]).when(change(enforced, 1)).then([]);
    });

    it('are not overwritten by someone who saw older ones', () => {
      given([created, changed]).when(change(presets.accurx, 1)).thenRefused('conflict');
      given([created]).when(change(enforced, 2)).thenRefused('conflict');
      given([]).when(change(enforced)).thenRefused('not-found');
    });
  });

  it('is one person, registered once, who joins as administrator', () => {
    const { given } = storyOf(person);
    const command = {
      kind: 'register-in-organisation',
      personId: 'amara',
      contactId: 'contact-1',
      emailHint: 'a•••@practice.example',
      sealedName: 'sealed',
      organisationId: 'practice-1',
      roles: ['administrator'],
      siteIds: [],
    } as const;
    const { state } = given([]);
    const events = person.decide(state, command);
    expect(events.map(({ type }) => type)).toEqual(['person.registered', 'person.joined-organisation']);
    given(events).when(command).thenRefused('conflict');
  });

  describe('who runs the installation', () => {
    const { given } = storyOf(person);
    const described = { personId: 'kofi', contactId: 'contact-2', emailHint: 'k•••@host.example' };
    const registered = { type: 'person.registered', data: { ...described, name: 'sealed' } } as const;
    const appointed = { type: 'operator.appointed', data: { personId: 'kofi' } } as const;
    const appoint = { kind: 'appoint', role: 'operator', personId: 'kofi' } as const;

    it('is registered and appointed at once, without a practice', () => {
      const register = { kind: 'register-staff', role: 'operator', ...described, sealedName: 'sealed' } as const;
      given([]).when(register).then([registered, appointed]);
      given([registered]).when(register).thenRefused('conflict');
    });

    it('HE3 asks one person for a second factor, and no longer', () => {
      const asking = (required: boolean) => ({ kind: 'require-second-factor', personId: 'kofi', required }) as const;
      const asked = (required: boolean) =>
        ({ type: 'person.second-factor-requirement-changed', data: { personId: 'kofi', required } }) as const;
      given([registered])
        .when(asking(true))
        .then([asked(true)]);
      given([registered, asked(true)])
        .when(asking(true))
        .then([]);
      given([registered, asked(true)])
        .when(asking(false))
        .then([asked(false)]);
      given([registered]).when(asking(false)).then([]);
      given([]).when(asking(true)).thenRefused('not-found');
    });

    it('is appointed once, and has to be somebody', () => {
      given([registered]).when(appoint).then([appointed]);
      given([registered, appointed]).when(appoint).then([]);
      given([]).when(appoint).thenRefused('not-found');
    });

    it('AX5: has support beside it, appointed once and dismissed once', () => {
      const support = { type: 'support.appointed', data: { personId: 'kofi' } } as const;
      const dismissed = { type: 'support.dismissed', data: { personId: 'kofi' } } as const;
      const dismiss = { kind: 'dismiss-support', personId: 'kofi' } as const;
      given([registered, appointed])
        .when({ ...appoint, role: 'support' })
        .then([support]);
      given([registered, support])
        .when({ ...appoint, role: 'support' })
        .then([]);
      given([registered, support]).when(dismiss).then([dismissed]);
      given([registered, support, dismissed]).when(dismiss).then([]);
      given([]).when(dismiss).thenRefused('not-found');
    });
  });
});
