import { Metrics, textOfMetrics } from './metrics';

describe('textOfMetrics', () => {
  it('describes a metric of several services once, with the series of each', async () => {
    const [audit, identity] = [new Metrics('audit'), new Metrics('identity')];
    audit.handled('challenge', 3, 0.01);
    identity.handled('identity', 5, 0.01);
    identity.watchLag(() => Promise.resolve({ identity: 7 }));

    const lines = (await textOfMetrics([audit, identity])).split('\n');

    expect(lines.filter((line) => line.startsWith('# TYPE cofactor_facts_handled_total'))).toHaveLength(1);
    expect(lines).toContain('cofactor_facts_handled_total{source="challenge",service="audit"} 3');
    expect(lines).toContain('cofactor_facts_handled_total{source="identity",service="identity"} 5');
    expect(lines).toContain('cofactor_consumer_lag_facts{source="identity",service="identity"} 7');
    // All series of a metric stand together behind its description.
    const described = lines.filter((line) => line.startsWith('# TYPE')).map((line) => line.split(' ')[2]);
    expect(new Set(described).size).toBe(described.length);
  });
});
