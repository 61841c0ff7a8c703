import { presets } from '@cofactor/contracts';
import { storyOf } from '@cofactor/event-sourcing/given-when-then';
import { organisation } from './organisation';
import { person, type PersonEvent } from './person';

const amara = { personId: 'amara', organisationId: 'practice-1' } as const;
const registered = {
  type: 'person.registered',
  data: { personId: 'amara', contactId: 'contact-1', emailHint: 'a•••@practice.example', name: 'sealed' },
} as const;
const joined: PersonEvent = { type: 'person.joined-organisation', data: { ...amara, roles: ['member'] } };
const placed = (...siteIds: string[]): PersonEvent => ({ type: 'person.sites-changed', data: { ...amara, siteIds } });
const left = { type: 'person.left-organisation', data: amara } as const;

describe('who belongs to a practice', () => {
  const { given } = storyOf(person);
  const join = { kind: 'join-organisation', ...amara, roles: ['member'], siteIds: [] } as const;
  const change = { ...join, kind: 'change-membership' } as const;

  it('joins once, and again after having left', () => {
    given([registered]).when(join).then([joined]);
    given([registered])
      .when({ ...join, siteIds: ['site-1'] })
      .then([joined, placed('site-1')]);
    given([registered, joined]).when(join).thenRefused('already-a-member');
    given([registered, joined, left]).when(join).then([joined]);
    given([]).when(join).thenRefused('not-found');
  });

  it('has roles and sites changed each for itself; the same again, in any order, is no change', () => {
    const held = [registered, joined, placed('site-1', 'site-2')];
    given(held)
      .when({ ...change, siteIds: ['site-2', 'site-1'] })
      .then([]);
    given(held)
      .when({ ...change, siteIds: [] })
      .then([placed()]);
    const promoted: PersonEvent = {
      type: 'person.roles-changed',
      data: { ...amara, roles: ['member', 'administrator'] },
    };
    const promote = { ...change, roles: ['member', 'administrator'], siteIds: ['site-1', 'site-2'] } as const;
    given(held).when(promote).then([promoted]);
    given([...held, promoted])
      .when({ ...promote, roles: ['administrator', 'member'] })
      .then([]);
    given([registered]).when(change).thenRefused('not-found');
  });

  it('leaves once', () => {
    const leave = { kind: 'leave-organisation', ...amara } as const;
    given([registered, joined]).when(leave).then([left]);
    given([registered, joined, left]).when(leave).thenRefused('not-found');
    given([registered, joined, left]).when(change).thenRefused('not-found');
  });
});

describe('the sites of a practice', () => {
  const { given } = storyOf(organisation);
  const practice = { organisationId: 'practice-1' } as const;
  const created = {
    type: 'organisation.created',
    data: { ...practice, name: 'High Street', preset: 'healthcode', policy: presets.healthcode, policyVersion: 1 },
  } as const;
  const added = (siteId: string, name: string) =>
    ({ type: 'organisation.site-added', data: { ...practice, siteId, name } }) as const;
  const ground = added('site-1', 'Ground floor');

  it('have names of their own, whatever their capitals', () => {
    const add = { kind: 'add-site', ...practice, siteId: 'site-2', name: 'GROUND floor' } as const;
    given([created])
      .when(add)
      .then([added('site-2', 'GROUND floor')]);
    given([created, ground]).when(add).thenRefused('site-name-taken');
    given([]).when(add).thenRefused('not-found');
  });

  it('are renamed, also to other capitals, and the same again is no change', () => {
    const rename = (name: string) => ({ kind: 'rename-site', ...practice, siteId: 'site-1', name }) as const;
    const renamed = (name: string) =>
      ({ type: 'organisation.site-renamed', data: { ...practice, siteId: 'site-1', name } }) as const;
    given([created, ground])
      .when(rename('ground floor'))
      .then([renamed('ground floor')]);
    given([created, ground]).when(rename('Ground floor')).then([]);
    given([created, ground, added('site-2', 'Annexe')])
      .when(rename('annexe'))
      .thenRefused('site-name-taken');
    given([created]).when(rename('Annexe')).thenRefused('not-found');
  });

  it('are removed, and their names are free again', () => {
    const remove = { kind: 'remove-site', ...practice, siteId: 'site-1' } as const;
    const removed = { type: 'organisation.site-removed', data: { ...practice, siteId: 'site-1' } } as const;
    given([created, ground]).when(remove).then([removed]);
    given([created, ground, removed]).when(remove).thenRefused('not-found');
    const again = { kind: 'add-site', ...practice, siteId: 'site-2', name: 'Ground floor' } as const;
    given([created, ground, removed])
      .when(again)
      .then([added('site-2', 'Ground floor')]);
  });

  it('are 500 at most', () => {
    const many = Array.from({ length: 500 }, (_, index) => added(`site-${index}`, `Room ${index}`));
    const add = { kind: 'add-site', ...practice, siteId: 'one-more', name: 'One more' } as const;
    given([created, ...many])
      .when(add)
      .thenRefused('too-many-sites');
    given([created, ...many.slice(1)])
      .when(add)
      .then([added('one-more', 'One more')]);
  });
});
