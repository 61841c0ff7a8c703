import { useEffect, useRef, useState, type FormEvent, type RefCallback } from 'react';
import { Refusal, type ProblemCode } from '../api/problem';
import { problemSentence } from '../words/problem-sentence';
import { useAction } from './use-action';

type Problems<Field extends string> = { readonly [Name in Field]?: string | undefined };

export interface FormOptions<Field extends string> {
  readonly initial: Record<Field, string>;
  /** What is wrong before anything is sent, by field; nothing when it may go. */
  readonly check: (values: Record<Field, string>) => Problems<Field>;
  /** Sends; what it throws is shown. `complain` says something about the whole form that is no such problem. */
  readonly send: (values: Record<Field, string>, complain: (alert: string) => void) => Promise<void>;
  /** At which field a pointer of `errors[]` is shown. */
  readonly pointers?: Readonly<Record<string, Field>>;
  /** Problems that belong to one field rather than to the form; with a sentence where the field says it better. */
  readonly fieldOf?: Partial<Record<ProblemCode, { readonly field: Field; readonly sentence?: string }>>;
}

interface Findings<Field extends string> {
  /** One for all that is left of the same attempt to send. */
  readonly origin: symbol;
  readonly fields: Problems<Field>;
  readonly alert: string | null;
}

const findings = <Field extends string>(fields: Problems<Field>, alert: string | null): Findings<Field> => ({
  origin: Symbol('attempt'),
  fields,
  alert,
});

function findingsOf<Field extends string>(error: unknown, options: FormOptions<Field>): Findings<Field> {
  const sentence = problemSentence(error, new Date());
  if (!(error instanceof Refusal)) return findings({}, sentence);
  const place = options.fieldOf?.[error.problem.code];
  if (place !== undefined) return findings({ [place.field]: place.sentence ?? sentence } as Problems<Field>, null);
  const fields: { [Name in Field]?: string } = {};
  for (const { pointer, detail } of error.problem.errors ?? []) {
    const field = options.pointers?.[pointer];
    if (field !== undefined) fields[field] ??= detail;
  }
  return findings(fields, Object.keys(fields).length > 0 ? null : sentence);
}

/**
 * A form of text fields: checks, sends once however often it is submitted, puts each problem at its field or above the
 * form, and moves the focus to the first of them.
 */
export function useForm<Field extends string>(options: FormOptions<Field>) {
  const [values, setValues] = useState(options.initial);
  const [found, setFound] = useState<Findings<Field>>(() => findings({}, null));
  const inputs = useRef(new Map<Field, HTMLInputElement>());
  const alertRef = useRef<HTMLDivElement>(null);

  const focused = useRef<Findings<Field>>(found);
  useEffect(() => {
    // Typing takes findings away and must not move the focus; only sending brings new ones.
    if (found.origin === focused.current.origin) return;
    focused.current = found;
    if (found.alert !== null) return alertRef.current?.focus();
    const names = [...inputs.current.keys()].filter((name) => found.fields[name] !== undefined);
    inputs.current.get(names[0] as Field)?.focus();
  }, [found]);

  const action = useAction(async () => {
    const wrong = options.check(values);
    if (Object.keys(wrong).length > 0) return setFound(findings(wrong, null));
    try {
      await options.send(values, (alert) => setFound(findings({}, alert)));
    } catch (error) {
      setFound(findingsOf(error, options));
    }
  });

  return {
    values,
    alert: found.alert,
    alertRef,
    pending: action.pending,
    submit: (event: FormEvent) => {
      event.preventDefault();
      void action.start();
    },
    field: (name: Field) => ({
      name,
      value: values[name],
      onChange: (value: string) => {
        setValues((before) => ({ ...before, [name]: value }));
        // What was wrong with the old value says nothing about the new one.
        if (found.fields[name] !== undefined) setFound({ ...found, fields: { ...found.fields, [name]: undefined } });
      },
      problem: found.fields[name] ?? null,
      inputRef: inputRefOf(inputs.current, name),
    }),
  };
}

function inputRefOf<Field extends string>(
  inputs: Map<Field, HTMLInputElement>,
  name: Field,
): RefCallback<HTMLInputElement> {
  return (element) => {
    if (element) inputs.set(name, element);
    return () => {
      inputs.delete(name);
    };
  };
}
