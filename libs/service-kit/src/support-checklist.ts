import { checklistStepSchema, type ChecklistStep } from '@cofactor/contracts';
import { z } from 'zod';

/** What support does before it clears someone's factors, where the installation says nothing else. */
export const defaultChecklist: readonly ChecklistStep[] = [
  {
    step: 'what-happened',
    label: 'Ask what was lost, when, and whether anybody else may have it',
    required: true,
  },
  {
    step: 'call-back',
    label: 'Call the person back on a number that their practice has on file, never on one that they give you',
    required: true,
  },
  {
    step: 'practice-confirms',
    label: 'Have someone at the practice, reached by its own main number, confirm who they are',
    required: true,
  },
  {
    step: 'identity-document',
    label: 'See a photo identity document in a video call, where doubts are left',
    required: false,
  },
];

const sentence =
  'takes JSON: a list of {"step": "call-back", "label": "…", "required": true} with different steps, one of them required';

const isUsable = (steps: readonly ChecklistStep[]): boolean =>
  new Set(steps.map(({ step }) => step)).size === steps.length && steps.some(({ required }) => required);

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
};

/** How support verifies people (PRODUCT AX5). */
export const supportSettings = z.object({
  COFACTOR_SUPPORT_CHECKLIST: z
    .string()
    .transform((text, context) => {
      const steps = z.array(checklistStepSchema).max(20).safeParse(parsed(text));
      if (steps.success && isUsable(steps.data)) return steps.data;
      context.addIssue({ code: 'custom', message: sentence });
      return z.NEVER;
    })
    .optional()
    .describe('The steps by which support verifies a person, as JSON; four sensible ones without it'),
});
export const checklistOf = ({
  COFACTOR_SUPPORT_CHECKLIST: steps,
}: z.output<typeof supportSettings>): readonly ChecklistStep[] => steps ?? defaultChecklist;
