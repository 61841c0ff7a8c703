import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { factorsQuery, type Factor, type Factors } from '../api/queries';
import { Button } from '../elements/button';
import { useAction } from '../elements/use-action';
import { problemSentence } from '../words/problem-sentence';
import { t } from '../words/words';
import { endingTheSession } from './ending-the-session';

type RoleChange = Factors['roleChanges'][number];

/** Changes of the default and the secondary method; which are possible, the server says. */
export function useRoles({ factors, roleChanges }: Factors, onDone: (sentence: string) => void) {
  const client = useQueryClient();
  const [problem, setProblem] = useState<string | null>(null);
  const nameOf = (id: string | null) => factors.find(({ credentialId }) => credentialId === id)?.name ?? '';
  const change = useAction(async (wanted: RoleChange) => {
    setProblem(null);
    const body = { default: wanted.default, secondary: wanted.secondary };
    try {
      await endingTheSession(answered(api.PUT('/v1/me/factors/roles', { body })));
    } catch (error) {
      return setProblem(problemSentence(error, new Date()));
    }
    await client.invalidateQueries({ queryKey: factorsQuery.queryKey });
    const [first, second] = [nameOf(wanted.default), nameOf(wanted.secondary)];
    onDone(
      wanted.secondary === null
        ? t('security.rolesChanged', { first })
        : t('security.rolesChangedBoth', { first, second }),
    );
  });
  return { problem, change, roleChanges };
}

interface RoleButtonsProps {
  readonly factor: Factor;
  readonly roles: ReturnType<typeof useRoles>;
}

const words = {
  default: ['security.makeDefault', 'security.makeDefaultNamed'],
  secondary: ['security.makeSecondary', 'security.makeSecondaryNamed'],
} as const;

/** Gives a factor another role; the one that had it takes what is left. */
export function RoleButtons({ factor: { credentialId, name }, roles: { change, roleChanges } }: RoleButtonsProps) {
  return roleChanges
    .filter((possible) => possible.credentialId === credentialId)
    .map((possible) => (
      <Button
        key={possible.role}
        look="plain"
        label={t(words[possible.role][1], { name })}
        pending={change.pending}
        onPress={() => void change.start(possible)}
      >
        {t(words[possible.role][0])}
      </Button>
    ));
}
