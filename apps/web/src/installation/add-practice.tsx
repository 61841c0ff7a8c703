import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { installationQuery } from '../api/queries';
import { Button } from '../elements/button';
import { Question } from '../elements/question';
import { Reading } from '../elements/reading';
import { PracticeForm } from '../practice/practice-form';
import { t } from '../words/words';

/** Creates a practice with its first administrator. */
export function AddPractice({ onAdded }: { readonly onAdded: (practice: string) => Promise<void> }) {
  const [asking, setAsking] = useState(false);
  const installation = useQuery(installationQuery);
  const close = () => setAsking(false);
  return (
    <>
      <Button look="main" onPress={() => setAsking(true)}>
        <Plus aria-hidden />
        {t('installation.practices.add')}
      </Button>
      {asking && (
        <Question heading={t('installation.practices.add')} open onClose={close}>
          <Reading query={installation} lines={8}>
            {({ presets }) => (
              <PracticeForm
                lead={t('installation.practices.addLead')}
                whose="theirs"
                offered={presets}
                onCreated={async ({ name }) => {
                  close();
                  await onAdded(name);
                }}
                onCancel={close}
              />
            )}
          </Reading>
        </Question>
      )}
    </>
  );
}
