import { breakingChanges, readings } from './breaking-changes';
import type { Release } from './release';

/** What a release would do to those that read the last one, each in one sentence. */
export interface Comparison {
  /** Changes that a reader of the last release cannot live with. */
  readonly breaks: readonly string[];
  /** Changes that all can live with, and that the lock does not know yet. */
  readonly news: readonly string[];
}

type Entry<Section extends keyof Release> = Release[Section][string];
/** The breaks between two states of one contract, and how the change is to be deployed where there are none. */
interface Verdict {
  readonly breaks: readonly string[];
  readonly advice: string;
}

const outside = 'applications outside';

/** Compares the contracts as they are with those last released (docs/adr/0007). Pure. */
export function compareReleases(last: Release, current: Release): Comparison {
  const parts = [
    compareSection('event', last.events, current.events, compareEvent, removedEvent, addedEvent),
    compareSection('operation', last.operations, current.operations, compareOperation, removedOperation),
    compareSection('endpoint', last.endpoints, current.endpoints, compareEndpoint, removedEndpoint),
    compareSection('shape', last.shapes, current.shapes, compareShape, removedShape),
  ];
  return { breaks: parts.flatMap(({ breaks }) => breaks), news: parts.flatMap(({ news }) => news) };
}

function compareSection<Contract>(
  noun: string,
  last: Readonly<Record<string, Contract>>,
  current: Readonly<Record<string, Contract>>,
  compare: (name: string, before: Contract, after: Contract) => Verdict,
  whenRemoved: (name: string, before: Contract) => readonly string[],
  whenAdded: (name: string, after: Contract) => readonly string[] = () => [],
): Comparison {
  const added = Object.entries(current)
    .filter(([name]) => !Object.hasOwn(last, name))
    .map(([name, after]): Comparison => {
      const breaks = whenAdded(name, after);
      return { breaks, news: breaks.length > 0 ? [] : [`The ${noun} ${name} is new.`] };
    });
  const compared = Object.entries(last).map(([name, before]): Comparison => {
    const after = Object.hasOwn(current, name) ? current[name] : undefined;
    if (after === undefined) {
      const breaks = whenRemoved(name, before);
      return { breaks, news: breaks.length > 0 ? [] : [`The ${noun} ${name} was removed; nobody read it.`] };
    }
    if (same(before, after)) return { breaks: [], news: [] };
    const { breaks, advice } = compare(name, before, after);
    return { breaks, news: breaks.length > 0 ? [] : [`The ${noun} ${name} changed and stays readable${advice}.`] };
  });
  const all = [...compared, ...added];
  return { breaks: all.flatMap(({ breaks }) => breaks), news: all.flatMap(({ news }) => news) };
}

function compareEvent(type: string, before: Entry<'events'>, after: Entry<'events'>): Verdict {
  const say = (change: string): string => `The event ${type} v${before.version}: ${change}; ${readBy(before.readers)}.`;
  const raised = after.version > before.version;
  const altered = raised ? [] : breakingChanges(before.data, after.data, readings.event);
  const fixtures = Object.entries(before.fixtures).flatMap(([version, data]) => {
    if (!Object.hasOwn(after.fixtures, version)) return [say(`the fixture of version ${version} was not kept`)];
    return same(data, after.fixtures[version]) ? [] : [say(`the fixture of version ${version} was changed`)];
  });
  return {
    breaks: [
      ...(after.owner === before.owner ? [] : [say(`its owner is ${after.owner} now, and was ${before.owner}`)]),
      ...(after.version < before.version ? [say(`its version was lowered to ${after.version}`)] : []),
      ...(after.written > before.version
        ? [say(`it is written as version ${after.written}, which the last release cannot read`)]
        : []),
      ...altered.map((change) => say(`${change} without a new version`)),
      ...fixtures,
    ],
    advice: raised ? `: version ${after.version} may be written once ${list(before.readers)} all read it` : '',
  };
}

function compareOperation(name: string, before: Entry<'operations'>, after: Entry<'operations'>): Verdict {
  if (before.callers.length === 0) return { breaks: [], advice: '' };
  const [responder = name] = name.split('.');
  const say = (part: string) => (change: string) =>
    `The ${part} of ${name}: ${change}; it is called by ${list(before.callers)}.`;
  const shutOut = before.callers.filter((caller) => !after.allowed.includes(caller));
  const gone = before.callers.filter((caller) => !after.callers.includes(caller));
  return {
    breaks: [
      ...shutOut.map((caller) => `The operation ${name} is no longer for ${caller}; it is called by ${caller}.`),
      ...breakingChanges(before.request, after.request, readings.request).map(say('request')),
      ...breakingChanges(before.reply, after.reply, readings.reply).map(say('reply')),
    ],
    advice:
      gone.length > 0
        ? `, not called by ${list(gone)} any more`
        : `: deploy ${responder} before its callers ask for more`,
  };
}

function compareEndpoint(id: string, before: Entry<'endpoints'>, after: Entry<'endpoints'>): Verdict {
  const say = (part: string) => (change: string) =>
    `The ${part} of ${id} (${before.address}): ${change}; it is called by ${outside}.`;
  const moved = before.address === after.address ? [] : [say('address')(`it is ${after.address} now`)];
  return {
    breaks: [
      ...moved,
      ...breakingChanges(before.request, after.request, readings.publicRequest).map(say('request')),
      ...breakingChanges(before.reply, after.reply, readings.publicReply).map(say('reply')),
    ],
    advice: '',
  };
}

/** Facts are kept for ever; all else lives for seconds. */
function compareShape(name: string, before: Entry<'shapes'>, after: Entry<'shapes'>): Verdict {
  const reading = name === 'fact' ? readings.event : readings.request;
  const say = (change: string): string => `The shape ${name}: ${change}; ${readBy(before.readers)}.`;
  return {
    breaks: breakingChanges(before.data, after.data, reading).map(say),
    advice: `: deploy ${list(before.readers)} before whoever writes more into it`,
  };
}

const removedEvent = (type: string, { version, readers }: Entry<'events'>): readonly string[] => [
  `The event ${type} v${version} was removed, and stands in logs for ever; ${readBy(readers)}.`,
];
/** Nobody of the last release knows it: not its own service, whose streams it would close, nor those that follow it. */
const addedEvent = (type: string, { written, readers }: Entry<'events'>): readonly string[] =>
  written === 0
    ? []
    : [`The event ${type} is new and already written, which the last release cannot read; ${readBy(readers)}.`];
const removedOperation = (name: string, { callers }: Entry<'operations'>): readonly string[] =>
  callers.length === 0 ? [] : [`The operation ${name} was removed; it is called by ${list(callers)}.`];
const removedEndpoint = (id: string, { address }: Entry<'endpoints'>): readonly string[] => [
  `The endpoint ${id} (${address}) was removed; it is called by ${outside}.`,
];
const removedShape = (name: string, { readers }: Entry<'shapes'>): readonly string[] => [
  `The shape ${name} was removed; ${readBy(readers)}.`,
];

const readBy = (readers: readonly string[]): string => `it is read by ${list(readers)}`;
const list = (services: readonly string[]): string =>
  services.length < 2 ? services.join('') : `${services.slice(0, -1).join(', ')} and ${services.at(-1)}`;

/** Whether two pieces of plain data say the same, in whatever order their fields stand. */
const same = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);
const canonical = (data: unknown): string =>
  JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
      : value,
  );
