import { KeyRound, Mail, MessageSquare, Smartphone, TicketCheck } from 'lucide-react';
import type { FactorType } from '../api/queries';

const icons: Readonly<Record<FactorType, typeof Smartphone>> = {
  totp: Smartphone,
  sms: MessageSquare,
  email: Mail,
  webauthn: KeyRound,
  'recovery-code': TicketCheck,
};

/** The picture that goes with a kind of factor, everywhere. */
export function FactorIcon({ type }: { readonly type: FactorType }) {
  const Icon = icons[type];
  return <Icon aria-hidden />;
}
