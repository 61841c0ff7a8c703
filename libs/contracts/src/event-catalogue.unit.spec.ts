import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventCatalogue } from './event-catalogue';
import { allEvents } from './events';

const page = readFileSync(join(__dirname, '../../../docs/events.md'), 'utf8');

describe('I6 the catalogue of events', () => {
  it('in docs/events.md is the one that the contracts give (node tools/generate-events.mjs)', () => {
    expect(page).toBe(eventCatalogue());
  });

  it.each(allEvents.map(({ type }) => type))('has an entry for %s', (type) => {
    expect(page).toContain(`### ${type}\n`);
  });
});
