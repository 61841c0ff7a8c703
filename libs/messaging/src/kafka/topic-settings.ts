import type { Service } from '@cofactor/contracts';
import type { Admin, Kafka } from 'kafkajs';
import { failureText } from '../failures';
import type { MessagingLogger } from '../logger';
import type { KafkaSettings } from './connection';
import { copiesInStep, keepsEverything, topicPlan, type TopicPlan } from './topics';

/** kafkajs numbers the kinds of things that have settings. */
const topicKind = 2;
const inStep = 'min.insync.replicas';

/** One way in which a topic is not as it would be made. */
export interface TopicDifference {
  /** Such as `retention.ms is 604800000, not -1`. */
  readonly text: string;
  /** Whether facts are lost by it in time. */
  readonly forgets: boolean;
}

/** A topic as the broker describes it. */
export interface FoundTopic {
  readonly settings: ReadonlyMap<string, string>;
  /** The number of copies of each partition. */
  readonly copies: readonly number[];
}

/** What differs between a topic and how it would be made; more copies than were asked for are none the worse. Pure. */
export function topicDifferences(plan: TopicPlan, { settings, copies }: FoundTopic): readonly TopicDifference[] {
  const forgetting = Object.entries(keepsEverything)
    .map(([name, wanted]) => ({ name, wanted, found: settings.get(name) ?? 'unknown' }))
    .filter(({ wanted, found }) => found !== wanted)
    .map(({ name, wanted, found }) => ({ text: `${name} is ${found}, not ${wanted}`, forgets: true }));
  const numbers = [
    {
      name: 'the number of partitions',
      found: copies.length,
      wanted: plan.partitions,
      isRight: copies.length === plan.partitions,
    },
    ...atLeast('the number of copies', Math.min(...copies), plan.replication),
    ...atLeast(inStep, Number(settings.get(inStep)), copiesInStep(plan.replication)),
  ].filter(({ isRight }) => !isRight);
  return [
    ...forgetting,
    ...numbers.map(({ name, found, wanted }) => ({ text: `${name} is ${found}, not ${wanted}`, forgets: false })),
  ];
}

const atLeast = (name: string, found: number, wanted: number) => [{ name, found, wanted, isRight: found >= wanted }];

/**
 * What differs between a topic, if it is there, and how it would be made. That the broker does not tell (a client needs
 * DescribeConfigs for it) is a difference too.
 */
export async function lookAtTopic(admin: Admin, plan: TopicPlan): Promise<readonly TopicDifference[]> {
  const { topic } = plan;
  if (!(await admin.listTopics()).includes(topic)) return [];
  const configNames = [...Object.keys(keepsEverything), inStep];
  try {
    const [{ resources }, { topics }] = await Promise.all([
      admin.describeConfigs({ resources: [{ type: topicKind, name: topic, configNames }], includeSynonyms: false }),
      admin.fetchTopicMetadata({ topics: [topic] }),
    ]);
    const entries = resources.flatMap(({ configEntries }) => configEntries);
    return topicDifferences(plan, {
      settings: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
      copies: topics.flatMap(({ partitions }) => partitions.map(({ replicas }) => replicas.length)),
    });
  } catch (error) {
    return [{ text: `its settings cannot be read (${failureText(error).message})`, forgets: false }];
  }
}

/** How the topic of a service would lose facts in time; nothing where there is no such topic. Throws without Kafka. */
export async function waysToForget(
  kafka: Kafka,
  settings: KafkaSettings,
  service: Service,
): Promise<readonly string[]> {
  const admin = kafka.admin();
  try {
    await admin.connect();
    const differences = await lookAtTopic(admin, topicPlan(settings, service));
    return differences.filter(({ forgets }) => forgets).map(({ text }) => text);
  } finally {
    await admin.disconnect();
  }
}

/** Names in the log when a topic differs from how it would be made, once for each change. */
export class TopicWatch {
  private differences: readonly TopicDifference[] = [];

  constructor(
    private readonly topic: string,
    private readonly logger: MessagingLogger,
  ) {}

  get isAsPlanned(): boolean {
    return this.differences.length === 0;
  }

  note(differences: readonly TopicDifference[]): void {
    const [before, now] = [textOf(this.differences), textOf(differences)];
    this.differences = differences;
    if (before === now) return;
    const { topic, logger } = this;
    if (now === '') logger.info({ topic }, 'the topic is as it is configured again');
    else if (differences.some(({ forgets }) => forgets)) {
      logger.error(
        { topic, differences: now },
        'the topic forgets facts, which a restore would need; change its settings',
      );
    } else {
      logger.warn({ topic, differences: now }, 'the topic is not as it is configured');
    }
  }
}

const textOf = (differences: readonly TopicDifference[]): string => differences.map(({ text }) => text).join('; ');
