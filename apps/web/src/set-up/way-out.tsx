import { useNavigate } from 'react-router';
import { api } from '../api/client';
import { answered } from '../api/problem';
import { leave } from '../api/query-client';
import { Button } from '../elements/button';
import { useAction } from '../elements/use-action';
import { t } from '../words/words';
import { useErrand } from './errand';

interface WayOutProps {
  readonly required: boolean;
  readonly some: boolean;
  /** Back to the choice; null where the choice is what is shown. */
  readonly onOther: (() => void) | null;
}

/** Nobody is kept here: another method, "Not now" where it is an offer, signing out where it is a demand. */
export function WayOut({ required, some, onOther }: WayOutProps) {
  const navigate = useNavigate();
  const errand = useErrand();
  const signOut = useAction(async () => {
    await answered(api.DELETE('/v1/session')).catch(() => undefined);
    leave('signed-out');
  });
  return (
    <div className="other-ways">
      {onOther !== null && (
        <Button look="plain" onPress={onOther}>
          {t('setUp.other')}
        </Button>
      )}
      {required ? (
        <Button look="plain" pending={signOut.pending} onPress={() => void signOut.start()}>
          {t('setUp.signOut')}
        </Button>
      ) : (
        <Button look="plain" onPress={() => void navigate(errand ?? '/security')}>
          {t(some && errand === null ? 'setUp.back' : 'setUp.notNow')}
        </Button>
      )}
    </div>
  );
}
