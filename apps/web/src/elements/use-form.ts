import { useEffect, useRef, useState, type FormEvent, type RefCallback } from 'react';
import { Refusal, type ProblemCode } from '../api/problem';
import { problemSentence } from '../words/problem-sentence';
import { useAction } from './use-action';

type Problems<Field extends string> = Partial<Record<Field, string>>;

export interface FormOptions<Field extends string> {
  readonly initial: Record<Field, string>;
  /** What is wrong before anything is sent, by field; nothing when it may go. */
  readonly check: (values: Record<Field, string>) => Problems<Field>;
  /** Sends; what it throws is shown. `complain` says something about the whole form that is no such problem. */
  readonly send: (values: Record<Field, string>, complain: (alert: string) => void) => Promise<void>;
  /** At which field a pointer of `errors[]` is shown. */
  readonly pointers?: Readonly<Record<string, Field>>;
  /** Problems that belong to one field rather than to the form. */
  readonly fieldOf?: Partial<Record<ProblemCode, Field>>;
}

interface Findings<Field extends string> {
  readonly fields: Problems<Field>;
  readonly alert: string | null;
}

function findingsOf<Field extends string>(error: unknown, options: FormOptions<Field>): Findings<Field> {
  const sentence = problemSentence(error, new Date());
  if (!(error instanceof Refusal)) return { fields: {}, alert: sentence };
  const field = options.fieldOf?.[error.problem.code];
  if (field !== undefined) return { fields: { [field]: sentence } as Problems<Field>, alert: null };
  const fields: Problems<Field> = {};
  for (const { pointer, detail } of error.problem.errors ?? []) {
    const place = options.pointers?.[pointer];
    if (place !== undefined) fields[place] ??= detail;
  }
  return { fields, alert: Object.keys(fields).length > 0 ? null : sentence };
}

/**
 * A form of text fields: checks, sends once however often it is submitted, puts each problem at its field or above the
 * form, and moves the focus to the first of them.
 */
export function useForm<Field extends string>(options: FormOptions<Field>) {
  const [values, setValues] = useState(options.initial);
  const [found, setFound] = useState<Findings<Field>>({ fields: {}, alert: null });
  const inputs = useRef(new Map<Field, HTMLInputElement>());
  const alertRef = useRef<HTMLDivElement>(null);

  useEffect(() => {
    if (found.alert !== null) return alertRef.current?.focus();
    const names = [...inputs.current.keys()].filter((name) => found.fields[name] !== undefined);
    inputs.current.get(names[0] as Field)?.focus();
  }, [found]);

  const action = useAction(async () => {
    const wrong = options.check(values);
    if (Object.keys(wrong).length > 0) return setFound({ fields: wrong, alert: null });
    try {
      await options.send(values, (alert) => setFound({ fields: {}, alert }));
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
      onChange: (value: string) => setValues((before) => ({ ...before, [name]: value })),
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
