import type { ComponentType } from 'react';
import { Navigate, type RouteObject } from 'react-router';
import { Skeleton } from './elements/reading';
import { AccountFrame } from './frame/account-frame';
import { DoorFrame } from './frame/door-frame';
import { UnexpectedTrouble } from './frame/unexpected-trouble';
import { InstallationFrame } from './installation/installation-frame';
import { OpenTo, OrganisationFrame, OrganisationStart } from './organisation/organisation-frame';
import { RecoveryCodesPage } from './recovery-codes/recovery-codes-page';
import { SecurityPage } from './security/security-page';
import { SetUpDonePage } from './set-up/set-up-done-page';
import { SetUpPage } from './set-up/set-up-page';
import { CodePage } from './sign-in/code-page';
import { SignInPage } from './sign-in/sign-in-page';
import { NotFoundPage } from './start/not-found-page';
import { StartPage } from './start/start-page';

type Module<Name extends string> = Promise<Readonly<Record<Name, ComponentType>>>;

/** A page that is fetched when it is first opened. Those to which a sign-in leads by itself are there at once. */
const page =
  <Name extends string>(fetchModule: () => Module<Name>, name: Name) =>
  async () => ({ Component: (await fetchModule())[name] });

const beforeTheAccount: RouteObject[] = [
  { path: '/', element: <StartPage /> },
  { path: '/create-practice', lazy: page(() => import('./practice/create-practice-page'), 'CreatePracticePage') },
  { path: '/sign-in', element: <SignInPage /> },
  { path: '/sign-in/code', element: <CodePage /> },
  { path: '/set-up', element: <SetUpPage /> },
  { path: '/set-up/done', element: <SetUpDonePage /> },
  { path: '/recovery-codes', element: <RecoveryCodesPage /> },
  {
    path: '/first-password',
    lazy: page(() => import('./first-password/first-password-page'), 'FirstPasswordPage'),
  },
  { path: '/not-me', lazy: page(() => import('./not-me/not-me-page'), 'NotMePage') },
  { path: '*', element: <NotFoundPage /> },
];

const ofOrganisation: RouteObject[] = [
  { index: true, element: <OrganisationStart /> },
  {
    path: 'people',
    element: <OpenTo section="people" />,
    children: [
      { index: true, lazy: page(() => import('./organisation/people/people-page'), 'PeoplePage') },
      { path: ':personId', lazy: page(() => import('./organisation/people/person-page'), 'PersonPage') },
    ],
  },
  {
    path: 'sites',
    element: <OpenTo section="sites" />,
    children: [{ index: true, lazy: page(() => import('./organisation/sites/sites-page'), 'SitesPage') }],
  },
  {
    path: 'rules',
    element: <OpenTo section="rules" />,
    children: [{ index: true, lazy: page(() => import('./organisation/rules/rules-page'), 'RulesPage') }],
  },
  {
    path: 'resets',
    element: <OpenTo section="resets" />,
    children: [{ index: true, lazy: page(() => import('./organisation/resets/resets-page'), 'ResetsPage') }],
  },
  {
    path: 'activity',
    element: <OpenTo section="activity" />,
    children: [{ index: true, lazy: page(() => import('./activity/activity-page'), 'ActivityPage') }],
  },
];

const ofInstallation: RouteObject[] = [
  { index: true, element: <Navigate to="/installation/practices" replace /> },
  { path: 'practices', lazy: page(() => import('./installation/practices-page'), 'PracticesPage') },
  { path: 'person', lazy: page(() => import('./installation/one-person-page'), 'OnePersonPage') },
  { path: 'support-staff', lazy: page(() => import('./installation/support-staff-page'), 'SupportStaffPage') },
];

const ofAccount: RouteObject[] = [
  { path: '/security', element: <SecurityPage /> },
  { path: '/support', lazy: page(() => import('./support/support-page'), 'SupportPage') },
  { path: '/support/cases/:caseId', lazy: page(() => import('./support/case-page'), 'CasePage') },
  { path: '/installation', element: <InstallationFrame />, children: ofInstallation },
  { path: '/organisations/:organisationId', element: <OrganisationFrame />, children: ofOrganisation },
];

/** Every page, by its address. */
export const routes: RouteObject[] = [
  {
    errorElement: <UnexpectedTrouble />,
    hydrateFallbackElement: <Skeleton lines={6} />,
    children: [
      { element: <DoorFrame />, children: beforeTheAccount },
      { element: <AccountFrame />, children: ofAccount },
    ],
  },
];
