import { Page } from '../../ui/Page.tsx';

export function ActivityPage({ id }: { readonly id: string | undefined }) {
  return <Page title="Activity">{id}</Page>;
}
