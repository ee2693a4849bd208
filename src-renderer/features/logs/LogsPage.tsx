import { Page } from '../../ui/Page.tsx';

/** The merged log of the set in view; with `service`, of that service alone. */
export function LogsPage({ service }: { readonly service: string | undefined }) {
  return <Page title="Logs">{service}</Page>;
}
