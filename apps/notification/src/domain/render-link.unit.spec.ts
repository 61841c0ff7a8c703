import { readableTextOf } from './mail-body.fixture';
import { renderLink } from './render-link';

const pages = 'https://sign-in.riverside.example';
const token = 'cfl_only-in-the-fragment';

describe('§6.13 the mail to someone who was added', () => {
  it('has the secret once in each part, in the fragment of the link, and not in its subject', () => {
    const mail = renderLink({ practice: 'High Street', link: { token, days: 7 } }, pages);
    expect(mail.subject).not.toContain(token);
    expect(mail.text.split(`${pages}/first-password#${token}`)).toHaveLength(2);
    expect(mail.text.split(token)).toHaveLength(2);
    expect(mail.html).toContain(`href="${pages}/first-password#${token}"`);
    for (const said of [mail.text, readableTextOf(mail.html)]) {
      expect(said).toContain('You were added to “High Street”');
      expect(said).toContain('works once, for 7 days');
      expect(said).not.toMatch(/[{}]|undefined|null/);
    }
  });

  it('says one day, not 1 days', () => {
    expect(renderLink({ practice: 'High Street', link: { token, days: 1 } }, pages).text).toContain('for one day.');
  });

  it('has no link for someone who has a password', () => {
    const { subject, text } = renderLink({ practice: 'High Street', link: null }, pages);
    expect(subject).toBe('You were added to another practice');
    expect(text).not.toMatch(/#|first-password|[{}]/);
    expect(text).toContain(`Sign in at ${pages}`);
  });

  it('takes the name of a practice as one line of text, never as HTML or as words of ours', () => {
    const practice = '<b>High</b>\nStreet {pages} \u202e';
    const { text, html } = renderLink({ practice, link: { token, days: 7 } }, pages);
    expect(text).toContain('“<b>High</b> Street {pages}”');
    expect(html).not.toContain('<b>');
  });
});
