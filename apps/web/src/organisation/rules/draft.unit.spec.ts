import { presets } from '@cofactor/contracts';
import { freshDraft, onTopOf, saved, unsaved } from './draft';

const standing = { version: 3, policy: presets.healthcode, changed: null };
const byBen = (policy: typeof presets.healthcode) => ({
  version: 4,
  policy,
  changed: { at: '2026-11-22T14:05:00.000Z', by: { personId: 'p-2', name: 'Ben Li' } },
});

describe('a draft of sign-in rules', () => {
  it('keeps one’s own changes when somebody else saves first, and says who changed what', () => {
    const draft = freshDraft(standing);
    const edited = { ...draft, own: { ...draft.own, resetApproval: true, secondaryRequired: false } };
    const after = onTopOf(edited, byBen({ ...presets.healthcode, coversPatients: true }));
    expect(unsaved(after)).toEqual(unsaved(edited));
    expect(after).toMatchObject({ version: 4, base: { coversPatients: true }, own: { coversPatients: true } });
    expect(after.news).toMatchObject({ by: 'Ben Li', theirs: ['coversPatients'], both: [] });
  });

  it('names what both have changed, unless both have made it the same', () => {
    const draft = freshDraft(standing);
    const edited = { ...draft, own: { ...draft.own, 'session.idle': 300, coversPatients: true } };
    const session = { ...presets.healthcode.session, idle: 600 };
    const after = onTopOf(edited, byBen({ ...presets.healthcode, coversPatients: true, session }));
    expect(after.news?.both).toEqual(['session.idle']);
    expect(after.own['session.idle']).toBe(300);
    expect(unsaved(after)).toEqual(['session.idle']);
  });

  it('says nothing where one had changed nothing, and has nothing unsaved once it is saved', () => {
    const draft = freshDraft(standing);
    expect(onTopOf(draft, byBen({ ...presets.healthcode, coversPatients: true })).news).toBeNull();
    const edited = { ...draft, own: { ...draft.own, resetApproval: true } };
    expect(unsaved(saved(edited, 4))).toEqual([]);
  });
});
