import { QueryClientProvider } from '@tanstack/react-query';
import { I18nProvider } from 'react-aria-components';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { queryClient } from './api/query-client';
import { FreshCodesProvider } from './recovery-codes/fresh-codes';
import { routes } from './routes';
import { locale } from './words/words';

const router = createBrowserRouter(routes);

export function App() {
  return (
    <I18nProvider locale={locale}>
      <QueryClientProvider client={queryClient}>
        <FreshCodesProvider>
          <RouterProvider router={router} />
        </FreshCodesProvider>
      </QueryClientProvider>
    </I18nProvider>
  );
}
