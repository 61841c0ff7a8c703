import { Navigate } from 'react-router';
import { signInProgress } from './progress';

/** Sends back to the first step, and says why. */
export function SignInExpired() {
  signInProgress.forget();
  return <Navigate to="/sign-in" replace state={{ because: 'sign-in-expired' }} />;
}
