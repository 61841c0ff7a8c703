import { renderMail } from './mail-body';

const url = 'https://sign-in.riverside.example/not-me#one.two';
const { text, html } = renderMail('Hello & welcome', [
  { kind: 'paragraph', text: 'Hello,' },
  { kind: 'code', code: '407193' },
  { kind: 'details', rows: [['With', 'Firefox']] },
  { kind: 'link', url },
]);

describe('a mail', () => {
  it('is plain text, piece by piece', () => {
    expect(text).toBe(`Hello,\n\n407193\n\nWith: Firefox\n\n${url}\n`);
  });

  it('is a whole page in HTML, with its language, character set and title', () => {
    expect(html).toMatch(/^<!doctype html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">/);
    expect(html).toContain('<title>Hello &amp; welcome</title>');
    expect(html).toContain(`<a href="${url}"`);
  });

  it('loads nothing and runs nothing: no image, style sheet, script, form or address beside its own link', () => {
    expect(html).not.toMatch(/<(?:img|link|style|script|form|iframe|object|svg|base)\b|url\(|@import|\son\w+=/i);
    expect([...html.matchAll(/https?:\/\/[^\s"<]+/g)].map(([address]) => address)).toEqual([url, url]);
  });

  it('is ink on paper at 7:1 and more (WCAG 2.2, 1.4.6)', () => {
    const [ground = '', ink = '', accent = ''] = [...html.matchAll(/#[\da-f]{6}\b/g)].map(([colour]) => colour);
    expect(contrast(ink, ground)).toBeGreaterThan(7);
    expect(contrast(accent, ground)).toBeGreaterThan(7);
  });
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const share = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
