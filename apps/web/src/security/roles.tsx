import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { factorsQuery, type Factor } from '../api/queries';
import { Button } from '../elements/button';
import { useAction } from '../elements/use-action';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

interface Pair {
  readonly first: Factor;
  readonly second: Factor | null;
}

/** Changes of the default and the secondary method; which pairs are possible is the server's to say. */
export function useRoles(factors: readonly Factor[], onDone: (sentence: string) => void) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const inRole = (role: Factor['role']) => factors.find((factor) => factor.role === role) ?? null;
  const change = useAction(async ({ first, second }: Pair) => {
    setProblem(null);
    const body = { default: first.credentialId, secondary: second?.credentialId ?? null };
    try {
      await endingTheSession(answered(api.PUT('/v1/me/factors/roles', { body })));
    } catch (error) {
      return setProblem(problemSentence(error, new Date()));
    }
    await client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    onDone(
      second === null
        ? t('security.rolesChanged', { first: first.name })
        : t('security.rolesChangedBoth', { first: first.name, second: second.name }),
    );
  });
  return { problem, change, first: inRole('default'), second: inRole('secondary') };
}

interface RoleButtonsProps {
  readonly factor: Factor;
  readonly roles: ReturnType<typeof useRoles>;
}

/** Gives a factor another role; the one that had it takes what is left. */
export function RoleButtons({ factor, roles: { change, first, second } }: RoleButtonsProps) {
  const { name } = factor;
  if (factor === first) return null;
  return (
    <>
      <Button
        look="plain"
        label={t('security.makeDefaultNamed', { name })}
        pending={change.pending}
        onPress={() => void change.start({ first: factor, second: factor === second ? first : second })}
      >
        {t('security.makeDefault')}
      </Button>
      {factor !== second && first !== null && (
        <Button
          look="plain"
          label={t('security.makeSecondaryNamed', { name })}
          pending={change.pending}
          onPress={() => void change.start({ first, second: factor })}
        >
          {t('security.makeSecondary')}
        </Button>
      )}
    </>
  );
}
