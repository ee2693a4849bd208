import { Page } from '../../ui/Page.tsx';

export function ServicesPage({ service }: { readonly service?: string }) {
  return <Page title="Services">{service}</Page>;
}
