import { pathOf, sectionOfPath, sectionsOf, type Organisation } from './sections';

const practice = (...roles: Organisation['roles']): Organisation => ({
  organisationId: 'o-1',
  name: 'Riverside Family Practice',
  roles,
});

describe('the pages of a practice', () => {
  it('are all open to administrators, the activity alone to analysts, and none to members and patients', () => {
    expect(sectionsOf(practice('administrator'))).toEqual(['people', 'sites', 'rules', 'resets', 'activity']);
    expect(sectionsOf(practice('analyst'))).toEqual(['activity']);
    expect(sectionsOf(practice('member', 'patient'))).toEqual([]);
    expect(sectionsOf(practice('member', 'analyst'))).toEqual(['activity']);
  });

  it('keep to the same page in another practice, or lead to the first that is open there', () => {
    expect(pathOf(practice('administrator'), 'activity')).toBe('/organisations/o-1/activity');
    expect(pathOf(practice('analyst'), 'people')).toBe('/organisations/o-1/activity');
    expect(pathOf(practice('administrator'), null)).toBe('/organisations/o-1/people');
    expect(pathOf(practice('member'), 'people')).toBeNull();
  });

  it('are known by their address', () => {
    expect(sectionOfPath('/organisations/o-1/people/p-1')).toBe('people');
    expect(sectionOfPath('/organisations/o-1')).toBeNull();
    expect(sectionOfPath('/security')).toBeNull();
    expect(sectionOfPath('/organisations/o-1/constructor')).toBeNull();
  });
});
