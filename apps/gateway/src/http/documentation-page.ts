import { problems, publicApi, type Endpoint } from '@cofactor/contracts';
import { escapeHtml } from './escape-html';

const callers: Readonly<Record<Endpoint['caller'], string>> = {
  anyone: 'Open to anyone',
  'anyone-or-session': 'Open to anyone, or for the token of a session, as this installation has it',
  'sign-in': 'Token of an unfinished sign-in, or of a session',
  session: 'Token of a session',
};

function section(entry: Endpoint): string {
  const answers = entry.problems.map((code) => `<li><code>${escapeHtml(code)}</code></li>`).join('');
  return `<section id="${entry.id}">
<h2><span class="method">${entry.method}</span> <code>${escapeHtml(entry.path)}</code></h2>
<p>${escapeHtml(entry.summary)}.</p>
<p class="quiet">${callers[entry.caller]}. Answers ${entry.status}.</p>
${answers === '' ? '' : `<p class="quiet">Problems of its own:</p><ul>${answers}</ul>`}
</section>`;
}

/** The interface for people to read; programs read /openapi.json, which has every schema. */
export function documentationPage(title: string): string {
  const entries: readonly Endpoint[] = Object.values(publicApi);
  const rows = Object.entries(problems).map(
    ([code, [status, name, detail]]) =>
      `<tr><td><code>${escapeHtml(code)}</code></td><td>${status}</td><td>${escapeHtml(name)}. ${escapeHtml(detail)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}: the interface</title><link rel="stylesheet" href="/docs/style.css"></head>
<body><main>
<h1>${escapeHtml(title)}: the interface</h1>
<p>JSON over HTTP. Send <code>Authorization: Bearer …</code>; send an <code>Idempotency-Key</code> with each POST that you
may repeat. Every schema stands in <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).</p>
${entries.map(section).join('\n')}
<h2>Problems</h2>
<div class="wide" tabindex="0" role="region" aria-label="Problems"><table><thead><tr><th>code</th><th>status</th><th>what it says</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table></div>
</main></body></html>`;
}

export const documentationStyle = `:root{color-scheme:light dark;--ink:#12252b;--paper:#fbfaf7;--quiet:#4a5b61;--line:#d5dcdc;--accent:#0b5a5e}
@media(prefers-color-scheme:dark){:root{--ink:#e8eeee;--paper:#10191c;--quiet:#a9b8bb;--line:#2f3d41;--accent:#7fd0cf}}
body{margin:0;background:var(--paper);color:var(--ink);font:18px/1.55 system-ui,sans-serif}
main{max-width:56rem;margin:0 auto;padding:2rem 1.25rem 4rem}
h1{font-size:1.9rem;line-height:1.2}h2{font-size:1.15rem;margin:2.2rem 0 .3rem;overflow-wrap:anywhere}
.method{color:var(--accent)}.quiet{color:var(--quiet);margin:.2rem 0}a{color:var(--accent)}
.wide{overflow-x:auto}table{border-collapse:collapse}th,td{text-align:left;vertical-align:top;padding:.5rem .9rem .5rem 0;border-top:1px solid var(--line)}
`;
