/** One piece of a mail. All of it is text; what people typed is escaped where a part needs it. */
export type Block =
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly code: string }
  | { readonly kind: 'details'; readonly rows: ReadonlyArray<readonly [label: string, value: string]> }
  | { readonly kind: 'link'; readonly url: string };

/** The two parts of one mail, which say the same (RFC 2046 §5.1.4). */
export interface RenderedMail {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Puts the pieces of a mail into plain text and into HTML that needs no style, image or other resource to be read. */
export const renderMail = (subject: string, blocks: readonly Block[]): RenderedMail => ({
  subject,
  text: `${blocks.map(asText).join('\n\n')}\n`,
  html: page(subject, blocks.map(asHtml).join('\n')),
});

function asText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return block.text;
    case 'code':
      return block.code;
    case 'details':
      return block.rows.map(([label, value]) => `${label}: ${value}`).join('\n');
    case 'link':
      return block.url;
  }
}

function asHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p>${escaped(block.text)}</p>`;
    case 'code':
      return `<p style="font:bold 28px/1.4 monospace;letter-spacing:2px">${escaped(block.code)}</p>`;
    case 'details':
      return `<p>${block.rows.map(([label, value]) => `<strong>${escaped(label)}:</strong> ${escaped(value)}`).join('<br>\n')}</p>`;
    case 'link':
      return `<p><a href="${escaped(block.url)}" style="color:#0b5557">${escaped(block.url)}</a></p>`;
  }
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

/** Ink on paper, 15:1; the link 8:1 (WCAG 2.2, 1.4.6). The language is that of the words. */
const page = (subject: string, body: string): string => `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(subject)}</title>
</head>
<body style="margin:0;padding:24px;background:#fbfaf6;color:#14262a;font:18px/1.5 sans-serif">
<main style="max-width:36em;overflow-wrap:anywhere">
${body}
</main>
</body>
</html>
`;
