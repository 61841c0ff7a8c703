/* Rules, dashboard and scrapes speak of metrics, labels and processes that exist, and each alert says what to do. */
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { parse } = require('yaml');
const { operationsByName, problems } = require('@cofactor/contracts');
const { Metrics } = require('@cofactor/service-kit');
const { processes } = require('../infra/processes.cjs');

const read = (path) => readFileSync(join(__dirname, '..', path), 'utf8');
const inFolder = (path) => parse(read(`infra/observability/${path}`));
const { rules } = inFolder('rules.yml').groups[0];
const dashboard = JSON.parse(read('infra/observability/grafana/dashboards/cofactor.json'));
const queries = [
  ...rules.map(({ alert, expr }) => [alert, expr]),
  ...dashboard.panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr])),
];

/** The names of all series of a process, and the labels of each, as it shows them. */
async function seriesOfProcess() {
  const metrics = new Metrics('identity').withProcessMetrics();
  metrics.watchLag(async () => ({ challenge: 1 }));
  metrics.watchRelayLag(async () => 1);
  metrics.watchParts(async () => ({ database: true }));
  metrics.handled('challenge', 1, 0.1);
  metrics.setAside('challenge', 'challenge.passed', 'dead');
  metrics.interrupted('challenge');
  metrics.operationDuration.observe({ operation: 'acceptProof', outcome: 'answered' }, 0.1);
  const lines = (await metrics.registry.metrics()).split('\n').filter((line) => /^[a-z]/.test(line));
  return lines.reduce((all, line) => {
    const [, name, labels] = /^(\w+)\{(.*)\} /.exec(line);
    const named = [...labels.matchAll(/(\w+)="/g)].map(([, label]) => label);
    return { ...all, [name]: [...new Set([...(all[name] ?? []), ...named])] };
  }, {});
}

let series;
beforeAll(async () => {
  // `up` is of Prometheus itself.
  series = { ...(await seriesOfProcess()), up: [] };
});
const ofPrometheus = ['job', 'instance'];
const selectors = (expr) => [...expr.matchAll(/\b([a-z]+_[a-z_0-9]+|up)\b(?:\{([^}]*)\})?(?=\[|\s|\)|$)/g)];
const functions = ['histogram_quantile', 'min_over_time'];

describe.each(queries)('%s', (_, expr) => {
  it('asks for series and labels that exist', () => {
    const asked = selectors(expr).filter(([, name]) => !functions.includes(name));
    expect(asked.length).toBeGreaterThan(0);
    for (const [, name, labels = ''] of asked) {
      expect(Object.keys(series)).toContain(name);
      for (const [, label] of labels.matchAll(/(\w+)=~?"/g))
        expect([...series[name], ...ofPrometheus]).toContain(label);
    }
    const known = new Set([...asked.flatMap(([, name]) => series[name]), ...ofPrometheus]);
    for (const [, labels] of expr.matchAll(/\bby \(([^)]*)\)/g)) {
      for (const label of labels.split(', ')) expect([...known]).toContain(label);
    }
  });

  it('asks for operations and outcomes that exist', () => {
    const names = Object.values(operationsByName).map(({ name }) => name);
    const valuesOf = (label) =>
      [...expr.matchAll(new RegExp(`\\b${label}=~?"([^"]*)"`, 'g'))].flatMap(([, text]) => text.split('|'));
    for (const name of valuesOf('operation')) expect(names).toContain(name);
    for (const outcome of valuesOf('outcome')) expect(['answered', ...Object.keys(problems)]).toContain(outcome);
  });
});

it.each(rules.map((rule) => [rule.alert, rule]))(
  '%s says what is wrong, how bad it is, and where the way out stands',
  (name, rule) => {
    expect(['page', 'ticket']).toContain(rule.labels.severity);
    expect(rule.annotations.runbook_url).toBe(`docs/operations.md#${name.toLowerCase()}`);
    const sections = read('docs/operations.md').split(/^#+ /m);
    const own = sections.filter((section) => section.startsWith(`${name}\n`));
    expect(own).toHaveLength(1);
    expect(own[0].length).toBeGreaterThan(name.length + 80);
    for (const [, label] of rule.annotations.summary.matchAll(/\$labels\.(\w+)/g)) {
      expect([...selectors(rule.expr).flatMap(([, series_]) => series[series_] ?? []), ...ofPrometheus]).toContain(
        label,
      );
    }
  },
);

it('scrapes every process under its own port', () => {
  const [{ job_name: job, static_configs: configs }] = inFolder('prometheus.yml').scrape_configs;
  expect([job, configs[0].targets]).toEqual(['cofactor', processes.map(({ name, port }) => `${name}:${port}`)]);
});

it('shows each panel in a place of its own, from the one source', () => {
  const places = dashboard.panels.map(({ gridPos: { x, y } }) => `${x} ${y}`);
  expect(new Set(places).size).toBe(places.length);
  const { datasources } = inFolder('grafana/datasources/prometheus.yml');
  expect([...new Set(dashboard.panels.map(({ datasource }) => datasource.uid))]).toEqual(
    datasources.map(({ uid }) => uid),
  );
});
