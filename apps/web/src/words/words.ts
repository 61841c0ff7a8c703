import i18next from 'i18next';
import {
  activityLabels,
  activitySentences,
  activityVariants,
  factorWords,
  otherWords,
  reasonWords,
  settingWords,
} from './activity-words';
import { enGB } from './en-GB';
import { problemWords } from './problem-words';

const catalogue = {
  translation: enGB,
  problems: problemWords,
  activityLabels,
  activitySentences,
  activityVariants,
  factorWords,
  otherWords,
  reasonWords,
  settingWords,
};

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: typeof catalogue;
  }
}

const instance = i18next.createInstance();
void instance.init({
  lng: 'en-GB',
  resources: { 'en-GB': catalogue },
  ns: Object.keys(catalogue),
  defaultNS: 'translation',
  initAsync: false,
  // React and the DOM escape what they show.
  interpolation: { escapeValue: false },
});

/** A text of the catalogue. Ready at import; a key that is not in the catalogue does not compile. */
export const t = instance.t;
/** The locale in which dates and numbers are written. */
export const locale = 'en-GB';
